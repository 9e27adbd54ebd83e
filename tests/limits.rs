//! What grows has a limit, and who exceeds it is told which key, which limit and what to do.

use cmksim::experiment::replay;
use cmksim::kernel::never;
use cmksim::limits::{
    ALL_STORAGE_ACCOUNTS, BOOK_ENTRIES, CLUSTER_CHANGES, INTAKE_KNOTS, LOG_ENTRIES, Limit,
    WAITING_EVENTS,
};
use cmksim::model::{Change, Options, Reason, What};
use cmksim::scenario::{Measure, Scope, Value, read};
use cmksim::units::Volume;

/// A workspace, and a hazard that comes every millisecond or two.
const EVERY_MILLISECOND: &str = "duration = \"3d\"\n[[workspace]]\nname = \"logs\"\n\
    ingestion = \"1 TB/day\"\n[[hazard]]\nname = \"blip\"\nkind = \"identity_outage\"\n\
    gap = \"1ms\"\nduration = \"1ms\"\n";

/// What replaying a scenario that `check` takes is refused with.
fn refused(text: &str) -> String {
    let reading = read("s.toml", text.as_bytes(), &[]);
    let scenario = reading.expect("the scenario is taken").scenario;
    let traces = vec![None; scenario.workspaces.len()];
    let error = replay(&scenario, &traces, Options::default(), &never);
    let error = error.expect_err("too much happens");
    assert!(error.is_run());
    error.to_string()
}

fn says(message: &str, limit: Limit) {
    assert!(message.contains(&format!("more than {limit}")), "{message}");
    assert!(message.ends_with(limit.remedy), "{message}");
}

#[test]
fn the_log_has_a_limit_and_the_hazard_behind_it_is_named() {
    let message = refused(EVERY_MILLISECOND);
    says(&message, LOG_ENTRIES);
    assert!(message.contains("`hazard.blip.gap`"), "{message}");
}

#[test]
fn polls_that_change_an_account_each_time_fill_the_log_too() {
    let message = refused(
        "duration = \"40d\"\n[[cluster]]\nname = \"c\"\nstorage_accounts = 200\n[[workspace]]\n\
         name = \"logs\"\ningestion = \"1 TB/day\"\n[behaviour]\nrevocation_delay = \"30d\"\n\
         [[event]]\nname = \"flaky\"\nat = \"1h\"\nkind = \"key_vault_denials\"\n\
         failure_probability = 0.5\nduration = \"39d\"\n",
    );
    says(&message, LOG_ENTRIES);
    assert!(message.contains("`event.flaky`"), "{message}");
}

#[test]
fn changes_at_many_clusters_have_a_limit() {
    let mut text = EVERY_MILLISECOND.to_owned();
    for cluster in 0..60 {
        text += &format!("[[cluster]]\nname = \"c{cluster}\"\nstorage_accounts = 1\n");
    }
    let text = text.replace("name = \"logs\"\n", "name = \"logs\"\ncluster = \"c0\"\n");
    says(&refused(&text), CLUSTER_CHANGES);
}

#[test]
fn events_that_wait_have_a_limit() {
    let mut text = EVERY_MILLISECOND.to_owned();
    for follower in 0..50 {
        text += &format!(
            "[[event]]\nname = \"later{follower}\"\nafter = \"blip\"\ndelay = \"1d\"\n\
             kind = \"storage_outage\"\nduration = \"1m\"\n"
        );
    }
    says(&refused(&text), WAITING_EVENTS);
}

#[test]
fn the_books_have_a_limit_over_all_workspaces() {
    let mut text = "duration = \"300d\"\n[[cluster]]\nname = \"c\"\nstorage_accounts = 400\n\
        [[hazard]]\nkind = \"storage_outage\"\ngap = \"10d\"\nduration = \"1h\"\n"
        .to_owned();
    for workspace in 0..300 {
        text += &format!(
            "[[workspace]]\nname = \"w{workspace}\"\ningestion = \"1 GB/day\"\n\
             retention = \"{}d\"\n",
            31 + workspace
        );
    }
    says(&refused(&text), BOOK_ENTRIES);
}

