//! A progress bar for what takes longer than a second.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cmksim::experiment::{Journal, Progress, Runner};
use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};

use super::growing::Growing;
use super::signals;
use super::threads::parallel_for;

/// Nothing is shown before.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far something has come. Shown on a terminal only.
pub(crate) struct Bar {
    name: String,
    shown: bool,
    made: Instant,
    /// Milliseconds after that.
    began: AtomicU64,
    steps: AtomicU64,
    done: AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Bar {
    /// For something called `name`; never shown where `shown` is false.
    pub(crate) fn new(name: &str, shown: bool) -> Bar {
        Bar {
            name: name.to_owned(),
            shown,
            made: Instant::now(),
            began: AtomicU64::new(0),
            steps: AtomicU64::new(0),
            done: AtomicU64::new(0),
            bar: OnceLock::new(),
        }
    }

    /// What computes on all cores until a signal comes, and shows here how far it is.
    pub(crate) fn runner<'a>(&'a self, journal: Option<&'a Growing>) -> Runner<'a> {
        Runner {
            executor: &parallel_for,
            stop: &signals::came,
            progress: self,
            journal: journal.map(|part| part as &dyn Journal),
            cells: None,
        }
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.made.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn bar(&self) -> ProgressBar {
        let elapsed = self.millis() - self.began.load(Ordering::Relaxed);
        // Not as wide as a terminal: what is typed, as ^C, must find room behind it.
        let style = ProgressStyle::with_template("{msg} [{bar:30}] {percent:>3}%, {left} left")
            .expect("the template is right")
            .with_key("left", left)
            .progress_chars("=> ");
        ProgressBar::new(self.steps.load(Ordering::Relaxed))
            .with_style(style)
            .with_message(last(&self.name, 24))
            .with_elapsed(Duration::from_millis(elapsed))
    }
}

impl Progress for Bar {
    fn begin(&self, steps: u64) {
        self.steps.store(steps, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.began.store(self.millis(), Ordering::Relaxed);
        if let Some(bar) = self.bar.get() {
            bar.set_length(steps);
            bar.reset();
        }
    }

    fn advance(&self, steps: u64) {
        let done = self.done.fetch_add(steps, Ordering::Relaxed) + steps;
        if self.shown && self.made.elapsed() >= PATIENCE {
            let bar = self.bar.get_or_init(|| self.bar());
            bar.set_position(done.min(self.steps.load(Ordering::Relaxed)));
        }
    }

    fn skip(&self, steps: u64) {
        // How many steps there are may have been a guess.
        let fewer = |all: u64| Some(all.saturating_sub(steps));
        let order = Ordering::Relaxed;
        let _ = self.steps.fetch_update(order, order, fewer);
        if let Some(bar) = self.bar.get() {
            bar.set_length(self.steps.load(order));
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
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
