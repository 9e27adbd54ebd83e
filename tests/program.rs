//! The program, started in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
#[cfg(target_os = "linux")]
use std::io::Read;
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

    /// How many results anybody sees. A program that was broken off leaves its lock, which holds
    /// nobody up, and a journal to go on with.
    #[cfg(target_os = "linux")]
    pub(crate) fn seen(&self) -> usize {
        let results = self.results();
        let names = results.keys().filter_map(|path| path.file_name()?.to_str());
        names
            .filter(|name| !name.starts_with('.') && !name.ends_with(".part"))
            .count()
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

/// Compares what a command printed with `golden/NAME`, or with `CMKSIM_BLESS=1` rewrites that.
#[track_caller]
pub(crate) fn prints_golden(output: &Output, name: &str) {
    ends_with(output, 0);
    super::golden::expect_golden(name, &stdout(output));
}

/// The command of the front page, or of the guide, that begins so is run; both together show its
/// first line.
#[track_caller]
pub(crate) fn shows_the_first_line(command: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = ["README.md", "docs/guide.md"];
    let pages = pages.map(|page| fs::read_to_string(root.join(page)).expect("a page"));
    let page = pages.concat();
    let line = page.lines().find(|line| line.starts_with(command));
    let scenarios = format!("{}/", root.join("scenarios").display());
    let place = Place::new();
    let arguments: Vec<String> = words(line.expect("the command is there"))
        .skip(1)
        .map(|word| word.replace("scenarios/", &scenarios))
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = place.run(&arguments);
    ends_with(&output, 0);
    let told = stdout(&output);
    let first = told.lines().next().expect("a line");
    assert!(page.lines().any(|line| line == first), "{first}");
}

/// The words of a command without escapes, as a shell takes them apart.
pub(crate) fn words(command: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in command.chars() {
        match (quote, letter) {
            (None, ' ') => words.push(String::new()),
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            _ => words.last_mut().expect("a word").push(letter),
        }
    }
    words.into_iter()
}

/// Whether the process listens to SIGINT yet.
#[cfg(target_os = "linux")]
pub(crate) fn listens(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it lives");
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = u64::from_str_radix(caught.expect("a mask").trim(), 16).expect("a mask");
    caught & (1 << 1) != 0
}

/// Sends a signal to the program when it has begun to work; its exit status, and what it told.
#[cfg(target_os = "linux")]
pub(crate) fn signalled(place: &Place, arguments: &[&str], signal: &str) -> (Option<i32>, String) {
    let mut command = place.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    while !listens(child.id()) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::thread::sleep(std::time::Duration::from_millis(100));
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.expect("kill runs").success());
    let ended = child.wait().expect("it ends");
    let mut told = String::new();
    let mut pipe = child.stderr.take().expect("a pipe");
    pipe.read_to_string(&mut told).expect("text");
    (ended.code(), told)
}
