//! What a run costs: against plain arithmetic on the daily volumes, and by hand.

use cmksim::accounting::{Charge, Days};
use cmksim::experiment::plan::{Plan, gather};
use cmksim::experiment::{Replay, Runner, replay};
use cmksim::intake::Calendar;
use cmksim::kernel::{StepFunction, never};
use cmksim::model::{ClusterLife, Options, Route};
use cmksim::scenario::{Billing, Measure, Overage, Reservation, Scenario, Scope, Value, read};
use cmksim::units::{Duration, Money, Probability, Rate, Time, Volume};

use crate::lives::life;
use crate::worlds::{Scale, seeds, shown, world_of};

fn replayed(scenario: &Scenario) -> Replay {
    let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
    replay(scenario, &traces, Options::default(), &never)
        .unwrap_or_else(|error| panic!("{error}, {}", shown(scenario)))
}

fn of_text(text: &str) -> (Scenario, Replay) {
    let reading = read("costs.toml", text.as_bytes(), &[]);
    let scenario = reading
        .unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
        .scenario;
    let replay = replayed(&scenario);
    (scenario, replay)
}

fn amount(replay: &Replay, scope: Scope, measure: Measure) -> Money {
    match replay.measures.get(scope, measure) {
        Some(Value::Money(amount)) => amount,
        other => panic!("{measure:?} is {other:?}"),
    }
}

fn total(replay: &Replay, measure: Measure) -> f64 {
    amount(replay, Scope::Total, measure).as_f64()
}

fn money(text: &str) -> Money {
    text.parse().expect("an amount")
}

const COSTS: [Measure; 5] = [
    Measure::ReservationCost,
    Measure::OverageCost,
    Measure::PayAsYouGoCost,
    Measure::RetentionCost,
    Measure::KeyVaultCost,
];

/// Random worlds, and random lives of clusters in them.
fn worlds() -> impl Iterator<Item = Scenario> {
    let small = seeds(150).map(|seed| world_of(Scale::Milliseconds, seed));
    let large = seeds(150).map(|seed| world_of(Scale::Hours, seed));
    small.chain(large).chain(seeds(150).map(life))
}

/// The price of a level for a day, by the rules in words.
fn price(scenario: &Scenario, level: Rate) -> f64 {
    let bytes = |rate: Rate| rate.bytes_per_day() as f64;
    match &scenario.prices.reservation {
        Reservation::Discount(discount) => {
            let paid = 1.0 - discount.parts() as f64 / Probability::ALWAYS.parts() as f64;
            bytes(level) / 1e9 * scenario.prices.pay_as_you_go.as_f64() * paid
        }
        Reservation::Levels(levels) => {
            let below = levels.iter().rev().find(|(size, _)| *size <= level);
            let (priced, amount) = below.unwrap_or(&levels[0]);
            amount.as_f64() / bytes(*priced) * bytes(level)
        }
    }
}

/// What a cluster's reservation costs under the levels that it has, and what comes above it, day
/// by day.
fn recalculated(
    scenario: &Scenario,
    replay: &Replay,
    at: usize,
    capacity: &StepFunction<Rate>,
) -> (f64, f64) {
    let cluster = &replay.history.clusters[at];
    let day = Duration::DAY.millis() as f64;
    let (mut reservation, mut overage) = (0.0, 0.0);
    let calendar = Calendar::new(scenario.start);
    for days in replay.books.days(at, calendar, &[]) {
        for nth in 0..days.count.cast_signed() {
            let later = Duration::from_millis(nth * Duration::DAY.millis());
            let (from, until) = (days.from + later, days.until + later);
            // In pieces in which nothing about the reservation changes.
            let mut ends: Vec<_> = capacity.iter().map(|step| step.0).collect();
            ends.extend(cluster.life.iter().map(|step| step.0));
            ends.extend([from, until]);
            ends.retain(|end| (from..=until).contains(end));
            ends.sort_unstable();
            let (mut reserved, mut paid) = (0.0, 0.0);
            for piece in ends.windows(2) {
                let held = |at| capacity.iter().rev().find(move |step| step.0 <= at);
                let life = cluster.life.iter().rev().find(|step| step.0 <= piece[0]);
                let is_there = life.is_some_and(|step| {
                    [ClusterLife::Provisioning, ClusterLife::Provisioned].contains(&step.1)
                });
                if let (Some(&(_, level)), true) = (held(piece[0]), is_there) {
                    let part = (piece[1] - piece[0]).millis() as f64 / day;
                    reserved += level.bytes_per_day() as f64 * part;
                    paid += price(scenario, level) * part;
                }
            }
            let above = (days.billed.bytes() as f64 - reserved.floor()).max(0.0);
            reservation += paid;
            overage += match scenario.prices.overage {
                Overage::Reservation if reserved >= 1.0 => above * paid / reserved.floor(),
                _ => above / 1e9 * scenario.prices.pay_as_you_go.as_f64(),
            };
        }
    }
    (reservation, overage)
}

