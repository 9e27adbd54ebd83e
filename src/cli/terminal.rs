//! Standard output and standard error. Whatever the program says goes through here, and nothing
//! of it that could command a terminal or deceive its reader does.

use std::borrow::Cow;
use std::env;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;

use cmksim::foreign;
use cmksim::report::Style;

use super::failure::Failure;

/// Writes a result to standard output.
///
/// A reader that has left ([`Failure::NobodyReads`]) is no error, anything else is.
pub(crate) fn print(result: &str) -> Result<(), Failure> {
    print_by(&|to| to.write_all(result.as_bytes()))
}

/// The same with a result that is made while it is printed.
pub(crate) fn print_by(write: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let output = io::stdout().lock();
    let colour = colour(&output);
    // A line at a time, as it is by itself, is slow.
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let safe = |line: &str| safe(line, colour).into_owned();
    let mut lines = foreign::Lines::to(&mut output, &safe);
    let written = write(&mut lines).and_then(|()| lines.end());
    let written = written.and_then(|()| output.flush());
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
    let message = foreign::shortened_lines(message.trim_end());
    let mut output = io::stderr().lock();
    let _ = writeln!(output, "{}", safe(&message, colour(&output)));
}

/// What messages call a file, on one line.
pub(crate) fn path(path: &Path) -> String {
    foreign::sanitize(&path.to_string_lossy())
}

/// `text` as it may be written. Escape sequences that set a colour are ours, where there are
/// colours at all: what others wrote was made safe when it became a part of `text`.
fn safe(text: &str, colour: bool) -> Cow<'_, str> {
    if !colour || !text.contains(ESCAPE) {
        return foreign::sanitize_lines(text);
    }
    let mut pieces = text.split(ESCAPE);
    let mut safe = foreign::sanitize_lines(pieces.next().unwrap_or_default()).into_owned();
    for piece in pieces {
        safe.push(if sets_colour(piece) {
            ESCAPE
        } else {
            '\u{fffd}'
        });
        safe += &foreign::sanitize_lines(piece);
    }
    Cow::Owned(safe)
}

const ESCAPE: char = '\u{1b}';

/// Whether what follows an escape character is `[`, numbers and `m`.
fn sets_colour(sequence: &str) -> bool {
    let numbers = |c: char| c.is_ascii_digit() || c == ';';
    sequence
        .strip_prefix('[')
        .is_some_and(|rest| rest.trim_start_matches(numbers).starts_with('m'))
}

/// How text looks on standard output.
pub(crate) fn style() -> Style {
    Style {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_of_our_own_reach_a_terminal() {
        let text = "\u{1b}[1;31merror\u{1b}[0m \u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{1b}";
        let (ours, not) = ("\u{1b}[1;31merror\u{1b}[0m ", '\u{fffd}');
        assert_eq!(
            safe(text, true),
            format!("{ours}{not}[2J{not}]0;x{not}{not}31m{not}{not}")
        );
        assert!(!safe(text, false).contains(ESCAPE));
        assert!(matches!(safe("a\n\tb", true), Cow::Borrowed(_)));
    }
}
