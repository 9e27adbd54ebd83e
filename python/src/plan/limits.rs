//! When limits are reached, as a table.

use cmksim::experiment::plan::{Bound, Limit, Plan, When, limits};
use cmksim::scenario::{Scenario, Scope};
use cmksim::units::Duration;

use super::super::columns::Columns;
use super::super::measures::scope_fields;
use super::super::table::Table;

/// Nobody plans further ahead than ten years, in months of 30 days.
const FORESEEN: f64 = 120.0;

/// A row for each limit.
pub(super) fn table(plan: &Plan<'_>) -> Table {
    let rows = limits(plan);
    let named = |at: usize| {
        let rows = rows.iter();
        rows.map(move |limit| scope_fields(plan.scenario, scope(limit.bound))[at])
    };
    let mut columns = Columns::default();
    columns.text("scope", named(0));
    columns.text("name", named(1));
    columns.text("limit", rows.iter().map(|limit| kind(limit.bound)));
    columns.text("per", rows.iter().map(|limit| per(limit.bound)));
    columns.number("at_bytes", "bytes", rows.iter().map(|limit| limit.at));
    columns.number("now_bytes", "bytes", rows.iter().map(|limit| limit.now));
    columns.text("outcome", rows.iter().map(|limit| outcome(limit.when)));
    let mut reached = |name: &str, months: fn([Option<f64>; 3]) -> Option<f64>| {
        let at = |limit: &Limit| since_start(plan.scenario, months(after(limit.when))?);
        columns.whole(name, "ms", rows.iter().map(at));
    };
    reached("reached_ms", |[months, ..]| months);
    reached("reached_ci95_low_ms", |[_, low, _]| low);
    reached("reached_ci95_high_ms", |[.., high]| high);
    columns.table()
}

fn scope(bound: Bound) -> Scope {
    match bound {
        Bound::HighestLevel { cluster } => Scope::Cluster(cluster),
        Bound::DailyCap { workspace } | Bound::IngestionRate { workspace } => {
            Scope::Workspace(workspace)
        }
    }
}

/// As `plan.json` calls it.
fn kind(bound: Bound) -> &'static str {
    match bound {
        Bound::HighestLevel { .. } => "highest_level",
        Bound::DailyCap { .. } => "daily_cap",
        Bound::IngestionRate { .. } => "ingestion_rate",
    }
}

/// In which time so many bytes arrive.
fn per(bound: Bound) -> &'static str {
    match bound {
        Bound::HighestLevel { .. } | Bound::DailyCap { .. } => "day",
        Bound::IngestionRate { .. } => "hour",
    }
}

fn outcome(when: When) -> &'static str {
    match when {
        When::Reached => "reached",
        When::Months { .. } => "ahead",
        When::NotSo(_) => "never",
        When::Unknown => "unknown",
    }
}

/// In how many months after the run it is reached, and the ends of the interval.
fn after(when: When) -> [Option<f64>; 3] {
    match when {
        When::Months {
            months,
            earliest,
            latest,
        } => [Some(months), Some(earliest), latest],
        When::NotSo(earliest) => [None, earliest, None],
        When::Reached | When::Unknown => [None; 3],
    }
}

/// So many months after the run, in milliseconds since its start.
#[allow(clippy::cast_possible_truncation)]
fn since_start(scenario: &Scenario, months: f64) -> Option<i64> {
    let seconds = months * 30.0 * Duration::DAY.as_secs_f64();
    let after = (seconds * 1e3).round() as i64;
    (months <= FORESEEN).then(|| scenario.duration.millis() + after)
}
