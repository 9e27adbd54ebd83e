//! `--vary PATH=LO..HI` with a resolution behind a zero byte, where one is given; the first byte
//! chooses which end is looked for.

use cmksim::scenario::{Grid, Setting, Wanted, read};
use libfuzzer_sys::Corpus;

use crate::expectations::WORLD;
use crate::scenario::explained;

pub(crate) fn target(bytes: &[u8]) -> Corpus {
    let Some((choice, bytes)) = bytes.split_first() else {
        return Corpus::Reject;
    };
    let wanted = match choice % 2 {
        0 => Wanted::Largest,
        _ => Wanted::Smallest,
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Corpus::Reject;
    };
    let (range, resolution) = match text.split_once('\0') {
        Some((range, resolution)) => (range, Some(resolution)),
        None => (text, None),
    };
    match Grid::read(range, resolution, wanted) {
        Ok(grid) => in_order(&grid),
        Err(told) => assert!(!told.is_empty()),
    }
    Corpus::Keep
}

/// Its values go from the one end to the other, and each can be read again and set.
fn in_order(grid: &Grid) {
    let last = grid.count() - 1;
    assert!(last >= 1);
    let (first, end) = match grid.wanted {
        Wanted::Largest => (&grid.low, &grid.high),
        Wanted::Smallest => (&grid.high, &grid.low),
    };
    assert_eq!((&grid.value(0), &grid.value(last)), (first, end));
    let upwards = grid.wanted == Wanted::Largest;
    let some = [0, 1, last / 3, last / 2, last - 1, last];
    let mut before = None;
    for number in some {
        let value = grid.value(number);
        let place = value.position().expect("a quantity");
        if let Some((at, other)) = before.replace((number, place))
            && at < number
        {
            let right = if upwards {
                other < place
            } else {
                other > place
            };
            assert!(right, "{at} and {number} of {grid:?}");
        }
        // A number that is whole is written as one.
        let again = Setting::read(&value.text()).position();
        assert_eq!(again, Some(place), "{number} of {grid:?}");
        if let Err(wrong) = read("fuzz.toml", WORLD.as_bytes(), &[grid.set("--vary", &value)]) {
            explained(&wrong);
        }
    }
}
