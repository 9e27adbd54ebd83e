//! The house as it stands: how large each room is, and which files import each other in a circle.
//!
//! `cargo test --test all -- --ignored --nocapture the_house_in_figures` prints a table. Sizes are
//! counted in tokens without tests and comments, so that neither layout nor short names change
//! them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::tidy::{functions, sources};

/// A file of the library or the program.
struct File {
    /// Its module, from the root down.
    module: Vec<String>,
    tokens: usize,
    /// Every path that begins with `crate`, `self` or `super`, or that an import begins, made
    /// absolute.
    paths: BTreeSet<Vec<String>>,
    /// Names that the file hands on: by name, the path behind them.
    exports: BTreeMap<String, Vec<String>>,
}

/// The files of `src` by their paths, without those that are tests.
fn files() -> BTreeMap<String, File> {
    let all = sources("src").into_iter();
    let code = all.filter(|source| source.path.ends_with(".rs"));
    let stems = ["tests.rs", "checks.rs"];
    let code = code.filter(|source| !stems.iter().any(|stem| source.path.ends_with(stem)));
    code.map(|source| (source.path.clone(), File::of(&source.path, &source.text)))
        .collect()
}

/// The module of a file: `src/report/study/mod.rs` is `report`, `study`.
fn module(path: &str) -> Vec<String> {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
    if matches!(
        module.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        module.pop();
    }
    module
}

impl File {
    fn of(path: &str, text: &str) -> File {
        let stream: TokenStream = text.parse().expect("Rust");
        let mut file = File {
            module: module(path),
            tokens: 0,
            paths: BTreeSet::new(),
            exports: BTreeMap::new(),
        };
        file.read(stream);
        file
    }

