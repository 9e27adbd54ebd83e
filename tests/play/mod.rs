//! `cmksim play`: the page as a file, the scenes of a course, and the page in a browser.

mod browser;
mod course;
mod values;

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use crate::program::{Place, ends_with, stderr};

/// The scenarios that ship.
pub(super) fn shipped() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"))
}

/// The page that a command writes to `folder`.
pub(super) fn page(place: &Place, asked: &[&str], folder: &str) -> String {
    let mut arguments = vec!["play", "-o", folder];
    arguments.extend(asked);
    let output = place.run(&arguments);
    ends_with(&output, 0);
    let page = place.path().join(folder).join("play.html");
    fs::read_to_string(page).expect("the page")
}

/// What a page holds in the element of this name.
fn held<'p>(page: &'p str, id: &str) -> &'p str {
    let (_, rest) = page
        .split_once(&format!("id=\"{id}\">"))
        .expect("the element");
    rest.split_once("</script>").expect("its end").0
}

fn data(page: &str) -> Json {
    serde_json::from_str(held(page, "data")).expect("JSON")
}

#[test]
fn a_page_holds_its_scenario_with_the_files_that_it_names() {
    let place = Place::new();
    let file = shipped().join("outage-of-12-hours-edition-2021-07.toml");
    let html = page(&place, &[file.to_str().expect("a path")], "one");
    assert!(html.len() < 1_500_000, "{} bytes", html.len());
    assert!(!html.contains("{{"), "every part is there");
    let data = data(&html);
    assert_eq!(data["scenes"].as_array().expect("a list").len(), 0);
    let scenario = &data["scenario"];
    let text = fs::read_to_string(&file).expect("readable");
    assert_eq!(scenario["text"], text.as_str());
    let base = "outage-of-12-hours-edition-2020-06.toml";
    let read = fs::read_to_string(shipped().join(base)).expect("readable");
    assert_eq!(scenario["files"][base], read.as_str());
    let trace = shipped().join("usage-export-replayed.toml");
    let html = page(&place, &[trace.to_str().expect("a path")], "two");
    let files = self::data(&html)["scenario"]["files"].clone();
    assert_eq!(files.as_object().expect("a table").len(), 1, "{files}");
}

#[test]
fn a_scenario_cannot_end_the_script_that_holds_it() {
    let place = Place::new();
    let evil = "title = '</script><script>alert(1)</script>{{engine}}<!--'\nduration = '1d'\n\
                [[workspace]]\nname = 'w'\ningestion = '1 GB/day'\n";
    let file = place.write("evil.toml", evil);
    let html = page(&place, &[file.to_str().expect("a path")], "out");
    assert!(!html.contains("<script>alert"), "it is escaped");
    assert_eq!(data(&html)["scenario"]["text"], evil);
}

#[test]
fn without_a_file_it_is_the_course() {
    let place = Place::new();
    let html = page(&place, &[], "out");
    assert!(html.len() < 1_500_000, "{} bytes", html.len());
    assert_eq!(data(&html)["scenes"].as_array().expect("a list").len(), 9);
    let output = place.run(&["play"]);
    ends_with(&output, 0);
    assert!(stderr(&output).contains("wrote output/course/play.html"));
    assert_eq!(page(&place, &[], "again"), html, "the same page each time");
}

#[test]
fn a_scenario_with_mistakes_can_be_mended_on_its_page() {
    let place = Place::new();
    let file = place.write("wrong.toml", "duration = 7\n");
    let output = place.run(&["play", file.to_str().expect("a path")]);
    ends_with(&output, 0);
    assert!(
        stderr(&output).contains("has mistakes; the page shows them"),
        "{}",
        stderr(&output)
    );
    let missing = place.run(&["play", "nowhere.toml"]);
    ends_with(&missing, 1);
    place.write("latin.toml", b"title = '\xe9'".as_slice());
    let latin = place.run(&["play", "latin.toml"]);
    ends_with(&latin, 2);
    assert!(stderr(&latin).contains("save it as UTF-8"));
}

#[test]
fn a_file_that_is_too_large_for_a_page_is_refused() {
    let place = Place::new();
    let rows: String = (0..400_000)
        .map(|hour| {
            let day = 1 + hour / 24 % 28;
            format!("2026-01-{day:02}T{:02}:00:00Z,1\n", hour % 24)
        })
        .collect();
    place.write("usage.csv", format!("TimeGenerated,Quantity\n{rows}"));
    let text = "duration = '1d'\n[[workspace]]\nname = 'w'\n\
                ingestion = { trace = 'usage.csv', time = 'TimeGenerated', volume = 'Quantity', unit = 'MB' }\n";
    place.write("large.toml", text);
    let output = place.run(&["play", "large.toml"]);
    ends_with(&output, 2);
    assert!(
        stderr(&output).contains("8,000,000 bytes"),
        "{}",
        stderr(&output)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn open_starts_the_browser_of_the_desktop() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let script = place.write(
        "xdg-open",
        "#!/bin/sh\nprintf '%s' \"$1\" >opened.part && mv opened.part opened\n",
    );
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a script");
    let mut command = place.command(&["play", "--open"]);
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", place.path().display()));
    assert!(command.status().expect("it runs").success());
    // It is not waited for.
    let opened = place.path().join("opened");
    let soon = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !opened.exists() && std::time::Instant::now() < soon {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(
        fs::read_to_string(opened).expect("it was opened"),
        "output/course/play.html"
    );
}
