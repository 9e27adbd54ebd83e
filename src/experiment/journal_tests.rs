use super::*;
use crate::experiment::Runner;
use crate::scenario::{Scenario, Value, read};

fn scenario() -> Scenario {
    // Of the second workspace nothing differs from replication to replication.
    let text = "duration = '1d'\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n\
        [[workspace]]\nname = 'other'\ncluster = 'none'\ningestion = '1 TB/day'\n\
        [[event]]\nat = '1h'\nkind = 'disable_key'\nduration = '2h'\n";
    let reading = read("s", text.as_bytes(), &[]);
    reading.expect("right").scenario
}

fn gather(study: &Study<'_>, numbers: Range<u64>) -> Replications {
    study.gather(numbers, &Runner::SERIAL).expect("runs")
}

/// A journal of records that end at `ends`.
fn journal(study: &Study<'_>, first: u64, ends: &[u64]) -> Vec<u8> {
    let mut journal = Form::of(study).head(first).into_bytes();
    let starts = [&[first], ends].concat();
    for (&start, &end) in starts.iter().zip(ends) {
        journal.extend(record(&gather(study, start..end)));
    }
    journal
}

fn recover(study: &Study<'_>, mut journal: &[u8]) -> Result<Recovered, Fault> {
    Form::of(study).read(&mut journal)
}

#[track_caller]
fn wrong(found: Result<Recovered, Fault>) -> String {
    match found {
        Err(Fault::Wrong(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_cut_off_or_damaged_ends_it() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None, None]);
    let journal = journal(&study, 0, &[70, 100]);
    let all = recover(&study, &journal).expect("it is of this study");
    assert_eq!(all.replications, gather(&study, 0..100));
    assert_eq!(all.whole, journal.len() as u64);

    let first = gather(&study, 0..70);
    let end_of_first = Form::of(&study).head(0).len() + record(&first).len();
    let is_first = |bytes: &[u8]| {
        let some = recover(&study, bytes).expect("it is of this study");
        assert_eq!(some.replications, first);
        assert_eq!(some.whole, end_of_first as u64);
    };
    for end in [end_of_first, end_of_first + 5, journal.len() - 1] {
        is_first(&journal[..end]);
    }
    for at in (end_of_first..journal.len()).step_by(7) {
        let mut damaged = journal.clone();
        damaged[at] ^= 1;
        is_first(&damaged);
    }
}

#[test]
fn a_head_that_is_cut_off_is_of_a_study_that_was_ended_at_once() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None, None]);
    let head = Form::of(&study).head(128);
    for end in 0..head.len() - "128\n".len() {
        let nothing = recover(&study, &head.as_bytes()[..end]).expect("it is of this study");
        assert_eq!((nothing.replications, nothing.whole), (study.empty(), 0));
    }
    let begun = recover(&study, head.as_bytes()).expect("it is of this study");
    assert_eq!(begun.replications.numbers(), 128..128);
    for other in [
        "+128\n",
        "0128\n",
        "1000000000000\n",
        "x\n",
        "128 \n",
        "128",
    ] {
        let other = head.replace("128\n", other);
        let found = recover(&study, other.as_bytes());
        assert!(matches!(found, Err(Fault::Other)), "{other}: {found:?}");
    }
}

#[test]
fn only_what_decides_makes_it_another_study() {
    let scenario = scenario();
    let journal = journal(&Study::new(&scenario, &[None, None]), 0, &[64]);
    let mut other = scenario.clone();
    other.unchecked.seed += 1;
    let found = recover(&Study::new(&other, &[None, None]), &journal);
    assert!(matches!(found, Err(Fault::Other)), "{found:?}");
    other.unchecked.seed -= 1;
    other.unchecked.title = Some("another title".to_owned());
    other.unchecked.replications = 7;
    recover(&Study::new(&other, &[None, None]), &journal).expect("it is of this study");
    let mut fewer = Study::new(&scenario, &[None, None]);
    fewer.kept.pop();
    assert!(matches!(recover(&fewer, &journal), Err(Fault::Other)));
}

