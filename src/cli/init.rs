//! `init`: a scenario to begin with, from a template or from exports of a real cluster.

use std::path::{Path, PathBuf};

use clap::Args;
use cmksim::foreign::quoted;
use cmksim::import::{self, Export, Exports, Wishes};
use cmksim::limits::{self, Limit};
use cmksim::scenario::{nearest, schema_text};

use super::failure::{Failure, Status};
use super::files::Folder;
use super::templates::{Shipped, shipped};
use super::{load, signals, terminal};

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// A template, as --list names it [default: the example that `run` uses without a file]
    #[arg(value_name = "TEMPLATE", conflicts_with_all = EXPORTS)]
    template: Option<String>,
    /// List the templates
    #[arg(long, conflicts_with_all = ["template", "output", "force"], conflicts_with_all = EXPORTS)]
    list: bool,
    /// Write the scenario to this file [default: standard output]. The files it needs, and
    /// schema.json for completion and checks in an editor, are written to the same folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite existing files
    #[arg(long, requires = "output")]
    force: bool,
    #[command(flatten)]
    exports: Exported,
    /// Edition of the service's documentation [default: the one that fits the exports]
    #[arg(long, value_name = "EDITION", help_heading = REAL, conflicts_with = "template")]
    edition: Option<String>,
    /// Calendar time at which the run starts [default: taken from the exports]
    #[arg(long, value_name = "TIME", help_heading = REAL, conflicts_with = "template")]
    start: Option<String>,
    /// Length of the run [default: taken from the exports]
    #[arg(long, value_name = "DURATION", help_heading = REAL, conflicts_with = "template")]
    duration: Option<String>,
    /// Instead of replaying the usage, extrapolate its level, daily and weekly profile, growth
    /// and noise over this time after it
    #[arg(long, value_name = "DURATION", help_heading = REAL, requires = "usage")]
    #[arg(conflicts_with_all = ["template", "duration"])]
    forecast: Option<String>,
}

/// What was exported; each may be repeated.
#[derive(Debug, Args)]
struct Exported {
    /// Clusters: JSON from `az monitor log-analytics cluster show` or `list`
    #[arg(long, value_name = "JSON", help_heading = REAL)]
    cluster: Vec<PathBuf>,
    /// Workspaces or their linked services: JSON from `az monitor log-analytics workspace show`,
    /// `list` or `linked-service show`
    #[arg(long, value_name = "JSON", help_heading = REAL)]
    workspace: Vec<PathBuf>,
    /// Hourly rows of the Usage table: CSV or JSON from a query; written beside --output as a
    /// trace
    #[arg(long, value_name = "CSV|JSON", help_heading = REAL)]
    usage: Vec<PathBuf>,
    /// Audit log of the key vault: CSV or JSON of AZKVAuditLogs or AzureDiagnostics, or the
    /// records of a diagnostic setting
    #[arg(long, value_name = "CSV|JSON", help_heading = REAL)]
    key_vault_log: Vec<PathBuf>,
    /// Activity log: JSON from `az monitor activity-log list`, or the records of a diagnostic
    /// setting; or polls of an operation as CSV
    #[arg(long, value_name = "JSON|CSV", help_heading = REAL)]
    activity_log: Vec<PathBuf>,
    /// Service issues: JSON of Resource Health events
    #[arg(long, value_name = "JSON", help_heading = REAL)]
    service_health: Vec<PathBuf>,
}

const EXPORTS: &[&str] = &[
    "cluster",
    "workspace",
    "usage",
    "key_vault_log",
    "activity_log",
    "service_health",
];

/// Of the options about exports.
const REAL: &str = "From exports of a real cluster (docs/import.md)";

/// The schema of scenarios, which an editor reads that understands the first line of a scenario.
const SCHEMA: &str = "schema.json";

/// A file to be written, relative to the folder of the scenario.
struct Beside<'a> {
    name: &'a str,
    bytes: &'a [u8],
}

pub(crate) fn init(init: &Init, quiet: bool) -> Result<Status, Failure> {
    if init.list {
        return terminal::print(&list()).map(|()| Status::Done);
    }
    let exports = Files::read(&init.exports)?;
    if exports.is_empty() {
        return template(init, quiet);
    }
    let stem = init.output.as_deref().and_then(load::plain_stem);
    let stem = stem.as_deref().unwrap_or("my");
    let trace = format!("{stem}-usage.csv");
    let wishes = Wishes {
        trace: &trace,
        edition: init.edition.as_deref(),
        start: init.start.as_deref(),
        duration: init.duration.as_deref(),
        forecast: init.forecast.as_deref(),
    };
    let imported = import::import(&exports.exports(), wishes, &signals::came);
    signals::check()?;
    let imported = imported.map_err(|error| Failure::wrong(error.to_string()))?;
    for note in imported.notes.iter().filter(|_| !quiet) {
        terminal::tell("note", note);
    }
    let needs = imported.trace.iter().map(|bytes| Beside {
        name: &trace,
        bytes,
    });
    let needs: Vec<Beside<'_>> = needs.collect();
    hand_out(init, &imported.scenario, &needs, quiet)
}

/// Every template with what it is.
fn list() -> String {
    let templates = || shipped().filter_map(Shipped::template);
    let widest = templates().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, what)| format!("{name:widest$}  {what}\n");
    templates().map(line).collect()
}

