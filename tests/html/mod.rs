//! `report.html` of every command: what it is made of, and that equal runs give equal bytes.

pub(crate) mod browser;
pub(crate) mod devtools;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A scenario whose texts try to be markup; its file tries too.
const HOSTILE: &str = r#"# </pre><script>alert(3)</script>
title = "<script>alert(1)</script> & \"quotes\" 'n' \u202Etxet <averyverylongnamethatdoesnotbreak>"
description = "</title></style><img src=x onerror=alert(2)> \u05D0\u05D1\u05D2 <!-- ]]> &lt;"
duration = "3d"
expect = ["dropped == 0 B"]
[[cluster]]
name = "averyveryverylongnameofaclusterthatisneverbroken"
[[workspace]]
name = "averyveryverylongnameofaworkspacethatisneverbroken-and"
ingestion = "1 TB/day"
[[workspace]]
name = "b"
ingestion = "1 TB/day"
[[event]]
at = "1d"
kind = "disable_key"
duration = "5h"
"#;
const HOSTILE_FILE: &str = "<img src=x onerror=alert(4)> & \"'.toml";

/// The arguments of commands, by what their reports are called. A space parts them, and `+`
/// stands for a space in one.
const COMMANDS: [(&str, &str); 10] = [
    (
        "sensitivity",
        "sensitivity --of dropped --morris 2 --replications 20 scenarios/key-disabled-40-minutes.toml",
    ),
    ("run", "run scenarios/key-vault-outage.toml"),
    ("denial", "run scenarios/key-disabled-5-hours.toml"),
    (
        "study",
        "run --exit-zero --replications 100 scenarios/study-on-call-delay.toml",
    ),
    (
        "curve",
        "sweep --replications 20 scenarios/study-buffer-hours.toml",
    ),
    (
        "map",
        "sweep --replications 5 scenarios/key-vault-outage.toml --vary \
         event.outage.duration=1h..8h/5 --vary behaviour.buffer_retention=2h,4h,6h",
    ),
    (
        "solve",
        "solve --replications 100 scenarios/key-vault-outage.toml --vary \
         event.outage.duration=5m..24h --such-that probability(dropped+==+0+B)+>=+90%",
    ),
    (
        "mean",
        "solve --replications 100 scenarios/key-vault-outage.toml --vary \
         event.outage.duration=5m..24h --such-that mean(dropped)+<=+1+GB",
    ),
    (
        "compare",
        "compare --replications 40 scenarios/key-disabled-40-minutes.toml \
         scenarios/key-disabled-fixed-by-on-call.toml",
    ),
    (
        "plan",
        "plan --replications 40 scenarios/plan-for-a-growing-cluster.toml",
    ),
];

fn words(arguments: &str) -> Vec<String> {
    let words = arguments.split_whitespace();
    words.map(|word| word.replace('+', " ")).collect()
}

/// Runs a command with `--report`, and says where that is.
fn report(arguments: &[String], folder: &Path) -> PathBuf {
    let output = Command::new(env!("CARGO_BIN_EXE_cmksim"))
        .current_dir(ROOT)
        .args(arguments)
        .args(["--report", "--output"])
        .arg(folder)
        .output()
        .expect("it starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {told}");
    let path = folder.join("report.html");
    let named = format!("wrote {}\n", path.display());
    assert!(told.contains(&named), "{arguments:?}: {told}");
    path
}

/// A report of every command, made once.
fn reports() -> &'static [(&'static str, PathBuf)] {
    static REPORTS: LazyLock<(TempDir, Vec<(&str, PathBuf)>)> = LazyLock::new(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let hostile = folder.path().join(HOSTILE_FILE);
        fs::write(&hostile, HOSTILE).expect("a file");
        let hostile = hostile.to_str().expect("a path of letters");
        let hostile = ["run", "--exit-zero", hostile].map(str::to_owned).to_vec();
        let commands = COMMANDS.map(|(name, arguments)| (name, words(arguments)));
        let commands = commands.into_iter().chain([("hostile", hostile)]);
        let made = |(name, words): (_, Vec<String>)| {
            let report = report(&words, &folder.path().join(name));
            (name, report)
        };
        let reports = commands.map(made).collect();
        (folder, reports)
    });
    &REPORTS.1
}

/// The report of that name.
fn page(name: &str) -> String {
    let (_, path) = reports()
        .iter()
        .find(|report| report.0 == name)
        .expect("a report");
    fs::read_to_string(path).expect("text")
}

/// The tags of a page in order, each with its attributes.
fn tags(page: &str) -> Vec<(&str, &str)> {
    let (head, rest) = page.split_once("<style>").expect("a style");
    let (_, rest) = rest.split_once("</style>").expect("its end");
    let (body, rest) = rest.split_once("<script>").expect("a script");
    let (_, foot) = rest.split_once("</script>").expect("its end");
    let parts = [head, body, foot].into_iter();
    let tags = parts.flat_map(|part| part.split('<').skip(1));
    let tags = tags.map(|tag| tag.split_once('>').expect("a tag has an end").0);
    tags.map(|tag| tag.split_once(' ').unwrap_or((tag, "")))
        .collect()
}

fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let written = format!(" {name}=\"");
    let padded = attributes.find(&written[1..])?;
    let value = &attributes[padded + written.len() - 1..];
    value.split_once('"').map(|(value, _)| value)
}

