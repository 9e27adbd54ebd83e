//! Work that can be done in any order, on one core or on several.

use std::sync::OnceLock;

/// Calls a function with every number below a count, each once, in any order, perhaps several
/// at a time.
///
/// A plain function value, so that the core needs no threads: who has them hands in a function
/// that uses them.
pub type Executor<'a> = &'a (dyn Fn(usize, &(dyn Fn(usize) + Sync)) + Sync);

/// The [`Executor`] that takes one number after the other.
pub fn one_by_one(count: usize, call: &(dyn Fn(usize) + Sync)) {
    (0..count).for_each(call);
}

/// What `of` makes of every number below `count`, in their order. A single number is taken
/// without `executor`: it is not worth lending cores.
///
/// # Panics
///
/// If `executor` leaves a number out, or takes one twice.
pub fn map<T: Send + Sync>(
    executor: Executor<'_>,
    count: usize,
    of: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    if count == 1 {
        return vec![of(0)];
    }
    let made: Vec<OnceLock<T>> = (0..count).map(|_| OnceLock::new()).collect();
    executor(count, &|number| {
        let again = made[number].set(of(number)).is_err();
        assert!(!again, "each number is taken once");
    });
    let made = made.into_iter().map(OnceLock::into_inner);
    made.map(|made| made.expect("every number is taken"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_depend_on_who_is_first() {
        let backwards = |count: usize, call: &(dyn Fn(usize) + Sync)| {
            (0..count).rev().for_each(call);
        };
        assert_eq!(map(&backwards, 4, |number| number * 2), [0, 2, 4, 6]);
        assert_eq!(map(&one_by_one, 4, |number| number * 2), [0, 2, 4, 6]);
    }

    #[test]
    #[should_panic(expected = "every number is taken")]
    fn nobody_is_left_out() {
        map(&|_, _| {}, 2, |number| number);
    }
}
