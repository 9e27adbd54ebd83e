//! What every study is given: who lends cores, who may stop it, and who sees how far it is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;

use crate::error::Error;
use crate::kernel::{Executor, one_by_one};

/// Sees how far a computation is. A step is a replication or, of a single replay, a millisecond
/// of simulated time.
pub trait Progress: Sync {
    /// Something begins that takes so many steps.
    fn begin(&self, steps: u64);
    /// So many more steps are done.
    fn advance(&self, steps: u64);
    /// So many steps need not be done.
    fn skip(&self, steps: u64);
}

/// Nobody looks.
impl Progress for () {
    fn begin(&self, _: u64) {}
    fn advance(&self, _: u64) {}
    fn skip(&self, _: u64) {}
}

/// How studies are computed.
#[derive(Clone, Copy)]
pub struct Runner<'a> {
    /// Does several things at a time. What is computed does not depend on it.
    pub executor: Executor<'a>,
    /// Asked now and then whether to stop.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Sees how far it is.
    pub progress: &'a dyn Progress,
}

impl Runner<'static> {
    /// One thing after another, to the end.
    pub const SERIAL: Runner<'static> = Runner {
        executor: &one_by_one,
        stop: &|| false,
        progress: &(),
    };
}

/// Results on their way to who takes them in order.
struct Queue<T, F> {
    next: usize,
    /// Those that others before them hold up.
    waiting: BTreeMap<usize, Result<T, Error>>,
    take: F,
    failed: Option<Error>,
}

impl<T, F: FnMut(T) -> Result<(), Error>> Queue<T, F> {
    fn add(&mut self, number: usize, result: Result<T, Error>) {
        self.waiting.insert(number, result);
        while self.failed.is_none()
            && let Some(result) = self.waiting.remove(&self.next)
        {
            self.next += 1;
            self.failed = result.and_then(&mut self.take).err();
        }
    }
}

impl Runner<'_> {
    /// Computes tasks by their numbers and hands the results on in this order, each as soon as
    /// those before it are there. Nothing is begun after the first error.
    ///
    /// # Errors
    ///
    /// The first one in the order of the numbers, of a task or of who takes the results.
    pub(super) fn in_order<T: Send>(
        &self,
        numbers: Range<usize>,
        compute: impl Fn(usize) -> Result<T, Error> + Sync,
        take: impl FnMut(T) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let queue = Mutex::new(Queue {
            next: numbers.start,
            waiting: BTreeMap::new(),
            take,
            failed: None,
        });
        let queue_now = || queue.lock().expect("nobody panicked");
        let task = |number: usize| {
            if queue_now().failed.is_none() {
                let result = compute(number);
                queue_now().add(number, result);
            }
        };
        match numbers.len() {
            // It may use the cores itself.
            1 => task(numbers.start),
            count => (self.executor)(count, &|at| task(numbers.start + at)),
        }
        let failed = queue.into_inner().expect("nobody panicked").failed;
        failed.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_up_to_the_first_error() {
        let backwards: Executor<'_> = &|count, call| (0..count).rev().for_each(call);
        for executor in [backwards, &one_by_one] {
            let runner = Runner {
                executor,
                ..Runner::SERIAL
            };
            let run = |wrong: &[usize]| {
                let mut taken = Vec::new();
                let compute = |number: usize| match wrong.contains(&number) {
                    true => Err(Error::run(number.to_string())),
                    false => Ok(number),
                };
                let done = runner.in_order(2..9, compute, |number| {
                    taken.push(number);
                    Ok(())
                });
                (taken, done.map_err(|error| error.to_string()))
            };
            assert_eq!(run(&[]), ((2..9).collect(), Ok(())));
            assert_eq!(run(&[7, 5]), (vec![2, 3, 4], Err("5".to_owned())));
        }
    }
}