    fn read(&mut self, stream: TokenStream) {
        let trees: Vec<TokenTree> = stream.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            if let Some(length) = attribute(&trees[at..]) {
                let test = trees[at + length - 1].to_string().replace(' ', "") == "[cfg(test)]";
                let doc = trees[at + length - 1].to_string().starts_with("[doc");
                at += length;
                if test {
                    at += item(&trees[at..]);
                } else if !doc {
                    self.tokens += 3;
                }
                continue;
            }
            self.tokens += 1;
            match &trees[at] {
                TokenTree::Group(group) => {
                    self.tokens += 1;
                    self.read(group.stream());
                }
                TokenTree::Ident(word) if word == "use" && is_import(&trees[at..]) => {
                    // `pub use`, `pub(super) use`.
                    let before = |back: usize| at.checked_sub(back).map(|at| trees[at].to_string());
                    let public = [1, 2].map(|back| before(back).is_some_and(|word| word == "pub"));
                    let public = public[0] || public[1];
                    let end = item(&trees[at..]);
                    self.import(&trees[at + 1..at + end - 1], &[], public);
                    self.tokens += count(&trees[at + 1..at + end]);
                    at += end;
                    continue;
                }
                TokenTree::Ident(word)
                    if ["crate", "self", "super"].map(|root| *word == root) != [false; 3] =>
                {
                    let path = path_at(&trees[at..]);
                    if path.len() > 1 {
                        self.paths.insert(self.absolute(&path));
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// A tree of imports.
    fn import(&mut self, trees: &[TokenTree], before: &[String], public: bool) {
        let mut path = before.to_vec();
        let mut alias = None;
        for (at, tree) in trees.iter().enumerate() {
            match tree {
                TokenTree::Ident(word) if word == "as" => alias = Some(trees[at + 1].to_string()),
                TokenTree::Ident(_) if alias.is_some() => {}
                TokenTree::Ident(word) => path.push(word.to_string()),
                TokenTree::Punct(sign) if sign.as_char() == '*' => path.push("*".to_owned()),
                TokenTree::Group(group) => {
                    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                    for one in inside.split(|tree| tree.to_string() == ",") {
                        if !one.is_empty() {
                            self.import(one, &path, public);
                        }
                    }
                    return;
                }
                _ => {}
            }
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let absolute = self.absolute(&path);
        let name = alias.unwrap_or_else(|| absolute.last().cloned().unwrap_or_default());
        if public {
            self.exports.insert(name, absolute);
        } else {
            self.paths.insert(absolute);
        }
    }

    /// A path from the root of the crate on.
    fn absolute(&self, path: &[String]) -> Vec<String> {
        let mut base = self.module.clone();
        let mut rest = path;
        match path[0].as_str() {
            "crate" | "cmksim" => {
                base.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            _ => {}
        }
        while rest.first().is_some_and(|first| first == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.into_iter().chain(rest.iter().cloned()).collect()
    }
}

/// Whether a `use` imports something, and is none of those that say what a type captures.
fn is_import(trees: &[TokenTree]) -> bool {
    matches!(trees.get(1), Some(TokenTree::Ident(_)))
}

/// How many tokens these are.
fn count(trees: &[TokenTree]) -> usize {
    let of = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => 2 + count(&group.stream().into_iter().collect::<Vec<_>>()),
        _ => 1,
    };
    trees.iter().map(of).sum()
}

/// How many trees an attribute takes, if one begins here.
fn attribute(trees: &[TokenTree]) -> Option<usize> {
    let sign = |at: usize, sign: char| matches!(trees.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    let at = if sign(1, '!') { 2 } else { 1 };
    let brackets = |tree: &TokenTree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket);
    (sign(0, '#') && trees.get(at).is_some_and(brackets)).then_some(at + 1)
}

/// How many trees an item takes: up to its braces or its semicolon.
fn item(trees: &[TokenTree]) -> usize {
    let import = trees[0].to_string() == "use";
    let ends = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !import,
        TokenTree::Punct(sign) => sign.as_char() == ';',
        _ => false,
    };
    trees.iter().position(ends).map_or(trees.len(), |at| at + 1)
}

/// The path that begins here.
fn path_at(trees: &[TokenTree]) -> Vec<String> {
    let mut path = Vec::new();
    for (at, tree) in trees.iter().enumerate() {
        match (at % 3, tree) {
            (0, TokenTree::Ident(word)) => path.push(word.to_string()),
            (1 | 2, TokenTree::Punct(sign)) if sign.as_char() == ':' => {}
            _ => break,
        }
    }
    path
}

/// The file in which what a path names is defined: through modules, and through what they hand
/// on.
fn defined<'a>(
    files: &'a BTreeMap<String, File>,
    modules: &BTreeMap<&[String], &'a str>,
    path: &[String],
) -> Option<&'a str> {
    let mut path = path.to_vec();
    for _ in 0..10 {
        let deepest = (0..=path.len())
            .rev()
            .find(|&length| modules.contains_key(&path[..length]))?;
        let file = modules[&path[..deepest]];
        let name = path.get(deepest)?;
        match files[file].exports.get(name) {
            Some(behind) => {
                let rest = path[deepest + 1..].to_vec();
                path = behind.iter().cloned().chain(rest).collect();
            }
            None => return Some(file),
        }
    }
    None
}

/// Which files each file takes something from.
fn arrows(files: &BTreeMap<String, File>) -> BTreeMap<&str, BTreeSet<&str>> {
    let modules = files
        .iter()
        .map(|(path, file)| (&file.module[..], path.as_str()));
    // The library's root and the program's are one module; nothing takes anything from either.
    let modules: BTreeMap<&[String], &str> =
        modules.filter(|(module, _)| !module.is_empty()).collect();
    let of = |(path, file): (&'_ String, &File)| {
        let found = file.paths.iter();
        let found = found.filter_map(|taken| defined(files, &modules, taken));
        let found: BTreeSet<&str> = found.filter(|other| other != path).collect();
        found
    };
    files
        .iter()
        .map(|entry| (entry.0.as_str(), of(entry)))
        .collect()
}

/// The circles: sets of files of which each reaches each other.
fn circles<'a>(arrows: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<Vec<&'a str>> {
    let reached = |from: &'a str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            open.extend(arrows[file].iter().filter(|next| seen.insert(**next)));
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|from| (*from, reached(from))).collect();
    let circle = |from: &&'a str| -> Vec<&'a str> {
        let back = all[from].iter().filter(|to| all[**to].contains(from));
        back.copied().collect()
    };
    let circles = arrows.keys().map(circle);
    circles.filter(|circle| circle.len() > 1).collect()
}

#[test]
fn no_more_than_two_files_import_each_other() {
    let files = files();
    let arrows = arrows(&files);
    let mut wrong = String::new();
    for circle in circles(&arrows).iter().filter(|circle| circle.len() > 2) {
        wrong += &format!("\n{} files:", circle.len());
        for file in circle {
            let within = arrows[file].iter().filter(|to| circle.contains(to));
            wrong += &format!(
                "\n  {file} -> {}",
                within.copied().collect::<Vec<_>>().join(", ")
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The first folder of a file.
fn room(path: &str) -> &str {
    let path = path.trim_start_matches("src/");
    path.split('/').next().unwrap_or(path)
}

#[test]
#[ignore = "a table for people"]
fn the_house_in_figures() {
    let files = files();
    let mut rooms: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (path, file) in &files {
        let room = rooms.entry(room(path)).or_default();
        *room = (room.0 + 1, room.1 + file.tokens);
    }
    let build = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs"));
    let build = File::of("build.rs", &build.expect("a build script"));
    rooms.insert("build.rs", (1, build.tokens));
    println!("{:<12} {:>6} {:>9}", "room", "files", "tokens");
    for (room, (files, tokens)) in &rooms {
        println!("{room:<12} {files:>6} {tokens:>9}");
    }
    let all = rooms
        .values()
        .fold((0, 0), |all, room| (all.0 + room.0, all.1 + room.1));
    println!("{:<12} {:>6} {:>9}", "all", all.0, all.1);
    let mut largest: Vec<(&String, usize)> = files
        .iter()
        .map(|(path, file)| (path, file.tokens))
        .collect();
    largest.sort_by_key(|(_, tokens)| usize::MAX - tokens);
    println!("the largest files:");
    largest
        .iter()
        .take(20)
        .for_each(|(path, tokens)| println!("{tokens:>9} {path}"));
    let arrows = arrows(&files);
    for circle in circles(&arrows) {
        println!("circle of {}: {}", circle.len(), circle.join(" "));
    }
    let texts = sources("src");
    let functions = texts.iter().flat_map(|source| functions(&source.text));
    let long = functions.filter(|(_, _, length)| *length > 70).count();
    println!("functions of more than 70 lines: {long}");
}
