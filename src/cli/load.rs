//! Scenarios and the traces they name, from files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cmksim::Error;
use cmksim::experiment::{self, Variant};
use cmksim::foreign::sanitize;
use cmksim::intake::Rows;
use cmksim::limits::{Limit, SCENARIO_BYTES, TRACE_BYTES};
use cmksim::scenario::{
    self, Diagnostics, Draft, Override, Reading, Scenario, WhatIf, Workspace, nearest,
};

use super::failure::{Failure, Status};
use super::options::{Check, Subject};
use super::status::{failure, finished};
use super::templates::Shipped;
use super::{signals, terminal};

/// What is replayed without a file.
pub(crate) const DEFAULT_SCENARIO: &str = include_str!("../../scenarios/key-vault-outage.toml");
/// What its results are called.
const DEFAULT_NAME: &str = "key-vault-outage";

/// A scenario with what it needs to run.
pub(crate) struct Loaded {
    pub(crate) scenario: Scenario,
    /// The text of its file and of what it extends.
    pub(crate) text: String,
    /// Of each workspace: the rows of the trace it names.
    pub(crate) traces: Arc<[Option<Rows>]>,
    /// What is likely not meant.
    lints: Diagnostics,
    /// Where it came from, to read it again with other values.
    pub(crate) source: Source,
}

/// A scenario file, read once.
pub(crate) struct Source {
    name: String,
    folder: PathBuf,
    bytes: Vec<u8>,
    overrides: Vec<Override>,
    /// What it extends, and the files of its delays, by name.
    files: Mutex<BTreeMap<String, Result<Vec<u8>, String>>>,
}

/// What messages call a file.
pub(crate) fn name(file: Option<&Path>) -> String {
    file.map_or(DEFAULT_NAME.to_owned(), terminal::path)
}

/// What its results are called.
pub(crate) fn stem(file: Option<&Path>) -> String {
    file.map_or(DEFAULT_NAME.to_owned(), |file| {
        plain_stem(file).unwrap_or(DEFAULT_NAME.to_owned())
    })
}

/// The stem of a file as the name of another file or folder: never one that means another place
/// (`..`, as of `...toml`), a device on Windows, or what nobody can read.
pub(crate) fn plain_stem(file: &Path) -> Option<String> {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let whole = sanitize(&file.file_name()?.to_string_lossy());
    let stem = sanitize(&file.file_stem()?.to_string_lossy());
    if stem.chars().all(|letter| letter == '.') {
        // Of dots alone: the name with its extension is none of these.
        return Some(whole);
    }
    let first = stem.split('.').next().unwrap_or_default().to_lowercase();
    let port = first.strip_prefix("com").or(first.strip_prefix("lpt"));
    let port = port.is_some_and(|port| matches!(port.as_bytes(), [b'1'..=b'9']));
    if port || DEVICES.contains(&first.as_str()) {
        return Some(format!("_{stem}"));
    }
    Some(stem)
}

/// The words of a command about a file, which it calls by its name alone: what is made in one
/// folder reads as what is made in another.
pub(crate) fn words(command: &str, file: Option<&Path>, more: &[String]) -> Vec<String> {
    let name = file.and_then(Path::file_name);
    let name = name.map(|name| name.to_string_lossy().into_owned());
    let words = ["cmksim", command].map(str::to_owned).into_iter();
    words.chain(name).chain(more.iter().cloned()).collect()
}

/// The words of a command about a file as it was typed, to be typed again.
pub(crate) fn typed(command: &str, file: Option<&Path>, more: Vec<String>) -> Vec<String> {
    let file = file.map(|file| file.display().to_string());
    let words = ["cmksim", command].map(str::to_owned).into_iter();
    words.chain(file).chain(more).collect()
}

/// Reads a scenario and its traces; warnings go to standard error.
pub(crate) fn load(
    file: Option<&Path>,
    overrides: &[Override],
    quiet: bool,
) -> Result<Loaded, Failure> {
    let source = Source::open(file, overrides)?;
    let colour = terminal::colour(&io::stderr());
    let reading = source.read(&[]);
    signals::check()?;
    let reading = reading?;
    if !quiet && !reading.warnings.is_empty() {
        terminal::tell_plainly(&reading.warnings.render(colour));
    }
    let traces = traces(&source.name, &source.folder, &reading.scenario, quiet)?;
    Ok(Loaded {
        scenario: reading.scenario,
        text: reading.text,
        traces: traces.into(),
        lints: reading.lints,
        source,
    })
}

/// Reads the scenario of a study, with another number of replications where that was given; and
/// what messages call it.
pub(crate) fn subject(
    subject: &Subject,
    replications: Option<u64>,
    quiet: bool,
) -> Result<(String, Loaded), Failure> {
    let file = Some(subject.file.as_path());
    let overrides = subject.changes.replicated(replications);
    let loaded = load(file, &overrides, quiet)?;
    Ok((name(file), loaded))
}

