//! The scenario as a text, with a comment for everything.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::{Cluster, Key};
use super::edition::Edition;
use super::event::Event;
use super::profile::Profile;
use super::text::{Text, quoted};
use super::trace::Trace;
use super::usage::Series;
use super::window::Window;
use super::workspace::{Association, Cap, Retention, Workspace};
use super::world::World;
use super::{forecast, instant, name, profile};
use crate::units::Duration;

/// In GB a day, where no export says how much a cluster takes in.
const ASSUMED: u64 = 1_000;
/// In GB a day: the largest level that is sold.
const MOST_ASSUMED: u64 = 50_000;
/// More measured durations of one kind say no more.
const MOST_VALUES: usize = 50;
/// More events and notes than these are counted, not written.
const MOST_EVENTS: usize = 300;
const MOST_NOTES: usize = 100;

/// Everything that the scenario is written from.
pub(super) struct Draft<'a> {
    pub(super) world: &'a World,
    pub(super) window: &'a Window,
    pub(super) edition: &'a Edition,
    pub(super) trace: Option<&'a Trace>,
    /// How the usage goes on, by workspace; `None`: it is replayed.
    pub(super) forecast: Option<&'a BTreeMap<String, Profile>>,
    /// What the scenario calls the file of the trace.
    pub(super) file: &'a str,
    pub(super) events: &'a [Event],
    pub(super) poll_interval: Option<(Duration, Duration)>,
    /// Durations that were measured, each with its parameter.
    pub(super) durations: &'a [(&'static str, Duration)],
}

impl Draft<'_> {
    pub(super) fn written(&self) -> String {
        let mut text = Text::default();
        head(&mut text, self.world, self.window, self.edition);
        self.behaviour(&mut text);
        key_vaults(&mut text, self.world);
        for cluster in &self.world.clusters {
            self::cluster(&mut text, cluster, self.world, self.edition);
        }
        for workspace in &self.world.workspaces {
            self::workspace(&mut text, workspace);
            match self
                .trace
                .and_then(|trace| Some((trace, trace.series.get(&workspace.name)?)))
            {
                Some((trace, series)) => self.used(&mut text, trace, series, workspace),
                None => self.assumed(&mut text, workspace),
            }
        }
        events(&mut text, self.events, self.window);
        text.into_string()
    }

    /// What was measured takes the place of what is documented.
    fn behaviour(&self, text: &mut Text) {
        if self.poll_interval.is_none() && self.durations.is_empty() {
            return;
        }
        text.line("");
        text.line("[behaviour]");
        if let Some((min, max)) = self.poll_interval {
            text.comment(
                "From the vault's log: the 1 % and the 99 % quantile of the gaps between requests of a \
                 caller, in uninterrupted stretches.",
            );
            let (min, max) = (quoted(&min.to_string()), quoted(&max.to_string()));
            text.set("poll_interval", &format!("{{ min = {min}, max = {max} }}"));
        }
        let parameters: BTreeSet<&str> = self.durations.iter().map(|measured| measured.0).collect();
        for parameter in parameters {
            let own = self
                .durations
                .iter()
                .filter(|measured| measured.0 == parameter);
            let values: BTreeSet<Duration> = own.map(|measured| measured.1).collect();
            let values: Vec<String> = values
                .iter()
                .take(MOST_VALUES)
                .map(|value| quoted(&value.to_string()))
                .collect();
            text.comment("From the activity log: from the request to its end.");
            match values.as_slice() {
                [only] => text.set(parameter, only),
                several => text.set(
                    parameter,
                    &format!(
                        "{{ dist = \"empirical\", values = [{}] }}",
                        several.join(", ")
                    ),
                ),
            }
        }
    }

    /// The usage of a workspace.
    fn used(&self, text: &mut Text, trace: &Trace, series: &Series, workspace: &Workspace) {
        match self.forecast {
            Some(profiles) => {
                forecast::write(text, trace, series, &profiles[&workspace.name]);
            }
            None => self.replayed(text, trace, series, workspace),
        }
    }

    fn replayed(&self, text: &mut Text, trace: &Trace, series: &Series, workspace: &Workspace) {
        let file = name::of_file(&series.file);
        let told = profile::described(series, trace.from, trace.until, trace.step);
        text.comment(&format!("Ingestion from {file}: {told}"));
        let missing = trace.missing(series);
        if missing > 0 {
            text.comment(&format!(
                "{missing} of {} rows are not in the export: nothing arrives in them.",
                trace.steps()
            ));
        }
        text.line("[workspace.ingestion]");
        text.set("trace", &quoted(self.file));
        text.set("time", "\"StartTime\"");
        text.set("volume", "\"Quantity\"");
        text.set("unit", "\"MB\"");
        text.set(
            "step",
            &quoted(&Duration::from_millis(trace.step).to_string()),
        );
        text.set(
            "where",
            &format!("{{ Workspace = {} }}", quoted(&workspace.name)),
        );
        text.set("align", "\"calendar\"");
    }

    /// What arrives where no usage was given.
    fn assumed(&self, text: &mut Text, workspace: &Workspace) {
        let world = self.world;
        let cluster = world
            .clusters
            .iter()
            .find(|cluster| workspace.cluster == Association::Cluster(cluster.name.clone()));
        let capacity = cluster.and_then(|cluster| cluster.capacity);
        let used = |other: &&Workspace| {
            self.trace
                .is_none_or(|trace| !trace.series.contains_key(&other.name))
        };
        let sharing = world.of(&workspace.cluster).filter(used).count();
        let sharing = u64::try_from(sharing).unwrap_or(u64::MAX).max(1);
        let measured: u64 = world
            .of(&workspace.cluster)
            .filter_map(|other| self.trace?.gb_a_day(&other.name))
            .sum();
        let left = capacity.unwrap_or(ASSUMED).saturating_sub(measured);
        let share = (left / sharing).clamp(1, MOST_ASSUMED);
        let what = match (capacity.is_some(), measured > 0) {
            (true, true) => "the part of the capacity reservation that the others do not use",
            (true, false) => "the capacity reservation",
            (false, true) => "the part of 1 TB a day that the others do not use",
            (false, false) => "1 TB a day",
        };
        let told = match self.trace {
            None => "no export states the ingestion",
            Some(_) => "the usage has no billed row of this workspace",
        };
        text.comment(&format!(
            "ASSUMED: {told}; this is an even share of {what}. Give --usage for the real volumes."
        ));
        text.set("ingestion", &format!("\"{share} GB/day\""));
    }
}

