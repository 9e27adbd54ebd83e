//! What only a mistake in this program can cause.

use std::backtrace::Backtrace;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

use super::terminal;

/// Makes a panic tell what to report, instead of what it tells a developer.
pub(crate) fn explain() {
    panic::set_hook(Box::new(|panic| {
        terminal::tell_plainly(&message(panic));
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            terminal::tell_plainly(&Backtrace::force_capture().to_string());
        }
    }));
}

fn message(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let what = match payload.downcast_ref::<String>() {
        Some(text) => text.as_str(),
        None => payload
            .downcast_ref()
            .map_or("no message", |text: &&str| text),
    };
    let place = panic.location().map_or_else(String::new, |location| {
        format!(" ({}:{})", location.file(), location.line())
    });
    format!(
        "internal error: {what}{place}\n\
         This is a mistake in cmksim {}, not in your scenario. Please report it with these lines,\n\
         the command line and the scenario file. RUST_BACKTRACE=1 shows where it came from.",
        env!("CARGO_PKG_VERSION")
    )
}

/// What `work` returns; nothing if it panicked. Temporary files are removed on the way.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}
