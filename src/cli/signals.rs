//! Ctrl-C and the request to terminate. The first one stops a run at its next look; a second
//! one ends the program at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::status::Failure;

/// The exit status that belongs to the signal that came, or 0.
static STATUS: AtomicUsize = AtomicUsize::new(0);
/// Whether one came.
static CAME: AtomicBool = AtomicBool::new(false);

/// Listens from now on.
pub(crate) fn watch() -> Result<(), Failure> {
    let listen = |signal, status: u8| {
        flag::register_conditional_shutdown(signal, status.into(), &CAME)?;
        flag::register(signal, &CAME)?;
        flag::register_usize(signal, &STATUS, status.into())
    };
    listen(SIGINT, 130)
        .and_then(|_| listen(SIGTERM, 143))
        .map(|_| ())
        .map_err(|error| Failure::broken(format!("cannot listen to signals: {error}")))
}

/// Whether the program was asked to stop.
pub(crate) fn came() -> bool {
    CAME.load(Ordering::SeqCst)
}

/// Fails if the program was asked to stop.
pub(crate) fn check() -> Result<(), Failure> {
    match u8::try_from(STATUS.load(Ordering::SeqCst)) {
        Ok(status) if status != 0 => Err(Failure::interrupted(status)),
        _ => Ok(()),
    }
}
