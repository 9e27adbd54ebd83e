//! Two scenarios on the same random numbers.

use std::path::{Component, Path, PathBuf};

use cmksim::experiment::{
    Attribution, Explained, Paired, Replayed, Study, Variant, first_divergence, most_informative,
    paired, replay_all,
};
use cmksim::report::{self, Compared, Other, Side, Style};
use cmksim::scenario::{Changes, Override, Scenario};
use cmksim::statistics::Mean;
use cmksim::{Error, Runner};
use pyo3::prelude::*;

use super::columns::{Columns, signed};
use super::failure::Failure;
use super::loaded::{Loaded, REPLICATIONS};
use super::measures::{measure, number};
use super::pictures::svgs;
use super::summaries::{interval, measures};
use super::table::Table;

/// What is asked.
pub(crate) struct Asked {
    pub(crate) replications: Option<u64>,
    /// The measure that the answer is about.
    pub(crate) of: Option<String>,
}

/// How a second scenario differs from a first.
#[pyclass(frozen, module = "cmksim._cmksim")]
pub(crate) struct Comparison {
    measures: Table,
    json: String,
    text: String,
    pictures: Vec<(String, String)>,
}

/// A scenario that was replayed.
struct Studied<'a> {
    name: String,
    loaded: &'a Loaded,
    variant: Variant,
    replayed: Replayed,
}

impl Comparison {
    pub(crate) fn made(
        first: &Loaded,
        second: &Loaded,
        asked: &Asked,
        runner: &Runner<'_>,
    ) -> Result<Comparison, Failure> {
        let own = [first, second].map(|of| of.scenario().replications);
        let own = own.into_iter().max().filter(|count| *count > 1);
        let count = asked.replications.or(own).unwrap_or(REPLICATIONS);
        let changes = changes(first, second)?;
        let replays = count.saturating_mul(2 + changes.list.len() as u64);
        runner.progress.begin(replays);
        let [first, second] = studied(first, second, count, runner)?;
        let other = against(&first, &second, changes, asked, runner)?;
        let table = table(&first.variant.scenario, &other.measures);
        let compared = Compared {
            first: first.side(),
            replications: count,
            replication: 0,
            others: vec![other],
        };
        Ok(Comparison {
            measures: table,
            json: report::compare_json(&compared),
            text: report::compare(&compared, Style::default()),
            pictures: svgs(&report::compare_files(&compared, None)),
        })
    }
}

#[pymethods]
impl Comparison {
    fn table(&self) -> Table {
        Table(self.measures.0.clone())
    }

    fn json(&self) -> &str {
        &self.json
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn pictures(&self) -> Vec<(String, String)> {
        self.pictures.clone()
    }
}

/// Replays both with the seed of the first.
fn studied<'a>(
    first: &'a Loaded,
    second: &'a Loaded,
    count: u64,
    runner: &Runner<'_>,
) -> Result<[Studied<'a>; 2], Failure> {
    let seed = Override::new("seed", &format!("seed={}", first.scenario().seed));
    let variants = [first.whole(), second.variant(&[seed])?];
    let names = names(first, second);
    let study = |at: usize| {
        let variant = &variants[at];
        (
            names[at].as_str(),
            Study::new(&variant.scenario, &variant.traces),
        )
    };
    let replayed = replay_all(&[study(0), study(1)], count, 0, runner)?;
    let mut replayed = replayed.into_iter();
    let mut next = || replayed.next().expect("both were replayed");
    let both = [next(), next()];
    let [one, other] = variants;
    let [name, of_other] = names;
    let [before, after] = both;
    Ok([
        Studied {
            name,
            loaded: first,
            variant: one,
            replayed: before,
        },
        Studied {
            name: of_other,
            loaded: second,
            variant: other,
            replayed: after,
        },
    ])
}

/// What they are called; numbered where both are called the same.
fn names(first: &Loaded, second: &Loaded) -> [String; 2] {
    let [one, other] = [first, second].map(|of| of.source.stem().to_owned());
    match one == other {
        true => [format!("{one} (1)"), format!("{other} (2)")],
        false => [one, other],
    }
}

impl Studied<'_> {
    fn side(&self) -> Side<'_> {
        Side {
            name: &self.name,
            scenario: &self.variant.scenario,
            source: &self.loaded.reading.text,
            history: &self.replayed.history,
        }
    }
}

