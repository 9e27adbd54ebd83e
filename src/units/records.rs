//! The records of a text of CSV, one after another: none longer than a limit, until interrupted.

use std::io::{self, Read};

use csv::StringRecord;

use crate::limits;

/// The bytes that are handed to the parser at once: a record may be longer than the limit by this
/// much before that is noticed, and an interruption is noticed after as much.
const PIECE: usize = 1 << 13;

/// Why there is no next record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The record that begins in this line is longer than [`limits::ROW_BYTES`], with the blank
    /// lines above it: where a quote is never closed, the rest of the file.
    TooLong(u64),
    /// Somebody asked to stop.
    Interrupted,
}

/// Reads a text of CSV.
pub(crate) struct Records<'a> {
    text: &'a str,
    reader: csv::Reader<Pieces<'a>>,
}

/// A text in pieces.
struct Pieces<'a> {
    whole: &'a [u8],
    rest: &'a [u8],
    /// Where the record that is being read begins.
    begin: csv::Position,
    interrupted: &'a dyn Fn() -> bool,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = (self.whole.len() - self.rest.len()) as u64;
        let room = (self.begin.byte() + limits::ROW_BYTES.most).saturating_sub(read);
        if (self.interrupted)() || (room == 0 && !self.rest.is_empty()) {
            return Err(io::ErrorKind::Other.into());
        }
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        let length = buffer.len().min(self.rest.len()).min(room);
        let (piece, rest) = self.rest.split_at(length);
        buffer[..length].copy_from_slice(piece);
        self.rest = rest;
        Ok(length)
    }
}

impl<'a> Records<'a> {
    /// Records need not be of one length. `interrupted` is asked now and then.
    pub(crate) fn new(text: &'a str, interrupted: &'a dyn Fn() -> bool) -> Records<'a> {
        let pieces = Pieces {
            whole: text.as_bytes(),
            rest: text.as_bytes(),
            begin: csv::Position::new(),
            interrupted,
        };
        let reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(PIECE)
            .from_reader(pieces);
        Records { text, reader }
    }

    /// Reads the next record; the line in which it begins, or `None` at the end.
    ///
    /// # Errors
    ///
    /// If there is none for another reason.
    pub(crate) fn next(&mut self, record: &mut StringRecord) -> Result<Option<u64>, Stop> {
        let begin = self.reader.position().clone();
        self.reader.get_mut().begin = begin;
        match self.reader.read_record(record) {
            Ok(true) => Ok(record.position().map(|begin| line(self.text, begin))),
            Ok(false) => Ok(None),
            // The text is UTF-8 and in memory: nothing else stops it.
            Err(_) => {
                let pieces = self.reader.get_ref();
                Err(match (pieces.interrupted)() {
                    true => Stop::Interrupted,
                    false => Stop::TooLong(line(self.text, &pieces.begin)),
                })
            }
        }
    }
}

/// The line of a record; the reader counts blank lines above it, and the second half of a CRLF,
/// as its own.
fn line(text: &str, begin: &csv::Position) -> u64 {
    let from = usize::try_from(begin.byte()).expect("within the text");
    let blank = text.as_bytes()[from..]
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'));
    begin.line() + blank.filter(|&&byte| byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(u64, usize)>, Option<Stop>) {
        let (mut records, mut all) = (Records::new(text, &|| false), Vec::new());
        let mut record = StringRecord::new();
        loop {
            match records.next(&mut record) {
                Ok(Some(line)) => all.push((line, record.as_slice().len())),
                Ok(None) => return (all, None),
                Err(stop) => return (all, Some(stop)),
            }
        }
    }

    #[test]
    fn records_as_long_as_may_be_are_read_and_longer_ones_told() {
        let most = usize::try_from(limits::ROW_BYTES.most).expect("it fits");
        let long = "x".repeat(most - 1);
        let (all, stop) = read(&format!("a\n{long}\n\nb\n{long}\n{long}"));
        assert_eq!(stop, None);
        assert_eq!(
            all,
            [(1, 1), (2, most - 1), (4, 1), (5, most - 1), (6, most - 1)]
        );
        let (all, stop) = read(&format!("a\r\nb\r\n{long}{long}\nc\n"));
        assert_eq!((all.len(), stop), (2, Some(Stop::TooLong(3))));
        let (all, stop) = read(&format!("a\n\"{}", "b\nc\n".repeat(most)));
        assert_eq!((all.len(), stop), (1, Some(Stop::TooLong(2))));
        assert_eq!(read("").0, []);
    }

    #[test]
    fn it_stops_when_it_is_asked_to() {
        let text = "1,2,3\n".repeat(100_000);
        let asked = std::cell::Cell::new(0);
        let third = || {
            asked.set(asked.get() + 1);
            asked.get() >= 3
        };
        let (mut records, mut count) = (Records::new(&text, &third), 0);
        let mut record = StringRecord::new();
        let stop = loop {
            match records.next(&mut record) {
                Ok(Some(_)) => count += 1,
                other => break other,
            }
        };
        assert_eq!(stop, Err(Stop::Interrupted));
        assert!((1_000..100_000).contains(&count), "{count}");
    }
}
