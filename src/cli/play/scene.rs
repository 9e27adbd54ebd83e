//! A scene of a course: a question, a guess, what is to be seen, and why. It is data, so that a
//! teacher can write one.

use cmksim::scenario::{Axis, Edition, Measure, Rule, Scenario, Unit};
use cmksim::units::Duration;
use serde::{Deserialize, Serialize, Serializer};

use super::super::failure::Failure;
use super::source::{self, Source};

/// A slider with more values has several on one pixel.
const SLIDER_VALUES: std::ops::RangeInclusive<usize> = 2..=500;

/// A scene as it is written.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scene {
    title: String,
    /// What many believe before.
    belief: String,
    /// How long it takes in a class.
    minutes: u32,
    #[serde(skip_serializing)]
    scenario: String,
    /// Values that are written into the scenario before it begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    set: Vec<String>,
    panel: Panel,
    /// Whether the text of the scenario is there from the beginning.
    #[serde(default)]
    more: bool,
    window: [Instant; 2],
    cursor: Instant,
    text: String,
    guess: Guess,
    reveal: Reveal,
    control: Control,
    check: Check,
    why: Why,
}

/// A scene in the page.
#[derive(Debug, Serialize)]
pub(super) struct InPage {
    #[serde(flatten)]
    scene: Scene,
    scenario: source::InPage,
}

/// Where on the page a scene happens.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Panel {
    Accounts,
    Data,
    Key,
    Runs,
}

/// An instant of the run, as a duration since its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Instant(Duration);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Instant, D::Error> {
        let text = String::deserialize(from)?;
        let duration = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Instant(duration))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(self.0.millis())
    }
}

/// What is asked before anything is shown.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Guess {
    ask: String,
    kind: GuessKind,
    /// Of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Choice>,
    /// Of a number: the measure of the whole that is it.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<NumberUnit>,
    /// Of a number: how many percent away still count as right.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<f64>,
    /// Of a curve: what is drawn over the window.
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<Series>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum GuessKind {
    Choice,
    Number,
    Curve,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
enum NumberUnit {
    #[serde(rename = "minutes")]
    Minutes,
    #[serde(rename = "hours")]
    Hours,
    GB,
    TB,
    #[serde(rename = "percent")]
    Percent,
    #[serde(rename = "count")]
    Count,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Series {
    Hot,
    Cold,
    Inaccessible,
    Buffered,
    Dropped,
}

/// An answer, and what is said to who gave it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    text: String,
    #[serde(default)]
    right: bool,
    #[serde(default)]
    says: String,
}

/// What is to be seen.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Reveal {
    text: String,
    /// Values that are written into the scenario then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    set: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    panel: Option<Panel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<[Instant; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<Instant>,
}

/// What a pupil moves: a key of the scenario, a switch, or the cursor.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Control {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Its values: from..to/count.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Switch>,
    #[serde(default)]
    cursor: bool,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    text: String,
    set: Vec<String>,
}

/// What is to be reached: what must hold, where the cursor must be, or a choice.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Check {
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    goal: Vec<String>,
    /// The value of the control with which it must hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<[Instant; 2]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    choices: Vec<Choice>,
    done: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Why {
    rule: String,
    text: String,
}

/// Finds a scenario by the name that a scene gives it.
pub(super) type Find<'a> = &'a dyn Fn(&str) -> Result<Option<Source>, Failure>;

impl Scene {
    /// The scene that a text is.
    pub(super) fn read(name: &str, text: &str) -> Result<Scene, Failure> {
        toml::from_str(text).map_err(|error| Failure::wrong(format!("{name}: {error}")))
    }