/// What was likely meant by a file that is not there: one beside it, or a shipped scenario.
fn meant(file: &Path) -> Option<String> {
    let wanted = file.file_name()?.to_str()?;
    let folder = file.parent()?;
    let here = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let mut beside: Vec<String> = fs::read_dir(here)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    beside.sort_unstable();
    if let Some(near) = nearest(wanted, beside.iter().map(String::as_str)) {
        let near = folder.join(near);
        return Some(format!("; did you mean {}?", terminal::path(&near)));
    }
    let (template, _) = Shipped::named(wanted)?.template()?;
    Some(format!("; `cmksim init {template} -o {wanted}` writes it"))
}

impl Source {
    fn open(file: Option<&Path>, overrides: &[Override]) -> Result<Source, Failure> {
        let name = name(file);
        let bytes = match file {
            None => Ok(DEFAULT_SCENARIO.as_bytes().to_vec()),
            Some(file) => read(file, &SCENARIO_BYTES, 0).map_err(|error| {
                let meant = meant(file).filter(|_| error.kind() == ErrorKind::NotFound);
                let meant = meant.unwrap_or_default();
                Failure::broken(format!("cannot read {name}: {error}{meant}"))
            }),
        };
        signals::check()?;
        let bytes = bytes?;
        Ok(Source {
            name,
            folder: file.and_then(Path::parent).unwrap_or(Path::new("")).into(),
            bytes,
            overrides: overrides.to_vec(),
            files: Mutex::default(),
        })
    }

    /// The scenario with `more` overrides behind those of the command line.
    fn read(&self, more: &[Override]) -> Result<Reading, Diagnostics> {
        self.draft(more)?.reading()
    }

    /// The same as it is written.
    pub(crate) fn draft(&self, more: &[Override]) -> Result<Draft, Diagnostics> {
        let overrides = [&self.overrides, more].concat();
        let files = &mut |file: &str, limit: &Limit| {
            let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            let read =
                || read(&self.folder.join(file), limit, 0).map_err(|error| error.to_string());
            files.entry(file.to_owned()).or_insert_with(read).clone()
        };
        Draft::read(&self.name, &self.bytes, &overrides, files)
    }
}

impl Loaded {
    /// The same scenario with other values of some keys. What it only warns of was told.
    pub(crate) fn variant(&self, changes: &[Override]) -> Result<Variant, Error> {
        self.resolved(self.source.read(changes)?.scenario)
    }

    /// A scenario that was made of this one, with its traces.
    pub(crate) fn resolved(&self, scenario: Scenario) -> Result<Variant, Error> {
        let traces = if same_traces(&scenario, &self.scenario) {
            Arc::clone(&self.traces)
        } else {
            let read = |file: &str| {
                read(&self.source.folder.join(file), &TRACE_BYTES, 0)
                    .map_err(|error| format!("cannot read it: {error}"))
            };
            experiment::traces(&scenario, read, &signals::came)?
                .0
                .into()
        };
        Ok(Variant { scenario, traces })
    }

    /// A case of it, which can be held against it replication by replication.
    pub(crate) fn case(&self, case: &WhatIf) -> Result<Variant, Failure> {
        let name = &self.source.name;
        let variant = finished(name, self.variant(&case.overrides()))?;
        let (own, base) = (&variant.scenario, &self.scenario);
        let names = |scenario: &Scenario| -> Vec<String> {
            let clusters = scenario.clusters.iter();
            clusters.map(|cluster| cluster.name.clone()).collect()
        };
        let other = [
            ("seeds", own.seed != base.seed),
            (
                "numbers of replications",
                own.replications != base.replications,
            ),
            ("clusters", names(own) != names(base)),
        ];
        match other.iter().find(|(_, differs)| *differs) {
            Some((what, _)) => Err(Failure::wrong(format!(
                "{name}: what if {}: the {what} differ; a case keeps those of the scenario, so that \
                 replications can be compared one by one",
                case.title
            ))),
            None => Ok(variant),
        }
    }

    /// Reads each case of the scenario once.
    fn check_cases(&self) -> Result<(), Failure> {
        let mut cases = self.scenario.what_ifs.iter();
        cases.try_for_each(|case| self.case(case).map(drop))
    }

    /// Reads the scenario once with each option of its levers, and the first of all others.
    fn check_levers(&self) -> Result<(), Error> {
        let levers = &self.scenario.levers;
        for (chosen, lever) in levers.iter().enumerate() {
            for option in 0..lever.options.len() {
                let others = levers.iter().enumerate();
                let each = others.flat_map(|(at, lever)| {
                    lever.options[if at == chosen { option } else { 0 }].overrides()
                });
                self.variant(&each.collect::<Vec<_>>())?;
            }
        }
        Ok(())
    }