fn template(init: &Init, quiet: bool) -> Result<Status, Failure> {
    let Some(wanted) = &init.template else {
        return hand_out(init, load::DEFAULT_SCENARIO, &[], quiet);
    };
    let wanted = wanted.strip_suffix(".toml").unwrap_or(wanted);
    let found =
        shipped().find(|shipped| shipped.template().is_some_and(|(name, _)| name == wanted));
    let Some(found) = found else {
        let names = shipped().filter_map(Shipped::template);
        let near = nearest(wanted, names.map(|(name, _)| name));
        let near = near.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        return Err(Failure::wrong(format!(
            "there is no template {}{near}; `cmksim init --list` shows all",
            quoted(wanted)
        )));
    };
    let needs = found.needs();
    let beside = |shipped: &Shipped| Beside {
        name: shipped.name,
        bytes: shipped.text.as_bytes(),
    };
    let needs: Vec<Beside<'_>> = needs.iter().map(beside).collect();
    hand_out(init, found.text, &needs, quiet)
}

/// Writes a scenario with what it needs and the schema, or prints one that needs nothing.
fn hand_out(
    init: &Init,
    scenario: &str,
    needs: &[Beside<'_>],
    quiet: bool,
) -> Result<Status, Failure> {
    let Some(output) = &init.output else {
        if let Some(need) = needs.first() {
            return Err(Failure::wrong(format!(
                "this scenario needs {} in its folder; write both with --output my.toml",
                need.name
            )));
        }
        return terminal::print(scenario).map(|()| Status::Done);
    };
    let folder = output.parent().unwrap_or(Path::new(""));
    let Some(name) = output.file_name().and_then(|name| name.to_str()) else {
        return Err(Failure::wrong(format!(
            "--output {}: this is not the name of a file in UTF-8",
            terminal::path(output)
        )));
    };
    // What the scenario needs first: whoever sees it finds the rest.
    let scenario = Beside {
        name,
        bytes: scenario.as_bytes(),
    };
    let schema = schema_text();
    let schema = Beside {
        name: SCHEMA,
        bytes: schema.as_bytes(),
    };
    let all: Vec<&Beside<'_>> = needs.iter().chain([&schema, &scenario]).collect();
    let writable = Folder::open(folder, quiet)?;
    refuse(&all, folder, init.force)?;
    let mut set = writable.begin()?;
    for file in &all {
        set.add(Path::new(file.name), |to| to.write_all(file.bytes))?;
    }
    set.commit()?;
    for file in all.iter().filter(|_| !quiet) {
        let path = folder.join(file.name);
        terminal::tell_plainly(&format!("wrote {}", terminal::path(&path)));
    }
    Ok(Status::Done)
}

/// Nothing is overwritten without a word, and no file twice.
fn refuse(files: &[&Beside<'_>], folder: &Path, force: bool) -> Result<(), Failure> {
    for (at, file) in files.iter().enumerate() {
        let path = folder.join(file.name);
        if files[..at].iter().any(|other| other.name == file.name) {
            let message = format!(
                "{} would be overwritten by a file that the scenario needs; choose another name",
                terminal::path(&path)
            );
            return Err(Failure::wrong(message));
        }
        // What is there with the same bytes does not change.
        let longest = Limit {
            most: file.bytes.len() as u64,
            ..limits::TRACE_BYTES
        };
        let same = || load::read(&path, &longest, 0).is_ok_and(|bytes| bytes == file.bytes);
        if !force && path.exists() && !same() {
            let message = format!(
                "{} exists already; --force overwrites it",
                terminal::path(&path)
            );
            return Err(Failure::wrong(message));
        }
    }
    Ok(())
}

/// The bytes of all exports.
struct Files {
    clusters: Vec<(String, Vec<u8>)>,
    workspaces: Vec<(String, Vec<u8>)>,
    usage: Vec<(String, Vec<u8>)>,
    key_vault_logs: Vec<(String, Vec<u8>)>,
    activity_logs: Vec<(String, Vec<u8>)>,
    service_health: Vec<(String, Vec<u8>)>,
}

impl Files {
    fn read(exported: &Exported) -> Result<Files, Failure> {
        let mut taken = 0;
        let mut all = |paths| all(paths, &mut taken);
        Ok(Files {
            clusters: all(&exported.cluster)?,
            workspaces: all(&exported.workspace)?,
            usage: all(&exported.usage)?,
            key_vault_logs: all(&exported.key_vault_log)?,
            activity_logs: all(&exported.activity_log)?,
            service_health: all(&exported.service_health)?,
        })
    }

    fn is_empty(&self) -> bool {
        [
            &self.clusters,
            &self.workspaces,
            &self.usage,
            &self.key_vault_logs,
            &self.activity_logs,
            &self.service_health,
        ]
        .iter()
        .all(|files| files.is_empty())
    }

    fn exports(&self) -> Exports<'_> {
        Exports {
            clusters: exports(&self.clusters),
            workspaces: exports(&self.workspaces),
            usage: exports(&self.usage),
            key_vault_logs: exports(&self.key_vault_logs),
            activity_logs: exports(&self.activity_logs),
            service_health: exports(&self.service_health),
        }
    }
}

/// Reads files; `taken` counts the bytes of all.
fn all(paths: &[PathBuf], taken: &mut u64) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let read = |path: &PathBuf| {
        let name = terminal::path(path);
        let read = load::read(path, &limits::EXPORT_BYTES, *taken);
        signals::check()?;
        let bytes =
            read.map_err(|error| Failure::broken(format!("cannot read {name}: {error}")))?;
        *taken += bytes.len() as u64;
        Ok((name, bytes))
    };
    paths.iter().map(read).collect()
}

fn exports(files: &[(String, Vec<u8>)]) -> Vec<Export<'_>> {
    files
        .iter()
        .map(|(name, bytes)| Export { name, bytes })
        .collect()
}
