//! All cores at work.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many threads may be used; 0: as many as there are cores.
static WANTED: AtomicUsize = AtomicUsize::new(0);

/// Uses no other number of threads from now on.
pub(crate) fn use_at_most(threads: Option<usize>) {
    WANTED.store(threads.unwrap_or(0), Ordering::Relaxed);
}

/// How many threads are used.
pub(crate) fn cores() -> usize {
    match WANTED.load(Ordering::Relaxed) {
        0 => thread::available_parallelism().map_or(1, usize::from),
        wanted => wanted,
    }
}

/// Calls a function with every number below a count, on as many threads as there are cores, or
/// as were asked for. Whoever is free takes the next one.
pub(crate) fn parallel_for(count: usize, call: &(dyn Fn(usize) + Sync)) {
    let cores = cores().min(count);
    if cores <= 1 {
        return (0..count).for_each(call);
    }
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return;
            }
            call(number);
        }
    };
    thread::scope(|scope| {
        for _ in 1..cores {
            scope.spawn(work);
        }
        work();
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use cmksim::kernel::map;

    #[test]
    fn everything_is_done_once_and_comes_in_order() {
        let squares = map(&parallel_for, 1_000, |number| number * number);
        let expected: Vec<usize> = (0..1_000).map(|number| number * number).collect();
        assert_eq!(squares, expected);
        assert!(map(&parallel_for, 0, |number| number).is_empty());
    }
}