fn head(text: &mut Text, world: &World, window: &Window, edition: &Edition) {
    // For editors, as in the templates.
    text.line("#:schema schema.json");
    text.comment(
        "Made by `cmksim init` from exports. A comment at each value names its export; what no export \
         says keeps its default, and a comment says so.",
    );
    if !world.notes.is_empty() {
        text.line("#");
    }
    for note in world.notes.iter().take(MOST_NOTES) {
        text.comment(note);
    }
    if let more @ 1.. = world.notes.len().saturating_sub(MOST_NOTES) {
        text.comment(&format!("And {more} more."));
    }
    let names: Vec<&str> = world
        .clusters
        .iter()
        .map(|cluster| cluster.name.as_str())
        .collect();
    text.set(
        "title",
        &quoted(&format!("{} as exported", names.join(", "))),
    );
    text.comment(&format!("Edition: {}.", edition.why));
    for line in &edition.outages {
        text.comment(line);
    }
    text.set("edition", &quoted(edition.name));
    if !window.known {
        text.comment("Length of the run: not in an export.");
    }
    text.set("duration", &quoted(&window.duration.to_string()));
    if let Some(start) = window.start {
        text.set("start", &instant::written(start));
    }
    text.set("seed", "1");
}

/// All vaults, with their keys; without any the default one.
fn key_vaults(text: &mut Text, world: &World) {
    let vaults = match world.vaults() {
        vaults if vaults.is_empty() => vec!["vault"],
        vaults => vaults,
    };
    for vault in vaults {
        text.line("");
        text.line("[[key_vault]]");
        text.set("name", &quoted(vault));
        text.comment(
            "Soft delete and purge protection: not in an export; on, as the service demands.",
        );
        let keys = keys(world, vault);
        if !keys.is_empty() {
            text.comment(
                "Versions: those named in the exports; if they name none, one is made up, \"1\", or \"before\" of \
                 one that is replaced in the run.",
            );
            text.set("keys", &format!("{{ {} }}", keys.join(", ")));
        }
        let uses = |cluster: &&Cluster| match &cluster.key {
            Some(key) => name::same(&key.vault, vault),
            None => keys.is_empty(),
        };
        let user = world.clusters.iter().find(uses).or(world.clusters.first());
        if let Some(region) = user.and_then(|cluster| cluster.region.as_ref()) {
            text.comment("The region of its cluster.");
            text.set("region", &quoted(region));
        }
    }
}

/// The keys of a vault, each with its versions, as TOML.
fn keys(world: &World, vault: &str) -> Vec<String> {
    let mut keys: Vec<(&str, Vec<String>)> = Vec::new();
    for key in world
        .versions
        .iter()
        .filter(|key| name::same(&key.vault, vault))
    {
        let version = quoted(key.version.as_deref().unwrap_or("1"));
        match keys
            .iter_mut()
            .find(|(known, _)| name::same(known, &key.name))
        {
            Some((_, versions)) => versions.push(version),
            None => keys.push((&key.name, vec![version])),
        }
    }
    let entry = |(key, versions): (&str, Vec<String>)| format!("{key} = [{}]", versions.join(", "));
    keys.into_iter().map(entry).collect()
}

