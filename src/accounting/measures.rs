use super::balance::Balance;
use super::bill::{Bill, Paid};
use super::books::{Books, Closing, map_by_course};
use super::condition::{self, Condition, Extent, stretches};
use super::extremes::{ChangeList, Extremes, SweepInput, extremes};
use super::fluid::FluidCurve;
use crate::kernel::{Executor, StepFunction, map};
use crate::model::{ClusterHistory, History, PollCount};
use crate::scenario::{Measure, Scenario, Scope, Value, rounded};
use crate::units::{Duration, Money, Time};

/// Every measure of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    total: Sheet,
    workspaces: Vec<Sheet>,
    clusters: Vec<Sheet>,
}

/// The codes of the measures of one scope, by [`Measure`]; [`Value::NONE`] where it has none, or no
/// value (never recovered; nothing offered).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sheet([u64; Measure::ALL.len()]);

impl Sheet {
    const EMPTY: Sheet = Sheet([Value::NONE; Measure::ALL.len()]);

    /// What is stored of what arrives, and who notices.
    fn of_storage(
        closing: &Closing,
        peaks: &Extremes,
        conditions: &StepFunction<Condition>,
        end: Time,
    ) -> Sheet {
        let mut sheet = Sheet::EMPTY;
        closing.enter(&mut sheet);
        enter_extremes(&mut sheet, peaks, &closing.balance);
        enter_durations(&mut sheet, conditions, end);
        enter_ratios(&mut sheet, &closing.balance);
        sheet
    }

    fn set(&mut self, measure: Measure, value: Value) {
        self.0[measure as usize] = Value::code(Some(value));
    }
}

impl Measures {
    /// A measure's value; `None` where there is none (never recovered, nothing offered), or
    /// where the scope does not have the measure.
    pub fn get(&self, scope: Scope, measure: Measure) -> Option<Value> {
        measure.value(self.code(scope, measure))
    }

    /// The same as a code: [`Value::code`].
    #[inline]
    pub fn code(&self, scope: Scope, measure: Measure) -> u64 {
        let sheet = match scope {
            Scope::Total => &self.total,
            Scope::Workspace(workspace) => &self.workspaces[workspace],
            Scope::Cluster(cluster) => &self.clusters[cluster],
        };
        sheet.0[measure as usize]
    }

    /// Everything that a run reports.
    pub fn of(
        scenario: &Scenario,
        history: &History,
        books: &Books,
        each: Executor<'_>,
    ) -> Measures {
        let change_lists: Vec<Vec<ChangeList<'_>>> = map(each, books.courses.len(), |course| {
            let stores = books.courses[course].stores.iter();
            stores
                .map(|store| ChangeList::of(store, books.end))
                .collect()
        });
        let peaks = peaks(books, &change_lists, each);
        let workspaces = books.workspaces.iter().zip(&peaks).enumerate();
        let mut workspaces: Vec<Sheet> = workspaces
            .map(|(index, (workspace, peaks))| {
                Sheet::of_storage(&workspace.end, peaks, books.conditions(index), books.end)
            })
            .collect();
        let mut total = match workspaces[..] {
            [only] => only,
            _ => of_all(books, &change_lists),
        };
        let conditions = history.clusters.iter().zip(&books.clusters);
        let clusters: Vec<OfCluster> = conditions
            .map(|(cluster, conditions)| OfCluster::of(cluster, conditions, books.end))
            .collect();
        let mut all = clusters
            .iter()
            .copied()
            .reduce(OfCluster::plus)
            .expect("a scenario has a cluster");
        all.operations_rejected += history.rejected_of_no_cluster;
        all.enter(&mut total);
        let requests = clusters.iter().map(|cluster| cluster.polls.requests);
        let bill = Bill::of(scenario, history, books, requests);
        let mut clusters: Vec<Sheet> = clusters.iter().map(OfCluster::sheet).collect();
        let workspaces_pay = workspaces.iter_mut().zip(&bill.workspaces);
        workspaces_pay.for_each(|(sheet, paid)| enter_costs(sheet, paid));
        let clusters_pay = clusters.iter_mut().zip(&bill.clusters);
        clusters_pay.for_each(|(sheet, paid)| enter_costs(sheet, paid));
        let all = bill.workspaces.iter().chain(&bill.clusters).copied();
        enter_costs(&mut total, &all.reduce(Paid::plus).expect("a cluster pays"));
        Measures {
            total,
            workspaces,
            clusters,
        }
    }
}

