//! The keys of a scenario that are worth a control: what happens when and for how long, what
//! arrives, and the parameters of the service that the scenario can come to use.

use super::file::{Kind, Table, Written};
use super::overlay::names;
use super::setting::Setting;
use super::{Draft, ParameterValue, Scenario, Shape};
use crate::units::{Duration, Time};

/// A key and the values that it may be given.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    /// As for [`Override`](super::Override): `event.NAME.duration`.
    pub path: String,
    /// What the value is, in a few words.
    pub text: String,
    /// What it belongs to: `event`, `workspace`, `cluster` or `behaviour`.
    pub group: &'static str,
    /// What it is now.
    pub value: Setting,
    /// What it may be, the lowest first; its own value is among them.
    pub values: Vec<Setting>,
}

/// No scenario has more controls than this.
const MOST: usize = 60;
/// About so many values has each.
const STEPS: f64 = 60.0;

/// The keys of each kind of entry that say when, for how long or how much, with words for them.
const OF_EVENTS: [(&str, &str); 6] = [
    ("at", "when"),
    ("delay", "how long after"),
    ("duration", "how long"),
    ("rate", "rate"),
    ("factor", "factor"),
    ("capacity_reservation", "reservation"),
];
const OF_WORKSPACES: [(&str, &str); 3] = [
    ("ingestion", "what arrives"),
    ("retention", "retention"),
    ("daily_cap", "daily cap"),
];
const OF_CLUSTERS: [(&str, &str); 2] = [
    ("storage_accounts", "storage accounts"),
    ("capacity_reservation", "reservation"),
];
/// Parameters that decide what becomes of data, with words for them.
const OF_BEHAVIOUR: [(&str, &str); 6] = [
    ("outage_tolerance", "an outage is ridden out for"),
    ("buffer_retention", "the buffer keeps data for"),
    ("revocation_delay", "a denial is enforced after"),
    (
        "revocation_recovery",
        "after a revocation data is back within",
    ),
    ("hot_cache_span", "the hot cache has data up to this age"),
    ("key_update_duration", "an update of the key takes"),
];

impl Draft {
    /// The controls of a scenario that this text means: events first.
    pub fn controls(&self, scenario: &Scenario) -> Vec<Control> {
        let root = &self.extended.root;
        let end = scenario.end();
        let mut controls = Vec::new();
        for list in ["event", "hazard", "response"] {
            of_list(root, (list, "event"), &OF_EVENTS, end, &mut controls);
        }
        let behaviour = scenario.behaviour_controls();
        of_list(
            root,
            ("workspace", "workspace"),
            &OF_WORKSPACES,
            end,
            &mut controls,
        );
        of_list(
            root,
            ("cluster", "cluster"),
            &OF_CLUSTERS,
            end,
            &mut controls,
        );
        controls.extend(behaviour);
        controls.truncate(MOST);
        controls
    }
}

impl Scenario {
    fn behaviour_controls(&self) -> impl Iterator<Item = Control> {
        OF_BEHAVIOUR.into_iter().filter_map(|(name, text)| {
            let value = match self.behaviour.value(name)? {
                ParameterValue::Delay(delay) => match delay.shape() {
                    Shape::Constant(duration) => duration.to_string(),
                    _ => return None,
                },
                ParameterValue::Duration(duration) => duration.to_string(),
                _ => return None,
            };
            let used = self.can_use(name);
            let control = control("behaviour", format!("behaviour.{name}"), text, &value)?;
            used.then_some(control)
        })
    }
}

/// The controls of the entries of a list, by the order of its keys.
fn of_list(
    root: &Table,
    (list, group): (&str, &'static str),
    keys: &[(&str, &str)],
    end: Time,
    controls: &mut Vec<Control>,
) {
    for (table, name) in root.tables(list).into_iter().zip(names(root, list)) {
        for (key, words) in keys {
            let Some(value) = table.get(key).and_then(|entry| quantity(&entry.value)) else {
                continue;
            };
            let path = format!("{list}.{name}.{key}");
            let made = control(group, path, &format!("{name}: {words}"), &value);
            controls.extend(made.map(|made| match *key {
                // Nothing happens behind the end of the run.
                "at" => within(made, end),
                _ => made,
            }));
        }
    }
}

/// A value that is written as a plain quantity.
fn quantity(written: &Written) -> Option<String> {
    match &written.kind {
        Kind::Text(text) => Some(text.clone()),
        Kind::Whole(_) | Kind::Fraction(_) => Some(written.toml()),
        _ => None,
    }
}

fn control(group: &'static str, path: String, text: &str, value: &str) -> Option<Control> {
    let value = Setting::read(value);
    let position = value.position().filter(|position| *position > 0.0)?;
    if matches!(value, Setting::Instant(_) | Setting::Growth { .. }) {
        return None;
    }
    let most = 2.5 * position;
    Some(Control {
        path,
        text: text.to_owned(),
        group,
        values: steps(&value, step(&value, most / STEPS), most),
        value,
    })
}

/// The same with values over the whole run.
#[allow(clippy::cast_precision_loss)]
fn within(control: Control, end: Time) -> Control {
    let most = (end - Time::START).millis() as f64 - 1.0;
    let values = steps(
        &control.value,
        step(&control.value, most / (4.0 * STEPS)),
        most,
    );
    Control { values, ..control }
}

/// Values in equal steps up to `most`, with that of the scenario in its place.
fn steps(value: &Setting, step: f64, most: f64) -> Vec<Setting> {
    let own = value.position().unwrap_or_default();
    let mut positions = vec![own];
    let mut at = step;
    while at <= most {
        positions.push(at);
        at += step;
    }
    positions.sort_by(f64::total_cmp);
    let mut values: Vec<Setting> = positions.into_iter().map(|at| value.at(at)).collect();
    values.dedup();
    values
}

/// A step at least as large that people count in.
fn step(value: &Setting, least: f64) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let of = |duration: Duration| duration.millis() as f64;
    let round = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0];
    let mut sizes: Vec<f64> = Vec::new();
    match value {
        Setting::Duration(_) => {
            for unit in [1_000.0, 60_000.0, of(Duration::HOUR)] {
                sizes.extend(
                    round
                        .iter()
                        .map(|round| round * unit)
                        .filter(|size| *size < 60.0 * unit),
                );
            }
            sizes.extend((1..=100).map(|days| f64::from(days) * of(Duration::DAY)));
            sizes.sort_by(f64::total_cmp);
        }
        Setting::Whole(_) => sizes.push(1.0),
        _ => {}
    }
    let decimal = || {
        let power = libm::pow(10.0, libm::floor(libm::log10(least)));
        let sizes = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
        sizes
            .into_iter()
            .find(|size| *size >= least)
            .unwrap_or(least)
    };
    let found = sizes.into_iter().find(|size| *size >= least);
    found.unwrap_or_else(|| {
        decimal().max(if matches!(value, Setting::Whole(_)) {
            1.0
        } else {
            0.0
        })
    })
}