fn cluster(text: &mut Text, cluster: &Cluster, world: &World, edition: &Edition) {
    text.line("");
    match cluster.from.as_str() {
        "" => text.comment("No export describes this cluster."),
        from => text.comment(&format!("From {from}.")),
    }
    if let Some(state) = &cluster.state {
        text.comment(&format!(
            "It was in state {state}; here it is provisioned from the start."
        ));
    }
    text.line("[[cluster]]");
    text.set("name", &quoted(&cluster.name));
    match cluster.capacity {
        Some(capacity) => text.set(
            "capacity_reservation",
            &quoted(&format!("{capacity} GB/day")),
        ),
        None => text.comment("Capacity reservation: not in an export; the lowest of the edition."),
    }
    match cluster.billing {
        Some(billing) => text.set("billing", &quoted(billing)),
        None => text.comment("Billing: not in an export; the cluster is billed."),
    }
    match &cluster.key {
        Some(key) => self::key(text, key, edition),
        None => no_key(text, cluster, world),
    }
    if let Some(region) = &cluster.region {
        text.set("region", &quoted(region));
    }
    match cluster.storage_accounts {
        Some(accounts) => {
            text.comment("From the vault's log: the number of callers that request the key.");
            text.set("storage_accounts", &accounts.to_string());
        }
        None => text
            .comment("Number of storage accounts: not in an export; the default of the edition."),
    }
    text.comment("Permissions on the key: not in an export; all that it needs.");
}

/// A cluster alone of which nothing is known is taken to have a key; there is no point without.
fn no_key(text: &mut Text, cluster: &Cluster, world: &World) {
    if !cluster.from.is_empty() {
        text.comment(
            "The export has no key: the data is under a Microsoft key, and nothing that happens to a vault \
             matters. Take this line out to see what a key of your own would mean.",
        );
    } else if world.clusters.len() == 1 && world.vaults().is_empty() {
        text.comment("Key: not in an export; one is made up.");
        return;
    } else {
        text.comment("Key: not in an export; a Microsoft key is assumed.");
    }
    text.set("key", "\"none\"");
}

fn key(text: &mut Text, key: &Key, edition: &Edition) {
    let version = match (&key.version, edition.autorotation) {
        (Some(version), _) => format!(", version = {}", quoted(version)),
        (None, true) => {
            text.comment("Without a version in the export: the cluster follows the newest one.");
            ", version = \"newest\"".to_owned()
        }
        (None, false) => {
            text.comment("Without a version in the export, which this edition does not support: the last one at the start is used.");
            String::new()
        }
    };
    let (vault, name) = (quoted(&key.vault), quoted(&key.name));
    text.set(
        "key",
        &format!("{{ vault = {vault}, name = {name}{version} }}"),
    );
}

fn workspace(text: &mut Text, workspace: &Workspace) {
    text.line("");
    if !workspace.from.is_empty() {
        text.comment(&format!("From {}.", workspace.from.join("; ")));
    }
    text.line("[[workspace]]");
    text.set("name", &quoted(&workspace.name));
    match &workspace.cluster {
        Association::Cluster(cluster) => text.set("cluster", &quoted(cluster)),
        Association::Shared | Association::Unknown => text.set("cluster", "\"none\""),
    }
    match workspace.retention {
        Some(Retention::Days(days)) => text.set("retention", &format!("\"{days}d\"")),
        Some(Retention::Unlimited) => {
            text.comment(
                "The export has no limit (-1); two years are the longest retention of other plans.",
            );
            text.set("retention", "\"730d\"");
        }
        None => text.comment("Retention: not in an export; the default of the edition."),
    }
    match workspace.daily_cap {
        Some(Cap::Volume(volume)) => text.set("daily_cap", &quoted(&volume.to_string())),
        Some(Cap::None) => text.set("daily_cap", "\"none\""),
        None => text.comment("Daily cap: not in an export; none."),
    }
    if let Some(region) = &workspace.region {
        text.set("region", &quoted(region));
    }
}

fn events(text: &mut Text, events: &[Event], window: &Window) {
    text.line("");
    if events.is_empty() {
        text.comment("Nothing happens yet. For example:");
        for line in [
            "[[event]]",
            "at = \"2d\"",
            "kind = \"key_vault_outage\"",
            "duration = \"45m\"",
        ] {
            text.line(&format!("# {line}"));
        }
        return;
    }
    if let more @ 1.. = events.len().saturating_sub(MOST_EVENTS) {
        text.comment(&format!(
            "The exports have {more} more events, which are not listed here."
        ));
        text.line("");
    }
    for event in events.iter().take(MOST_EVENTS) {
        let inside = window.holds(event.at);
        text.comment(&event.why);
        if !inside {
            text.comment("It is outside the run and left out.");
        }
        let mark = if inside && event.live { "" } else { "# " };
        let mut line = |line: String| text.line(&format!("{mark}{line}"));
        line("[[event]]".to_owned());
        line(format!("at = {}", instant::written(event.at)));
        line(format!("kind = {}", quoted(event.kind)));
        for (key, value) in &event.keys {
            line(format!("{key} = {value}"));
        }
        if let Some(until) = event.until {
            let lasts = Duration::from_millis((until - event.at).max(1));
            line(format!("duration = {}", quoted(&lasts.to_string())));
        }
        text.line("");
    }
}