/// What is wrong with the structure of a page.
fn wrong(page: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut ids = BTreeSet::new();
    let mut level = 0;
    let tags = tags(page);
    for (at, &(name, attributes)) in tags.iter().enumerate() {
        if let Some(closed) = name.strip_prefix('/') {
            if open.pop() != Some(closed) {
                wrong.push(format!("{closed} is closed where it is not open"));
            }
            continue;
        }
        if !["!DOCTYPE", "meta"].contains(&name) && !attributes.ends_with('/') {
            open.push(name);
        }
        let heading = name
            .strip_prefix('h')
            .and_then(|rest| rest.parse::<u32>().ok());
        if let Some(own) = heading {
            if own > level + 1 || (own == 1) != (level == 0) {
                wrong.push(format!("h{own} after h{level}"));
            }
            level = own;
        }
        if attribute(attributes, "id").is_some_and(|id| !ids.insert(id.to_owned())) {
            wrong.push(format!("an id twice: {attributes}"));
        }
        let next = tags.get(at + 1).map_or("", |tag| tag.0);
        if reaches_out(attributes) || lacks(name, attributes, next) {
            wrong.push(format!(
                "{name} reaches out or lacks something: {attributes}"
            ));
        }
    }
    wrong.extend(open.iter().map(|name| format!("{name} is never closed")));
    wrong
}

/// Whether an element asks for something from elsewhere, or runs something.
fn reaches_out(attributes: &str) -> bool {
    let fetched = ["src", "srcset", "action", "data"];
    let fetches = |name: &&str| format!(" {attributes}").contains(&format!(" {name}="));
    let leaves = attribute(attributes, "href").is_some_and(|to| !to.starts_with('#'));
    let names = attributes.split('"').step_by(2);
    let runs = names
        .map(str::trim_start)
        .any(|name| name.starts_with("on"));
    fetched.iter().any(fetches) || leaves || runs
}

/// Whether an element is not as it should be; `next` is the one behind it.
fn lacks(name: &str, attributes: &str, next: &str) -> bool {
    match name {
        "table" => next != "caption",
        "th" => attribute(attributes, "scope").is_none(),
        "svg" => attribute(attributes, "role") != Some("img") || next != "title",
        "html" => attribute(attributes, "lang").is_none(),
        "script" | "iframe" | "img" | "link" | "object" => true,
        _ => false,
    }
}

#[test]
fn every_report_is_well_made() {
    for (name, path) in reports() {
        let page = fs::read_to_string(path).expect("text");
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
        let wrong = wrong(&page);
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
        let order = [
            "verdict",
            "distributions",
            "picture",
            "expected",
            "figures",
            "time",
            "assumed",
            "scenario",
            "again",
        ];
        let places = order.map(|id| page.find(&format!("<h2 id=\"{id}\"")));
        let places: Vec<usize> = places.into_iter().flatten().collect();
        assert!(
            places.is_sorted() && places.len() >= 5,
            "{name}: {places:?}"
        );
        assert!(page.contains("<summary>"), "{name}");
        let folder = path.parent().and_then(Path::parent).expect("a folder");
        let folder = folder.display().to_string();
        assert!(!page.contains(&folder), "{name} names a folder");
    }
}

#[test]
fn a_page_that_is_badly_made_is_found_out() {
    for body in [
        "<table><tr></tr></table>",
        "<h2>x</h2>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<p>",
        "<a href=\"http://example.org\">x</a>",
        "<svg role=\"img\"></svg>",
        "<b onclick=\"x\"></b>",
        "<p src=\"x\"></p>",
        "<img>",
    ] {
        let page = format!("<style></style>{body}<script></script>");
        assert!(!wrong(&page).is_empty(), "{body}");
    }
    let sound = "<style></style><p id=\"a\">x</p><script></script>";
    assert_eq!(wrong(sound), [""; 0]);
}

#[test]
fn what_is_written_in_a_scenario_stays_text() {
    let page = page("hostile");
    let title = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot; &#39;n&#39;";
    for written in [
        &format!("<title>{title}"),
        "# &lt;/pre&gt;&lt;script&gt;alert(3)",
        "&lt;img src=x onerror=alert(2)&gt;",
        "&lt;img src=x onerror=alert(4)&gt;",
    ] {
        assert!(page.contains(written), "{written}");
    }
    assert_eq!(page.matches("<script").count(), 1);
}

#[test]
fn a_report_does_not_depend_on_threads_or_folders() {
    for name in ["study", "solve", "map", "plan"] {
        let (_, arguments) = COMMANDS
            .iter()
            .find(|command| command.0 == name)
            .expect("a command");
        let folder = tempfile::tempdir().expect("a folder");
        let mut words = words(arguments);
        words.extend(["--threads", "1"].map(str::to_owned));
        let again = report(&words, folder.path());
        let again = fs::read_to_string(again).expect("text");
        assert!(again == page(name), "{name} is another on one thread");
    }
}

#[test]
fn a_report_names_the_command_that_makes_it() {
    for (name, command) in [
        ("run", "cmksim run key-vault-outage.toml"),
        (
            "solve",
            "cmksim solve key-vault-outage.toml --vary event.outage.duration=5m..24h --such-that \
             &#39;probability(dropped == 0 B) &gt;= 90%&#39; --replications 100",
        ),
        (
            "compare",
            "cmksim compare key-disabled-40-minutes.toml key-disabled-fixed-by-on-call.toml \
             --replications 40",
        ),
    ] {
        let page = page(name);
        let (_, again) = page.split_once("id=\"again\"").expect("a section");
        let code = format!("<code>{command}</code>");
        assert!(again.contains(&code), "{name}: {again:.600}");
    }
}
