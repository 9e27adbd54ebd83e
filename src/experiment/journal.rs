//! The journal of a study as bytes: what was computed so far, so that it need not be again.
//!
//! A head names the study; then records follow, each with some replications and a checksum. A
//! record that is cut off or damaged ends the journal: what stands before it is whole.

use sha2::{Digest, Sha256};

use super::column::Values;
use super::replicate::{Replications, Study};

/// Counts up when the bytes of a record change their meaning.
const FORMAT: &str = "cmksim journal 1";
/// Bytes of a checksum.
const CHECK: usize = 8;

/// The first line of a journal: of another study it is another one.
///
/// What decides: the program's version, everything that the scenario means, the traces, and
/// what is kept. Not: what it is called, what is expected, and how many replications are asked
/// for.
pub fn head(study: &Study<'_>) -> String {
    let mut scenario = study.scenario.clone();
    scenario.title = None;
    scenario.description = None;
    scenario.expectations = Vec::new();
    scenario.replications = 1;
    scenario.sweep = None;
    let mut digest = Sha256::new();
    digest.update(env!("CARGO_PKG_VERSION"));
    digest.update(format!("{scenario:?} {:?}", study.kept));
    for rows in study.traces {
        if let Some(rows) = rows {
            rows.add_to(&mut |bytes| digest.update(bytes));
        }
        digest.update([0]);
    }
    let digest: String = digest.finalize()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{FORMAT} {digest}\n")
}

/// A record of some replications.
pub fn record(replications: &Replications) -> Vec<u8> {
    let mut body = Vec::new();
    number(&mut body, replications.count as u64);
    for (at, (&same, values)) in replications
        .same_as
        .iter()
        .zip(&replications.values)
        .enumerate()
    {
        number(&mut body, same as u64);
        if same == at {
            self::values(&mut body, values);
        }
    }
    let mut record = Vec::with_capacity(body.len() + 2 * CHECK);
    number(&mut record, body.len() as u64);
    record.extend(&body);
    record.extend(checksum(&record));
    record
}

fn number(body: &mut Vec<u8>, number: u64) {
    body.extend(number.to_le_bytes());
}

/// Few of the bytes of a value differ from those of the others: only so many are written, above
/// the least value.
fn values(body: &mut Vec<u8>, values: &Values) {
    match values {
        Values::Constant { code, .. } => {
            body.push(0);
            number(body, *code);
        }
        Values::Varying(codes) => {
            let least = codes.iter().copied().min().unwrap_or(0);
            let most = codes.iter().map(|code| code - least).max().unwrap_or(0);
            let width = 8 - most.leading_zeros() as usize / 8;
            body.push(u8::try_from(width).expect("at most 8"));
            number(body, least);
            for code in codes {
                body.extend(&(code - least).to_le_bytes()[..width]);
            }
        }
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECK] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|at| digest[at])
}

/// What a journal holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovered {
    /// The replications of all whole records.
    pub replications: Replications,
    /// The bytes up to the end of the last whole record; what follows is damaged.
    pub whole: usize,
}

/// Reads a journal back; `None` where it is of another study, or no journal.
pub fn recover(study: &Study<'_>, journal: &[u8]) -> Option<Recovered> {
    let head = head(study);
    let mut rest = journal.strip_prefix(head.as_bytes())?;
    let mut replications = study.empty();
    while let Some((read, behind)) = read_record(study, rest) {
        replications.append(&read);
        rest = behind;
    }
    Some(Recovered {
        replications,
        whole: journal.len() - rest.len(),
    })
}

/// The first record, and what stands behind it; `None` where it is not whole.
fn read_record<'j>(study: &Study<'_>, journal: &'j [u8]) -> Option<(Replications, &'j [u8])> {
    let mut reader = Reader(journal);
    let length = usize::try_from(reader.number()?).ok()?;
    let body = reader.take(length)?;
    let check = reader.take(CHECK)?;
    if checksum(&journal[..CHECK + length]) != check {
        return None;
    }
    let mut body = Reader(body);
    let count = usize::try_from(body.number()?).ok()?;
    let mut read = study.empty();
    read.count = count;
    for at in 0..study.kept.len() {
        let same = usize::try_from(body.number()?).ok()?;
        read.same_as[at] = same;
        if same == at {
            read.values[at] = body.values(count)?;
        }
    }
    Some((read, reader.0))
}

/// What is left to read.
struct Reader<'j>(&'j [u8]);

impl<'j> Reader<'j> {
    fn take(&mut self, count: usize) -> Option<&'j [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let bytes = self.take(8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    fn values(&mut self, count: usize) -> Option<Values> {
        let width = usize::from(self.take(1)?[0]);
        let least = self.number()?;
        if width == 0 {
            return Some(Values::Constant { code: least, count });
        }
        let bytes = self.take(count.checked_mul(width)?)?;
        let code = |part: &[u8]| {
            let mut whole = [0; 8];
            whole[..width].copy_from_slice(part);
            least + u64::from_le_bytes(whole)
        };
        Some(Values::Varying(
            bytes.chunks_exact(width).map(code).collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::one_by_one;
    use crate::scenario::read;

    #[test]
    fn what_is_cut_off_or_damaged_ends_it() {
        let text = "duration = '1d'\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n\
            [[event]]\nat = '1h'\nkind = 'disable_key'\nduration = '2h'\n";
        let scenario = read("s", text.as_bytes(), &[]).expect("right").scenario;
        let study = Study::new(&scenario, &[None]);
        let gather = |numbers| {
            let never = |_| false;
            study.gather(numbers, &never, &one_by_one).expect("runs")
        };
        let (first, second) = (gather(0..70), gather(70..100));
        let mut journal = head(&study).into_bytes();
        let nothing = recover(&study, &journal).expect("it is of this study");
        assert_eq!(nothing.replications, study.empty());
        journal.extend(record(&first));
        let end_of_first = journal.len();
        journal.extend(record(&second));

        let all = recover(&study, &journal).expect("it is of this study");
        assert_eq!(
            (all.replications, all.whole),
            (gather(0..100), journal.len())
        );
        for end in [end_of_first, end_of_first + 5, journal.len() - 1] {
            let some = recover(&study, &journal[..end]).expect("it is of this study");
            assert_eq!((&some.replications, some.whole), (&first, end_of_first));
        }
        for at in (end_of_first..journal.len()).step_by(7) {
            let mut damaged = journal.clone();
            damaged[at] ^= 1;
            let some = recover(&study, &damaged).expect("it is of this study");
            assert_eq!((&some.replications, some.whole), (&first, end_of_first));
        }
        let mut other = scenario.clone();
        other.seed += 1;
        assert_eq!(recover(&Study::new(&other, &[None]), &journal), None);
        other.seed -= 1;
        other.title = Some("another title".to_owned());
        assert!(recover(&Study::new(&other, &[None]), &journal).is_some());
    }
}
