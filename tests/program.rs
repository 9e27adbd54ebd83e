//! The program, started in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder of its own, where the program runs.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Place {
        Place(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cmksim"));
        command.current_dir(self.path()).args(arguments);
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program runs")
    }

    /// Everything in `output`, with its path in it.
    pub(crate) fn results(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut results = BTreeMap::new();
        let mut paths = vec![self.path().join("output")];
        while let Some(path) = paths.pop() {
            if let Ok(folder) = fs::read_dir(&path) {
                paths.extend(folder.map(|entry| entry.expect("readable").path()));
            } else if let Ok(bytes) = fs::read(&path) {
                results.insert(path, bytes);
            }
        }
        results
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("results are text")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("messages are text")
}

#[track_caller]
pub(crate) fn ends_with(output: &Output, status: i32) {
    assert_eq!(output.status.code(), Some(status), "{}", stderr(output));
    assert!(!stderr(output).contains("This is a mistake in cmksim"));
}
