use std::ops::Range;

use proptest::prelude::*;

use super::*;
use crate::experiment::{Asked, Runner, frame};

fn share(number: u64, of: u64) -> Share {
    format!("{number}/{of}").parse().expect("one of them")
}

fn parts(line: Line, of: u64) -> Vec<Range<u64>> {
    (0..of).map(|number| line.part(share(number, of))).collect()
}

#[test]
fn a_share_is_read() {
    for text in ["0/1", "63/64", "999999/1000000"] {
        let read: Share = text.parse().expect("one of them");
        assert_eq!(read.to_string(), text);
    }
    for text in [
        "",
        "1",
        "1/",
        "/1",
        "0/0",
        "1/1",
        "-1/2",
        "a/b",
        "0/1000001",
        "1/2/3",
    ] {
        assert!(text.parse::<Share>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn parts_tile_the_line(cells in 0_u64..40, replications in 0_u64..2_000, of in 1_u64..200) {
        let line = Line { cells, replications };
        let mut next = 0;
        for part in parts(line, of) {
            prop_assert_eq!(part.start, next);
            prop_assert!(part.start <= part.end);
            next = part.end;
            let within = part.start.checked_rem(replications).unwrap_or(0);
            prop_assert!(within % 64 == 0 || part.is_empty(), "{:?}", part);
        }
        prop_assert_eq!(next, line.len());
    }

    #[test]
    fn pieces_are_of_one_scenario(
        cells in 1_u64..20, replications in 1_u64..500, of in 1_u64..30, most in 1_u64..300,
    ) {
        let line = Line { cells, replications };
        for part in parts(line, of) {
            let mut next = part.start;
            for (cell, numbers) in line.pieces(part.clone(), most) {
                prop_assert_eq!(cell as u64 * replications + numbers.start, next);
                prop_assert!(!numbers.is_empty() && numbers.end <= replications);
                prop_assert!(numbers.end - numbers.start <= most);
                next += numbers.end - numbers.start;
            }
            prop_assert_eq!(next, part.end);
        }
    }

    #[test]
    fn what_is_missing_is_found(
        cells in 1_u64..6, replications in 1_u64..2_000, of in 1_u64..60, there: u64,
    ) {
        let line = Line { cells, replications };
        let all = parts(line, of);
        let is_there = |number: &u64| there >> (number % 64) & 1 == 1;
        let found = (0..of).filter(is_there).map(|number| Found {
            range: all[usize::try_from(number).expect("few")].clone(),
            records: Vec::new(),
        });
        let found: Vec<Found> = found.collect();
        prop_assert!(found.iter().all(|found| line.fits(&found.range, of)));
        let (gaps, shared) = gaps(line, &found);
        prop_assert!(shared.is_empty());
        let missing = (0..of).filter(|number| !is_there(number));
        let missing = missing.filter(|number| !line.part(share(*number, of)).is_empty());
        prop_assert_eq!(line.missing(&gaps, of), missing.collect::<Vec<u64>>());
    }
}

#[test]
fn parts_that_were_cut_otherwise_are_told() {
    let line = Line {
        cells: 1,
        replications: 640,
    };
    // The first third is there.
    let third = line.part(share(0, 3));
    assert!(line.fits(&third, 3) && line.fits(&third, 10) && !line.fits(&third, 4));
    let gap = third.end..640;
    let missing = |of| line.missing(std::slice::from_ref(&gap), of);
    assert_eq!(missing(3), [1, 2]);
    assert_eq!(missing(10), (3..10).collect::<Vec<u64>>());
    let cuts: Vec<u64> = (0..=640)
        .filter(|place| line.fits(&(0..*place), 4))
        .collect();
    assert_eq!(cuts, [0, 128, 320, 448, 640]);
}

#[test]
fn parts_that_share_replications_are_all_told() {
    let line = Line {
        cells: 1,
        replications: 640,
    };
    let shared = |ranges: &[Range<u64>]| {
        let found = ranges.iter().map(|range| Found {
            range: range.clone(),
            records: Vec::new(),
        });
        let (gaps, shared) = gaps(line, &found.collect::<Vec<Found>>());
        let gaps = gaps.first().map(|gap| (gap.start, gap.end));
        (gaps, shared.into_iter().collect::<Vec<usize>>())
    };
    let touching = shared(&[0..128, 128..128, 64..64, 128..640]);
    assert_eq!(touching, (None, vec![]));
    // One within another, one that begins within it, and one that begins where that ends.
    let several = shared(&[0..320, 512..576, 64..128, 256..448, 448..512]);
    assert_eq!(several, (Some((576, 640)), vec![0, 2, 3]));
    let copies = shared(&[64..128, 0..64, 64..128, 64..128]);
    assert_eq!(copies, (Some((128, 640)), vec![0, 2, 3]));
}

/// A part whose records have two bytes of each replication.
fn written(line: Line, range: Range<u64>, asked: &Asked) -> Vec<u8> {
    let part = Part {
        asked: asked.clone(),
        range,
    };
    let work = Work {
        line,
        most: 100,
        compute: Box::new(|cell, numbers, _| {
            let each = numbers.flat_map(|number| [cell.to_le_bytes()[0], number.to_le_bytes()[0]]);
            Ok(each.collect())
        }),
    };
    let mut bytes = part.head().into_bytes();
    part.compute(&work, &Runner::SERIAL, |record| {
        bytes.extend(record);
        Ok(())
    })
    .expect("it is computed");
    bytes
}

#[test]
fn a_part_says_of_which_study_and_whether_it_is_whole() {
    let line = Line {
        cells: 3,
        replications: 500,
    };
    let [own, other] = ["own", "other"].map(|question| Asked::of("run", &[], &question));
    let scan = |bytes: &[u8]| Found::scan(&own, line, &mut &*bytes).expect("in memory");
    for of in [1, 4, 64] {
        for range in parts(line, of) {
            let bytes = written(line, range.clone(), &own);
            let found = scan(&bytes).expect("it is whole");
            assert_eq!(found.range, range);
            // Another one of the same study has the same bytes.
            assert_eq!(written(line, range, &own), bytes);
        }
    }
    let bytes = written(line, 64..1_100, &own);
    assert_eq!(
        scan(&written(line, 64..1_100, &other)),
        Err(Fault::OtherStudy)
    );
    let longer = Line { cells: 4, ..line };
    assert_eq!(
        scan(&written(longer, 64..1_600, &own)),
        Err(Fault::TooFar(1_600))
    );
    assert_eq!(scan(b"anything"), Err(Fault::NoPart));
    for at in 0..bytes.len() {
        let cut = scan(&bytes[..at]);
        assert!(matches!(cut, Err(Fault::Damaged(_))), "cut off at {at}");
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        match scan(&damaged) {
            Err(Fault::NoPart) => assert!(at < "cmksim part ".len()),
            found => assert!(matches!(found, Err(Fault::Damaged(_))), "damaged at {at}"),
        }
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(matches!(scan(&longer), Err(Fault::Damaged(_))));
}

#[test]
fn a_part_of_another_version_is_told_as_that() {
    let line = Line {
        cells: 3,
        replications: 500,
    };
    let [own, other] = ["own", "other"].map(|question| Asked::of("run", &[], &question));
    let scan = |asked: &Asked, head: &str| {
        let found = Found::scan(asked, line, &mut head.as_bytes());
        found.expect("in memory").expect_err("it has no records")
    };
    let part = Part {
        asked: own.clone(),
        range: 0..64,
    };
    let head = part.head();
    let text = frame::text(head.as_bytes()).expect("it is whole");
    assert_eq!(scan(&own, &head), Fault::Damaged(0));
    assert_eq!(scan(&other, &head), Fault::OtherStudy);
    let (before, build) = text.split_once(" by ").expect("it says so");
    let digit = if build.starts_with('0') { "1" } else { "0" };
    let elsewhere = format!("{before} by {digit}{}", &build[1..]);
    let later = text.replacen("part 1", "part 2", 1) + " and more";
    for text in [elsewhere, later] {
        assert_eq!(scan(&own, &frame::line(&text)), Fault::OtherBuild, "{text}");
        assert_eq!(scan(&other, &frame::line(&text)), Fault::OtherBuild);
        assert_eq!(scan(&own, &format!("{text} 0\n")), Fault::Damaged(0));
    }
}