/// Amounts that may differ by what two bytes a day and workspace cost, for these are rounded.
#[track_caller]
fn close(found: f64, expected: f64, scenario: &Scenario) {
    let prices = &scenario.prices;
    let of_level = match &prices.reservation {
        Reservation::Discount(_) => 0.0,
        Reservation::Levels(levels) => levels
            .iter()
            .map(|(level, amount)| amount.as_f64() / level.bytes_per_day() as f64)
            .fold(0.0, f64::max),
    };
    let of_byte = of_level.max(prices.pay_as_you_go.as_f64() / 1e9);
    let days = scenario.duration.millis() as f64 / Duration::DAY.millis() as f64 + 2.0;
    let bytes = 2.0 * days * (scenario.workspaces.len() + 1) as f64;
    let off = (found - expected).abs();
    assert!(
        off <= 2e-6 + expected.abs() * 1e-6 + of_byte * bytes,
        "{found}, in fact {expected}, {}",
        shown(scenario)
    );
}

#[test]
fn costs_are_those_of_the_daily_volumes() {
    let (mut reserved, mut above) = (0, 0);
    for scenario in worlds() {
        let replay = replayed(&scenario);
        let (mut reservation, mut overage) = (0.0, 0.0);
        for at in 0..scenario.clusters.len() {
            let capacity = &replay.history.clusters[at].capacity;
            let of_cluster = recalculated(&scenario, &replay, at, capacity);
            reservation += of_cluster.0;
            overage += of_cluster.1;
        }
        close(
            total(&replay, Measure::ReservationCost),
            reservation,
            &scenario,
        );
        close(total(&replay, Measure::OverageCost), overage, &scenario);
        reserved += usize::from(reservation > 0.0);
        above += usize::from(overage > 0.0);
    }
    assert!(
        reserved > 100 && above > 50,
        "{reserved} reservations, {above} overages"
    );
}