    /// Reads the scenario once with each value of its sweep.
    fn check_sweep(&self) -> Result<(), Error> {
        let axes = self.scenario.sweep.iter().flat_map(|sweep| &sweep.axes);
        for axis in axes {
            for value in &axis.values {
                self.variant(&[axis.set("[sweep]", value)])?;
            }
        }
        Ok(())
    }
}

/// Whether two scenarios have the same traces at the same places.
pub(crate) fn same_traces(a: &Scenario, b: &Scenario) -> bool {
    fn trace(workspace: &Workspace) -> Option<&scenario::Trace> {
        match &workspace.ingestion.source {
            scenario::Source::Rate(_) => None,
            scenario::Source::Trace(trace) => Some(trace),
        }
    }
    let (a, b) = (a.workspaces.iter(), b.workspaces.iter());
    a.map(trace).eq(b.map(trace))
}

/// The traces that a scenario names, relative to its own `folder`.
fn traces(
    name: &str,
    folder: &Path,
    scenario: &Scenario,
    quiet: bool,
) -> Result<Vec<Option<Rows>>, Failure> {
    let mut status = Status::Wrong;
    let read = |file: &str| {
        read(&folder.join(file), &TRACE_BYTES, 0).map_err(|error| {
            // A file that is not there is a mistake in the scenario that names it.
            if error.kind() != ErrorKind::NotFound {
                status = Status::Broken;
            }
            format!("cannot read it: {error}")
        })
    };
    let read = experiment::traces(scenario, read, &signals::came);
    signals::check()?;
    match read {
        Ok((traces, warnings)) => {
            for warning in warnings.iter().filter(|_| !quiet) {
                terminal::tell("warning", &format!("{name}: {warning}"));
            }
            Ok(traces)
        }
        Err(error) => Err(Failure::Told {
            status,
            message: format!("{name}: {error}"),
        }),
    }
}

/// How many bytes are read between two looks at whether the program was asked to stop.
const PIECE: u64 = 1 << 20;

/// The bytes of a regular file, or of one that a link leads to, no more than `limit` with the
/// `taken` ones that count too. What has no end (a device, a pipe) is not even opened.
pub(crate) fn read(path: &Path, limit: &Limit, taken: u64) -> io::Result<Vec<u8>> {
    regular(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    let found = file.metadata()?;
    // It may have become another one since.
    regular(&found)?;
    let room = limit.most.saturating_sub(taken);
    let too_long = || io::Error::other(format!("it has {}", limit.exceeded()));
    if found.len() > room {
        return Err(too_long());
    }
    let expected = usize::try_from(found.len()).unwrap_or(0);
    let mut bytes = Vec::with_capacity(expected + 1);
    let mut file = file.take(room + 1);
    // It may grow meanwhile, or not say how long it is: one byte too many is looked for.
    while file.by_ref().take(PIECE).read_to_end(&mut bytes)? > 0 {
        if signals::came() {
            return Err(io::Error::other("interrupted"));
        }
        if bytes.len() as u64 > room {
            return Err(too_long());
        }
    }
    Ok(bytes)
}

fn regular(found: &fs::Metadata) -> io::Result<()> {
    let what = match found {
        found if found.is_file() => return Ok(()),
        found if found.is_dir() => "a folder",
        _ => "a pipe or a device",
    };
    let message = format!("it is {what}, not a regular file; name a file that holds the data");
    Err(io::Error::other(message))
}

/// Says of each file whether it is right, and what in it is likely not meant.
pub(crate) fn check(check: &Check, quiet: bool) -> Result<Status, Failure> {
    let overrides = check.changes.overrides();
    let mut status = Status::Done;
    for file in &check.files {
        signals::check()?;
        match load(Some(file), &overrides, quiet) {
            Ok(loaded) => {
                if let Err(failure) = loaded.check_cases() {
                    status = status.min(failure.report());
                    continue;
                }
                let studies = loaded.check_sweep().and_then(|()| loaded.check_levers());
                if let Err(error) = studies {
                    let name = terminal::path(file);
                    status = status.min(failure(&name, &error).report());
                    continue;
                }
                if !quiet && !loaded.lints.is_empty() {
                    let colour = terminal::colour(&io::stderr());
                    terminal::tell_plainly(&loaded.lints.render(colour));
                }
                match terminal::print(&format!("{}: ok\n", terminal::path(file))) {
                    Err(Failure::NobodyReads) => return Ok(status),
                    printed => printed?,
                }
            }
            Err(failure) => status = status.min(failure.report()),
        }
    }
    Ok(status)
}