    /// The same in the page, with its scenario.
    pub(super) fn in_page(self, name: &str, find: Find<'_>) -> Result<InPage, Failure> {
        let wrong = |why: String| Failure::wrong(format!("{name}: {why}"));
        let source = find(&self.scenario)?;
        let source = source.ok_or_else(|| {
            let missing = &self.scenario;
            wrong(format!(
                "scenario: there is no {missing:?} beside the scene or among those shipped"
            ))
        })?;
        let (scenario, meant) = source.with(&self.set)?;
        self.check(&meant?).map_err(wrong)?;
        // Every value that a control can write is right.
        let writes = |more: &[String]| -> Result<(), Failure> {
            let (_, meant) = source.with(&[self.set.as_slice(), more].concat())?;
            Ok(meant.map(drop)?)
        };
        writes(&self.reveal.set)?;
        for switch in &self.control.choices {
            writes(&switch.set)?;
        }
        if let (Some(path), Some(values)) = (&self.control.path, &self.control.values) {
            let axis = Axis::read(&format!("{path}={values}"));
            let axis = axis.map_err(|why| wrong(format!("control: {why}")))?;
            if !SLIDER_VALUES.contains(&axis.values.len()) {
                let why = "control: a slider has 2 to 500 values".to_owned();
                return Err(wrong(why));
            }
            for value in &axis.values {
                writes(&[format!("{path}={}", value.text())])?;
            }
            let reached = self.check.value.as_ref();
            if reached
                .is_some_and(|reached| axis.values.iter().all(|value| value.text() != *reached))
            {
                return Err(wrong(
                    "check: the control does not have this `value`".to_owned(),
                ));
            }
        }
        Ok(InPage {
            scene: self,
            scenario,
        })
    }

    /// What a page could not show.
    fn check(&self, scenario: &Scenario) -> Result<(), String> {
        let windows = [Some(self.window), self.reveal.window, self.check.cursor];
        for [from, until] in windows.into_iter().flatten() {
            if from >= until || until.0 > scenario.duration {
                return Err("a window begins before it ends, and ends in the run".to_owned());
            }
        }
        self.guess.check()?;
        let control = &self.control;
        let slider = control.path.is_some() && control.values.is_some();
        let kinds = [slider, control.choices.len() > 1, control.cursor];
        if kinds.iter().filter(|is| **is).count() != 1
            || control.path.is_some() != control.values.is_some()
        {
            return Err(
                "control: give `path` and `values`, or `choices`, or `cursor = true`".to_owned(),
            );
        }
        let check = &self.check;
        if check.value.is_some() && (check.goal.is_empty() || !slider) {
            return Err("check: `value` goes with `goal` and a control with `values`".to_owned());
        }
        let kinds = [
            !check.goal.is_empty(),
            check.cursor.is_some(),
            !check.choices.is_empty(),
        ];
        if kinds.iter().filter(|is| **is).count() != 1 {
            return Err("check: give `goal`, `cursor` or `choices`".to_owned());
        }
        if !check.choices.is_empty() {
            one_is_right("check", &check.choices)?;
        }
        for goal in &check.goal {
            let wanted = scenario.expectation("goal", goal);
            wanted.map_err(|wrong| format!("check: {wrong}"))?;
        }
        let id = &self.why.rule;
        let known = Rule::ALL.iter().any(|rule| rule.id() == id);
        if !known || Edition::named(&scenario.edition).is_none() {
            return Err(format!(
                "why: there is no rule {id:?}; `cmksim rules` lists them"
            ));
        }
        Ok(())
    }
}

impl Guess {
    fn check(&self) -> Result<(), String> {
        match self.kind {
            GuessKind::Choice => one_is_right("guess", &self.choices),
            GuessKind::Curve if self.series.is_some() => Ok(()),
            GuessKind::Curve => Err("guess: say which `series` is drawn".to_owned()),
            GuessKind::Number => {
                let (Some(answer), Some(unit), Some(_)) = (&self.answer, self.unit, self.within)
                else {
                    return Err("guess: give `answer`, `unit` and `within`".to_owned());
                };
                let measure = Measure::ALL.iter().find(|measure| measure.name() == answer);
                let fits = measure.is_some_and(|measure| unit.is_of(measure.unit()));
                fits.then_some(())
                    .ok_or_else(|| format!("guess: {answer:?} is no measure in this unit"))
            }
        }
    }
}

impl NumberUnit {
    fn is_of(self, unit: Unit) -> bool {
        match self {
            NumberUnit::Minutes | NumberUnit::Hours => unit == Unit::Duration,
            NumberUnit::GB | NumberUnit::TB => unit == Unit::Volume,
            NumberUnit::Percent => unit == Unit::Ratio,
            NumberUnit::Count => unit == Unit::Count,
        }
    }
}

fn one_is_right(what: &str, choices: &[Choice]) -> Result<(), String> {
    let right = choices.iter().filter(|choice| choice.right).count();
    match (choices.len() > 1, right) {
        (true, 1) => Ok(()),
        _ => Err(format!(
            "{what}: give two choices or more, one of them with right = true"
        )),
    }
}