/// A plan's options, each against a plain loop over the days of the worlds: reservation, overage
/// and pay-as-you-go by the day, retention and key vault as whoever pays them is billed. What the
/// options of all clusters leave out is paid by workspaces that are in no cluster.
#[test]
fn every_option_of_a_plan_costs_what_the_daily_volumes_say() {
    let (mut compared, mut kept) = (0, 0);
    for scenario in worlds().step_by(2) {
        let replay = replayed(&scenario);
        let traces: Vec<_> = scenario.workspaces.iter().map(|_| None).collect();
        let gathered = gather(&scenario, &traces, 1, &Runner::SERIAL).expect("it runs");
        let plan = Plan::of(&scenario, &gathered);
        let mut rest = [0.0; 3];
        for (at, planned) in plan.clusters.iter().enumerate() {
            for level in &planned.levels {
                let held = StepFunction::constant(level.level);
                let (reservation, overage) = recalculated(&scenario, &replay, at, &held);
                close(level.bill.parts[0], reservation, &scenario);
                close(level.bill.parts[1], overage, &scenario);
                let sum: f64 = level.bill.parts.iter().sum();
                close(level.bill.mean(), sum, &scenario);
                assert_eq!(level.bill.parts[2..], planned.levels[0].bill.parts[2..]);
                compared += 1;
            }
            let days = replay.books.days(at, Calendar::new(scenario.start), &[]);
            let bytes = days.iter().map(|days| days.billed.bytes() * days.count);
            let list = scenario.prices.pay_as_you_go.as_f64();
            let own = &planned.levels[planned.own].bill.parts;
            let all = bytes.sum::<u64>() as f64 / 1e9 * list + own[2] + own[3];
            close(planned.without.mean(), all, &scenario);
            let vault = amount(&replay, Scope::Cluster(at), Measure::KeyVaultCost);
            assert!((own[4] - vault.as_f64()).abs() < 1e-6);
            rest.iter_mut()
                .zip(&own[2..])
                .for_each(|(sum, part)| *sum += part);
        }
        let outside = |at: &usize| {
            let mut routes = replay.history.workspaces[*at].route.iter();
            routes.all(|(_, route)| *route == Route::SharedStore)
        };
        let parts = [
            Measure::PayAsYouGoCost,
            Measure::RetentionCost,
            Measure::KeyVaultCost,
        ];
        for (part, sum) in parts.into_iter().zip(rest) {
            let outside = (0..scenario.workspaces.len()).filter(outside);
            let scopes = outside
                .map(Scope::Workspace)
                .filter(|scope| scope.has(part));
            let others: f64 = scopes
                .map(|scope| amount(&replay, scope, part).as_f64())
                .sum();
            let whole = total(&replay, part);
            assert!(
                (sum + others - whole).abs() < 1e-3,
                "{part:?}: {sum}, {others}, {whole}"
            );
            kept += usize::from(part == Measure::RetentionCost && sum > 0.0);
        }
    }
    assert!(
        compared > 1_000 && kept > 20,
        "{compared} options, {kept} with retention"
    );
}

/// Whoever is billed: what is billed is what arrived and was neither cut off nor dropped.
#[test]
fn nothing_is_billed_twice_or_not_at_all() {
    for mut scenario in worlds() {
        // One unit of money a GB, whoever pays it: the shared store's part can be read off.
        scenario.unchecked.prices.pay_as_you_go = Money::from_millionths(1_000_000_000_000);
        let replay = replayed(&scenario);
        let volume = |measure| match replay.measures.get(Scope::Total, measure) {
            Some(Value::Volume(volume)) => volume.bytes(),
            other => panic!("{measure:?} is {other:?}"),
        };
        let kept = volume(Measure::Offered) - volume(Measure::Rejected) - volume(Measure::Dropped);
        let clusters = 0..scenario.clusters.len();
        let calendar = Calendar::new(scenario.start);
        let days = clusters.flat_map(|at| replay.books.days(at, calendar, &[]));
        let (mut billed, mut room) = (0, 10);
        for days in days {
            billed += days.billed.bytes() * days.count;
            room += days.count * 2 * scenario.workspaces.len() as u64;
        }
        let shared = amount(&replay, Scope::Total, Measure::PayAsYouGoCost);
        let shared = shared.millionths() / 1_000;
        let accounts = scenario
            .clusters
            .iter()
            .map(|cluster| u64::from(cluster.storage_accounts));
        room += accounts.sum::<u64>() * scenario.workspaces.len() as u64 * 20;
        assert!(
            kept.abs_diff(billed + shared) <= room,
            "{kept} B were kept, {billed} B and {shared} B are billed, {}",
            shown(&scenario)
        );
    }
}

