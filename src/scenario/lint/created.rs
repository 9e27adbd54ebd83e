//! A rotation that disables the version which it has just created.

use super::super::Action;
use super::super::diagnostics::Diagnostic;
use super::{Version, Written, same_key};

/// An event that names no version touches the one of the event that it waits for. Whoever writes
/// "create, update, then disable" means the old version.
pub(super) fn lint(written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    let events = &written.scenario.events;
    for (disable, event) in events.iter().enumerate() {
        let Action::DisableKey(target) = &event.action else {
            continue;
        };
        let version = written.version(disable, target);
        let created = events.iter().enumerate().position(|(at, creation)| {
            matches!(&creation.action, Action::CreateKeyVersion(of)
                if same_key(of, target) && version.is_created_by(at, of.version.as_deref()))
        });
        let enabled_again = event.duration.is_some()
            || events.iter().any(
                |other| matches!(&other.action, Action::EnableKey(of) if same_key(of, target)),
            );
        let Some(created) = created.filter(|_| target.version.is_none() && !enabled_again) else {
            continue;
        };
        found.push(
            Diagnostic::warning(
                written.event(disable),
                "this disables the new version of the key, and nothing enables it again",
            )
            .label("it names no version, so it means the version of the event it waits for")
            .also(written.event(created), "the new version")
            .help("name the old version, as in version = \"1\""),
        );
    }
}

impl Version {
    /// Whether it is the one that the event of this number creates, under a name if it has one.
    fn is_created_by(&self, event: usize, name: Option<&str>) -> bool {
        match self {
            Version::Created(by) => *by == event,
            Version::Named(own) => name == Some(own.as_str()),
            Version::InUse | Version::Newest => false,
        }
    }
}
