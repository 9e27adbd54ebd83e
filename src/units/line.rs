//! Where in a file of CSV a record stands.

/// The line of a record; the reader counts blank lines above it, and the second half of a CRLF,
/// as its own.
pub(crate) fn line(text: &str, begin: &csv::Position) -> u64 {
    let from = usize::try_from(begin.byte()).expect("within the text");
    let blank = text.as_bytes()[from..]
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    begin.line() + blank.filter(|&&byte| byte == b'\n').count() as u64
}