/// What is reserved for a day is rounded down once, in however many pieces it is reserved.
#[test]
fn a_reservation_in_pieces_is_that_of_the_whole() {
    let scenario = worlds().next().expect("a world");
    let noon = Time::START + Duration::from_millis(Duration::DAY.millis() / 2);
    let night = Time::START + Duration::DAY;
    let days = Days {
        from: Time::START,
        until: night,
        count: 1,
        billed: Volume::from_bytes(0),
        parts: Vec::new(),
    };
    let three = Rate::from_bytes_per_day(3);
    let reserved = |pieces: &[(Time, Time, Rate)]| {
        let charge = Charge::of(&days, pieces, &scenario.prices);
        charge.reserved
    };
    let pieces = [(Time::START, noon, three), (noon, night, three)];
    assert_eq!(reserved(&pieces), Volume::from_bytes(3));
    assert_eq!(reserved(&pieces[..1]), Volume::from_bytes(1));
}

#[test]
fn what_all_pay_is_the_total_whoever_is_billed() {
    let mut compared = 0;
    for scenario in worlds() {
        let replay = replayed(&scenario);
        let scopes = (0..scenario.workspaces.len()).map(Scope::Workspace);
        let scopes: Vec<Scope> = scopes
            .chain((0..scenario.clusters.len()).map(Scope::Cluster))
            .collect();
        for measure in COSTS.into_iter().chain([Measure::Cost]) {
            let parts = scopes.iter().filter(|scope| scope.has(measure));
            let parts: u64 = parts
                .map(|scope| amount(&replay, *scope, measure).millionths())
                .sum();
            let whole = amount(&replay, Scope::Total, measure).millionths();
            // Each of them is rounded to the nearest millionth.
            let room = 5 * (scopes.len() as u64 + 1);
            assert!(
                parts.abs_diff(whole) <= room,
                "{measure:?}: {parts}, {whole}"
            );
        }
        let sum: Money = COSTS
            .map(|measure| amount(&replay, Scope::Total, measure))
            .into_iter()
            .sum();
        assert_eq!(sum, amount(&replay, Scope::Total, Measure::Cost));
        let mut others = scenario.clone();
        for cluster in &mut others.unchecked.clusters {
            cluster.billing = match cluster.billing {
                Billing::Cluster => Billing::Workspaces,
                Billing::Workspaces => Billing::Cluster,
            };
        }
        let other = replayed(&others);
        if other.history.log != replay.history.log {
            // Somebody asked for the billing type that is there already, and waited no longer.
            continue;
        }
        compared += 1;
        // Rounded by workspace or by cluster, a day may differ by some bytes.
        close(
            total(&other, Measure::Cost),
            total(&replay, Measure::Cost),
            &scenario,
        );
    }
    assert!(compared > 300, "only {compared} are comparable");
}

#[test]
fn a_higher_price_costs_no_less() {
    let raised = |money: &mut Money| *money += Money::from_millionths(123_456);
    for scenario in worlds() {
        let before = amount(&replayed(&scenario), Scope::Total, Measure::Cost);
        let mut dearer: [Scenario; 4] = std::array::from_fn(|_| scenario.clone());
        raised(&mut dearer[0].unchecked.prices.pay_as_you_go);
        raised(&mut dearer[1].unchecked.prices.retention);
        raised(&mut dearer[2].unchecked.prices.key_vault_operations);
        match &mut dearer[3].unchecked.prices.reservation {
            Reservation::Discount(discount) => {
                *discount = Probability::from_parts(discount.parts() / 2);
            }
            Reservation::Levels(levels) => levels.iter_mut().for_each(|(_, price)| raised(price)),
        }
        for dearer in &dearer {
            let after = amount(&replayed(dearer), Scope::Total, Measure::Cost);
            assert!(after >= before, "{after} < {before}, {}", shown(dearer));
        }
    }
}

const MONTH_OF_1500_GB: &str = "
    duration = \"30d\"
    [[cluster]]
    name = \"cluster\"
    capacity_reservation = \"1000 GB/day\"
    [[workspace]]
    name = \"logs\"
    ingestion = \"1500 GB/day\"
    ";

