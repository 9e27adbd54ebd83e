//! A computation on threads of its own, while Python goes on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use cmksim::Runner;
use cmksim::experiment::Progress;
use pyo3::prelude::*;

use super::failure::Failure;
use super::threads::{cores, parallel_for};

/// The time between two looks for a signal: a study stops well within half a second.
const LOOK: Duration = Duration::from_millis(50);

/// How a study is computed.
pub(crate) struct Watch<'py> {
    /// `None`: as many threads as there are cores.
    pub(crate) threads: Option<usize>,
    /// Told how many steps are done, and of how many.
    pub(crate) progress: Option<Bound<'py, PyAny>>,
}

/// Steps that are done, and those that there are.
#[derive(Default)]
struct Steps {
    done: AtomicU64,
    all: AtomicU64,
}

impl Progress for Steps {
    fn begin(&self, steps: u64) {
        self.all.store(steps, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
    }

    fn advance(&self, steps: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
    }

    fn skip(&self, steps: u64) {
        self.advance(steps);
    }
}

impl Watch<'_> {
    /// Computes while other threads of Python run. A signal, as of Ctrl-C, stops it, and so does
    /// an exception of who is told of the progress.
    pub(crate) fn run<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Runner<'_>) -> Result<T, Failure> + Send,
    ) -> PyResult<T> {
        let threads = self.threads.unwrap_or_else(cores);
        let (steps, stop, done) = (
            Steps::default(),
            AtomicBool::new(false),
            Finished::default(),
        );
        let waiting = thread::current();
        let computed = thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let _finished = done.tells(&waiting);
                let runner = Runner {
                    executor: &|count, call| parallel_for(threads, count, call),
                    stop: &|| stop.load(Ordering::Relaxed),
                    progress: &steps,
                    ..Runner::SERIAL
                };
                work(&runner)
            });
            let mut raised = Ok(());
            while !done.is() {
                py.detach(|| thread::park_timeout(LOOK));
                if raised.is_ok() {
                    raised = self.look(py, &steps);
                    stop.store(raised.is_err(), Ordering::Relaxed);
                }
            }
            let computed = py.detach(|| worker.join());
            raised.map(|()| computed)
        })?;
        // A bug is told where it is noticed.
        let computed = computed.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        computed.map_err(|failure| failure.raised(py))
    }

    fn look(&self, py: Python<'_>, steps: &Steps) -> PyResult<()> {
        py.check_signals()?;
        if let Some(progress) = &self.progress {
            let [done, all] = [&steps.done, &steps.all].map(|of| of.load(Ordering::Relaxed));
            progress.call1((done, all))?;
        }
        Ok(())
    }
}

/// Whether a thread has done its work, well or not.
#[derive(Default)]
struct Finished(AtomicBool);

impl Finished {
    fn is(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Tells it, and wakes who waits for it, as soon as what this returns is dropped.
    fn tells<'a>(&'a self, waiting: &'a thread::Thread) -> impl Drop + use<'a> {
        struct Tells<'a>(&'a Finished, &'a thread::Thread);
        impl Drop for Tells<'_> {
            fn drop(&mut self) {
                self.0.0.store(true, Ordering::Release);
                self.1.unpark();
            }
        }
        Tells(self, waiting)
    }
}
