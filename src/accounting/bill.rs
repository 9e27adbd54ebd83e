//! What the service bills for a run, and to whom. `docs/model.md`, section 21, states the rules.

use super::books::Books;
use super::kept::Area;
use super::usage::Days;
use crate::intake::Calendar;
use crate::kernel::StepFunction;
use crate::model::{ClusterHistory, ClusterLife, History};
use crate::scenario::{Billing, Exact, Prices, Scenario};
use crate::units::{Duration, Rate, Time, Volume};

/// What is paid, by what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paid {
    /// For capacity reservations, used or not.
    pub reservation: Exact,
    /// For what came above the reservation of its day.
    pub overage: Exact,
    /// For what went to the shared store.
    pub pay_as_you_go: Exact,
    /// For what was kept beyond the free time.
    pub retention: Exact,
    /// For requests to the key vault.
    pub key_vault: Exact,
}

impl Paid {
    /// Both.
    #[must_use]
    pub fn plus(self, other: Paid) -> Paid {
        Paid {
            reservation: self.reservation + other.reservation,
            overage: self.overage + other.overage,
            pay_as_you_go: self.pay_as_you_go + other.pay_as_you_go,
            retention: self.retention + other.retention,
            key_vault: self.key_vault + other.key_vault,
        }
    }
}

/// A reservation that is paid for, from when until when.
pub type Reserved = (Time, Time, Rate);

/// What a day of a cluster costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Charge {
    /// What is reserved.
    pub reserved: Volume,
    /// What that costs.
    pub reservation: Exact,
    /// What costs what came above it.
    pub overage: Exact,
}

impl Charge {
    /// What each of `days` costs under the reservations that are paid for, in order. A level
    /// that is paid for a part of the day counts, and costs, that part.
    pub fn of(days: &Days, reserved: &[Reserved], prices: &Prices) -> Charge {
        let day = u128::from(Duration::DAY.millis().unsigned_abs());
        let (mut byte_ms, mut reservation) = (0, 0);
        for &(from, until, level) in reserved {
            let (from, until) = (from.max(days.from), until.min(days.until));
            if from < until {
                let ms = u128::from((until - from).millis().unsigned_abs());
                byte_ms += u128::from(level.bytes_per_day()) * ms;
                reservation += prices.of_level(level) * ms / day;
            }
        }
        let reserved = u64::try_from(byte_ms / day).expect("no day has more than 2^63 bytes");
        let above = days.billed.bytes().saturating_sub(reserved);
        Charge {
            reserved: Volume::from_bytes(reserved),
            reservation,
            overage: prices.of_overage(above, reservation, reserved),
        }
    }
}

impl ClusterHistory {
    /// The reservations that are paid for: each level while the cluster is there.
    pub fn reserved(&self, end: Time) -> Vec<Reserved> {
        let mut reserved = Vec::new();
        for (from, until, &level) in self.capacity.intervals(end) {
            for (born, gone, life) in self.life.intervals(end) {
                let is_there = matches!(life, ClusterLife::Provisioning | ClusterLife::Provisioned);
                let (from, until) = (from.max(born), until.min(gone));
                if is_there && from < until {
                    reserved.push((from, until, level));
                }
            }
        }
        reserved
    }
}

/// Who pays what for a run.
pub(super) struct Bill {
    pub(super) workspaces: Vec<Paid>,
    pub(super) clusters: Vec<Paid>,
}

impl Bill {
    /// `requests` are those of each cluster to its key vault.
    pub(super) fn of(
        scenario: &Scenario,
        history: &History,
        books: &Books,
        requests: impl Iterator<Item = u64>,
    ) -> Bill {
        let prices = &scenario.prices;
        let workspaces = (0..books.workspaces.len()).map(|at| Paid {
            pay_as_you_go: prices.of_volume(books.to_shared_store(at)),
            retention: retention(books, history, at, prices),
            ..Paid::default()
        });
        let mut bill = Bill {
            workspaces: workspaces.collect(),
            clusters: Vec::with_capacity(history.clusters.len()),
        };
        let calendar = Calendar::new(scenario.start);
        for ((at, cluster), requests) in history.clusters.iter().enumerate().zip(requests) {
            let mut paid = Paid {
                key_vault: prices.of_requests(requests),
                ..Paid::default()
            };
            bill.use_of(at, cluster, books, calendar, prices, &mut paid);
            bill.clusters.push(paid);
        }
        bill
    }

