//! A scenario from exports of a real cluster.
//!
//! Each kind of export has a file that reads it and says what it found; `world` puts that
//! together, and `draft` writes it down as a scenario with a comment for everything: from which
//! export it is, or that no export says it. The scenario is read back before it is returned.
//!
//! `docs/import.md` says what each export gives, and which command makes it.

mod activity;
mod audit;
mod cluster;
mod draft;
mod edition;
mod event;
mod export;
mod fault;
mod forecast;
mod instant;
mod json;
mod json_rows;
mod key_log;
mod known;
mod name;
mod notes;
mod operation_polls;
mod polls;
mod profile;
mod row;
mod scatter;
mod service_health;
mod settle;
mod table;
mod text;
mod trace;
mod usage;
mod window;
mod workspace;
mod world;

use activity::Activity;
use audit::Record;
use cluster::Key;
use event::Event;
use key_log::KeyLog;
use table::Rows;
use trace::Trace;
use window::Window;
use world::World;

pub use export::{Export, Exports, Imported, Wishes};
pub(crate) use forecast::continued;
pub(crate) use profile::{GROWTH_DAYS as FORECAST_DAYS, Step as ForecastRow};

use crate::error::Error;
use crate::limits::{ACTIVITY_ROWS, EXPORT_ROWS};
use crate::scenario;

/// A scenario from exports. `interrupted` is asked now and then.
///
/// # Errors
///
/// If an export or a wish is wrong, or if what they say does not fit together: which file, where
/// in it, and what was expected; if there is more of something than a limit; if interrupted.
pub fn import(
    exports: &Exports<'_>,
    wishes: Wishes<'_>,
    interrupted: &dyn Fn() -> bool,
) -> Result<Imported, Error> {
    let mut clusters = Vec::new();
    for export in &exports.clusters {
        clusters.extend(cluster::read(export)?);
    }
    let mut workspaces = Vec::new();
    for export in &exports.workspaces {
        workspaces.extend(workspace::read(export)?);
    }
    let rows = Rows::new(EXPORT_ROWS, interrupted);
    let usage = usage::read(&exports.usage, &rows)?;
    let records = audit::read(&exports.key_vault_logs, &rows)?;
    let rows = Rows::new(ACTIVITY_ROWS, interrupted);
    let mut activity = Activity::default();
    for export in &exports.activity_logs {
        activity_log(export, &rows, &mut activity)?;
    }
    let mut world = World::new(clusters, workspaces, &usage, &activity)?;
    let trace = Trace::new(&usage, &|series| {
        world.named(&series.workspace, &series.file)
    })?;
    world.tell_of_usage(&usage);
    world.tell_of_no_usage(trace.as_ref());
    if let Some(key) = &activity.before
        && world.user(key).is_none()
    {
        world.adopt(key);
    }
    let log = of_key(&records, &mut world);
    let mut events = happened(&activity, &log);
    for export in &exports.service_health {
        events.extend(service_health::read(export, &mut world.notes)?);
    }
    events.sort();
    world
        .notes
        .extend(log.notes.iter().chain(&activity.notes).cloned());
    let window = Window::new(&events, trace.as_ref(), wishes)?;
    settle::settle(&mut world, &mut events, &window, activity.before.as_ref());
    let forecast = forecast::forecast(trace.as_ref(), &window, wishes, &mut world.notes);
    let edition = edition::choose(&world, &window, wishes.edition)?;
    let scenario = draft::Draft {
        world: &world,
        window: &window,
        edition: &edition,
        trace: trace.as_ref(),
        forecast: forecast.as_ref(),
        file: wishes.trace,
        events: &events,
        poll_interval: log.poll_interval,
        durations: &activity.durations,
    }
    .written();
    match scenario::read("the scenario", scenario.as_bytes(), &[]) {
        Ok(_) => Ok(Imported {
            scenario,
            trace: trace
                .filter(|_| forecast.is_none())
                .map(|trace| trace.csv()),
            notes: world.notes,
        }),
        Err(wrong) => Err(misfit(&wrong.render(false))),
    }
}

/// Adds what one of the activity logs says.
fn activity_log(
    export: &Export<'_>,
    rows: &Rows<'_>,
    activity: &mut Activity,
) -> Result<(), Error> {
    match operation_polls::is(export) {
        true => operation_polls::read(export, rows, activity),
        false => activity.read(export, rows),
    }
}

/// What the log of a vault says of the key of a cluster, or of the key with the most requests if no
/// export names the former.
fn of_key(records: &[Record], world: &mut World) -> KeyLog {
    if records.is_empty() {
        return KeyLog::default();
    }
    let used = audit::most_used(records, &|key| world.user(key).is_some());
    let Some(key) = used.or_else(|| audit::most_used(records, &|_| true)) else {
        let note = format!(
            "The vault's log has {} records, and none of them is about a key.",
            records.len()
        );
        return KeyLog {
            notes: vec![note],
            ..KeyLog::default()
        };
    };
    let user = world.user(&key);
    let live = user.is_some() || world.adopt(&key);
    let Some(cluster) = user.or_else(|| world.user(&key)).filter(|_| live) else {
        world.notes.push(format!(
            "The vault's log is of key {} in vault {}, which no exported cluster uses: its events are written as comments.",
            key.name, key.vault
        ));
        return key_log::read(records, &key, "", false, false);
    };
    let follows = user.is_some()
        && world.clusters[cluster]
            .key
            .as_ref()
            .is_some_and(|key| key.version.is_none());
    let mut log = key_log::read(records, &key, &world.clusters[cluster].name, follows, true);
    let version = |version: &String| Key {
        version: Some(version.clone()),
        ..key.clone()
    };
    world.versions.extend(log.at_start.iter().map(version));
    world.clusters[cluster].storage_accounts = log.storage_accounts;
    if user.is_none() {
        // What it used first.
        let first = log.at_start.last().cloned();
        world.clusters[cluster].key = Some(Key {
            version: first,
            ..key
        });
    }
    log.notes.sort();
    log
}

/// All that the logs say. Both may tell of one update, and the activity log says when it began.
fn happened(activity: &Activity, log: &KeyLog) -> Vec<Event> {
    let version = |event: &Event| {
        event
            .keys
            .iter()
            .find(|(key, _)| *key == "version")
            .cloned()
    };
    let told = |event: &&Event| {
        event.kind != "update_cluster_key"
            || !activity.events.iter().any(|other| {
                other.live && other.kind == event.kind && version(other) == version(event)
            })
    };
    let of_key = log.events.iter().filter(told);
    activity.events.iter().chain(of_key).cloned().collect()
}

/// What the exports say cannot all be true of one world.
fn misfit(why: &str) -> Error {
    Error::import(format!("{MISFIT}:\n{why}"))
}

/// How the message begins if every export is right in itself.
pub const MISFIT: &str = "the exports do not fit together";
