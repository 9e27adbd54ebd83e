//! A progress bar for what takes longer than a second.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};

/// Nothing is shown before.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far something has come. Shown on a terminal only.
pub(crate) struct Progress {
    name: String,
    shown: bool,
    length: u64,
    began: Instant,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// For something called `name` that has come to its end at `length`; never shown where
    /// `shown` is false.
    pub(crate) fn new(name: &str, length: u64, shown: bool) -> Progress {
        Progress {
            name: name.to_owned(),
            shown,
            length,
            began: Instant::now(),
            bar: OnceLock::new(),
        }
    }

    /// It has come so far.
    pub(crate) fn reach(&self, position: u64) {
        if self.shown && self.began.elapsed() >= PATIENCE {
            self.bar
                .get_or_init(|| bar(&self.name, self.length))
                .set_position(position);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

fn bar(name: &str, length: u64) -> ProgressBar {
    // Not as wide as a terminal: what is typed, as ^C, must find room behind it.
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {percent:>3}%, {left} left")
        .expect("the template is right")
        .with_key("left", left)
        .progress_chars("=> ");
    ProgressBar::new(length)
        .with_style(style)
        .with_message(last(name, 24))
        .with_elapsed(PATIENCE)
}

/// How long it takes if it goes on as it went so far.
fn left(state: &ProgressState, to: &mut dyn std::fmt::Write) {
    let done = f64::from(state.fraction());
    if done <= 0.0 {
        return;
    }
    let left = state.elapsed().mul_f64((1.0 - done) / done);
    // A bar is no result: where it cannot be written nothing is lost.
    let _ = write!(to, "{:#}", HumanDuration(left));
}

/// The end of a path, which tells more than its beginning.
fn last(name: &str, most: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    match letters.len().checked_sub(most) {
        None | Some(0) => name.to_owned(),
        Some(cut) => std::iter::once('…')
            .chain(letters[cut + 1..].iter().copied())
            .collect(),
    }
}
