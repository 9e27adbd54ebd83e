//! The scenes of a course, from a folder or from the program.

use std::path::Path;

use cmksim::limits::COURSE_SCENES;

use super::super::failure::Failure;
use super::super::{templates, terminal};
use super::scene::{InPage, Scene};
use super::source::{Source, in_folder, text_of};

/// The scenes of a folder, in the order of their names; without a folder, those of the program.
pub(super) fn scenes(folder: Option<&Path>) -> Result<Vec<InPage>, Failure> {
    match folder {
        None => built_in(),
        Some(folder) => in_folder_of(folder),
    }
}

fn built_in() -> Result<Vec<InPage>, Failure> {
    let mut scenes = Vec::new();
    for (name, text) in templates::scenes() {
        let find = |wanted: &str| {
            let typed = format!("scenarios/course/scenes/{wanted}");
            let beside = templates::course_file(wanted).map(|text| Source::held(text, typed));
            Ok(beside.or_else(|| Source::shipped(wanted)))
        };
        scenes.push(Scene::read(name, text)?.in_page(name, &find)?);
    }
    Ok(scenes)
}

fn in_folder_of(folder: &Path) -> Result<Vec<InPage>, Failure> {
    let files = in_folder(folder)?;
    let shown = terminal::path(folder);
    if files.is_empty() {
        let none = format!("{shown} has no scenes: files whose names end with .toml");
        return Err(Failure::wrong(none));
    }
    if !COURSE_SCENES.allows(files.len() as u64) {
        return Err(Failure::wrong(format!(
            "{shown}: {}",
            COURSE_SCENES.exceeded()
        )));
    }
    let mut scenes = Vec::new();
    for file in files {
        let name = terminal::path(&file);
        let find = |wanted: &str| {
            let beside = folder.join(wanted);
            match beside.is_file() {
                true => Source::file(&beside).map(Some),
                false => Ok(Source::shipped(wanted)),
            }
        };
        scenes.push(Scene::read(&name, &text_of(&file)?)?.in_page(&name, &find)?);
    }
    Ok(scenes)
}