/// 30 days of 1 500 GB under 1 000 GB reserved. 2020: 1 000 * 2.30 * 75% = 1 725 a day, and
/// 500 * 2.30 = 1 150 above it. 2021: 1 700 a day, and 500 * 1.70 = 850.
#[test]
fn a_month_by_hand_in_two_editions() {
    let (_, replay) = of_text(MONTH_OF_1500_GB);
    assert_eq!(
        amount(&replay, Scope::Total, Measure::ReservationCost),
        money("51750")
    );
    assert_eq!(
        amount(&replay, Scope::Total, Measure::OverageCost),
        money("34500")
    );
    assert_eq!(
        amount(&replay, Scope::Total, Measure::RetentionCost),
        money("0")
    );
    let (_, replay) = of_text(&format!("edition = \"2021-07\"\n{MONTH_OF_1500_GB}"));
    assert_eq!(
        amount(&replay, Scope::Total, Measure::ReservationCost),
        money("51000")
    );
    assert_eq!(
        amount(&replay, Scope::Total, Measure::OverageCost),
        money("25500")
    );
}

/// Of 90 days kept the first 31 are free: in a steady state 59 days of 1 500 GB are paid for, a
/// month (365 / 12 days) of a GB costs 0.10; in 30 days that is 59 * 1 500 * 0.10 * 30 / (365 / 12).
#[test]
fn retention_by_hand() {
    let (_, replay) = of_text(&format!("{MONTH_OF_1500_GB}\nretention = \"90d\""));
    let expected = 59.0 * 1500.0 * 0.10 * 30.0 / (365.0 / 12.0);
    let found = total(&replay, Measure::RetentionCost);
    assert!(
        (found - expected).abs() < 1e-4,
        "{found}, in fact {expected}"
    );
}

/// A workspace that uses a quarter of what is reserved pays a quarter; nobody used half.
#[test]
fn workspaces_pay_their_part_and_the_cluster_what_nobody_used() {
    let (_, replay) = of_text(
        "duration = \"10d\"
        [[cluster]]
        name = \"cluster\"
        capacity_reservation = \"1000 GB/day\"
        billing = \"workspaces\"
        [[workspace]]
        name = \"one\"
        ingestion = \"250 GB/day\"
        [[workspace]]
        name = \"other\"
        ingestion = \"250 GB/day\"
        [[workspace]]
        name = \"elsewhere\"
        cluster = \"none\"
        ingestion = \"10 GB/day\"",
    );
    let paid = |scope, measure| amount(&replay, scope, measure);
    for workspace in [0, 1] {
        assert_eq!(
            paid(Scope::Workspace(workspace), Measure::Cost),
            money("4312.5")
        );
    }
    assert_eq!(
        paid(Scope::Cluster(0), Measure::ReservationCost),
        money("8625.0")
    );
    assert_eq!(paid(Scope::Workspace(2), Measure::Cost), money("230.0"));
}

/// A revocation drops data: it is not billed, and the reservation is.
#[test]
fn what_is_dropped_is_not_billed() {
    let (_, replay) = of_text(&format!(
        "{MONTH_OF_1500_GB}
        [[event]]
        at = \"10d\"
        kind = \"disable_key\"
        duration = \"5d\"
        [behaviour]
        revocation_delay = \"0s\"
        revocation_recovery = \"0s\"
        poll_interval = {{ min = \"1s\", max = \"1s\" }}"
    ));
    let overage = total(&replay, Measure::OverageCost);
    // 25 days above the reservation, give or take the second until the storage asks.
    assert!((overage - 25.0 * 1150.0).abs() < 0.2, "{overage}");
    assert_eq!(
        amount(&replay, Scope::Total, Measure::ReservationCost),
        money("51750")
    );
}

#[test]
fn days_alike_are_one_entry() {
    let (_, replay) = of_text(MONTH_OF_1500_GB);
    let days = replay.books.days(0, Calendar::new(None), &[]);
    let [days] = &days[..] else {
        panic!("{days:?}");
    };
    assert_eq!(
        (days.count, days.billed),
        (30, Volume::from_bytes(1_500_000_000_000))
    );
}
