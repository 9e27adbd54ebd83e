//! Which edition of the service's documentation fits the exports.

use super::instant;
use super::window::Window;
use super::world::World;
use crate::error::Error;
use crate::foreign::quoted;
use crate::scenario::{self, DEFAULT_EDITION};
use crate::units::Rate;

/// An edition and why it was taken.
#[derive(Debug)]
pub(super) struct Edition {
    pub(super) name: &'static str,
    pub(super) why: String,
    /// What to know of outages of the key vault in it.
    pub(super) outages: Vec<String>,
    /// Whether a cluster can follow the newest version of its key.
    pub(super) autorotation: bool,
}

pub(super) fn choose(
    world: &World,
    window: &Window,
    wanted: Option<&str>,
) -> Result<Edition, Error> {
    if let Some(wanted) = wanted {
        let Some(edition) = scenario::Edition::named(wanted) else {
            let all = scenario::Edition::all().iter();
            let names: Vec<&str> = all.map(|edition| edition.name.as_str()).collect();
            let message = format!(
                "--edition: there is no edition {}; the editions are {}",
                quoted(wanted),
                names.join(", ")
            );
            return Err(Error::import(message));
        };
        return Ok(with(edition, "as asked for on the command line".to_owned()));
    }
    let (edition, why) = by_age(world, window);
    Ok(by_capacity(world, edition, why))
}

/// By the shape of a cluster's export, by the version of its interface, or by the latest date.
fn by_age(world: &World, window: &Window) -> (&'static scenario::Edition, String) {
    let ages = || world.clusters.iter().map(|cluster| &cluster.age);
    if let Some(shape) = ages().find_map(|age| age.old) {
        let why = format!("the export of the cluster has the shape of 2020: {shape}");
        return (until("2020-06"), why);
    }
    if let Some(version) = ages().filter_map(|age| age.version.as_deref()).max() {
        let why = format!("the newest one up to the API version of the export, {version}");
        return (until(version), why);
    }
    let end = window.start.map(|start| start + window.duration.millis());
    let latest = ages().filter_map(|age| age.latest).chain(end).max();
    match latest {
        Some(latest) => {
            let date = instant::written(latest);
            let why =
                format!("the newest one at {date}, the latest date of the exports and the run");
            (until(&date), why)
        }
        None => (
            until(DEFAULT_EDITION),
            "the default: the exports have no date".to_owned(),
        ),
    }
}

/// The newest edition that is not after a date; the oldest for earlier dates.
fn until(date: &str) -> &'static scenario::Edition {
    let all = scenario::Edition::all();
    // Names are year and month.
    let earlier = all
        .iter()
        .rev()
        .find(|edition| date.get(..7).is_some_and(|date| *edition.name <= *date));
    earlier.unwrap_or(&all[0])
}

/// A capacity that an edition does not sell is one of a later edition.
fn by_capacity(world: &World, edition: &'static scenario::Edition, why: String) -> Edition {
    let mut wanted = world.clusters.iter().filter_map(|cluster| cluster.capacity);
    let sells_all = |edition: &scenario::Edition| {
        let levels = levels(edition);
        world
            .clusters
            .iter()
            .filter_map(|cluster| cluster.capacity)
            .all(|capacity| levels.contains(&rate(capacity)))
    };
    let later = scenario::Edition::all()
        .iter()
        .filter(|later| later.name > edition.name);
    if sells_all(edition) || wanted.next().is_none() {
        return with(edition, why);
    }
    match later.into_iter().find(|later| sells_all(later)) {
        Some(later) => {
            let why = format!(
                "the first one with the capacity levels of the clusters; by the dates it would be {}: {why}",
                edition.name
            );
            with(later, why)
        }
        None => with(edition, why),
    }
}

/// A level as a rate.
fn rate(gb: u64) -> Rate {
    Rate::from_bytes_per_day(gb * 1_000_000_000)
}

fn levels(edition: &scenario::Edition) -> Vec<Rate> {
    let levels = edition.parameter("behaviour.capacity_levels");
    let list = levels.and_then(|levels| levels.value.as_array());
    let texts = list
        .into_iter()
        .flatten()
        .filter_map(|level| level.as_str());
    texts.filter_map(|level| level.parse().ok()).collect()
}

/// That outages have no limit in it, and how they would have one.
fn outages(edition: &scenario::Edition) -> Vec<String> {
    let of = |edition: &scenario::Edition, name: &str| {
        let stated = edition.parameter(&format!("behaviour.{name}"));
        stated.map(|stated| (stated.value_text(), stated.status.word()))
    };
    let (name, first) = (&edition.name, DEFAULT_EDITION);
    let before = scenario::Edition::named(first).expect("it exists");
    let (Some(now), Some(then), Some(buffer)) = (
        of(edition, "outage_tolerance"),
        of(before, "outage_tolerance"),
        of(before, "buffer_retention"),
    ) else {
        return Vec::new();
    };
    if now.0 != "unlimited" {
        return Vec::new();
    }
    vec![
        format!(
            "In this edition a cluster rides out an outage of its key vault without a limit ({}): however \
             long it lasts, no query fails and no data is lost.",
            now.1
        ),
        format!(
            "With edition = \"{first}\" storage is unavailable after {} ({}): queries fail, and data waits for {} \
             ({}), then it is dropped. Other defaults change too: `cmksim rules --diff {first} {name}`. \
             outage_tolerance = \"{}\" below [behaviour] changes this alone.",
            then.0, then.1, buffer.0, buffer.1, then.0
        ),
    ]
}

fn with(edition: &'static scenario::Edition, why: String) -> Edition {
    let autorotation = edition.parameter("behaviour.autorotation");
    Edition {
        name: &edition.name,
        why,
        outages: outages(edition),
        autorotation: autorotation.is_some_and(|value| value.value.as_str() != Some("never")),
    }
}
