//! What every journal is made of: records with a length before and a checksum behind, so that it
//! shows where one is cut off or damaged.

use std::io::{self, BufRead, Read};

use sha2::{Digest, Sha256};

/// Bytes of a number, and of a checksum.
const NUMBER: usize = 8;

/// A body as a record.
pub(super) fn sealed(body: &[u8]) -> Vec<u8> {
    let mut record = Vec::with_capacity(body.len() + 2 * NUMBER);
    number(&mut record, body.len() as u64);
    record.extend(body);
    record.extend(checksum(&record));
    record
}

/// How many bytes the record of a body has.
pub(super) fn length(body: &[u8]) -> u64 {
    (body.len() + 2 * NUMBER) as u64
}

/// The body of the next record; none where it is not whole, or longer than `longest`.
pub(super) fn next(from: &mut dyn BufRead, longest: u64) -> io::Result<Option<Vec<u8>>> {
    let mut record = Vec::new();
    from.take(NUMBER as u64).read_to_end(&mut record)?;
    let Ok(length) = <[u8; NUMBER]>::try_from(record.as_slice()) else {
        return Ok(None);
    };
    let length = u64::from_le_bytes(length);
    if length > longest {
        return Ok(None);
    }
    let behind = length + NUMBER as u64;
    let read = from.take(behind).read_to_end(&mut record)?;
    if (read as u64) < behind {
        return Ok(None);
    }
    let check = record.split_off(record.len() - NUMBER);
    let whole = checksum(&record) == *check;
    Ok(whole.then(|| record.split_off(NUMBER)))
}

/// As much as there is of the first line, if that is no longer than `longest`.
pub(super) fn head(from: &mut dyn BufRead, longest: usize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    from.take(longest as u64).read_until(b'\n', &mut line)?;
    Ok(line)
}

/// A text as a first line: its checksum is the last word.
pub(super) fn line(text: &str) -> String {
    let digits = checksum(text.as_bytes()).map(|byte| format!("{byte:02x}"));
    format!("{text} {}\n", digits.concat())
}

/// The text of such a line; none where it is not whole.
pub(super) fn text(head: &[u8]) -> Option<&str> {
    let head = std::str::from_utf8(head).ok()?;
    let (text, _) = head.rsplit_once(' ')?;
    (line(text) == head).then_some(text)
}

fn checksum(bytes: &[u8]) -> [u8; NUMBER] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|at| digest[at])
}

/// Adds a number to a body.
pub(super) fn number(body: &mut Vec<u8>, number: u64) {
    body.extend(number.to_le_bytes());
}

/// Adds a number to a body in as few bytes as it takes: seven bits in each, the lowest first.
pub(super) fn short(body: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        body.push(0x80 | number.to_le_bytes()[0]);
        number >>= 7;
    }
    body.push(number.to_le_bytes()[0]);
}

/// What is left to read of a body. Whoever wrote it may have written anything.
pub(super) struct Body<'r>(pub(super) &'r [u8]);

impl<'r> Body<'r> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'r [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let bytes = self.take(NUMBER)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    /// A number in a few bytes.
    pub(super) fn short(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.take(1)?[0];
            let bits = u64::from(byte & 0x7f);
            number |= bits << shift;
            if byte < 0x80 {
                // None of the bits is lost.
                return (number >> shift == bits).then_some(number);
            }
        }
        None
    }

    /// The rest, as text.
    pub(super) fn text(&mut self) -> Option<String> {
        let text = std::str::from_utf8(self.take(self.0.len())?).ok()?;
        Some(text.to_owned())
    }
}

/// No number that was computed.
const NONE: u64 = u64::MAX;
/// Neither is one of this size: sums of smaller ones are finite.
const SIZE: f64 = 1e40;

/// Numbers as bytes.
pub(super) fn numbers(numbers: &[Option<f64>]) -> Vec<u8> {
    let bits = numbers
        .iter()
        .map(|number| number.map_or(NONE, f64::to_bits));
    bits.flat_map(u64::to_le_bytes).collect()
}

/// `count` numbers back from bytes.
pub(super) fn read_numbers(body: &mut Body<'_>, count: usize) -> Option<Vec<Option<f64>>> {
    let number = |bits: u64| match f64::from_bits(bits) {
        _ if bits == NONE => Some(None),
        number => (number.abs() < SIZE).then_some(Some(number)),
    };
    (0..count).map(|_| number(body.number()?)).collect()
}

/// What was found, or why nothing was, as bytes.
pub(super) fn outcome<T>(found: &Result<T, String>, bytes: impl Fn(&T) -> Vec<u8>) -> Vec<u8> {
    match found {
        Ok(found) => [vec![1], bytes(found)].concat(),
        Err(reason) => [&[0], reason.as_bytes()].concat(),
    }
}

/// The same back from bytes.
pub(super) fn read_outcome<T>(
    body: &mut Body<'_>,
    read: impl FnOnce(&mut Body<'_>) -> Option<T>,
) -> Option<Result<T, String>> {
    match body.take(1)? {
        [1] => read(body).map(Ok),
        [0] => body.text().map(Err),
        _ => None,
    }
}
