//! What every study is given: who lends cores, who may stop it, and who sees how far it is.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;

use super::frame::Body;
use crate::error::Error;
use crate::kernel::{Executor, one_by_one};

/// How many results that were left are read at a time.
const CHUNK: usize = 64;

/// How studies are computed.
#[derive(Clone, Copy)]
pub struct Runner<'a> {
    /// Does several things at a time. What is computed does not depend on it.
    pub executor: Executor<'a>,
    /// Asked now and then whether to stop.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Sees how far it is.
    pub progress: &'a dyn Progress,
    /// Where a study keeps what it has computed.
    pub journal: Option<&'a dyn Journal>,
    /// Where its replications are, if others have computed them.
    pub cells: Option<&'a dyn Cells>,
}

impl Runner<'static> {
    /// One thing after another, to the end.
    pub const SERIAL: Runner<'static> = Runner {
        executor: &one_by_one,
        stop: &|| false,
        progress: &(),
        journal: None,
        cells: None,
    };
}

/// Sees how far a computation is. A step is a replication or, of a single replay, a millisecond
/// of simulated time.
pub trait Progress: Sync {
    /// Something begins that takes this many steps.
    fn begin(&self, steps: u64);
    /// More steps are done.
    fn advance(&self, steps: u64);
    /// Some of the steps need not be done.
    fn skip(&self, steps: u64);
}

/// Nobody looks.
impl Progress for () {
    fn begin(&self, _: u64) {}
    fn advance(&self, _: u64) {}
    fn skip(&self, _: u64) {}
}

/// Where results of tasks go, and where those come from that an earlier study left.
pub trait Journal: Sync {
    /// The next result that is left.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    fn next(&self) -> Result<Option<Vec<u8>>, Error>;

    /// Keeps a result.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn keep(&self, result: &[u8]) -> Result<(), Error>;
}

/// Takes the numbers of some replications, and what is kept of them as bytes.
pub type TakeRecord<'a> = dyn FnMut(Range<u64>, &[u8]) -> Result<(), Error> + 'a;

/// The scenarios of a study, which others have replayed.
pub trait Cells: Sync {
    /// Hands on what is kept of a scenario, by its number, in the order of its replications.
    ///
    /// # Errors
    ///
    /// If something cannot be read, and that of `take`.
    fn each(&self, cell: usize, take: &mut TakeRecord<'_>) -> Result<(), Error>;
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

impl Runner<'_> {
    /// Computes tasks, of which each takes its number of `replays`, and hands the results on in order, as
    /// [`Runner::in_order`] does. Those that the journal has are made by `recover` of their numbers
    /// and bytes; `compute` makes the others, with their [`Runner::bytes`].
    ///
    /// # Errors
    ///
    /// The first one in the order of the tasks; and if the journal holds what no study writes.
    pub(super) fn tasks<T: Send>(
        &self,
        count: usize,
        replays: impl Fn(usize) -> u64 + Sync,
        recover: impl Fn(usize, &mut Body<'_>) -> Option<T> + Sync,
        compute: impl Fn(usize) -> Result<(T, Vec<u8>), Error> + Sync,
        mut take: impl FnMut(T) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let mut had = 0;
        while let Some(journal) = self.journal
            && had < count
        {
            let mut left = Vec::new();
            while left.len() < CHUNK.min(count - had)
                && let Some(bytes) = journal.next()?
            {
                left.push(bytes);
            }
            if left.is_empty() {
                break;
            }
            let recovered = |number: usize| {
                let mut body = Body(&left[number - had]);
                let result = recover(number, &mut body).filter(|_| body.0.is_empty());
                self.progress.skip(replays(number));
                result.ok_or_else(foreign)
            };
            self.in_order(had..had + left.len(), recovered, &mut take)?;
            had += left.len();
        }
        self.in_order(had..count, compute, |(result, bytes)| {
            if let Some(journal) = self.journal {
                journal.keep(&bytes)?;
            }
            take(result)
        })
    }

    /// The result of a single task.
    ///
    /// # Errors
    ///
    /// Those of [`Runner::tasks`].
    pub(super) fn task<T: Send>(
        &self,
        replays: u64,
        recover: impl Fn(&mut Body<'_>) -> Option<T> + Sync,
        compute: impl Fn() -> Result<(T, Vec<u8>), Error> + Sync,
    ) -> Result<T, Error> {
        let mut result = None;
        let taken = |one| {
            result = Some(one);
            Ok(())
        };
        self.tasks(
            1,
            |_| replays,
            |_, body| recover(body),
            |_| compute(),
            taken,
        )?;
        Ok(result.expect("a task has a result"))
    }

    /// A result as bytes, where somebody keeps them.
    pub(super) fn bytes(&self, encoded: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
        self.journal.map_or_else(Vec::new, |_| encoded())
    }

    /// The same without a journal, for what is a part of a task.
    pub(super) fn within(&self) -> Self {
        Runner {
            journal: None,
            ..*self
        }
    }
}

/// Whoever writes a record with a right checksum may write anything into it.
pub(super) fn foreign() -> Error {
    Error::run(
        "a record of a journal or a part is whole, and holds what no study writes; remove the \
         file, or leave out --extend, to compute it again",
    )
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
