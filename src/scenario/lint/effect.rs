//! An event that has no effect: what it sets is so already, or it is always refused.

use super::super::Action;
use super::super::diagnostics::{Diagnostic, Span};
use super::settings::{Sets, Setting, State, sets};
use super::times::Times;
use super::{Written, begin};

pub(super) fn lint(written: &Written<'_>, times: &Times, found: &mut Vec<Diagnostic>) {
    let scenario = written.scenario;
    let all: Vec<Sets> = (0..scenario.events.len())
        .flat_map(|event| sets(written, event))
        .collect();
    for (index, event) in scenario.events.iter().enumerate() {
        let before = Before {
            written,
            times,
            all: &all,
            event: index,
        };
        let reason = refused(written, &event.action)
            .map(|reason| (reason.to_owned(), None))
            .or_else(|| before.purged_alive(&event.action))
            .or_else(|| before.set_already());
        if let Some((reason, since)) = reason {
            let message = "this event has no effect";
            let warning = Diagnostic::warning(written.event(index), message).label(reason);
            found.push(match since {
                Some(since) => warning.also(since, "since here"),
                None => warning,
            });
        }
    }
}

/// Why a request is refused whenever it comes.
fn refused(written: &Written<'_>, action: &Action) -> Option<&'static str> {
    let vault = |index: usize| &written.scenario.key_vaults[index];
    if let Action::RecoverKey(key) | Action::PurgeKey(key) = action
        && !vault(key.vault).soft_delete
    {
        return Some("in this vault, without soft delete, a deleted key is purged at once");
    }
    if let Action::PurgeKey(key) = action
        && vault(key.vault).purge_protection
    {
        return Some("purge protection refuses it until the key is purged by itself");
    }
    None
}

/// Why, and since when if not since the start.
type Reason = (String, Option<Span>);

/// What other events do before one of them.
struct Before<'a> {
    written: &'a Written<'a>,
    times: &'a Times,
    all: &'a [Sets],
    event: usize,
}

impl Before<'_> {
    /// A key cannot be purged unless an event deletes it first.
    fn purged_alive(&self, action: &Action) -> Option<Reason> {
        let Action::PurgeKey(key) = action else {
            return None;
        };
        let deleted = Setting::Deleted(key.vault, key.key);
        let since = self.surely(&deleted, State::Is(false))?;
        Some(("the key is not deleted".to_owned(), since))
    }

    /// Everything that the event sets is so already.
    fn set_already(&self) -> Option<Reason> {
        let own = self.all.iter().filter(|set| set.at == begin(self.event));
        let reasons: Option<Vec<Reason>> = own
            .map(|set| {
                let since = self.surely(&set.setting, set.to)?;
                Some((already(&set.setting, set.to).to_owned(), since))
            })
            .collect();
        reasons?.into_iter().next()
    }

    /// If something is in a state when the event comes, whatever is drawn: since which other
    /// event, or since the start.
    fn surely(&self, setting: &Setting, state: State) -> Option<Option<Span>> {
        let now = begin(self.event);
        let others = || self.all.iter().filter(|set| set.at.event != self.event);
        let settled: Vec<&Sets> = others()
            .filter(|set| set.surely && set.setting.is(setting))
            .filter(|set| self.times.certainly_before(set.at, now))
            .collect();
        if settled.is_empty() && setting.at_start(self.written.scenario) != Some(state) {
            return None;
        }
        let last = |set: &Sets| {
            let over = |later: &&Sets| self.times.certainly_before(set.at, later.at);
            !settled.iter().any(over)
        };
        let same = others()
            .filter(|set| set.setting.may_be(setting) && self.times.perhaps_before(set.at, now))
            .filter(|set| last(set))
            .all(|set| set.to == state);
        let since = settled.iter().find(|set| last(set));
        let since = since.map(|set| self.written.event(set.at.event));
        same.then_some(since)
    }
}

/// That something is in a state already.
fn already(setting: &Setting, state: State) -> &'static str {
    let is = state == State::Is(true);
    match setting {
        Setting::Enabled(..) if is => "the version is enabled already",
        Setting::Enabled(..) => "the version is disabled already",
        Setting::Expired(..) if is => "the version has expired already",
        Setting::Expired(..) => "the version has not expired",
        Setting::Deleted(..) if is => "the key is deleted already",
        Setting::Deleted(..) => "the key is not deleted",
        Setting::Granted(..) if is => "the cluster has these permissions already",
        Setting::Granted(..) => "the cluster does not have these permissions",
        Setting::Rate(_) => "this much arrives already",
        Setting::Factor(_) => "the factor is this already",
        Setting::Retention(_) => "the retention is this already",
        Setting::DailyCap(_) => "the daily cap is this already",
        Setting::Capacity(_) => "the capacity reservation is this already",
        Setting::Billing(_) => "the billing type is this already",
    }
}
