//! What is made of the sources before they are compiled.
//!
//! - The pictures of the page for teachers, put into its text for `src/docs.rs`: rustdoc shows no
//!   file that lies beside the sources, and where the page is read as a file it links to them.
//! - A digest of everything that computes, for the journals of studies: what one program left is
//!   taken over by another one only if both compute the same.

// The library may not; this runs before it is built.
#![allow(clippy::disallowed_macros, clippy::disallowed_methods)]

use std::env;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// The crates that draw or compute; `Cargo.toml` names one version of each.
const COMPUTING: [&str; 4] = ["libm", "rand", "rand_distr", "statrs"];

fn main() {
    println!("cargo::rerun-if-changed=docs/teaching.md");
    println!("cargo::rerun-if-changed=docs/pictures");
    let page = fs::read_to_string("docs/teaching.md").expect("the page for teachers");
    let page: Vec<String> = page.lines().map(shown).collect();
    let folder = env::var_os("OUT_DIR").expect("cargo gives it");
    fs::write(Path::new(&folder).join("teaching.md"), page.join("\n")).expect("a writable folder");

    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rerun-if-changed=src");
    // The program holds its files.
    println!("cargo::rerun-if-changed=scenarios");
    println!("cargo::rustc-env=CMKSIM_COMPUTES={}", computes());
}

/// The digest of the library's sources and of the crates that draw or compute with them: the same
/// on every host, and for whatever is built of them.
fn computes() -> String {
    let mut digest = Sha256::new();
    let manifest = fs::read_to_string("Cargo.toml").expect("the manifest");
    for name in COMPUTING {
        digest.update(format!("{name} {}\n", version(&manifest, name)));
    }
    let mut files = Vec::new();
    add_files(Path::new("src"), &mut files);
    files.sort_unstable();
    for path in files {
        let bytes = fs::read(&path).expect("a readable source");
        let lines = bytes.split(|byte| *byte == b'\n');
        let lines: Vec<&[u8]> = lines
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .collect();
        let text = lines.join(&b'\n');
        digest.update(format!("{path} {}\n", text.len()));
        digest.update(text);
    }
    let digest = digest.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every file of the library below a folder; what the program adds to it computes nothing.
fn add_files(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.to_str().expect("a plain name").replace('\\', "/");
        if path.is_dir() && name != "src/cli" {
            add_files(&path, files);
        } else if path.is_file() && name != "src/main.rs" {
            files.push(name);
        }
    }
}

/// The version that a manifest takes of a crate, as its author wrote it or as cargo publishes it.
fn version<'m>(manifest: &'m str, name: &str) -> &'m str {
    let line = format!("\n{name} = ");
    let table = format!("\n[dependencies.{name}]\n");
    let (_, rest) = manifest
        .split_once(&line)
        .or_else(|| manifest.split_once(&table))
        .unwrap_or_else(|| panic!("{name} is a dependency"));
    let (before, rest) = rest.split_once("\"=").expect("it has one version");
    let (version, _) = rest.split_once('"').expect("an end");
    assert!(!before.contains("\n\n"), "{name} has one version: \"=...\"");
    version
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
