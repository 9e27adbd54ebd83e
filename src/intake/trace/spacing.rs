use std::collections::BTreeMap;

use super::instant::written;
use super::{Reading, Row};
use crate::units::Duration;

impl Reading<'_> {
    /// What a row covers, in ms: as the scenario says, or the commonest spacing (the smallest
    /// of them). Rows that overlap are mistakes; gaps are warned of.
    pub(super) fn step(&mut self, rows: &[Row]) -> Option<i64> {
        let step = match self.trace.step {
            Some(step) => step.millis(),
            None => match commonest_spacing(rows) {
                Some(step) => step,
                None => {
                    self.refuse(
                        "has one row, so no spacing; say what it covers: step = \"1h\"".to_owned(),
                    );
                    return None;
                }
            },
        };
        let spacing = |pair: &[Row]| pair[1].begin - pair[0].begin;
        let overlapping: Vec<&[Row]> = rows
            .windows(2)
            .filter(|pair| spacing(pair) < step)
            .collect();
        if !overlapping.is_empty() {
            self.overlap(step, &overlapping);
            return None;
        }
        let gaps = || rows.windows(2).filter(|pair| spacing(pair) > step);
        // The first of the longest.
        let longest = gaps().rev().max_by_key(|pair| spacing(pair));
        if let Some(longest) = longest {
            let missing = |pair: &[Row]| spacing(pair) - step;
            self.warn(format!(
                "{} in the rows counted as 0, {} in all; the longest is {}, from {} on",
                match gaps().count() {
                    1 => "1 gap".to_owned(),
                    many => format!("{many} gaps"),
                },
                Duration::from_millis(gaps().map(missing).sum()),
                Duration::from_millis(missing(longest)),
                written(longest[0].begin + step)
            ));
        }
        Some(step)
    }

    fn overlap(&mut self, step: i64, pairs: &[&[Row]]) {
        let stated = match self.trace.step {
            Some(_) => "as `step` says",
            None => "the commonest spacing",
        };
        let apart = |pair: &[Row]| Duration::from_millis(pair[1].begin - pair[0].begin);
        let shortest = pairs.iter().map(|pair| apart(pair)).min();
        let mut message = format!(
            "begins {} after line {}, which covers {} ({stated}): they overlap; correct its time, \
             or let a row cover no more than step = \"{}\"",
            apart(pairs[0]),
            pairs[0][0].line,
            Duration::from_millis(step),
            shortest.unwrap_or_default()
        );
        if pairs.len() > 1 {
            message.push_str(&format!(" (and so in {} more rows)", pairs.len() - 1));
        }
        self.error.add(Some(pairs[0][1].line), None, message);
    }
}

fn commonest_spacing(rows: &[Row]) -> Option<i64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for pair in rows.windows(2) {
        *counts.entry(pair[1].begin - pair[0].begin).or_default() += 1;
    }
    // Of equally common ones the last that `max_by_key` meets: the smallest.
    let commonest = counts.into_iter().rev().max_by_key(|&(_, count)| count);
    commonest.map(|(spacing, _)| spacing)
}