#[test]
fn the_curves_of_all_workspaces_have_one_limit() {
    let noisy = |name: &str| {
        format!(
            "[[workspace]]\nname = \"{name}\"\n[workspace.ingestion]\nrate = \"1 GB/day\"\n\
             noise = {{ dist = \"gamma\", cv = 0.1, period = \"1m\" }}\n"
        )
    };
    let text = format!("duration = \"1500d\"\n{}{}", noisy("a"), noisy("b"));
    let message = refused(&text);
    says(&message, INTAKE_KNOTS);
    assert!(message.starts_with("workspace \"b\": "), "{message}");
}

#[test]
fn storage_accounts_have_a_limit_over_all_clusters() {
    let mut text = "duration = \"1d\"\n[[workspace]]\nname = \"logs\"\ncluster = \"c0\"\n\
        ingestion = \"1 GB/day\"\n"
        .to_owned();
    for cluster in 0..21 {
        text += &format!("[[cluster]]\nname = \"c{cluster}\"\nstorage_accounts = 10000\n");
    }
    let wrong = read("s.toml", text.as_bytes(), &[]).expect_err("there are too many");
    let wrong = wrong.render(false);
    assert!(wrong.contains("210000 storage accounts"), "{wrong}");
    assert!(wrong.contains(&ALL_STORAGE_ACCOUNTS.to_string()), "{wrong}");
}

#[test]
fn check_warns_where_the_limit_is_near_and_not_where_it_is_far() {
    let lints = |gap: &str| {
        let text = EVERY_MILLISECOND.replace("gap = \"1ms\"", &format!("gap = \"{gap}\""));
        let reading = read("s.toml", text.as_bytes(), &[]).expect("it is right");
        reading.lints.render(false)
    };
    // 3 days hold 370 000 times 700 ms, with two entries each.
    let near = lints("699ms");
    assert!(near.contains("may occur so often"), "{near}");
    assert!(near.contains("740570 entries"), "{near}");
    assert!(!lints("1100ms").contains("may occur so often"));
}

/// Where nothing arrives any number of surges is taken, and their product has no room for all.
#[test]
fn surges_that_multiply_beyond_all_numbers_stay_at_the_greatest() {
    let surge = "[[event]]\nat = \"1h\"\nkind = \"ingestion_surge\"\nworkspace = \"logs\"\n\
        factor = 1000\nduration = \"1h\"\n";
    let text = "duration = \"1d\"\n[[workspace]]\nname = \"logs\"\ningestion = \"0 B/day\"\n";
    let text = text.to_owned() + &surge.repeat(30);
    let reading = read("s.toml", text.as_bytes(), &[]).expect("the scenario is taken");
    let replay = replay(&reading.scenario, &[None], Options::default(), &never).expect("it runs");
    let offered = replay.measures.get(Scope::Total, Measure::Offered);
    assert_eq!(offered, Some(Value::Volume(Volume::ZERO)));
}

/// The number after the greatest that a version can have is none.
#[test]
fn a_version_after_the_greatest_number_is_refused() {
    let text = format!(
        "duration = \"1d\"\n[[key_vault]]\nname = \"vault\"\n\
         keys = {{ key = [\"{}\"] }}\n[[cluster]]\nname = \"c\"\n\
         [[workspace]]\nname = \"logs\"\ningestion = \"1 TB/day\"\n\
         [[event]]\nat = \"1h\"\nkind = \"create_key_version\"\n",
        u64::MAX
    );
    let reading = read("s.toml", text.as_bytes(), &[]).expect("the scenario is taken");
    let replay = replay(&reading.scenario, &[None], Options::default(), &never).expect("it runs");
    let exists = |change: &Change| change.what == What::WithoutEffect(Reason::VersionExists);
    assert!(
        replay.history.log.iter().any(exists),
        "{:?}",
        replay.history.log
    );
}