    /// Bills the use of a cluster, day by day, to it or to its workspaces.
    fn use_of(
        &mut self,
        at: usize,
        cluster: &ClusterHistory,
        books: &Books,
        calendar: Calendar,
        prices: &Prices,
        paid: &mut Paid,
    ) {
        let reserved = cluster.reserved(books.end);
        let ends = reserved.iter().flat_map(|&(from, until, _)| [from, until]);
        let billed = cluster.billing.iter().map(|(at, _)| *at);
        let changes: Vec<Time> = ends.chain(billed).collect();
        let by_workspace = cluster
            .billing
            .iter()
            .any(|(_, to)| *to == Billing::Workspaces);
        let days = match by_workspace {
            true => books.days_by_workspace(at, calendar, &changes),
            false => books.days(at, calendar, &changes),
        };
        for days in &days {
            let charge = Charge::of(days, &reserved, prices);
            let all = Paid {
                reservation: charge.reservation * u128::from(days.count),
                overage: charge.overage * u128::from(days.count),
                ..Paid::default()
            };
            let rest = match billing_at(&cluster.billing, days.from) {
                Billing::Cluster => all,
                Billing::Workspaces => self.split(days, charge.reserved, all),
            };
            *paid = paid.plus(rest);
        }
    }

    /// Bills each workspace its part of what is reserved, or of all that came where that is
    /// more; and yields what nobody used.
    fn split(&mut self, days: &Days, reserved: Volume, all: Paid) -> Paid {
        let whole = u128::from(reserved.max(days.billed).bytes());
        let mut rest = all;
        if whole == 0 {
            return rest;
        }
        // Cumulative shares: the parts add up to the whole, whatever is rounded.
        let (mut so_far, mut taken) = (0_u128, Paid::default());
        for (workspace, part) in self.workspaces.iter_mut().zip(&days.parts) {
            so_far += u128::from(part.bytes());
            let up_to = |amount: Exact| muldiv(amount, so_far, whole);
            let (reservation, overage) = (up_to(all.reservation), up_to(all.overage));
            workspace.reservation += reservation - taken.reservation;
            workspace.overage += overage - taken.overage;
            (taken.reservation, taken.overage) = (reservation, overage);
        }
        rest.reservation -= taken.reservation;
        rest.overage -= taken.overage;
        rest
    }
}

/// `amount` * `part` / `whole`, rounded down; `part` is at most `whole`.
fn muldiv(amount: Exact, part: u128, whole: u128) -> Exact {
    // The product of the quotient is exact, that of the remainder is below whole * part.
    amount / whole * part + amount % whole * part / whole
}

/// Who is billed for a day: whoever was when it began. Before the cluster is created, nobody.
fn billing_at(billing: &StepFunction<Billing>, from: Time) -> Billing {
    billing.at(from).unwrap_or(Billing::Cluster)
}

/// What keeping the data of a workspace costs.
fn retention(books: &Books, history: &History, at: usize, prices: &Prices) -> Exact {
    let free = prices.free_retention;
    let retention = &history.workspaces[at].retention;
    if retention.iter().all(|(_, kept)| *kept <= free) {
        return 0;
    }
    let area = Area::below(books.intake(at));
    let stores = books.course(at).stores.iter();
    prices.of_retention(
        stores
            .map(|store| store.journal.kept(&area, free, books.end))
            .sum(),
    )
}

impl Books {
    /// What a workspace sent to the shared store in the run, and was stored there.
    fn to_shared_store(&self, workspace: usize) -> u64 {
        let shared = self.course(workspace).stores.iter();
        let shared = shared.filter(|store| store.cluster.is_none());
        shared
            .map(|store| store.journal.taken_in(self.intake(workspace)))
            .sum()
    }
}
