//! What happens in the run decides how the world is at its start.

use super::cluster::Key;
use super::event::Event;
use super::name::same;
use super::notes::Alike;
use super::text::quoted;
use super::window::Window;
use super::workspace::Association;
use super::world::World;
use super::{audit, name};

/// Kinds that are about a vault, or about a cluster: where there are several they must say which.
const OF_VAULT: &[&str] = &["key_vault_outage", "key_vault_denials"];
const OF_CLUSTER: &[&str] = &[
    "storage_outage",
    "remove_access",
    "grant_access",
    "associate_workspace",
];

/// Gives the events the names of the scenario, and the scenario the start that they need: versions
/// that exist, the key before an update, workspaces that are not associated yet.
pub(super) fn settle(
    world: &mut World,
    events: &mut [Event],
    window: &Window,
    before: Option<&Key>,
) {
    for event in events.iter_mut() {
        resolve(world, event);
        event.live &= window.holds(event.at);
    }
    let live: Vec<&Event> = events.iter().filter(|event| event.live).collect();
    associate(world, &live);
    keys_before(world, &live, before);
    versions(world, &live);
}

/// The value of a key of an event, as it is without quotes.
fn value<'e>(event: &'e Event, key: &str) -> Option<&'e str> {
    let (_, value) = event.keys.iter().find(|(name, _)| *name == key)?;
    Some(value.trim_matches(['"', '\'']))
}

/// Names as the scenario spells them; an event of something that is not there is not live.
fn resolve(world: &World, event: &mut Event) {
    let vaults = world.vaults();
    let clusters = || world.clusters.iter().map(|cluster| cluster.name.as_str());
    for (key, value) in &mut event.keys {
        let wanted = value.trim_matches(['"', '\'']).to_owned();
        let known = match *key {
            "cluster" => clusters().find(|name| same(name, &wanted)),
            "workspace" => world
                .workspaces
                .iter()
                .map(|workspace| &*workspace.name)
                .find(|name| same(name, &wanted)),
            "vault" => vaults.iter().copied().find(|name| same(name, &wanted)),
            _ => continue,
        };
        match known {
            Some(known) => *value = quoted(known),
            None => event.live = false,
        }
    }
    let key = self::key(event).and_then(|key| world.key(&key).cloned());
    match (key, self::value(event, "key")) {
        (Some(key), _) => {
            for (_, value) in event.keys.iter_mut().filter(|(name, _)| *name == "key") {
                *value = quoted(&key.name);
            }
        }
        (None, Some(_)) => event.live = false,
        (None, None) => {}
    }
    let unclear = |kinds: &[&str], key: &str, count: usize| {
        kinds.contains(&event.kind) && self::value(event, key).is_none() && count > 1
    };
    if unclear(OF_VAULT, "vault", vaults.len())
        || unclear(OF_CLUSTER, "cluster", world.clusters.len())
    {
        event.live = false;
        event.why.push_str(" The log does not say which one.");
    }
}

/// The key that an event is about.
fn key(event: &Event) -> Option<Key> {
    Some(Key {
        vault: name::name(value(event, "vault")?),
        name: name::name(value(event, "key")?),
        version: value(event, "version")
            .filter(|version| *version != "newest")
            .map(name::name),
    })
}

/// A workspace that is associated in the run is not associated at its start, and the other way
/// round.
fn associate(world: &mut World, live: &[&Event]) {
    let mut alike = Alike::default();
    let first = world.clusters[0].name.clone();
    for at in 0..world.workspaces.len() {
        let workspace = &mut world.workspaces[at];
        let own = |event: &&&Event| {
            event.kind.ends_with("associate_workspace")
                && value(event, "workspace") == Some(&*workspace.name)
        };
        let Some(event) = live.iter().find(own) else {
            continue;
        };
        if event.kind == "associate_workspace" {
            workspace.cluster = Association::Shared;
            world.take_region(at, value(event, "cluster").unwrap_or(&first), &mut alike);
        } else if workspace.cluster == Association::Shared {
            workspace.cluster = Association::Cluster(first.clone());
            world.take_region(at, &first, &mut alike);
        }
    }
    world.notes.extend(alike.notes());
}

/// An export of a cluster is younger than its updates: before the first it had another key.
fn keys_before(world: &mut World, live: &[&Event], before: Option<&Key>) {
    let known = world.versions.clone();
    for cluster in &mut world.clusters {
        let Some(own) = &mut cluster.key else {
            continue;
        };
        let updates = |event: &&&Event| {
            let named = value(event, "cluster").is_none_or(|named| named == cluster.name);
            event.kind == "update_cluster_key" && named
        };
        let created = |event: &&&Event| {
            event.kind == "create_key_version" && key(event).as_ref() == Some(own)
        };
        let updated = live.iter().find(updates).and_then(|event| key(event));
        let to_it = updated.is_some_and(|target| target == *own);
        if own.version.is_none() || !(to_it || live.iter().any(|event| created(&event))) {
            continue;
        }
        let used = known.iter().rev().find(|known| audit::same_key(known, own));
        *own = match (before, used) {
            (Some(before), _) if before != own => before.clone(),
            (_, Some(used)) if used != own => used.clone(),
            _ => Key {
                version: Some("before".to_owned()),
                ..own.clone()
            },
        };
        world.notes.push(format!(
            "Cluster {} gets the exported key during the run; at the start it has version {} of {}.",
            cluster.name, own.version.as_deref().unwrap_or("1"), own.name
        ));
    }
}

/// Versions that must exist at the start: those in use, and those that events name but do not
/// create.
fn versions(world: &mut World, live: &[&Event]) {
    let created: Vec<Key> = live
        .iter()
        .filter(|event| event.kind == "create_key_version")
        .filter_map(|event| key(event))
        .collect();
    world.versions.retain(|version| !created.contains(version));
    let named = live.iter().filter_map(|event| key(event));
    let used: Vec<Key> = world
        .clusters
        .iter()
        .filter_map(|cluster| cluster.key.clone())
        .chain(named)
        .collect();
    for key in &used {
        // The newest is the last, and the one in use stays the newest.
        if key.version.is_some() && !created.contains(key) && !world.versions.contains(key) {
            world.versions.insert(0, key.clone());
        }
    }
    for key in used.into_iter().chain(world.keys.clone()) {
        if !world
            .versions
            .iter()
            .any(|known| audit::same_key(known, &key))
        {
            world.versions.push(Key {
                version: Some("1".to_owned()),
                ..key
            });
        }
    }
}
