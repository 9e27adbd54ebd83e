//! What the audit log of a key vault says of the key of a cluster, as events.

use super::audit::{self, Answer, Record};
use super::cluster::Key;
use super::event::Event;
use super::polls::{Polls, Stretch};
use super::text::quoted;
use super::{instant, name};
use crate::units::Duration;

/// A change and its effect are no farther apart, in ms.
const NEAR: i64 = 2 * 60_000;

/// From this share of denied requests on all of them count as denied.
const ALL: f64 = 0.95;

/// What the log says.
#[derive(Debug, Default)]
pub(super) struct KeyLog {
    pub(super) notes: Vec<String>,
    pub(super) poll_interval: Option<(Duration, Duration)>,
    pub(super) storage_accounts: Option<usize>,
    pub(super) events: Vec<Event>,
    /// Versions that exist at the start, the one in use last.
    pub(super) at_start: Vec<String>,
}

/// What the records say of a key; `live`: a cluster of the scenario uses it. `cluster`: the name
/// of that, and `follows`: whether it follows the newest version.
pub(super) fn read(
    records: &[Record],
    key: &Key,
    cluster: &str,
    follows: bool,
    live: bool,
) -> KeyLog {
    let own: Vec<&Record> = records
        .iter()
        .filter(|record| {
            record
                .key
                .as_ref()
                .is_some_and(|of| audit::same_key(of, key))
        })
        .collect();
    let polls = Polls::of(&own);
    let mut log = KeyLog::default();
    let from = match polls.operation {
        "keywrap" => "KeyWrap",
        "keyget" => "KeyGet",
        _ => "KeyUnwrap",
    };
    log.notes.push(format!(
        "Of the vault's log: {} requests, {} of them {from} of key {} in vault {}, by {} callers.",
        records.len(),
        polls.count(),
        key.name,
        key.vault,
        polls.callers()
    ));
    log.poll_interval = polls.bounds();
    match polls.accounts() {
        Ok(accounts) => log.storage_accounts = Some(accounts),
        Err(why) => log.notes.push(format!(
            "The number of storage accounts cannot be derived from the log: {why}."
        )),
    }
    let changes: Vec<&Record> = records
        .iter()
        .filter(|record| changes(record, key))
        .collect();
    let mut reading = Reading {
        key,
        cluster,
        live,
        changes,
        log,
    };
    let mut told = Vec::new();
    for denials in polls.denials() {
        reading.denied(&denials, &mut told);
    }
    for silence in polls.silences() {
        reading.silent(&silence);
    }
    reading.others(&told);
    reading.versions(&polls, follows);
    reading.log
}

/// Whether a record changes a key, or the vault that it is in.
fn changes(record: &Record, key: &Key) -> bool {
    let known = [
        "keyupdate",
        "keycreate",
        "keyimport",
        "keyrotate",
        "keydelete",
        "keyrecover",
        "keypurge",
        "vaultpatch",
        "vaultput",
        "vaultaccesspolicychangedeventgridnotification",
        "keyexpiredeventgridnotification",
    ];
    let of_key = record
        .key
        .as_ref()
        .is_none_or(|of| audit::same_key(of, key));
    let of_vault = record
        .vault
        .as_ref()
        .is_none_or(|vault| name::same(vault, &key.vault));
    known.contains(&record.operation.as_str())
        && record.answer == Answer::Granted
        && of_key
        && of_vault
}

struct Reading<'r> {
    key: &'r Key,
    cluster: &'r str,
    live: bool,
    /// Changes of the key or its vault, in the order of time.
    changes: Vec<&'r Record>,
    log: KeyLog,
}

impl<'r> Reading<'r> {
    /// Adds an event about the key.
    fn event(
        &mut self,
        at: i64,
        until: Option<i64>,
        kind: &'static str,
        why: String,
    ) -> &mut Event {
        let (vault, key) = (quoted(&self.key.vault), quoted(&self.key.name));
        let keys = match kind {
            "key_vault_outage" | "key_vault_denials" => vec![("vault", vault)],
            "remove_access" => vec![("cluster", quoted(self.cluster))],
            _ => vec![("vault", vault), ("key", key)],
        };
        self.log.events.push(Event {
            at,
            until,
            why,
            kind,
            keys,
            live: self.live,
        });
        self.log.events.last_mut().expect("it was just added")
    }

