//! Standard output and standard error.

use std::env;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use cmksim::report::Look;

use super::status::Failure;

/// Writes a result to standard output.
///
/// A reader that has left ([`Failure::NobodyReads`]) is no error, anything else is.
pub(crate) fn print(result: &str) -> Result<(), Failure> {
    print_by(&|to| to.write_all(result.as_bytes()))
}

/// The same with a result that is made while it is printed.
pub(crate) fn print_by(write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    // A line at a time, as it is by itself, is slow.
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = write(&mut output).and_then(|()| output.flush());
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::NobodyReads,
        _ => Failure::broken(format!("cannot write to standard output: {error}")),
    })
}

/// Tells something on standard error: `warning: ...`. Where that is closed nobody can be told.
pub(crate) fn tell(what: &str, message: &str) {
    tell_plainly(&format!("{what}: {message}"));
}

/// Tells something on standard error.
pub(crate) fn tell_plainly(message: &str) {
    let _ = writeln!(io::stderr(), "{}", message.trim_end());
}

/// How text looks on standard output.
pub(crate) fn look() -> Look {
    Look {
        width: width(),
        colour: colour(&io::stdout()),
    }
}

/// How wide standard output is: as the terminal, or 80 columns where there is none.
fn width() -> usize {
    terminal_size::terminal_size_of(io::stdout())
        // Some terminals do not know, and say 0.
        .filter(|(columns, _)| columns.0 > 0)
        .map_or(80, |(columns, _)| columns.0.into())
}

/// Whether `stream` shows colours and wants them: a terminal, unless `NO_COLOR` is set.
pub(crate) fn colour(stream: &impl IsTerminal) -> bool {
    let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
    stream.is_terminal() && !unwanted && !dumb
}
