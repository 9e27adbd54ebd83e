//! Puts the pictures of the page for teachers into its text, for `src/docs.rs`: rustdoc shows no
//! file that lies beside the sources, and where the page is read as a file it links to them.

// The library may not; this runs before it is built.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)]

use std::env;
use std::fs;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=docs/teaching.md");
    println!("cargo::rerun-if-changed=docs/pictures");
    let page = fs::read_to_string("docs/teaching.md").expect("the page for teachers");
    let page: Vec<String> = page.lines().map(shown).collect();
    let folder = env::var_os("OUT_DIR").expect("cargo gives it");
    fs::write(Path::new(&folder).join("teaching.md"), page.join("\n")).expect("a writable folder");
}

/// A line of the page, or the picture that it is a link to, no wider than the text.
fn shown(line: &str) -> String {
    let link = line
        .strip_prefix("![")
        .and_then(|line| line.split_once("]("));
    let Some(picture) = link.and_then(|(_, target)| target.strip_suffix(')')) else {
        return line.to_owned();
    };
    fs::read_to_string(Path::new("docs").join(picture))
        .unwrap_or_else(|error| panic!("docs/{picture}: {error}"))
        .replacen("<svg ", "<svg style=\"max-width:100%;height:auto\" ", 1)
}
