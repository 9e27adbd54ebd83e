//! Several things at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many threads are used, where nobody says.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Calls a function with every number below a count, on so many threads. Whoever is free takes
/// the next one.
pub(crate) fn parallel_for(threads: usize, count: usize, call: &(dyn Fn(usize) + Sync)) {
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
        for _ in 1..threads.min(count) {
            scope.spawn(work);
        }
        work();
    });
}
