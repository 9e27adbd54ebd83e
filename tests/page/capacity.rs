//! The capacity reservation of a cluster and who is billed for it.

use cmksim::model::Reason;
use cmksim::scenario::{Billing, Rule};
use cmksim::units::{Rate, Time};

use super::{AT_WORK, DAY, HOUR, NOTHING_YET, lived, minute, refusals};

fn level(gb_a_day: u64) -> Rate {
    Rate::from_bytes_per_day(gb_a_day * 1_000_000_000)
}

fn set(at: &str, gb_a_day: u64) -> String {
    format!(
        "[[event]]\nat = \"{at}\"\nkind = \"set_capacity_reservation\"\n\
         capacity_reservation = \"{gb_a_day} GB/day\"\n"
    )
}

const NOT_A_LEVEL: (Reason, Rule) = (Reason::CapacityNotALevel, Rule::CapacityLevels);

#[test]
fn capacity_is_1000_to_2000_in_steps_of_100() {
    let asked = |gb_a_day: u64| refusals(&lived("10h", &[AT_WORK, &set("1h", gb_a_day)]));
    for gb_a_day in (1_000..=2_000).step_by(100) {
        assert_eq!(asked(gb_a_day), [], "{gb_a_day}");
    }
    for gb_a_day in [0, 100, 500, 900, 999, 1_001, 1_050, 2_001, 2_100, 5_000] {
        assert_eq!(asked(gb_a_day), [NOT_A_LEVEL], "{gb_a_day}");
    }
}

#[test]
fn a_new_cluster_has_one_of_the_levels_too() {
    let created = |capacity: &str| {
        let create = "[[event]]\nat = \"1h\"\nkind = \"create_cluster\"\ncluster = \"secure\"\n";
        lived("10h", &[NOTHING_YET, create, capacity])
    };
    let given = |gb: u64| created(&format!("capacity_reservation = \"{gb} GB/day\"\n"));
    assert_eq!(refusals(&given(950)), [NOT_A_LEVEL]);
    assert_eq!(refusals(&given(2_100)), [NOT_A_LEVEL]);
    let held = |replay: &cmksim::experiment::Replay| {
        let entry = replay.history.clusters[0].capacity.last();
        *entry.expect("it has a capacity")
    };
    assert_eq!(held(&given(1_700)), (minute(HOUR), level(1_700)));
    // The lowest, where the request names none.
    assert_eq!(held(&created("")), (minute(HOUR), level(1_000)));
}

/// The change is synchronous: no operation runs, and the next one may follow at once.
#[test]
fn capacity_is_changed_at_once() {
    let world = [AT_WORK, &set("1h", 1_200), &set("1h", 1_500)];
    let replay = lived("10h", &world);
    assert_eq!(refusals(&replay), []);
    let (at, held) = *replay.history.clusters[0]
        .capacity
        .last()
        .expect("it has one");
    assert_eq!((at, held), (minute(HOUR), level(1_500)));
}

/// The page on costs, which the sentence refers to, knows this.
#[test]
fn capacity_is_not_lowered_for_31_days() {
    let world = [
        AT_WORK,
        &set("1d", 1_500),
        &set("31d 23h", 1_400),
        &set("32d", 1_300),
    ];
    let replay = lived("60d", &world);
    let locked = (Reason::CapacityLocked, Rule::CapacityLock);
    assert_eq!(refusals(&replay), [locked]);
    let capacity = &replay.history.clusters[0].capacity;
    assert_eq!(
        capacity[1..],
        [
            (minute(DAY), level(1_500)),
            (minute(32 * DAY), level(1_300))
        ]
    );
    // Higher it may be at any time.
    let raised = [AT_WORK, &set("1d", 1_500), &set("2d", 1_600)];
    assert_eq!(refusals(&lived("10d", &raised)), []);
}

#[test]
fn the_billing_type_is_changed_at_once() {
    let set = "[[event]]\nat = \"1h\"\nkind = \"set_billing_type\"\nbilling = \"workspaces\"\n";
    let replay = lived("10h", &[AT_WORK, set]);
    assert_eq!(
        *replay.history.clusters[0].billing,
        [
            (Time::BEGINNING, Billing::Cluster),
            (minute(HOUR), Billing::Workspaces)
        ]
    );
}

/// An update of the key takes ten minutes; whatever is asked for meanwhile is refused.
#[test]
fn a_cluster_runs_one_operation_at_a_time() {
    let update = "[[event]]\nat = \"1h\"\nkind = \"update_cluster_key\"\nversion = \"2\"\n";
    let refused = (Reason::OperationInProgress, Rule::OperationInProgress);
    for second in [
        "kind = \"set_capacity_reservation\"\ncapacity_reservation = \"1.5 TB/day\"",
        "kind = \"set_billing_type\"\nbilling = \"workspaces\"",
        "kind = \"update_cluster_key\"\nversion = \"1\"",
        "kind = \"delete_cluster\"",
    ] {
        let asked = |at: &str| {
            let event = format!("[[event]]\nat = \"{at}\"\n{second}\n");
            refusals(&lived("10h", &[AT_WORK, update, &event]))
        };
        assert_eq!(asked("1h 9m"), [refused], "{second}");
        assert_eq!(asked("1h 10m"), [], "{second}");
    }
}
