//! Real ingestion series, replayed with an outage and a revocation in them. The series are
//! not part of the project: `CMKSIM_DATA` names the folder that holds `derived/`.

use cmksim::experiment::{Replay, replay, traces};
use cmksim::model::Options;
use cmksim::scenario::{Measure, Scenario, Scope, Value, read};
use cmksim::units::{Duration, Time, Volume};

/// Reads and replays a scenario whose traces lie in the folder; `None` where there is none.
fn replay_real(scenario: &str) -> Option<(Scenario, Replay)> {
    let Some(folder) = std::env::var_os("CMKSIM_DATA") else {
        println!("skipped: CMKSIM_DATA is not set");
        return None;
    };
    let scenario = read("real.toml", scenario.as_bytes(), &[])
        .unwrap_or_else(|mistakes| panic!("{}", mistakes.render(false)))
        .scenario;
    let from_folder = |file: &str| {
        let path = std::path::Path::new(&folder).join(file);
        std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let (rows, warnings) = traces(&scenario, from_folder, &|| false).expect("the traces are read");
    warnings.iter().for_each(|warning| println!("{warning}"));
    let replay = replay(&scenario, &rows, Options::default(), &|_| false).expect("it runs");
    Some((scenario, replay))
}

fn volume(replay: &Replay, scope: Scope, measure: Measure) -> Volume {
    match replay.measures.get(scope, measure) {
        Some(Value::Volume(volume)) => volume,
        other => panic!("{} is a volume, not {other:?}", measure.name()),
    }
}

fn ms(text: &str) -> Duration {
    text.parse().expect("a duration")
}

/// What all workspaces were offered from one instant to another.
fn offered(scenario: &Scenario, replay: &Replay, from: Time, until: Time) -> Volume {
    let curves = (0..scenario.workspaces.len()).map(|workspace| replay.books.intake(workspace));
    let bytes = curves
        .map(|intake| intake.offered_at(until) - intake.offered_at(from))
        .sum();
    Volume::from_bytes(bytes)
}

/// The bounds of the model, with the intake as it really came: a denial of five hours at
/// `denied` and an outage of 45 minutes at `outage`.
fn holds(scenario: &Scenario, replay: &Replay, outage: Time, denied: Time) {
    let (hours, hour) = (ms("5h"), ms("60m"));
    let dropped = volume(replay, Scope::Total, Measure::Dropped);
    assert!(dropped >= offered(scenario, replay, denied + hour, denied + hours));
    assert!(dropped <= offered(scenario, replay, denied, denied + hours + ms("31m")));
    // The most an outage can buffer: from 30 minutes after it began, less the two gaps by
    // which an account may have been early or late.
    let buffered = volume(replay, Scope::Total, Measure::BufferedTotal);
    assert!(buffered >= offered(scenario, replay, outage + ms("30m"), outage + ms("45m")));
    assert!(buffered <= offered(scenario, replay, outage + ms("29m"), outage + ms("46m")));
    println!(
        "offered {}, dropped {}, buffered {}",
        volume(replay, Scope::Total, Measure::Offered).human(),
        dropped.human(),
        buffered.human()
    );
}

/// Eleven days of five series of Microsoft's cloud monitoring data set, as five workspaces of
/// one cluster that add up to 1.5 TB a day.
#[test]
fn five_workspaces_of_five_minute_rows() {
    let workspaces: String = (1..=5)
        .map(|n| {
            format!(
                "[[workspace]]\nname = \"ingress-0{n}\"\n[workspace.ingestion]\n\
                 trace = \"derived/msft_ingress_5min_5series.csv\"\ntime = \"timestamp\"\n\
                 volume = \"value\"\nscale_to = \"300 GB/day\"\nwhere = {{ series = \"ingress-0{n}\" }}\n"
            )
        })
        .collect();
    let scenario = format!("duration = \"11d\"\nseed = 1\n{workspaces}{INTERRUPTIONS}");
    let Some((scenario, replay)) = replay_real(&scenario) else {
        return;
    };
    let day = Duration::DAY.millis();
    holds(
        &scenario,
        &replay,
        Time::from_millis(3 * day),
        Time::from_millis(7 * day),
    );
    // The trace covers the run and each workspace is scaled to its mean.
    for workspace in 0..5 {
        let offered = volume(&replay, Scope::Workspace(workspace), Measure::Offered);
        assert_eq!(offered, "3300 GB".parse().expect("a volume"));
    }
}

/// 280 days of hourly rows of CESNET's network traffic, scaled to 1.5 TB a day.
#[test]
fn nine_months_of_hourly_rows() {
    let scenario = format!(
        "duration = \"279d\"\nseed = 1\n[[workspace]]\nname = \"cesnet\"\n[workspace.ingestion]\n\
         trace = \"derived/cesnet_ip103_hourly.csv\"\ntime = \"timestamp\"\nvolume = \"bytes\"\n\
         scale_to = \"1.5 TB/day\"\n{INTERRUPTIONS}"
    );
    let Some((scenario, replay)) = replay_real(&scenario) else {
        return;
    };
    let day = Duration::DAY.millis();
    holds(
        &scenario,
        &replay,
        Time::from_millis(3 * day),
        Time::from_millis(7 * day),
    );
}

const INTERRUPTIONS: &str = "
[[event]]
at = \"3d\"
kind = \"key_vault_outage\"
duration = \"45m\"

[[event]]
at = \"7d\"
kind = \"disable_key\"
duration = \"5h\"
";
