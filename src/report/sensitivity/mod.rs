//! How much of an answer rests on what no source states.

mod csv;
mod document;
pub(super) mod json;

pub use self::csv::sensitivity_csv;
pub use self::document::sensitivity_text;
pub use self::json::sensitivity_json;

use super::chart::{Effect, Moved, Picture, Quantity, RangeEnd, screening_chart, tornado};
use super::command::Command;
use super::format::{count, difference, range, replications};
use super::rules::written;
use super::study::document::estimate;
use super::{File, html};
use crate::experiment::morris::Screened;
use crate::experiment::sensitivity::{Answer, Factor, Influence, Shift};
use crate::scenario::{Scenario, Target, Unit};

/// What moves an answer.
#[derive(Debug)]
pub struct Sensitivity<'a> {
    /// Whose answer.
    pub scenario: &'a Scenario,
    /// To which question.
    pub target: &'a Target,
    /// How often each variant was replayed.
    pub replications: u64,
    /// The answer as the scenario is, or why there is none.
    pub base: &'a Result<Answer, String>,
    /// What each factor does, the widest first.
    pub influences: &'a [Influence],
    /// All factors together, where that was asked for.
    pub screening: Option<Screening<'a>>,
}

/// What a screening says.
#[derive(Debug)]
pub struct Screening<'a> {
    /// How many trajectories there were.
    pub trajectories: usize,
    /// Of each factor; `None` where no step of it has an answer.
    pub factors: Vec<(&'a Factor, Option<Screened>)>,
}

impl Sensitivity<'_> {
    /// A number of the answer's kind.
    fn shown(&self, number: f64) -> String {
        estimate(self.target.statistic, self.target.measure, number)
    }

    /// Whether two answers read differently.
    fn told_apart(&self, low: f64, high: f64) -> bool {
        self.shown(low) != self.shown(high)
    }

    /// The least and the greatest answer; where they read the same, how far they are from the
    /// answer as it is.
    fn ends(&self, low: f64, high: f64) -> String {
        match self.base {
            Ok(base) if !self.told_apart(low, high) => {
                let [low, high] = [low, high].map(|end| difference(self.unit(), end - base.number));
                range(&low, &high)
            }
            _ => range(&self.shown(low), &self.shown(high)),
        }
    }

    fn unit(&self) -> Unit {
        self.target.statistic.unit(self.target.measure)
    }

    fn quantity(&self) -> Quantity {
        Quantity::from(self.unit())
    }
}

/// How much of the answer rests on assumed numbers, in a sentence.
fn verdict(sensitivity: &Sensitivity<'_>) -> String {
    let text = &sensitivity.target.text;
    let base = match sensitivity.base {
        Ok(base) => base.number,
        Err(reason) => return format!("{text} cannot be told: {reason}"),
    };
    let is = format!("{text} is {}", sensitivity.shown(base));
    let assumed = sensitivity.influences.iter();
    let assumed =
        assumed.filter(|influence| influence.factor.assumed && influence.high > influence.low);
    let ends = |low: f64, high: f64| sensitivity.ends(low, high);
    let Some(most) = assumed.clone().next() else {
        return format!("{is}; no assumed parameter alone moves it");
    };
    let low = assumed
        .clone()
        .map(|influence| influence.low)
        .fold(base, f64::min);
    let high = assumed.map(|influence| influence.high).fold(base, f64::max);
    let all = match sensitivity.told_apart(low, high) {
        true => format!("between {}", ends(low, high).replace(" to ", " and ")),
        false => format!("by {}", ends(low, high)),
    };
    format!(
        "{is}; one at a time, assumed parameters move it {all}, {} most ({})",
        short(&most.factor.name),
        ends(most.low, most.high)
    )
}

/// The name of a parameter without the table that all of them stand in.
fn short(name: &str) -> &str {
    name.strip_prefix("behaviour.").unwrap_or(name)
}

/// A value as people write it: without the quotes of TOML, of a distribution its name first.
fn plain(value: &str) -> String {
    let read: Option<toml::Table> = toml::from_str(&format!("value = {value}")).ok();
    let value_of = read.and_then(|table| table.get("value").map(written));
    value_of.unwrap_or_else(|| value.to_owned())
}

