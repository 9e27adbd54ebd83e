//! Any bytes as a trace are read or explained, and what is read can be replayed. The first byte
//! chooses how the scenario names it.

use cmksim::intake::{fit, read};
use cmksim::scenario::{Scale, Trace};
use cmksim::units::{Duration, Rate, Time};
use libfuzzer_sys::Corpus;

pub(crate) fn target(bytes: &[u8]) -> Corpus {
    let Some((choices, bytes)) = bytes.split_first() else {
        return Corpus::Reject;
    };
    let chosen = |bit: u8| choices >> bit & 1 == 1;
    let filter = ("DataType".to_owned(), "Perf".to_owned());
    let trace = Trace {
        file: "usage.csv".into(),
        time: "StartTime".into(),
        volume: "Quantity".into(),
        scale: if chosen(0) {
            Scale::Unit(1_000_000)
        } else {
            Scale::MeanRate(Rate::from_bytes_per_day(1_000_000_000_000))
        },
        step: chosen(1).then_some(Duration::HOUR),
        filter: chosen(2).then_some(filter).into_iter().collect(),
        repeat: chosen(3),
        calendar: chosen(4),
    };
    match read(&trace, bytes, &|| false) {
        Ok((rows, _)) => {
            assert!(rows.count() > 0 && rows.step() > Duration::ZERO);
            fit(&trace, &rows, Some(0), Time::from_millis(1_000_000));
        }
        Err(error) => assert!(!error.faults().is_empty()),
    }
    Corpus::Keep
}