/// What all workspaces have together.
fn of_all(books: &Books, change_lists: &[Vec<ChangeList<'_>>]) -> Sheet {
    let ends = books.workspaces.iter().map(|workspace| workspace.end);
    let end = ends.reduce(Closing::plus);
    let workspaces = 0..books.workspaces.len();
    let conditions: Vec<&StepFunction<Condition>> =
        workspaces.map(|index| books.conditions(index)).collect();
    Sheet::of_storage(
        &end.expect("a scenario has a workspace"),
        &peaks_of_all(books, change_lists),
        &condition::of_any(&conditions),
        books.end,
    )
}

impl Closing {
    fn plus(self, other: Closing) -> Closing {
        Closing {
            balance: self.balance.plus(other.balance),
            buffered_total: self.buffered_total + other.buffered_total,
            hot_deleted: self.hot_deleted + other.hot_deleted,
        }
    }

    fn enter(&self, sheet: &mut Sheet) {
        let balance = &self.balance;
        for (measure, volume) in [
            (Measure::Initial, balance.initial),
            (Measure::Offered, balance.offered),
            (Measure::Rejected, balance.rejected),
            (Measure::Dropped, balance.dropped()),
            (Measure::DroppedRevoked, balance.dropped_revoked),
            (
                Measure::DroppedBufferExpired,
                balance.dropped_buffer_expired,
            ),
            (
                Measure::DroppedNotProvisioned,
                balance.dropped_not_provisioned,
            ),
            (Measure::Buffered, balance.buffered),
            (Measure::BufferedTotal, self.buffered_total),
            (Measure::Stored, balance.stored()),
            (Measure::StoredCustomerKey, balance.stored_customer_key),
            (Measure::StoredMicrosoftKey, balance.stored_microsoft_key),
            (Measure::Accessible, balance.accessible),
            (Measure::Inaccessible, balance.inaccessible()),
            (Measure::Hot, balance.hot),
            (Measure::HotDeleted, self.hot_deleted),
            (Measure::Purged, balance.purged),
            (Measure::Destroyed, balance.destroyed),
        ] {
            sheet.set(measure, Value::Volume(volume));
        }
    }
}

/// The extremes of every workspace.
fn peaks(books: &Books, change_lists: &[Vec<ChangeList<'_>>], each: Executor<'_>) -> Vec<Extremes> {
    let courses: Vec<usize> = books
        .workspaces
        .iter()
        .map(|workspace| workspace.course)
        .collect();
    map_by_course(each, &courses, |index| {
        let arrives = &books.workspaces[index].inflow.fluid;
        let stores = swept(&change_lists[courses[index]], arrives);
        extremes(stores, books.end)
    })
}

/// The extremes of all workspaces together; those of one course count as one.
fn peaks_of_all(books: &Books, change_lists: &[Vec<ChangeList<'_>>]) -> Extremes {
    let stores = change_lists.iter().enumerate();
    let stores = stores.flat_map(|(course, change_lists)| {
        let arriving = books.arriving(course).iter();
        arriving.flat_map(|arrives| swept(change_lists, arrives))
    });
    extremes(stores, books.end)
}

fn swept<'a>(
    change_lists: &'a [ChangeList<'a>],
    arrives: &'a FluidCurve,
) -> impl Iterator<Item = SweepInput<'a>> {
    change_lists
        .iter()
        .map(move |list| SweepInput { list, arrives })
}

/// Extremes are read off curves without rounding; none is less extreme than the end.
fn enter_extremes(sheet: &mut Sheet, extremes: &Extremes, end: &Balance) {
    for (measure, volume) in [
        (
            Measure::BufferedPeak,
            extremes.buffered_peak.max(end.buffered),
        ),
        (Measure::HotPeak, extremes.hot_peak.max(end.hot)),
        (
            Measure::AccessibleMin,
            extremes.accessible_min.min(end.accessible),
        ),
        (
            Measure::InaccessiblePeak,
            extremes.inaccessible_peak.max(end.inaccessible()),
        ),
    ] {
        sheet.set(measure, Value::Volume(volume));
    }
}

fn enter_durations(sheet: &mut Sheet, conditions: &StepFunction<Condition>, end: Time) {
    let queries = Extent::of(conditions, end, |condition| condition.queries_fail);
    let dropping = Extent::of(conditions, end, |condition| condition.dropping);
    let buffering = Extent::of(conditions, end, |condition| condition.buffering);
    for (measure, duration) in [
        (Measure::QueryDowntime, queries.total),
        (Measure::QueryDowntimeLongest, queries.longest),
        (Measure::IngestionDowntime, dropping.total),
        (Measure::BufferingTime, buffering.total),
    ] {
        sheet.set(measure, Value::Duration(duration));
    }
    sheet.set(Measure::Interruptions, Value::Count(queries.times));
    let run = end - Time::START;
    let up = ratio(run.millis() - queries.total.millis(), run.millis());
    sheet.set(Measure::QueryAvailability, Value::Ratio(up));
}

