use crate::units::{Duration, Time};

/// The rows of a trace in whole bytes: each covers `step` from its beginning.
///
/// Bytes are rounded down cumulatively, so the sum of the first n rows is exact to a byte for
/// every n.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The calendar instant of the first row, in ms since 1970-01-01T00:00:00Z.
    pub(super) first: i64,
    pub(super) step: i64,
    /// Beginnings after the first row's, in ms; at least `step` apart, the first 0.
    pub(super) begins: Vec<i64>,
    /// Bytes of all rows up to and including this one.
    pub(super) totals: Vec<u64>,
}

impl Rows {
    /// What a row covers.
    pub fn step(&self) -> Duration {
        Duration::from_millis(self.step)
    }

    /// How many rows there are; at least 1.
    pub fn count(&self) -> usize {
        self.begins.len()
    }

    /// From the beginning of the first row to the end of the last.
    pub fn span(&self) -> Duration {
        Duration::from_millis(self.begins[self.begins.len() - 1] + self.step)
    }

    /// The bytes of all rows.
    pub fn total(&self) -> u64 {
        self.totals[self.totals.len() - 1]
    }

    /// The calendar instant of the first row, in ms since 1970-01-01T00:00:00Z.
    pub fn first(&self) -> i64 {
        self.first
    }

    /// When each row begins, in ms since 1970-01-01T00:00:00Z, and its bytes.
    pub fn iter(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        let begins = self.begins.iter().enumerate();
        begins.map(|(row, begin)| (self.first + begin, self.bytes(row)))
    }

    /// Hands out everything as bytes, for a digest.
    pub fn add_to(&self, digest: &mut dyn FnMut(&[u8])) {
        digest(&self.first.to_le_bytes());
        digest(&self.step.to_le_bytes());
        for (begin, total) in self.begins.iter().zip(&self.totals) {
            digest(&begin.to_le_bytes());
            digest(&total.to_le_bytes());
        }
    }

    fn bytes(&self, row: usize) -> u64 {
        self.totals[row] - row.checked_sub(1).map_or(0, |before| self.totals[before])
    }
}

/// A trace laid on the time of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replay<'a> {
    rows: &'a Rows,
    /// The instant of the first row.
    anchor: Time,
    repeat: bool,
}

impl<'a> Replay<'a> {
    pub(super) fn new(rows: &'a Rows, anchor: Time, repeat: bool) -> Replay<'a> {
        Replay {
            rows,
            anchor,
            repeat,
        }
    }

    /// What a row covers.
    pub(super) fn step(&self) -> Duration {
        self.rows.step()
    }

    /// The bytes of the row that covers t; 0 before, after and in a gap.
    pub(super) fn bytes_at(&self, t: Time) -> u64 {
        let Some(offset) = self.offset(t) else {
            return 0;
        };
        let later = self.rows.begins.partition_point(|&begin| begin <= offset);
        match later.checked_sub(1) {
            Some(row) if offset < self.rows.begins[row] + self.rows.step => self.rows.bytes(row),
            _ => 0,
        }
    }

    fn offset(&self, t: Time) -> Option<i64> {
        let since = (t - self.anchor).millis();
        match self.rows.span().millis() {
            _ if since < 0 => None,
            span if self.repeat => Some(since % span),
            span => (since < span).then_some(since),
        }
    }

    /// Where rows begin and end from t = 0 until `end`, not quite in order. Where they are more
    /// than `most` different ones, no more come than show that.
    pub(super) fn edges(&self, end: Time, most: u64) -> Vec<Time> {
        // Where a row ends the next may begin: each comes twice at most.
        let most = usize::try_from(2 * most + 2).expect("a limit that memory can hold");
        let span = self.rows.span();
        let mut round = self.anchor;
        if self.repeat && round < Time::START {
            let whole = (Time::START - round).millis() / span.millis() * span.millis();
            round = round + Duration::from_millis(whole);
        }
        let mut edges = Vec::new();
        while round < end && edges.len() < most {
            let within = self.rows.begins.iter().flat_map(|&begin| {
                let begin = round + Duration::from_millis(begin);
                [begin, begin + self.rows.step()]
            });
            edges.extend(
                within
                    .skip_while(|&edge| edge <= Time::START)
                    .take_while(|&edge| edge < end)
                    .take(most - edges.len()),
            );
            if !self.repeat {
                break;
            }
            round = round + span;
        }
        edges
    }
}
