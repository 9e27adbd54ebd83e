//! The scenarios and traces that the program holds, to begin with.

/// A file of the folder of shipped scenarios.
pub(crate) struct Shipped {
    /// As others name it, relative to that folder: with `/` and an extension.
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

macro_rules! shipped {
    ($($name:literal)*) => {
        &[$(Shipped {
            name: $name,
            text: include_str!(concat!("../../scenarios/", $name)),
        }),*]
    };
}

/// All scenarios and traces, in the order of their names. A test compares it with the folder.
pub(crate) const SHIPPED: &[Shipped] = shipped! {
    "a-year-of-outages.toml"
    "access-policy-deleted.toml"
    "blip-of-5-minutes.toml"
    "cluster-deleted-and-not-recovered.toml"
    "cluster-deleted-and-recovered.toml"
    "dns-outage-2021-04-01.toml"
    "flaky-identity-2024-07-12.toml"
    "get-permission-missing.toml"
    "identity-outage-2020-09-28-one-in-six.toml"
    "identity-outage-2020-09-28.toml"
    "identity-outage-2021-03-15.toml"
    "identity-outage-2026-02-03.toml"
    "key-deleted-and-recovered.toml"
    "key-disabled-20-minutes.toml"
    "key-disabled-40-minutes.toml"
    "key-disabled-5-hours.toml"
    "key-disabled-fixed-by-on-call.toml"
    "key-expired.toml"
    "key-given-before-the-identity-exists.toml"
    "key-purged.toml"
    "key-vault-outage.toml"
    "name-still-reserved.toml"
    "network-outage-2023-01-25.toml"
    "outage-followed-by-revocation.toml"
    "outage-just-over-30-minutes.toml"
    "outage-just-under-30-minutes.toml"
    "outage-of-12-hours-edition-2020-06.toml"
    "outage-of-12-hours-edition-2021-07.toml"
    "outage-of-9-hours.toml"
    "plan-for-a-growing-cluster.toml"
    "power-loss-2026-02-07.toml"
    "provisioning-in-the-right-order.toml"
    "purge-protection-refuses-the-purge.toml"
    "real-incidents.toml"
    "retention-purges-during-long-revocation.toml"
    "retention-shortened-by-mistake.toml"
    "rotation-against-the-clock.toml"
    "rotation-by-runbook.toml"
    "rotation-cluster-never-told.toml"
    "rotation-done-right.toml"
    "rotation-during-an-outage.toml"
    "rotation-meets-capacity-update.toml"
    "rotation-old-version-disabled-during-update.toml"
    "rotation-old-version-disabled-too-early.toml"
    "steady-state.toml"
    "storage-outage-2024-07-18.toml"
    "study-a-year-of-hazards.toml"
    "study-buffer-hours.toml"
    "study-buffer-in-a-year.toml"
    "study-on-call-delay.toml"
    "study-outage-length.toml"
    "study-poll-interval-and-tolerance.toml"
    "study-storage-accounts.toml"
    "study-time-to-re-enable.toml"
    "surge-meets-daily-cap-during-outages.toml"
    "third-association-refused.toml"
    "third-cluster-refused.toml"
    "traces/usage-week.csv"
    "usage-export-replayed.toml"
    "vault-not-recoverable.toml"
    "vault-that-falsely-denies-2024-10-15.toml"
    "week-with-real-profile.toml"
    "workspace-associated-too-early.toml"
    "workspace-moved-between-clusters.toml"
};

impl Shipped {
    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Shipped> {
        SHIPPED.iter().find(|shipped| shipped.name == name)
    }

    /// Of a scenario: what it is called, and its title.
    pub(crate) fn template(&self) -> Option<(&'static str, &'static str)> {
        let mut lines = self.text.lines();
        let title = lines.find_map(|line| line.strip_prefix("title = "));
        let title = title.unwrap_or_default().trim_matches('"');
        Some((self.name.strip_suffix(".toml")?, title))
    }

    /// The files that a scenario needs beside it: what it extends, and the traces of both.
    pub(crate) fn needs(&self) -> Vec<&'static Shipped> {
        let mut needed: Vec<&Shipped> = Vec::new();
        let mut texts = vec![self.text];
        while let Some(text) = texts.pop() {
            let named = text.lines().filter_map(|line| {
                let (key, value) = line.split_once(" = ")?;
                ["extends", "trace"]
                    .contains(&key)
                    .then(|| value.trim_matches('"'))
            });
            for name in named {
                let file = Shipped::named(name).expect("what a shipped file needs is shipped");
                if !needed.iter().any(|known| known.name == file.name) {
                    needed.push(file);
                    texts.push(file.text);
                }
            }
        }
        needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &str, before: &str) -> Vec<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = std::fs::read_dir(folder).expect("a folder");
        let names = entries.map(|entry| entry.expect("readable").file_name());
        let names = names.map(|name| name.into_string().expect("plain names"));
        let kept = names.filter(|name| name.ends_with(".toml") || name.ends_with(".csv"));
        kept.map(|name| format!("{before}{name}")).collect()
    }

    #[test]
    fn everything_in_the_folder_is_shipped() {
        let mut all = files("scenarios", "");
        all.extend(files("scenarios/traces", "traces/"));
        all.sort();
        let mut shipped: Vec<&str> = SHIPPED.iter().map(|shipped| shipped.name).collect();
        shipped.sort_unstable();
        assert_eq!(shipped, all);
    }
}