/// The files of a study of what moves an answer; `source` is the TOML of its scenario. With a
/// report, where the command that makes it again is given.
pub fn sensitivity_files(
    sensitivity: &Sensitivity<'_>,
    source: &str,
    command: Option<&Command>,
) -> Vec<File<'static>> {
    let json = sensitivity_json(sensitivity, source);
    let mut files = vec![
        File::whole("sensitivity.json", json),
        File::whole("sensitivity.csv", sensitivity_csv(sensitivity)),
    ];
    let pictures = [picture(sensitivity), screening(sensitivity)];
    let names = [
        ("sensitivity.svg", "sensitivity.png"),
        ("screening.svg", "screening.png"),
    ];
    for (picture, (svg, png)) in pictures.iter().zip(names) {
        files.extend(picture.iter().flat_map(|drawn| drawn.files(svg, png)));
    }
    if let Some(command) = command {
        let pictures = pictures.each_ref().map(Option::as_ref);
        let document = document::document(sensitivity, source, pictures);
        files.push(File::report(html::page(&document, command)));
    }
    files
}

/// The title of a picture, and what stands under it.
fn title(sensitivity: &Sensitivity<'_>) -> (String, Vec<String>) {
    let scenario = sensitivity.scenario;
    let title = scenario.title.clone();
    let note = format!(
        "{}, {} at each value, seed {}",
        sensitivity.target.text,
        replications(sensitivity.replications),
        scenario.seed
    );
    (
        title.unwrap_or_else(|| "What moves it".to_owned()),
        vec![note],
    )
}

/// The tornado of what moves the answer; none where nothing does. It shows the differences from
/// the answer as it is: on common random numbers they are known better than the answers are.
fn picture(sensitivity: &Sensitivity<'_>) -> Option<Picture> {
    let base = sensitivity.base.as_ref().ok()?.number;
    let moved = |influence: &Influence| {
        let shifts = influence.shifts.iter();
        let ends: Vec<RangeEnd> = shifts.filter_map(|shift| end(base, shift)).collect();
        let by_change = |a: &&RangeEnd, b: &&RangeEnd| a.change.total_cmp(&b.change);
        let low = ends.iter().min_by(by_change)?.clone();
        let high = ends.iter().max_by(by_change)?.clone();
        // The ends in the order of the range; of a single other value the base is one.
        let first = ends.iter().position(|end| *end == low);
        let (low, high) = match ends.len() {
            1 => (None, low),
            _ if first > ends.iter().position(|end| *end == high) => (Some(high), low),
            _ => (Some(low), high),
        };
        Some(Moved {
            parameter: short(&influence.factor.name).to_owned(),
            assumed: influence.factor.assumed,
            low,
            high,
        })
    };
    let wide = sensitivity
        .influences
        .iter()
        .filter(|influence| influence.high > influence.low);
    let rows: Vec<Moved> = wide.filter_map(moved).collect();
    let (title, notes) = title(sensitivity);
    let measure = (sensitivity.target.text.as_str(), sensitivity.unit());
    (!rows.is_empty()).then(|| tornado(&title, &notes, measure, base, &rows))
}

/// What a value does to the answer: the mean difference, replication by replication, where there
/// is one; else the difference of the answers, whose interval nobody knows.
fn end(base: f64, shift: &Shift) -> Option<RangeEnd> {
    let answer = shift.answer.as_ref().ok()?;
    Some(RangeEnd {
        setting: plain(&shift.value),
        change: shift
            .difference
            .map_or(answer.number - base, |difference| difference.mean),
        interval: shift
            .difference
            .and_then(|difference| difference.interval()),
    })
}

/// The screening as a picture, where there is one.
fn screening(sensitivity: &Sensitivity<'_>) -> Option<Picture> {
    let asked = sensitivity.screening.as_ref()?;
    let known = asked
        .factors
        .iter()
        .filter_map(|(factor, screened)| Some((factor, (*screened)?)));
    let effects: Vec<Effect> = known
        .map(|(factor, screened)| Effect {
            parameter: short(&factor.name).to_owned(),
            assumed: factor.assumed,
            size: screened.mu_star,
            deviation: screened.sigma,
        })
        .collect();
    let (title, mut notes) = title(sensitivity);
    notes.push(format!("{} trajectories", count(asked.trajectories as u64)));
    let measure = (sensitivity.target.text.as_str(), sensitivity.quantity());
    (!effects.is_empty()).then(|| screening_chart(&title, &notes, measure, &effects))
}
