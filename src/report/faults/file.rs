//! A scenario in which a sequence happens.

use std::fmt::Write;

use super::super::format::sanitize;
use super::Faults;
use crate::experiment::faults::Place;

/// The name of the file of a sequence, by its number among the minimal ones.
pub fn cut_name(faults: &Faults<'_>, number: usize) -> String {
    let names = faults.names(&faults.found.cuts[number]).join("+");
    format!("{}-{names}.toml", number + 1)
}

/// The file of a sequence: it extends the scenario, which `extends` leads to, and breaks what that
/// expects. `more` are the words of the command line that changed the scenario.
pub fn cut_file(faults: &Faults<'_>, number: usize, extends: &str, more: &[String]) -> String {
    let cut = &faults.found.cuts[number];
    let when = faults.when(cut);
    let mut text = String::from("# A minimal cut sequence, found by `cmksim faults`:\n");
    for (name, when) in faults.names(cut).iter().zip(&when) {
        let _ = writeln!(text, "# - {name}: {}", sanitize(when));
    }
    let _ = writeln!(
        text,
        "# It breaks {}.",
        sanitize(&faults.expectation(cut).text)
    );
    if !more.is_empty() {
        let _ = writeln!(
            text,
            "# Run it with {}, as it was found.",
            sanitize(&more.join(" "))
        );
    }
    if faults.replications > 1 {
        let of = faults.replications;
        let _ = writeln!(text, "# Found in replication {} of {of}.", cut.replication);
    }
    let _ = writeln!(text, "extends = {}", toml::Value::from(extends));
    if faults.replications > 1 {
        let _ = writeln!(text, "replications = {}", faults.replications);
    }
    // In the order of the list, so that those of one instant happen as they were found.
    let mut parts: Vec<_> = cut.parts.iter().collect();
    parts.sort_by_key(|part| part.fault);
    for part in parts {
        let fault = &faults.faults[part.fault];
        let _ = write!(text, "\n[[event]]\nname = \"{}\"\n", fault.name);
        text += &instant(faults, &part.place);
        for line in &fault.lines {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

fn instant(faults: &Faults<'_>, place: &Place) -> String {
    let after = place.after;
    match place.anchor {
        None => format!("at = \"{after}\"\n"),
        Some(anchor) => {
            let name = &faults.scenario.events[anchor.event].name;
            let edge = if anchor.end { "after_end" } else { "after" };
            format!("{edge} = \"{name}\"\ndelay = \"{after}\"\n")
        }
    }
}