/// Holds the second against the first.
fn against<'a>(
    first: &'a Studied<'_>,
    second: &'a Studied<'_>,
    changes: Changes,
    asked: &Asked,
    runner: &Runner<'_>,
) -> Result<Other<'a>, Failure> {
    let (a, b) = (&first.variant.scenario, &second.variant.scenario);
    let measures = paired((a, &first.replayed.study), (b, &second.replayed.study));
    let telling = match &asked.of {
        None => most_informative(a, &measures),
        Some(text) => {
            let of = measure(a, "of", text)?;
            let found = measures
                .iter()
                .position(|own| (own.scope, own.measure) == of);
            let lacks = format!("of: {} has no measure {text}", second.name);
            Some(found.ok_or(Failure::Wrong(lacks))?)
        }
    };
    let attribution = match telling {
        None => None,
        Some(at) => Some(attribute(first, second, &measures[at], &changes, runner)?),
    };
    Ok(Other {
        side: second.side(),
        parting: first_divergence((a, &first.replayed.history), (b, &second.replayed.history)),
        measures,
        telling,
        changes,
        attribution,
    })
}

/// How much of the difference each change makes.
fn attribute(
    first: &Studied<'_>,
    second: &Studied<'_>,
    paired: &Paired,
    changes: &Changes,
    runner: &Runner<'_>,
) -> Result<Attribution, Error> {
    let made = |change| -> Result<Variant, String> {
        let reading = changes.made(change).map_err(|wrong| {
            let mut all = wrong.iter().map(|(_, wrong)| wrong.message().to_owned());
            all.next().unwrap_or_default()
        })?;
        let variant = first.loaded.resolved(reading.scenario);
        variant.map_err(|error| error.to_string())
    };
    let explained = Explained {
        first: &first.variant.scenario,
        before: &first.replayed.study,
        second: &second.variant.scenario,
        after: &second.replayed.study,
        scope: paired.scope,
        measure: paired.measure,
        // What is compared here is not in parts.
        cell: 0,
    };
    explained.by(changes.list.iter().map(made), runner)
}

/// What differs between both, with the files of the second as the first would name them.
fn changes(first: &Loaded, second: &Loaded) -> Result<Changes, Failure> {
    let one = first.source.draft(&[])?;
    let other = second.source.draft(&[])?;
    let other = match (&first.source.folder, &second.source.folder) {
        (Some(from), Some(to)) => other.seen_from(&way(from, to)),
        _ => {
            first.source.adopt(&second.source)?;
            other
        }
    };
    Ok(Changes::between(&one, &other)?)
}

/// A folder as seen from another one.
fn way(from: &Path, to: &Path) -> PathBuf {
    let absolute =
        |folder: &Path| std::path::absolute(folder.join(".")).unwrap_or_else(|_| folder.to_owned());
    let (from, to) = (absolute(from), absolute(to));
    let shared = from.components().zip(to.components());
    let shared = shared.take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// A row for each measure that both have.
fn table(scenario: &Scenario, all: &[Paired]) -> Table {
    let mut columns = Columns::default();
    measures(
        &mut columns,
        scenario,
        all.iter().map(|of| (of.scope, of.measure)),
    );
    let pairs = || all.iter().map(|of| Some((of.measure, of.pairs?)));
    let means = |of: fn(&cmksim::experiment::Pairs) -> f64| {
        pairs().map(move |pair| {
            let (measure, pairs) = pair?;
            Some(number(measure, of(&pairs)))
        })
    };
    columns.number("first", "", means(|pairs| pairs.first.mean));
    columns.number("second", "", means(|pairs| pairs.second.mean));
    columns.number("difference", "", means(|pairs| pairs.difference.mean));
    let differences: Vec<Option<Mean>> = pairs().map(|pair| Some(pair?.1.difference)).collect();
    let differences = all.iter().zip(&differences);
    let differences = differences.map(|(of, mean)| (of.measure, mean.as_ref()));
    interval(&mut columns, differences);
    columns.number("sd", "", means(|pairs| pairs.difference.sd));
    columns.number("median", "", means(|pairs| pairs.median));
    let counts = |of: fn(&cmksim::experiment::Pairs) -> usize| {
        pairs().map(move |pair| Some(signed(of(&pair?.1))))
    };
    columns.whole("larger", "count", counts(|pairs| pairs.larger));
    columns.whole("equal", "count", counts(|pairs| pairs.equal));
    columns.whole("smaller", "count", counts(|pairs| pairs.smaller));
    columns.whole(
        "one_sided",
        "count",
        all.iter().map(|of| signed(of.one_sided)),
    );
    let findings = pairs().map(|pair| pair.map_or("", |(_, pairs)| pairs.finding().words()));
    columns.text("finding", findings);
    columns.table()
}
