//! Scenarios that extend each other. A zero byte ends a file; the first is the scenario, and the
//! others are `a.toml`, `b.toml` and so on.

use cmksim::limits::Limit;
use cmksim::scenario::read_with;
use libfuzzer_sys::Corpus;

use crate::scenario::explained;

pub(crate) fn target(bytes: &[u8]) -> Corpus {
    let files: Vec<&[u8]> = bytes.split(|byte| *byte == 0).collect();
    let mut read = |name: &str, _: &Limit| {
        let stem = name
            .rsplit('/')
            .next()
            .and_then(|name| name.strip_suffix(".toml"));
        let number = match stem.map(str::as_bytes) {
            Some([letter @ b'a'..=b'z']) => usize::from(letter - b'a') + 1,
            _ => return Err("there is no such file".to_owned()),
        };
        let file = files.get(number).ok_or("there are fewer files")?;
        Ok(file.to_vec())
    };
    match read_with("fuzz.toml", files[0], &[], &mut read) {
        Ok(reading) => {
            reading.warnings.render(true);
            reading.lints.render(true);
        }
        Err(wrong) => explained(&wrong),
    }
    Corpus::Keep
}