#[test]
fn a_finished_journal_does_not_tell_how_it_came_about() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None, None]);
    let written = |replications: &Replications| {
        let mut bytes = Vec::new();
        let form = Form::of(&study);
        form.write(replications, &mut bytes).expect("in memory");
        bytes
    };
    let at_once = written(&gather(&study, 0..300));
    for ends in [&[300][..], &[1, 2, 64, 300], &[17, 128, 299, 300]] {
        let found = recover(&study, &journal(&study, 0, ends)).expect("it is of this study");
        assert_eq!(written(&found.replications), at_once);
    }
    let found = recover(&study, &at_once).expect("it is of this study");
    assert_eq!(found.replications, gather(&study, 0..300));
}

#[test]
fn gaps_and_overlaps_are_refused_with_their_numbers() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None, None]);
    let first = journal(&study, 0, &[64]);
    let with = |numbers| [first.clone(), record(&gather(&study, numbers))].concat();
    let gap = wrong(recover(&study, &with(100..128)));
    assert_eq!(gap, "replications 64 to 99 are missing");
    let overlap = wrong(recover(&study, &with(50..60)));
    assert_eq!(overlap, "replications 50 to 59 are there twice");
    let overlap = wrong(recover(&study, &with(50..80)));
    assert_eq!(overlap, "replications 50 to 63 are there twice");
}

#[test]
fn what_was_finished_and_what_was_not_are_joined_where_they_meet() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None, None]);
    let join = |finished, more| joined(gather(&study, finished), gather(&study, more));
    let all = gather(&study, 0..100);
    assert_eq!(join(0..64, 64..100), Ok((all.clone(), true)));
    // Begun anew, and further than what was finished.
    assert_eq!(join(0..64, 0..100), Ok((all.clone(), true)));
    assert_eq!(join(0..0, 0..100), Ok((all.clone(), true)));
    // What was finished has it already.
    assert_eq!(join(0..100, 0..64), Ok((all.clone(), false)));
    assert_eq!(join(0..100, 64..100), Ok((all, false)));
    let missing = Err("replications 64 to 69 are missing".to_owned());
    assert_eq!(join(0..64, 70..100), missing);
    let twice = Err("replications 60 to 63 are there twice".to_owned());
    assert_eq!(join(0..64, 60..100), twice);
}

/// Every measure has a value in every replication, or none, and shares are shares.
fn has_values(replications: &Replications) {
    for column in replications.columns() {
        assert_eq!(column.values().count(), replications.count());
        let shares = column.values().filter_map(|value| match value {
            Some(Value::Ratio(share)) => Some(share),
            _ => None,
        });
        assert!(shares.into_iter().all(|share| (0.0..=1.0).contains(&share)));
    }
}

/// Whoever writes a record with a right checksum may write anything into it.
#[test]
fn a_crafted_record_is_refused_or_is_one_that_a_study_writes() {
    let scenario = scenario();
    let study = Study::new(&scenario, &[None, None]);
    let head = Form::of(&study).head(0).into_bytes();
    let body = gather(&study, 0..3).encoded();
    let sealed = |body: &[u8]| [head.clone(), frame::sealed(body)].concat();
    recover(&study, &sealed(&body)).expect("it is as it was written");
    let mut refused = 0;
    let mut judge = |body: &[u8]| {
        let sealed = sealed(body);
        match recover(&study, &sealed) {
            Ok(found) => {
                let study_writes = [&head[..], &record(&found.replications)].concat();
                assert!(study_writes == sealed, "a study writes it");
                has_values(&found.replications);
            }
            Err(_) => refused += 1,
        }
    };
    for at in 0..body.len() {
        for byte in [0, 1, 9, 0x7f, 0x80, 0xff] {
            let mut crafted = body.clone();
            crafted[at] = byte;
            judge(&crafted);
        }
        judge(&body[..at]);
        judge(&[&body[..at], &[0], &body[at..]].concat());
        if at + 8 <= body.len() {
            let number = u64::from_le_bytes(body[at..at + 8].try_into().expect("eight bytes"));
            // Where a column is said to be the same as another, that may be any.
            let small = if number < 100 { 100 } else { 2 };
            let large = [1 << 20, u64::MAX / 8, u64::MAX - 1, u64::MAX];
            for value in (0..small).chain(large) {
                let mut crafted = body.clone();
                crafted[at..at + 8].copy_from_slice(&value.to_le_bytes());
                judge(&crafted);
            }
        }
    }
    assert!(refused > 4 * body.len(), "{refused} of {}", body.len());
}
