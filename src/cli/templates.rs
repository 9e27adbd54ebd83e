//! The scenarios and traces that the program holds, to begin with.

use include_dir::{Dir, include_dir};

/// A file of the folder of shipped scenarios.
#[derive(Clone, Copy)]
pub(crate) struct Shipped {
    /// As others name it, relative to that folder: with `/` and an extension.
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// All scenarios and traces, in the order of their names.
pub(crate) fn shipped() -> impl Iterator<Item = Shipped> {
    let traces = FOLDER.get_dir("traces").into_iter();
    let files = traces.chain([&FOLDER]).flat_map(Dir::files);
    let shipped = files.filter_map(|file| {
        let name = file.path().to_str()?;
        let is = name.ends_with(".toml") || name.ends_with(".csv");
        let text = file.contents_utf8().filter(|_| is)?;
        Some(Shipped { name, text })
    });
    let mut shipped: Vec<Shipped> = shipped.collect();
    shipped.sort_by_key(|file| file.name);
    shipped.into_iter()
}

/// The folder of the scenes of the built-in course.
const SCENES: &str = "course/scenes";

/// The scenes of the built-in course: their names and texts, in the order of their names.
pub(crate) fn scenes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let folder = FOLDER.get_dir(SCENES).into_iter();
    let scenes = folder.flat_map(Dir::files).filter_map(|file| {
        let name = file.path().file_name()?.to_str()?;
        Some((name, file.contents_utf8()?))
    });
    let mut scenes: Vec<_> = scenes.filter(|(name, _)| name.ends_with(".toml")).collect();
    scenes.sort_unstable();
    scenes.into_iter()
}

/// A file beside them, by its name in that folder.
pub(crate) fn course_file(name: &str) -> Option<&'static str> {
    FOLDER.get_file(format!("{SCENES}/{name}"))?.contents_utf8()
}

impl Shipped {
    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Shipped> {
        shipped().find(|shipped| shipped.name == name)
    }

    /// Of a scenario: what it is called, and its title.
    pub(crate) fn template(self) -> Option<(&'static str, &'static str)> {
        let mut lines = self.text.lines();
        let title = lines.find_map(|line| line.strip_prefix("title = "));
        let title = title.unwrap_or_default().trim_matches('"');
        Some((self.name.strip_suffix(".toml")?, title))
    }

    /// The files that a scenario needs beside it: what it extends, and the traces of both.
    pub(crate) fn needs(self) -> Vec<Shipped> {
        let mut needed: Vec<Shipped> = Vec::new();
        let mut texts = vec![self.text];
        while let Some(text) = texts.pop() {
            let named = text.lines().filter_map(|line| {
                let (key, value) = line.split_once(" = ")?;
                ["extends", "trace"]
                    .contains(&key)
                    .then(|| value.trim_matches('"'))
            });
            for name in named {
                let file = Shipped::named(name).expect("what a shipped file needs is shipped");
                if !needed.iter().any(|known| known.name == file.name) {
                    needed.push(file);
                    texts.push(file.text);
                }
            }
        }
        needed
    }
}
