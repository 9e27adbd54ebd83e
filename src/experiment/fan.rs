//! How data lies over time in many replications.

use super::curves::{Curves, MOST, SCOUTS, Sample, Taken};
use super::replicate::Study;
use super::replication_runner::ReplicationRunner;
use super::runner::Runner;
use crate::error::Error;
use crate::model::Options;
use crate::statistics::Quantile;
use crate::units::{Time, Volume};

/// Quantiles of a volume over the replications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VolumeQuantiles {
    /// The least.
    pub min: Volume,
    /// 5 % are no greater.
    pub p5: Volume,
    /// 25 % are no greater.
    pub p25: Volume,
    /// The median.
    pub p50: Volume,
    /// 75 % are no greater.
    pub p75: Volume,
    /// 95 % are no greater.
    pub p95: Volume,
    /// The largest.
    pub max: Volume,
}

/// Where data is in a window of time, of all workspaces together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FanWindow {
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub until: Time,
    /// The least that queries can read.
    pub accessible: VolumeQuantiles,
    /// The most that waits under a Microsoft key.
    pub buffered: VolumeQuantiles,
    /// What is lost by its end.
    pub dropped: VolumeQuantiles,
}

/// In how many replications anything is wrong in a long window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FanCount {
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub until: Time,
    /// In how many some data cannot be read.
    pub inaccessible: usize,
    /// In how many some data waits under a Microsoft key.
    pub buffered: usize,
}

/// The first replications of a study over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fan {
    /// How many.
    pub replications: usize,
    /// How many the study has.
    pub of: u64,
    /// In order.
    pub windows: Vec<FanWindow>,
    /// In order. Each is as long as several windows, so that what is rare can be counted.
    pub counts: Vec<FanCount>,
}

/// The windows in a long one.
const IN_LONG: usize = 5;

impl Curves {
    /// The first `replications` of a study, or fewer of very many, over the stretch of the run in
    /// which anything happens. Those that were not taken are replayed.
    ///
    /// # Errors
    ///
    /// Those of [`super::replay`].
    pub fn fan(
        &self,
        study: &Study<'_>,
        replications: u64,
        runner: &Runner<'_>,
    ) -> Result<Fan, Error> {
        if self.instants.get().is_none() {
            let there = |taken: &Taken, number| taken.stretches.contains_key(&number);
            self.replay(study, replications.min(SCOUTS), there, runner)?;
            self.decide(study.scenario.end(), runner);
        }
        let there = |taken: &Taken, number| taken.samples.contains_key(&number);
        self.replay(study, replications.min(MOST), there, runner)?;
        let instants = self.instants.get().expect("they are decided on");
        let taken = self.taken();
        let samples: Vec<&[Sample]> = taken
            .samples
            .range(..replications)
            .map(|(_, sample)| sample.as_slice())
            .collect();
        let windows: Vec<FanWindow> = instants
            .windows(2)
            .enumerate()
            .map(|(at, ends)| {
                let of = |volume: fn(&Sample) -> Volume| {
                    quantiles(samples.iter().map(|sample| volume(&sample[at])).collect())
                };
                FanWindow {
                    from: ends[0],
                    until: ends[1],
                    accessible: of(|sample| sample.accessible),
                    buffered: of(|sample| sample.buffered),
                    dropped: of(|sample| sample.dropped),
                }
            })
            .collect();
        Ok(Fan {
            replications: samples.len(),
            of: replications,
            counts: counts(&windows, &samples),
            windows,
        })
    }

    /// Replays those of the first `count` replications that are not there.
    fn replay(
        &self,
        study: &Study<'_>,
        count: u64,
        there: impl Fn(&Taken, u64) -> bool,
        runner: &Runner<'_>,
    ) -> Result<(), Error> {
        let missing = {
            let taken = self.taken();
            let missing = (0..count).filter(|number| !there(&taken, *number));
            missing.collect::<Vec<u64>>()
        };
        if missing.is_empty() {
            return Ok(());
        }
        runner.progress.begin(missing.len() as u64);
        let row =
            usize::try_from(Study::block_size(missing.len() as u64)).expect("at most a block");
        let rows: Vec<&[u64]> = missing.chunks(row).collect();
        let of = |number: usize| {
            let mut replications = ReplicationRunner::of(study.scenario, study.traces, runner);
            for &replication in rows[number] {
                let options = Options {
                    replication,
                    every_poll: study.every_poll,
                };
                let (history, books) = replications.replay(options)?;
                self.add(replication, history, books);
            }
            Ok(())
        };
        runner.in_order(0..rows.len(), of, |()| Ok(()))
    }
}

/// In how many replications anything is wrong, by long windows.
fn counts(windows: &[FanWindow], samples: &[&[Sample]]) -> Vec<FanCount> {
    let long = windows.chunks(IN_LONG).enumerate();
    let counts = long.map(|(number, windows)| {
        let from = number * IN_LONG;
        let within = from..from + windows.len();
        let having = |volume: fn(&Sample) -> Volume| {
            let any = |sample: &&&[Sample]| {
                let mut windows = sample[within.clone()].iter();
                windows.any(|sample| volume(sample) > Volume::ZERO)
            };
            samples.iter().filter(any).count()
        };
        FanCount {
            from: windows[0].from,
            until: windows[windows.len() - 1].until,
            inaccessible: having(|sample| sample.inaccessible),
            buffered: having(|sample| sample.buffered),
        }
    });
    counts.collect()
}