    /// The first change of one of these kinds in a time.
    fn change(&self, kinds: &[&str], from: i64, until: i64) -> Option<&'r Record> {
        let mut within = self
            .changes
            .iter()
            .filter(|change| (from..=until).contains(&change.at));
        within
            .find(|change| kinds.contains(&change.operation.as_str()))
            .copied()
    }

    /// Denials: what was done to the key just before says what they are; `told` gets that.
    fn denied(&mut self, denials: &Stretch<'r>, told: &mut Vec<&'r Record>) {
        let all = denials.denied as f64 >= ALL * denials.all as f64;
        let first = instant::written(denials.first);
        if let (Some((before, after, kind)), true) = (self.cause(denials), all) {
            told.push(before);
            told.extend(after);
            let until = after.map(|after| after.at).or(denials.after);
            let (what, when) = (&before.operation, instant::written(before.at));
            let why =
                format!("The log has {what} at {when}, and requests are denied from {first} on.");
            self.event(before.at, until, kind, why);
            return;
        }
        let record = denials.record.filter(|_| all);
        let said = match record {
            Some(record) if record.disabled => Some(("disable_key", "because the key is disabled")),
            Some(record) if record.answer == Answer::NotFound => {
                Some(("delete_key", "with 404: the key is not there"))
            }
            _ => None,
        };
        if let Some((kind, because)) = said {
            let why = format!("Requests are denied from {first} on, {because}.");
            self.event(denials.first, denials.after, kind, why);
            return;
        }
        let why = format!(
            "{} of {} requests are denied from {first} on, and the log has no change of the key.",
            denials.denied, denials.all
        );
        let until = denials.after.unwrap_or(denials.last).max(denials.first + 1);
        let event = self.event(denials.first, Some(until), "key_vault_denials", why);
        if !all {
            let share = denials.denied as f64 / denials.all as f64;
            let share = format!("{:.4}", share.max(0.0001));
            event.keys.push(("failure_probability", share));
        }
    }

    /// A change just before denials, its undoing just before their end, and the event that both
    /// are.
    fn cause(
        &self,
        denials: &Stretch<'r>,
    ) -> Option<(&'r Record, Option<&'r Record>, &'static str)> {
        const POLICY: &[&str] = &[
            "vaultpatch",
            "vaultput",
            "vaultaccesspolicychangedeventgridnotification",
        ];
        let causes: [(&[&str], &[&str], &'static str); 3] = [
            (&["keyupdate"], &["keyupdate"], "disable_key"),
            (&["keydelete"], &["keyrecover"], "delete_key"),
            (POLICY, POLICY, "remove_access"),
        ];
        let end = denials.after.unwrap_or(denials.last + NEAR);
        causes.iter().find_map(|(done, undone, kind)| {
            let done = self.change(done, denials.before - NEAR, denials.first)?;
            let from = (denials.last - NEAR).max(done.at + 1);
            Some((done, self.change(undone, from, end), *kind))
        })
    }

    fn silent(&mut self, silence: &Stretch<'r>) {
        let (from, until) = (
            instant::written(silence.before),
            instant::written(silence.last),
        );
        let why = match (silence.throttled, silence.all) {
            (0, 0) => format!(
                "No request is answered between {from} and {until}; rows that are missing in the log would \
                 look the same."
            ),
            (0, failed) => format!(
                "Of the {failed} requests between {from} and {until} none is answered with success or denial."
            ),
            (throttled, all) => format!(
                "Between {from} and {until} the vault answers {throttled} of {all} requests with 429 (too \
                 many requests) and none with success or denial. If others sent too many requests, this was \
                 a key_vault_throttling; the log of this key does not say how many they sent, and an \
                 outage has the same effect."
            ),
        };
        self.event(silence.before, silence.after, "key_vault_outage", why);
    }

    /// Changes that no denial tells of.
    fn others(&mut self, told: &[&'r Record]) {
        for change in self.changes.clone() {
            if told.contains(&change) {
                continue;
            }
            let why = format!("The log has {}.", change.operation);
            let version = change.key.as_ref().and_then(|key| key.version.clone());
            let (kind, more) = match change.operation.as_str() {
                "keycreate" | "keyimport" | "keyrotate" => ("create_key_version", ""),
                "keydelete" => ("delete_key", ""),
                "keyrecover" => ("recover_key", ""),
                "keypurge" => ("purge_key", " Purge protection refuses it here."),
                "keyexpiredeventgridnotification" => ("expire_key", ""),
                "keyupdate" => (
                    "disable_key",
                    " The log does not say what it changed, and no denial follows; if it disabled a version:",
                ),
                _ => continue,
            };
            let event = self.event(change.at, None, kind, format!("{why}{more}"));
            event.live &= change.operation != "keyupdate";
            if kind == "create_key_version" {
                event
                    .keys
                    .extend(version.map(|version| ("version", quoted(&version))));
            }
        }
        let mut seen: Vec<String> = Vec::new();
        // The same version is not created twice.
        self.log.events.retain(|event| {
            let version = event.keys.iter().find(|(key, _)| *key == "version");
            let Some((_, version)) = version else {
                return true;
            };
            let new = !seen.contains(version);
            seen.push(version.clone());
            new
        });
    }

    /// Which versions there are at the start, and when the cluster took another one.
    fn versions(&mut self, polls: &Polls<'r>, follows: bool) {
        let created = |events: &[Event], version: &str| {
            let version = quoted(version);
            events.iter().any(|event| {
                event
                    .keys
                    .iter()
                    .any(|(key, value)| *key == "version" && *value == version)
            })
        };
        let used = polls.versions();
        let first = used.first().map(|used| used.0);
        for (version, at) in &used {
            if !created(&self.log.events, version) {
                self.log.at_start.insert(0, (*version).to_owned());
            }
            if Some(*version) != first && !follows {
                let why = format!(
                    "From {} on, requests are for version {version}.",
                    instant::written(*at)
                );
                let cluster = ("cluster", quoted(self.cluster));
                let event = self.event(*at, None, "update_cluster_key", why);
                event.keys.insert(0, cluster);
                event.keys.push(("version", quoted(version)));
            }
        }
    }
}
