//! The pictures of a result.

use cmksim::report::File;

/// The vector drawings among the files that a command writes, with their names.
pub(crate) fn svgs(files: &[File<'_>]) -> Vec<(String, String)> {
    let drawings = files.iter().filter_map(|file| {
        let name = file.name.strip_suffix(".svg")?;
        let mut bytes = Vec::new();
        file.write_to(&mut bytes).expect("writing to memory");
        let text = String::from_utf8(bytes).expect("a drawing is text");
        Some((name.to_owned(), text))
    });
    drawings.collect()
}
