//! What may go wrong: events that do not say when they happen, and a scenario in which some of
//! them do.

use super::editions::FaultText;
use super::{
    Access, Action, Cluster, Delay, Edition, Event, EventKind, KeyTarget, Scenario, Timing,
};
use crate::units::Probability;

/// Something that may go wrong: an event without an instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// A name that no event of the scenario has.
    pub name: String,
    /// What it does.
    pub action: Action,
    /// How long it lasts, where it has an end.
    pub duration: Option<Delay>,
    /// The lines of its table in a scenario but for its name and its instant.
    pub lines: Vec<String>,
}

impl Scenario {
    /// What may go wrong in it: its `[[fault]]` tables or, without any, those that its edition
    /// lists, of every key vault, key and cluster that it has.
    ///
    /// # Panics
    ///
    /// Never: a scenario names an edition that exists.
    pub fn possible_faults(&self) -> Vec<Fault> {
        let edition = Edition::named(&self.edition).expect("it was checked");
        let listed = || edition.faults.iter().flat_map(|text| self.faults_of(text));
        let mut faults: Vec<Fault> = match self.faults.is_empty() {
            true => listed().collect(),
            false => self.faults.clone(),
        };
        for fault in &mut faults {
            while self.events.iter().any(|event| event.name == fault.name) {
                fault.name.push_str("-fault");
            }
        }
        faults
    }

    /// What a row of the list means here, once for each thing that it can happen to.
    fn faults_of(&self, text: &FaultText) -> Vec<Fault> {
        let kind = EventKind::named(&text.kind).expect("the lists of editions are right");
        let duration = text.duration.as_ref().map(|duration| {
            let duration = duration.parse();
            Delay::constant(duration.expect("the lists of editions are right"))
        });
        let targets = self.targets(kind);
        let several = targets.len() > 1;
        let fault = |(action, of, keys): (Action, String, Vec<String>)| {
            let mut lines = vec![format!("kind = \"{}\"", kind.name())];
            lines.extend(keys);
            lines.extend(text.duration.iter().map(|d| format!("duration = \"{d}\"")));
            Fault {
                name: match several {
                    true => format!("{}-{of}", text.name),
                    false => text.name.clone(),
                },
                action,
                duration: duration.clone(),
                lines,
            }
        };
        targets.into_iter().map(fault).collect()
    }

    /// What a kind can happen to: the action, the name of the thing, and the keys that say so.
    fn targets(&self, kind: EventKind) -> Vec<(Action, String, Vec<String>)> {
        let failure = Probability::ALWAYS;
        let vaults = || self.key_vaults.iter().enumerate();
        let of_vaults = |action: fn(usize, Probability) -> Action| {
            let of = vaults().map(|(vault, named)| {
                let key = format!("vault = \"{}\"", named.name);
                (action(vault, failure), named.name.clone(), vec![key])
            });
            of.collect()
        };
        match kind {
            EventKind::KeyVaultOutage => {
                of_vaults(|vault, failure| Action::KeyVaultOutage { vault, failure })
            }
            EventKind::KeyVaultDenials => {
                of_vaults(|vault, failure| Action::KeyVaultDenials { vault, failure })
            }
            EventKind::IdentityOutage => {
                let action = Action::IdentityOutage { failure };
                vec![(action, String::new(), Vec::new())]
            }
            EventKind::DisableKey => self.of_keys(Action::DisableKey),
            EventKind::ExpireKey => self.of_keys(Action::ExpireKey),
            EventKind::DeleteKey => self.of_keys(Action::DeleteKey),
            EventKind::StorageOutage => {
                self.of_clusters(|cluster, _| Some((Action::StorageOutage { cluster }, Vec::new())))
            }
            EventKind::RemoveAccess => self.of_clusters(|cluster, _| {
                let permissions = Access::ALL;
                let action = Action::RemoveAccess {
                    cluster,
                    permissions,
                };
                Some((action, Vec::new()))
            }),
            EventKind::UpdateClusterKey => self.of_clusters(|cluster, named| {
                let used = named.key.as_ref()?;
                let vault = &self.key_vaults[used.vault];
                let key = KeyTarget {
                    vault: used.vault,
                    key: used.key,
                    version: None,
                };
                let lines = vec![
                    format!("vault = \"{}\"", vault.name),
                    format!("key = \"{}\"", vault.keys[used.key].name),
                ];
                Some((Action::UpdateClusterKey { cluster, key }, lines))
            }),
            _ => unreachable!("no list of an edition has {}", kind.name()),
        }
    }

    /// The same of every key.
    fn of_keys(&self, action: fn(KeyTarget) -> Action) -> Vec<(Action, String, Vec<String>)> {
        let vaults = self.key_vaults.iter().enumerate();
        let keys = vaults.flat_map(|(vault, named)| {
            let keys = named.keys.iter().enumerate();
            keys.map(move |(key, of)| (vault, &named.name, key, &of.name))
        });
        let of = keys.map(|(vault, in_vault, key, name)| {
            let lines = vec![
                format!("vault = \"{in_vault}\""),
                format!("key = \"{name}\""),
            ];
            let target = KeyTarget {
                vault,
                key,
                version: None,
            };
            (action(target), format!("{in_vault}-{name}"), lines)
        });
        of.collect()
    }

