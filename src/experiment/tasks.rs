//! What studies but `run` leave for later: the result of one task after the other, in a journal
//! that says in its first line which study it is of. A study asks for its tasks in an order that
//! depends on nothing but what is asked of it, so results need no names.

use std::io::{self, BufRead};

use super::frame;

/// No result is longer.
const LONGEST: u64 = 1 << 28;

/// How many whole results a journal with this head has, and how many bytes up to the end of the
/// last one; none if it is of another study.
///
/// # Errors
///
/// If it cannot be read.
pub fn scan(head: &str, from: &mut dyn BufRead) -> io::Result<Option<(u64, u64)>> {
    let line = frame::head(from, head.len())?;
    if line != head.as_bytes() {
        // It was begun, and what began it was ended at once.
        return Ok(head.as_bytes().starts_with(&line).then_some((0, 0)));
    }
    let (mut results, mut whole) = (0, line.len() as u64);
    while let Some(body) = frame::next(from, LONGEST)? {
        results += 1;
        whole += frame::length(&body);
    }
    Ok(Some((results, whole)))
}

/// The next record of a journal, behind its head.
///
/// # Errors
///
/// If it cannot be read.
pub fn next(from: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    frame::next(from, LONGEST)
}

/// A record of a result.
pub fn record(result: &[u8]) -> Vec<u8> {
    frame::sealed(result)
}
