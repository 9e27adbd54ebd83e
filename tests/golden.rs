//! Golden files: what is found now is held against what was found before.

use std::fs;
use std::path::{Path, PathBuf};

/// Where a golden file is.
pub(crate) fn path(name: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    tests.join("golden").join(name)
}

/// Compares with a golden file, or with `CMKSIM_BLESS=1` rewrites it; then look at what changed.
#[track_caller]
pub(crate) fn expect_golden(name: &str, found: &str) {
    let path = path(name);
    if std::env::var_os("CMKSIM_BLESS").is_some() {
        fs::write(&path, found).expect("a writable golden file");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let lines = expected.lines().zip(found.lines());
    let different = lines.enumerate().find(|(_, (a, b))| a != b);
    assert!(
        expected == found,
        "{name} is another one; the first difference, its line, as it was and as it is:\n\
         {different:#?}"
    );
}
