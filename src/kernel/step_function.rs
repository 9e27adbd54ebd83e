//! A step function of time: what holds from when on.

use std::ops::Deref;

use crate::units::Time;

/// A step function of time. Each value holds from its instant until that of the next entry, and
/// neighbours differ. It dereferences to its entries.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepFunction<T>(Vec<(Time, T)>);

impl<T> Default for StepFunction<T> {
    fn default() -> Self {
        StepFunction(Vec::new())
    }
}

impl<T> Deref for StepFunction<T> {
    type Target = [(Time, T)];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, T> IntoIterator for &'a StepFunction<T> {
    type Item = &'a (Time, T);
    type IntoIter = std::slice::Iter<'a, (Time, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> FromIterator<(Time, T)> for StepFunction<T> {
    /// The entries as they are given, which must be in the order of time.
    fn from_iter<I: IntoIterator<Item = (Time, T)>>(entries: I) -> Self {
        StepFunction(entries.into_iter().collect())
    }
}

impl<T: Copy + PartialEq> StepFunction<T> {
    /// A function that has had one value since the beginning.
    pub fn constant(value: T) -> Self {
        StepFunction(vec![(Time::BEGINNING, value)])
    }

    /// Appends a value that holds from `at` on, which is not before the last entry. A value that
    /// held for no time at all is removed.
    pub fn record(&mut self, at: Time, value: T) {
        while self.last().is_some_and(|&(from, _)| from == at) {
            self.0.pop();
        }
        if self.latest() != Some(value) {
            self.0.push((at, value));
        }
    }

    /// Forgets all entries: `value` holds since the beginning.
    pub fn restart(&mut self, value: T) {
        self.0.clear();
        self.0.push((Time::BEGINNING, value));
    }

    /// Forgets all entries: nothing holds.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The value of the last entry.
    pub fn latest(&self) -> Option<T> {
        self.last().map(|&(_, value)| value)
    }

    /// The value at an instant; none before the first entry.
    pub fn at(&self, t: Time) -> Option<T> {
        let past = self.partition_point(|entry| entry.0 <= t);
        Some(self[past.checked_sub(1)?].1)
    }

    /// The value at an instant, of a function that has one since the beginning.
    ///
    /// # Panics
    ///
    /// If it has none yet.
    pub fn in_force(&self, t: Time) -> T {
        self.at(t).expect("a value holds since the beginning")
    }
}

impl<T> StepFunction<T> {
    /// From when until when which value holds; the last one until `end`.
    pub fn intervals(&self, end: Time) -> impl Iterator<Item = (Time, Time, &T)> {
        self.iter().enumerate().map(move |(index, (from, value))| {
            let until = self.get(index + 1).map_or(end, |next| next.0);
            (*from, until, value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_held_for_no_time_leaves_no_entry() {
        let at = Time::from_millis;
        let mut steps = StepFunction::constant('a');
        for (ms, value) in [(1, 'a'), (2, 'b'), (4, 'c'), (4, 'b'), (6, 'd'), (6, 'e')] {
            steps.record(at(ms), value);
        }
        let expected = [(Time::BEGINNING, 'a'), (at(2), 'b'), (at(6), 'e')];
        assert_eq!(*steps, expected);
        assert_eq!(steps.in_force(at(5)), 'b');
        let ends: Vec<Time> = steps.intervals(at(9)).map(|interval| interval.1).collect();
        assert_eq!(ends, [at(2), at(6), at(9)]);
        assert_eq!(StepFunction::<char>::default().at(at(0)), None);
    }
}