fn enter_ratios(sheet: &mut Sheet, balance: &Balance) {
    let (dropped, offered) = (balance.dropped().bytes(), balance.offered.bytes());
    if offered > 0 {
        let (dropped, offered) = (dropped.cast_signed(), offered.cast_signed());
        sheet.set(Measure::LossRatio, Value::Ratio(ratio(dropped, offered)));
        sheet.set(
            Measure::IngestionAvailability,
            Value::Ratio(ratio(offered - dropped, offered)),
        );
    }
}

/// For output only: nothing is added up in it.
#[allow(clippy::cast_precision_loss)]
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

/// What each thing cost, and all together: the sum of what is printed.
fn enter_costs(sheet: &mut Sheet, paid: &Paid) {
    let mut all = Money::ZERO;
    for (measure, amount) in [
        (Measure::ReservationCost, paid.reservation),
        (Measure::OverageCost, paid.overage),
        (Measure::PayAsYouGoCost, paid.pay_as_you_go),
        (Measure::RetentionCost, paid.retention),
        (Measure::KeyVaultCost, paid.key_vault),
    ] {
        all += rounded(amount);
        sheet.set(measure, Value::Money(rounded(amount)));
    }
    sheet.set(Measure::Cost, Value::Money(all));
}

/// The measures of a cluster.
#[derive(Debug, Clone, Copy)]
struct OfCluster {
    time_to_revoke: Duration,
    /// `None`: it never recovered.
    time_to_recover: Option<Duration>,
    polls: PollCount,
    operations_rejected: u64,
    operations_failed: u64,
}

impl OfCluster {
    fn of(cluster: &ClusterHistory, conditions: &StepFunction<Condition>, end: Time) -> OfCluster {
        let revoked = cluster.revocations.iter().map(|&(since, at)| at - since);
        let interruptions = stretches(conditions, end, |condition| condition.queries_fail);
        let recoveries = interruptions
            .map(|(_, until)| (until < end).then(|| until - end_of_last_cause(cluster, until)));
        let longest = |longest: Duration, recovery: Option<Duration>| Some(longest.max(recovery?));
        OfCluster {
            time_to_revoke: revoked.max().unwrap_or(Duration::ZERO),
            time_to_recover: recoveries.into_iter().try_fold(Duration::ZERO, longest),
            polls: cluster.polls_until(end),
            operations_rejected: cluster.operations_rejected,
            operations_failed: cluster.operations_failed,
        }
    }

    fn plus(self, other: OfCluster) -> OfCluster {
        OfCluster {
            time_to_revoke: self.time_to_revoke.max(other.time_to_revoke),
            time_to_recover: self
                .time_to_recover
                .zip(other.time_to_recover)
                .map(|(one, two)| one.max(two)),
            polls: self.polls.plus(other.polls),
            operations_rejected: self.operations_rejected + other.operations_rejected,
            operations_failed: self.operations_failed + other.operations_failed,
        }
    }

    fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::EMPTY;
        self.enter(&mut sheet);
        sheet
    }

    fn enter(&self, sheet: &mut Sheet) {
        sheet.set(Measure::TimeToRevoke, Value::Duration(self.time_to_revoke));
        if let Some(duration) = self.time_to_recover {
            sheet.set(Measure::TimeToRecover, Value::Duration(duration));
        }
        for (measure, count) in [
            (Measure::KeyVaultRequests, self.polls.requests),
            (Measure::KeyVaultFailures, self.polls.failures),
            (Measure::KeyVaultDenials, self.polls.denials),
            (Measure::OperationsRejected, self.operations_rejected),
            (Measure::OperationsFailed, self.operations_failed),
        ] {
            sheet.set(measure, Value::Count(count));
        }
    }
}

/// When the last cause ended before an interruption did, at `until`; `until` itself where one
/// was still in force (a flaky vault lets an account recover now and then).
fn end_of_last_cause(cluster: &ClusterHistory, until: Time) -> Time {
    let ended = cluster.causes_ended.iter().rev().find(|&&at| at <= until);
    match (cluster.cause.at(until), ended) {
        (Some(false), Some(&ended)) => ended,
        _ => until,
    }
}
