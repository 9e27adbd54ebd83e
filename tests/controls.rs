//! Controls that a scenario suggests, and their values written into its text.

use std::fs;
use std::path::Path;

use cmksim::limits::Limit;
use cmksim::scenario::{Draft, Override, Reading, Scenario, read_with, rewritten};

use crate::lives::any_world;
use crate::shipped::scenarios;
use crate::worlds::{Dice, seeds};
use crate::written::written;

fn file(name: &str, _: &Limit) -> Result<Vec<u8>, String> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"));
    fs::read(folder.join(name)).map_err(|error| error.to_string())
}

fn reading(text: &str, set: &[Override]) -> Option<Reading> {
    read_with("scenario.toml", text.as_bytes(), set, &mut file).ok()
}

fn scenario(text: &str, set: &[Override]) -> Option<Scenario> {
    reading(text, set).map(|reading| reading.scenario)
}

/// The lines of a text that another does not have in the same order, at most one stretch.
fn changed<'t>(before: &str, after: &'t str) -> Vec<&'t str> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[same..], &new[same..]);
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    new[..new.len() - end].to_vec()
}

#[test]
fn a_value_written_into_a_shipped_scenario_changes_a_line_and_what_it_should() {
    let (mut written, mut refused) = (0, Vec::new());
    for path in scenarios() {
        let text = fs::read_to_string(&path).expect("readable");
        let draft = Draft::read("scenario.toml", text.as_bytes(), &[], &mut file).expect("decoded");
        let own = draft.clone().reading().expect("it is right").scenario;
        for control in draft.controls(&own) {
            let values = &control.values;
            assert!(values.contains(&control.value), "{control:?}");
            for value in [
                &values[0],
                &values[values.len() / 2],
                &values[values.len() - 1],
            ] {
                let set = format!("{}={}", control.path, value.text());
                let set_it = Override::new("set", &set);
                let about = format!("{}: {set}", path.display());
                let wanted = scenario(&text, std::slice::from_ref(&set_it));
                match rewritten("scenario.toml", &text, &set_it, &mut file) {
                    Ok(after) => {
                        assert_eq!(scenario(&after, &[]), wanted, "{about}");
                        let lines = changed(&text, &after);
                        assert!(lines.len() <= 4, "{about}: {lines:?}");
                        written += 1;
                    }
                    // A value may be wrong; one that is right can be written.
                    Err(why) if wanted.is_none() => assert!(!why.is_empty(), "{about}"),
                    Err(why) => refused.push(format!("{about}: {why}")),
                }
            }
        }
    }
    assert!(written > 700, "{written}");
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn a_value_written_into_a_random_world_means_what_the_override_means() {
    let mut written_values = 0;
    for seed in seeds(1_000) {
        let text = written(&any_world(seed));
        let draft = Draft::read("scenario.toml", text.as_bytes(), &[], &mut file).expect("decoded");
        let own = draft.clone().reading().expect("it is right").scenario;
        let controls = draft.controls(&own);
        let mut dice = Dice::new(seed);
        for _ in 0..controls.len().min(4) {
            let control = &controls[dice.index(controls.len())];
            let value = &control.values[dice.index(control.values.len())];
            let set = Override::new("set", &format!("{}={}", control.path, value.text()));
            let wanted = scenario(&text, std::slice::from_ref(&set));
            match (rewritten("scenario.toml", &text, &set, &mut file), wanted) {
                (Ok(after), wanted) => {
                    assert_eq!(scenario(&after, &[]), wanted, "world {seed}: {set:?}");
                    written_values += 1;
                }
                (Err(_), None) => {}
                (Err(why), Some(_)) => panic!("world {seed}: {set:?}: {why}\n{text}"),
            }
        }
    }
    assert!(written_values > 2_000, "{written_values}");
}

#[test]
fn comments_order_and_line_ends_stay() {
    let text = "# A question.\r\nduration = \"7d\" # a week\r\n\r\n[[workspace]]\r\nname = 'w' # all\r\n\
        ingestion = '1 TB/day'\r\n[[event]]\r\nkind = 'key_vault_outage' # why\r\nname='o'\r\nat = '2d'\r\n\
        duration = '45m'\r\n";
    let write = |text: &str, set: &str| {
        rewritten("s.toml", text, &Override::new("set", set), &mut file).expect(set)
    };
    let after = write(text, "event.o.duration=50m");
    assert_eq!(after, text.replace("'45m'", "\"50m\""));
    // A table that is not there yet is made at the end, a key below the others of its table.
    let after = write(&after, "behaviour.buffer_retention=2h");
    assert!(
        after.ends_with("\n[behaviour]\nbuffer_retention = \"2h\"\n"),
        "{after}"
    );
    let after = write(&after, "workspace.w.retention=90d");
    assert!(
        after.contains("ingestion = '1 TB/day'\r\nretention = \"90d\"\n[[event]]"),
        "{after}"
    );
    let after = write(&after, "seed=7");
    assert!(after.contains("# a week\r\nseed = 7\n"), "{after}");
    for wrong in [
        "event.x.duration=1h",
        "event.o.duration=-1",
        "workspace.*.retention=1d",
        "event.o=1",
    ] {
        let refused = rewritten("s.toml", text, &Override::new("set", wrong), &mut file);
        assert!(refused.is_err(), "{wrong}");
    }
}
