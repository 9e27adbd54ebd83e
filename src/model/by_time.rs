//! Something by time: a list of what holds from when on.

use crate::units::Time;

/// Something by time: each value holds from its instant until that of the next entry. The
/// first holds since [`Time::BEGINNING`]; what held for no time at all is left out.
pub type ByTime<T> = Vec<(Time, T)>;

/// Notes a value from `at` on, which is not before what was noted last. What held for no time
/// at all is left out.
pub(crate) fn record<T: Copy + PartialEq>(by_time: &mut ByTime<T>, at: Time, value: T) {
    while by_time.last().is_some_and(|&(from, _)| from == at) {
        by_time.pop();
    }
    if by_time.last().is_none_or(|&(_, held)| held != value) {
        by_time.push((at, value));
    }
}

/// Forgets what was noted: a value holds since the beginning.
pub(crate) fn begin<T>(by_time: &mut ByTime<T>, value: T) {
    by_time.clear();
    by_time.push((Time::BEGINNING, value));
}

/// What holds at an instant; none before the first entry.
pub(crate) fn at<T>(by_time: &ByTime<T>, t: Time) -> Option<&T> {
    let past = by_time.partition_point(|entry| entry.0 <= t);
    Some(&by_time[past.checked_sub(1)?].1)
}

/// What holds at an instant, of something that holds since the beginning.
///
/// # Panics
///
/// If nothing holds yet.
pub(crate) fn in_force<T: Copy>(by_time: &ByTime<T>, t: Time) -> T {
    *at(by_time, t).expect("something held since the beginning")
}

/// From when until when holds what; the last value until `end`.
pub(crate) fn intervals<T>(
    by_time: &ByTime<T>,
    end: Time,
) -> impl Iterator<Item = (Time, Time, &T)> {
    by_time
        .iter()
        .enumerate()
        .map(move |(index, (from, value))| {
            let until = by_time.get(index + 1).map_or(end, |next| next.0);
            (*from, until, value)
        })
}