    /// The same of clusters that are there at the start.
    fn of_clusters(
        &self,
        of: impl Fn(usize, &Cluster) -> Option<(Action, Vec<String>)>,
    ) -> Vec<(Action, String, Vec<String>)> {
        let clusters = self.clusters.iter().enumerate();
        let there = clusters.filter(|(_, cluster)| cluster.at_start);
        let named = there.filter_map(|(index, cluster)| {
            let (action, more) = of(index, cluster)?;
            let mut lines = vec![format!("cluster = \"{}\"", cluster.name)];
            lines.extend(more);
            Some((action, cluster.name.clone(), lines))
        });
        named.collect()
    }

    /// The number of its `[[event]]` tables that are enabled: they stand before all hazards and
    /// responses.
    pub fn scripted(&self) -> usize {
        let is_event =
            |event: &Event| !matches!(event.timing, Timing::Every { .. } | Timing::Seen(_));
        // An event may follow a hazard; those of hazards and responses stand behind all events.
        let mut events = self.events.iter();
        events
            .position(|event| !is_event(event))
            .unwrap_or(self.events.len())
    }

    /// The same scenario in which faults happen, each at its instant: as if they stood behind its
    /// other `[[event]]` tables. What they follow stands among these.
    #[must_use]
    pub fn with_faults(&self, faults: &[(&Fault, Timing)]) -> Scenario {
        let mut scenario = self.clone();
        let at = self.scripted();
        let events = &mut scenario.unchecked.events;
        for event in &mut *events {
            if let Timing::After { event: other, .. } = &mut event.timing
                && *other >= at
            {
                *other += faults.len();
            }
        }
        let happening = faults.iter().map(|(fault, timing)| Event {
            name: fault.name.clone(),
            timing: timing.clone(),
            action: fault.action.clone(),
            duration: fault.duration.clone(),
            draws_as: None,
            occurrence: 0,
        });
        events.splice(at..at, happening);
        scenario
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use crate::units::Duration;

    const TEXT: &str = "duration = '1d'
        [[key_vault]]
        name = 'a'
        keys = { k = ['1'], l = ['1'] }
        [[key_vault]]
        name = 'b'
        [[cluster]]
        name = 'c'
        key = { vault = 'a', name = 'k' }
        [[cluster]]
        name = 'd'
        key = 'none'
        [[workspace]]
        name = 'w'
        cluster = 'c'
        ingestion = '1 GB/day'
        [[event]]
        name = 'other-update'
        after = 'often'
        kind = 'set_retention'
        retention = '30d'
        [[hazard]]
        name = 'often'
        gap = '1h'
        kind = 'identity_outage'
        duration = '1m'
        [[response]]
        name = 'fix'
        when = 'data_dropped'
        kind = 'enable_key'
        vault = 'a'
        key = 'k'
        [[event]]
        after = 'fix'
        kind = 'set_retention'
        retention = '31d'\n";

    fn scenario(text: &str) -> Scenario {
        match read("s.toml", text.as_bytes(), &[]) {
            Ok(reading) => reading.scenario,
            Err(wrong) => panic!("{}", wrong.render(false)),
        }
    }

    /// Two of them, in a scenario whose events follow hazards and responses.
    #[test]
    fn faults_are_what_their_lines_say() {
        for edition in Edition::all() {
            let text = format!("edition = '{}'\n{TEXT}", edition.name);
            let scenario = scenario(&text);
            let faults = scenario.possible_faults();
            let names: Vec<&str> = faults.iter().map(|fault| fault.name.as_str()).collect();
            for name in [
                "vault-outage-5m-b",
                "identity-outage-7h",
                "key-disabled-a-l",
                "storage-outage-1h-d",
                "other-update-fault",
            ] {
                assert!(names.contains(&name), "{name} of {names:?}");
            }
            // Of the vaults 4, of all 3, of the keys 3, of the clusters 2, and the one with a key.
            assert_eq!(names.len(), 2 * 4 + 3 + 3 * 3 + 2 * 2 + 1);
            let at = |minutes: i64| Duration::from_millis(minutes * Duration::MINUTE.millis());
            let timing = |minutes| Timing::At(Delay::constant(at(minutes)));
            for pair in faults.windows(2) {
                let with = scenario.with_faults(&[(&pair[0], timing(3)), (&pair[1], timing(2))]);
                let own = [(&pair[0], 3), (&pair[1], 2)].map(|(fault, minutes)| {
                    let lines = fault.lines.join("\n");
                    format!(
                        "[[event]]\nname = '{}'\nat = '{minutes}m'\n{lines}\n",
                        fault.name
                    )
                });
                assert_eq!(with, self::scenario(&format!("{text}{}", own.concat())));
            }
        }
    }

    #[test]
    fn a_list_of_its_own_replaces_that_of_the_edition() {
        let own = "[[fault]]\nname = 'x'\nkind = 'disable_key'\nvault = 'a'\nkey = 'k'\n\
                   [[fault]]\nname = 'y'\nenabled = false\nkind = 'identity_outage'\nduration = '1m'\n";
        let faults = scenario(&format!("{TEXT}{own}")).possible_faults();
        assert_eq!(faults.len(), 1);
        let lines = ["kind = \"disable_key\"", "vault = \"a\"", "key = \"k\""];
        assert_eq!(faults[0].lines, lines);
    }
}
