//! A workspace that is associated with a cluster before that is provisioned.

use super::super::Action;
use super::super::diagnostics::Diagnostic;
use super::times::Times;
use super::{Written, begin, end};
use crate::units::Duration;

pub(super) fn lint(written: &Written<'_>, times: &Times, found: &mut Vec<Diagnostic>) {
    let events = || written.scenario.events.iter().enumerate();
    for (associate, event) in events() {
        let Action::AssociateWorkspace { cluster, .. } = event.action else {
            continue;
        };
        let created = events().filter(|(_, event)| {
            matches!(event.action, Action::CreateCluster { cluster: of, .. } if of == cluster)
        });
        let (before, mut others): (Vec<_>, Vec<_>) =
            created.partition(|(create, _)| times.certainly_before(end(*create), begin(associate)));
        others.retain(|(create, _)| {
            let gap = times.gap(begin(associate), end(*create));
            gap.is_some_and(|gap| gap.likely_longest > Duration::ZERO)
        });
        // One that is there already may be deleted and asked for again later.
        let there = written.scenario.clusters[cluster].at_start || !before.is_empty();
        let early = others.first().filter(|_| !there);
        if let Some((create, event)) = early {
            found.push(
                Diagnostic::warning(
                    written.event(associate),
                    "this association may come before its cluster is provisioned",
                )
                .label("data that arrives before the cluster is provisioned is lost")
                .also(written.event(*create), "the cluster is requested here")
                .help(format!("wait for it: after_end = \"{}\"", event.name)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::measured::Measured;
    use crate::scenario::{file, validate};

    /// What is found where a cluster asked for after a day gets a workspace at another time.
    fn messages(time: &str) -> usize {
        let text = format!(
            "duration = '7d'\n[[workspace]]\nname = 'logs'\ncluster = 'none'\n\
             ingestion = '1 TB/day'\n\
             [[event]]\nname = 'create'\nat = '1d'\nkind = 'create_cluster'\ncluster = 'new'\n\
             [[event]]\nname = 'associate'\n{time}\nkind = 'associate_workspace'\n"
        );
        let (root, _) = file::parse(0, &text);
        let (scenario, _) = validate::scenario(&root, Measured::default());
        let scenario = scenario.expect("it is right");
        let mut found = Vec::new();
        lint(
            &Written::new(&scenario, &root),
            &Times::new(&scenario),
            &mut found,
        );
        found.len()
    }

    #[test]
    fn an_association_waits_for_its_cluster() {
        // Provisioning takes up to three hours.
        for early in ["at = '12h'", "at = '1d 2h'", "after = 'create'"] {
            assert_eq!(messages(early), 1, "{early}");
        }
        for late in [
            "at = '1d 3h'",
            "after_end = 'create'",
            "after = 'create'\ndelay = '4h'",
        ] {
            assert_eq!(messages(late), 0, "{late}");
        }
    }
}