fn quantiles(mut volumes: Vec<Volume>) -> VolumeQuantiles {
    volumes.sort_unstable();
    let of = |percent| volumes[Quantile::percent(percent).rank(volumes.len()) - 1];
    VolumeQuantiles {
        min: of(0),
        p5: of(5),
        p25: of(25),
        p50: of(50),
        p75: of(75),
        p95: of(95),
        max: of(100),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::experiment::{Progress, replay_by};
    use crate::kernel::{Executor, one_by_one};
    use crate::limits::CURVE_ENTRIES;
    use crate::scenario::{Scenario, read};
    use crate::units::Duration;

    fn scenario() -> Scenario {
        let text = "duration = '30d'\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n\
            [[event]]\nat = '10d'\nkind = 'disable_key'\nduration = '5h'\n";
        read("s", text.as_bytes(), &[]).expect("right").scenario
    }

    #[test]
    fn it_shows_the_stretch_in_which_anything_happens() {
        let scenario = scenario();
        let study = Study::new(&scenario, &[None]);
        let fan = Curves::default().fan(&study, 50, &Runner::SERIAL);
        let fan = fan.expect("it runs");
        assert_eq!(fan.replications, 50);
        let day = |days: i64| Time::START + Duration::from_millis(days * 86_400_000);
        let (first, last) = (fan.windows[0], fan.windows[fan.windows.len() - 1]);
        assert!(
            day(9) < first.from && last.until < day(11),
            "{:?}",
            last.until
        );
        assert_eq!(first.dropped.max, Volume::ZERO);
        assert!(last.dropped.p5 > Volume::ZERO && last.dropped.p5 < last.dropped.max);
        let mut worst = fan.windows.iter();
        assert!(worst.any(|window| window.accessible.p95 == Volume::ZERO));
        assert_eq!((fan.windows.len(), fan.counts.len()), (300, 300 / IN_LONG));
        let mut counts = fan.counts.iter();
        assert!(counts.any(|count| count.inaccessible == 50 && count.buffered == 0));
    }

    /// Counts the steps of everything that begins.
    #[derive(Default)]
    struct Steps {
        begun: Mutex<Vec<u64>>,
        done: AtomicU64,
    }

    impl Progress for Steps {
        fn begin(&self, steps: u64) {
            self.begun.lock().expect("nobody panicked").push(steps);
        }

        fn advance(&self, steps: u64) {
            self.done.fetch_add(steps, Ordering::Relaxed);
        }

        fn skip(&self, _: u64) {}
    }

    /// The fan of a study that took it over while its replications from `from` on were computed,
    /// and how many were replayed.
    fn fan_of(scenario: &Scenario, from: u64, count: u64, executor: Executor<'_>) -> (Fan, u64) {
        let steps = Steps::default();
        let runner = Runner {
            executor,
            progress: &steps,
            ..Runner::SERIAL
        };
        let curves = Curves::default();
        let mut study = Study::new(scenario, &[None]);
        study.curves = Some(&curves).filter(|_| from == 0);
        study.gather(from..count, &runner).expect("it runs");
        let fan = curves.fan(&study, count, &runner).expect("it runs");
        (fan, steps.done.into_inner())
    }

    #[test]
    fn a_study_of_n_with_a_fan_replays_n() {
        let scenario = scenario();
        let backwards: Executor<'_> = &|count, call| (0..count).rev().for_each(call);
        for count in [1, 7, 99, 100, 101, 150, 1_100] {
            let (fan, replays) = fan_of(&scenario, 0, count, &one_by_one);
            assert_eq!((replays, fan.of), (count, count));
            assert_eq!(fan.replications as u64, count.min(MOST));
            assert!(fan_of(&scenario, 0, count, backwards) == (fan.clone(), count));
            // One that took over all replications replays what the fan shows.
            let (again, replays) = fan_of(&scenario, count, count, &one_by_one);
            assert!(again == fan && replays == count.min(MOST), "{replays}");
        }
    }

    #[test]
    fn what_finds_no_room_is_replayed() {
        let scenario = scenario();
        let curves = Curves::default();
        curves.taken().entries = CURVE_ENTRIES.most - 10;
        let mut study = Study::new(&scenario, &[None]);
        study.curves = Some(&curves);
        study.gather(0..150, &Runner::SERIAL).expect("it runs");
        let sampled = curves.taken().samples.len();
        assert!((50..60).contains(&sampled), "{sampled}");
        let fan = curves.fan(&study, 150, &Runner::SERIAL).expect("it runs");
        assert!(fan == fan_of(&scenario, 0, 150, &one_by_one).0);
    }

    #[test]
    fn a_report_replays_one_more() {
        let scenario = scenario();
        let steps = Steps::default();
        let runner = Runner {
            progress: &steps,
            ..Runner::SERIAL
        };
        replay_by(&scenario, &[None], Options::default(), &runner).expect("it runs");
        let length = scenario.end().millis().cast_unsigned();
        assert_eq!(*steps.begun.lock().expect("nobody panicked"), [length]);
        assert_eq!(steps.done.into_inner(), length);
    }
}
