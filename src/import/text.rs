//! The scenario as a text, with a comment for everything.

use super::cluster::{Cluster, Key};
use super::edition::Edition;
use super::event::Event;
use super::instant;
use super::window::Window;
use super::workspace::{Association, Cap, Retention, Workspace};
use super::world::World;
use crate::units::Duration;

/// Comments are no wider.
const WIDTH: usize = 100;
/// In GB a day, where no export says how much a cluster takes in.
const ASSUMED: u64 = 1_000;

pub(super) fn scenario(
    world: &World,
    window: &Window,
    edition: &Edition,
    events: &[Event],
) -> String {
    let mut text = Text::default();
    head(&mut text, world, window, edition);
    key_vaults(&mut text, world, edition);
    for cluster in &world.clusters {
        self::cluster(&mut text, cluster, edition);
    }
    for workspace in &world.workspaces {
        self::workspace(&mut text, workspace, world);
    }
    self::events(&mut text, events, window);
    text.0
}

fn head(text: &mut Text, world: &World, window: &Window, edition: &Edition) {
    text.comment(
        "Made by `cmksim init` from exports. Beside each value stands which export it is from; what no \
         export says keeps its default, and that is said too.",
    );
    if !world.notes.is_empty() {
        text.line("#");
    }
    for note in &world.notes {
        text.comment(note);
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
    text.set("edition", &quoted(edition.name));
    if !window.known {
        text.comment("Length of the run: no export says one.");
    }
    text.set("duration", &quoted(&window.duration.to_string()));
    if let Some(start) = window.start {
        text.set("start", &instant::written(start));
    }
    text.set("seed", "1");
}

/// All vaults that clusters use, with their keys; without any the default one.
fn key_vaults(text: &mut Text, world: &World, edition: &Edition) {
    let mut done: Vec<&str> = Vec::new();
    for cluster in &world.clusters {
        let vault = cluster.key.as_ref().map(|key| key.vault.as_str());
        let vault = match vault {
            Some(vault) => vault,
            None if !world.clusters.iter().any(|cluster| cluster.key.is_some()) => "vault",
            None => continue,
        };
        if done.iter().any(|known| super::name::same(known, vault)) {
            continue;
        }
        done.push(vault);
        text.line("");
        text.line("[[key_vault]]");
        text.set("name", &quoted(vault));
        text.comment(
            "Soft delete and purge protection: as the service demands; no export says it.",
        );
        let keys = keys(world, vault);
        if !keys.is_empty() {
            let entries: Vec<String> = keys
                .iter()
                .map(|(key, versions)| format!("{key} = [{}]", versions.join(", ")))
                .collect();
            if world.clusters.iter().any(|cluster| {
                cluster
                    .key
                    .as_ref()
                    .is_some_and(|key| key.version.is_none())
            }) {
                text.comment(&format!(
                    "A cluster names no version of its key{}; which ones there are no export says, and one is made up, \"1\".",
                    if edition.autorotation { " and follows the newest" } else { "" }
                ));
            }
            text.set("keys", &format!("{{ {} }}", entries.join(", ")));
        }
        if let Some(region) = &cluster.region {
            text.comment("The region of its cluster.");
            text.set("region", &quoted(region));
        }
    }
}

/// The keys of a vault that clusters use, each with its versions as TOML.
fn keys<'w>(world: &'w World, vault: &str) -> Vec<(&'w str, Vec<String>)> {
    let mut keys: Vec<(&str, Vec<String>)> = Vec::new();
    let used = world
        .clusters
        .iter()
        .filter_map(|cluster| cluster.key.as_ref());
    for key in used.filter(|key| super::name::same(&key.vault, vault)) {
        let version = quoted(key.version.as_deref().unwrap_or("1"));
        match keys
            .iter_mut()
            .find(|(known, _)| super::name::same(known, &key.name))
        {
            Some((_, versions)) if versions.contains(&version) => {}
            Some((_, versions)) => versions.push(version),
            None => keys.push((&key.name, vec![version])),
        }
    }
    keys
}

fn cluster(text: &mut Text, cluster: &Cluster, edition: &Edition) {
    text.line("");
    let known = !cluster.from.is_empty();
    if known {
        text.comment(&format!("From {}.", cluster.from));
    } else {
        text.comment("No export describes this cluster; a cluster with a key is assumed.");
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
        None => text.comment("Billing: not in an export; to the cluster."),
    }
    match &cluster.key {
        Some(key) => self::key(text, key, edition),
        None if known => {
            text.comment(
                "The export has no key: the data is under a Microsoft key, and nothing that happens to a vault \
                 matters. Take this line out to see what a key of your own would mean.",
            );
            text.set("key", "\"none\"");
        }
        None => {}
    }
    if let Some(region) = &cluster.region {
        text.set("region", &quoted(region));
    }
    text.comment(
        "Number of storage accounts, and what the vault grants: not in an export; the defaults.",
    );
}

fn key(text: &mut Text, key: &Key, edition: &Edition) {
    let version = match (&key.version, edition.autorotation) {
        (Some(version), _) => format!(", version = {}", quoted(version)),
        (None, true) => {
            text.comment("Without a version in the export: it follows the newest.");
            ", version = \"newest\"".to_owned()
        }
        (None, false) => {
            text.comment("Without a version in the export, which this edition does not know: the last one at the start.");
            String::new()
        }
    };
    let (vault, name) = (quoted(&key.vault), quoted(&key.name));
    text.set(
        "key",
        &format!("{{ vault = {vault}, name = {name}{version} }}"),
    );
}

fn workspace(text: &mut Text, workspace: &Workspace, world: &World) {
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
                "The export has no limit (-1); these two years are the longest of other plans.",
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
    let cluster = world
        .clusters
        .iter()
        .find(|cluster| workspace.cluster == Association::Cluster(cluster.name.clone()));
    let capacity = cluster.and_then(|cluster| cluster.capacity);
    let sharing = u64::try_from(world.of(&workspace.cluster).count()).unwrap_or(u64::MAX);
    let share = (capacity.unwrap_or(ASSUMED) / sharing).max(1);
    text.comment(&format!(
        "ASSUMED: no export says what arrives; this is an even share of {}. Give --usage for the real volumes.",
        if capacity.is_some() { "the capacity reservation" } else { "1 TB a day" }
    ));
    text.set("ingestion", &format!("\"{share} GB/day\""));
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
    for event in events {
        let inside = window.holds(event.at);
        text.comment(&event.why);
        if !inside {
            text.comment("It is outside of the run, and left out.");
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

/// A text as TOML.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn set(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {value}"));
    }

    /// A comment, broken into lines. What exports hold may have any characters in it.
    fn comment(&mut self, comment: &str) {
        let mut line = "#".to_owned();
        for word in comment.split(|c: char| c.is_whitespace() || c.is_control()) {
            if word.is_empty() {
                continue;
            }
            if line.len() > 1 && line.len() + 1 + word.len() > WIDTH {
                self.line(&line);
                line = "#".to_owned();
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }
}
