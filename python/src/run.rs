//! One replication with everything that happened in it.

use std::sync::Arc;

use cmksim::experiment::Replay;
use cmksim::report::{self, DEFAULT_RESOLUTION, Part, Style};
use cmksim::units::Time;
use csv::StringRecord;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::columns::{Columns, signed};
use super::loaded::Loaded;
use super::measures::{every, full_key, to_python};
use super::pictures::svgs;
use super::table::Table;

/// One replication.
#[pyclass(frozen, module = "cmksim._cmksim")]
pub(crate) struct Run {
    pub(crate) of: Arc<Loaded>,
    pub(crate) replay: Replay,
}

#[pymethods]
impl Run {
    fn replication(&self) -> u64 {
        self.replay.replication
    }

    fn passed(&self) -> bool {
        self.replay.passed()
    }

    fn fingerprint(&self) -> String {
        self.replay.fingerprint.to_string()
    }

    fn json(&self) -> String {
        report::summary(self.of.scenario(), &self.of.reading.text, &self.replay)
    }

    fn text(&self) -> String {
        report::text(self.of.scenario(), &self.replay, Style::default())
    }

    fn pictures(&self, py: Python<'_>) -> Vec<(String, String)> {
        let (scenario, text) = (self.of.scenario(), &self.of.reading.text);
        let parts = [Part::Pictures];
        let files = || {
            report::files(
                scenario,
                text,
                &self.replay,
                &parts,
                DEFAULT_RESOLUTION,
                None,
            )
        };
        py.detach(|| svgs(&files()))
    }

    fn measures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let scenario = self.of.scenario();
        let all = PyDict::new(py);
        for (scope, measure) in every(scenario) {
            let value = self.replay.measures.get(scope, measure);
            let value = value.map(|value| to_python(py, value)).transpose()?;
            all.set_item(full_key(scenario, scope, measure), value)?;
        }
        Ok(all)
    }

    /// Everything that happened, in its order.
    fn log(&self, py: Python<'_>) -> Table {
        py.detach(|| self.log_table())
    }

    /// Who was in which state from when until when.
    fn states(&self, py: Python<'_>) -> Table {
        py.detach(|| self.states_table())
    }

    /// Where the data is over time; and a sentence, if rows were left out.
    fn timeline(&self, py: Python<'_>, samples: usize) -> (Table, Option<String>) {
        py.detach(|| self.timeline_table(samples))
    }
}

impl Run {
    /// The words, from what to what and details are those of the command's `events.csv`.
    fn log_table(&self) -> Table {
        let (scenario, history) = (self.of.scenario(), &self.replay.history);
        let (header, rows) = records(&report::events(scenario, history));
        let words = |name: &str| {
            let at = place(&header, name);
            rows.iter().map(move |row| row[at].to_owned())
        };
        let log = || history.log.iter();
        let millis = || log().map(|entry| entry.time.millis());
        let occurrence = |number: u32| i64::from(number) + 1;
        let mut columns = Columns::default();
        columns.whole("time_ms", "ms", millis());
        columns.instant(scenario.start, millis());
        columns.text("cluster", words("cluster"));
        let accounts = words("storage_account").map(|number| number.parse::<i64>().ok());
        columns.whole("storage_account", "", accounts);
        columns.text("workspace", words("workspace"));
        columns.text("event", words("event"));
        let occurrences = log().map(|entry| entry.cause.map(|cause| occurrence(cause.number)));
        columns.whole("occurrence", "", occurrences);
        columns.text("from", words("from"));
        columns.text("to", words("to"));
        columns.text("rule", log().map(|entry| entry.rule.id()));
        columns.text("detail", words("detail"));
        columns.table()
    }

    fn states_table(&self) -> Table {
        let (scenario, history) = (self.of.scenario(), &self.replay.history);
        let mut rows = Vec::new();
        for (cluster, own) in scenario.clusters.iter().zip(&history.clusters) {
            for (number, account) in own.accounts.iter().enumerate() {
                let intervals = account.access.intervals(history.end);
                rows.extend(intervals.map(|(from, until, state)| {
                    (
                        &cluster.name,
                        signed(number) + 1,
                        from.max(Time::START),
                        until,
                        state.name(),
                    )
                }));
            }
        }
        // What held before the run alone is no part of it.
        rows.retain(|row| row.2 < row.3);
        let mut columns = Columns::default();
        columns.text("cluster", rows.iter().map(|row| row.0));
        columns.whole("storage_account", "", rows.iter().map(|row| row.1));
        columns.text("state", rows.iter().map(|row| row.4));
        columns.whole("from_ms", "ms", rows.iter().map(|row| row.2.millis()));
        columns.whole("until_ms", "ms", rows.iter().map(|row| row.3.millis()));
        columns.table()
    }

    /// The samples are those of the command's `timeline.csv`.
    fn timeline_table(&self, samples: usize) -> (Table, Option<String>) {
        let scenario = self.of.scenario();
        let (text, note) = report::timeline(scenario, &self.replay, samples);
        let (header, rows) = records(&text);
        let column = |at: usize| rows.iter().map(move |row| &row[at]);
        let mut columns = Columns::default();
        for (at, name) in header.iter().enumerate() {
            match name {
                "time_s" => {
                    let millis = || column(at).map(millis);
                    columns.whole("time_ms", "ms", millis());
                    columns.instant(scenario.start, millis());
                }
                "time" => {}
                "workspace" | "route" => columns.text(name, column(at)),
                "queries_fail" | "dropping" | "buffering" => {
                    columns.truth(name, column(at).map(|truth| truth == "true"));
                }
                bytes => {
                    let whole = |text: &str| text.parse::<i64>().expect("bytes are whole");
                    columns.whole(bytes, "bytes", column(at).map(whole));
                }
            }
        }
        (columns.table(), note)
    }
}

/// The header and the rows of a table that the library wrote.
fn records(text: &str) -> (StringRecord, Vec<StringRecord>) {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a table has a header").clone();
    let rows = reader
        .records()
        .map(|row| row.expect("the library writes right rows"));
    (header, rows.collect())
}

fn place(header: &StringRecord, name: &str) -> usize {
    let mut names = header.iter();
    names
        .position(|own| own == name)
        .expect("the table has this column")
}

/// Seconds with three decimals or fewer, as milliseconds.
fn millis(seconds: &str) -> i64 {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
    let number = |text: &str| text.parse::<i64>().expect("seconds are a number");
    number(&format!("{whole}{part:0<3}"))
}
