//! A small scenario that is accepted is simulated in both ways of polling, audited, and reported
//! in every form.

use std::cell::Cell;

use cmksim::experiment::{Replay, replay};
use cmksim::model::Options;
use cmksim::report::{self, Command, File, Part, Style};
use cmksim::scenario::{Scenario, Source, read};
use cmksim::units::Time;
use libfuzzer_sys::Corpus;

/// Not larger: so that many can be tried.
const MOST_BYTES: usize = 4_000;
const MOST_MILLIS: i64 = 2 * 86_400_000;
const MOST_ACCOUNTS: u32 = 20;
/// So often a run asks whether to go on, and then is given up.
const MOST_ASKS: u32 = 4;
/// One in so many is drawn, which takes ten times as long as all else.
const PICTURED: usize = 8;

pub(crate) fn target(bytes: &[u8]) -> Corpus {
    if bytes.len() > MOST_BYTES {
        return Corpus::Reject;
    }
    let Ok(reading) = read("fuzz.toml", bytes, &[]) else {
        return Corpus::Reject;
    };
    let scenario = reading.scenario;
    if !is_small(&scenario) {
        return Corpus::Reject;
    }
    let traces = vec![None; scenario.workspaces.len()];
    let run = |every_poll| {
        let asks = Cell::new(0);
        let interrupt = |_: Time| {
            asks.set(asks.get() + 1);
            asks.get() > MOST_ASKS
        };
        let options = Options {
            every_poll,
            ..Options::default()
        };
        replay(&scenario, &traces, options, &interrupt)
    };
    match (run(false), run(true)) {
        (Ok(skipped), Ok(executed)) => {
            assert_eq!(skipped.fingerprint, executed.fingerprint);
            told(
                &scenario,
                &reading.text,
                &skipped,
                bytes.len() % PICTURED == 0,
            );
        }
        // One of them does more between two asks.
        (Err(error), _) | (_, Err(error)) if error.is_interrupted() => return Corpus::Reject,
        (Err(skipped), Err(executed)) => {
            assert!(!skipped.is_audit());
            assert_eq!(skipped.to_string(), executed.to_string());
        }
        (skipped, executed) => panic!(
            "skipping polls: {:?}, executing them: {:?}",
            skipped.err(),
            executed.err()
        ),
    }
    Corpus::Keep
}

fn is_small(scenario: &Scenario) -> bool {
    let accounts: u32 = scenario
        .clusters
        .iter()
        .map(|cluster| cluster.storage_accounts)
        .sum();
    let alone = |source: &Source| !matches!(source, Source::Trace(_));
    accounts <= MOST_ACCOUNTS
        && scenario.duration.millis() <= MOST_MILLIS
        && scenario
            .workspaces
            .iter()
            .all(|workspace| alone(&workspace.ingestion.source))
}

/// What can be said of it; with pictures everything.
fn told(scenario: &Scenario, source: &str, replay: &Replay, pictured: bool) {
    report::text(scenario, replay, Style::default());
    report::measures(scenario, replay);
    let command = Command::new(vec!["cmksim".to_owned(), "run".to_owned()]);
    let (parts, command) = match pictured {
        true => (&Part::ALL[..], Some(&command)),
        false => (&[Part::Summary, Part::Events, Part::Timeline][..], None),
    };
    let files = report::files(scenario, source, replay, parts, 50, command);
    assert_eq!(files.len(), if pictured { 6 } else { 3 });
    let filled = |file: &File| {
        let mut bytes = Vec::new();
        file.write_to(&mut bytes).expect("in memory");
        !bytes.is_empty()
    };
    assert!(files.iter().all(filled));
}
