//! Ctrl-C and the request to terminate.
//!
//! What is at work may stop by itself at its next look and tell how far it has come. Whoever has
//! not ended the program [`PATIENCE`] after the signal is broken off, whatever it does: reads,
//! audits, draws, waits for a reader. Only what must not be done by halves is waited for:
//! [`whole`]. A second signal ends the program at once.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::failure::Failure;
use super::terminal;

/// The time that the program may take to stop by itself.
const PATIENCE: Duration = Duration::from_millis(50);
/// The time between two looks for a signal.
const LOOK: Duration = Duration::from_millis(10);

/// What is told while nothing is kept.
pub(crate) const NOTHING: &str = "nothing was written for this run";

/// The exit status that belongs to the signal that came, or 0.
static STATUS: AtomicUsize = AtomicUsize::new(0);
/// Whether one came.
static CAME: AtomicBool = AtomicBool::new(false);
/// What is told when the program is interrupted now; nothing where it was told.
static TOLD: Mutex<Option<String>> = Mutex::new(None);

/// What is tidied up when the program is broken off.
static TIDY: Mutex<Option<Tidy>> = Mutex::new(None);
type Tidy = Box<dyn FnOnce() + Send>;

/// Listens from now on.
pub(crate) fn watch() -> Result<(), Failure> {
    let listen = |signal, status: u8| {
        flag::register_conditional_shutdown(signal, status.into(), &CAME)?;
        flag::register(signal, &CAME)?;
        flag::register_usize(signal, &STATUS, status.into())
    };
    say(NOTHING);
    listen(SIGINT, 130)
        .and_then(|_| listen(SIGTERM, 143))
        .and_then(|_| thread::Builder::new().spawn(break_off))
        .map(|_| ())
        .map_err(|error| Failure::broken(format!("cannot listen to signals: {error}")))
}

/// Ends the program after a signal.
fn break_off() {
    let status = loop {
        match i32::try_from(STATUS.load(Ordering::SeqCst)) {
            Ok(status) if status != 0 => break status,
            _ => thread::sleep(LOOK),
        }
    };
    thread::sleep(PATIENCE);
    // Held to the end: nobody else tells anything, and nothing begins that must not be broken off.
    let mut told = told();
    if let Some(told) = told.take() {
        // A progress bar may stand there.
        if io::stderr().is_terminal() {
            terminal::tell_plainly("");
        }
        terminal::tell("error", &format!("interrupted; {told}"));
    }
    if let Some(tidy) = tidy().take() {
        tidy();
    }
    std::process::exit(status)
}

fn tidy() -> MutexGuard<'static, Option<Tidy>> {
    TIDY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is tidied up if the program is broken off from now on.
pub(crate) fn when_broken_off(work: Option<Tidy>) {
    *tidy() = work;
}

fn told() -> MutexGuard<'static, Option<String>> {
    TOLD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is told of the work done so far if a signal comes from now on.
pub(crate) fn say(of_the_work: impl Into<String>) {
    *told() = Some(of_the_work.into());
}

/// Does something that a signal waits for, and where that is done says what is told of it from
/// now on. Meanwhile nobody may ask here for anything else.
pub(crate) fn whole<T, E>(
    work: impl FnOnce() -> Result<T, E>,
    done: impl Into<String>,
) -> Result<T, E> {
    let mut told = told();
    let made = work()?;
    *told = Some(done.into());
    Ok(made)
}

/// Whether the program was asked to stop.
pub(crate) fn came() -> bool {
    CAME.load(Ordering::SeqCst)
}

/// Fails if the program was asked to stop.
pub(crate) fn check() -> Result<(), Failure> {
    match u8::try_from(STATUS.load(Ordering::SeqCst)) {
        Ok(status) if status != 0 => {
            let told = told().clone().unwrap_or_default();
            Err(Failure::interrupted(status, &told))
        }
        _ => Ok(()),
    }
}

/// Tells once that the program was interrupted.
pub(crate) fn tell(message: &str) {
    if told().take().is_some() {
        terminal::tell("error", message);
    }
}
