//! How data lies over time in many replications.

use super::replay::{Replay, replay};
use super::replicate::Study;
use crate::error::Error;
use crate::kernel::{Each, map};
use crate::model::Options;
use crate::statistics::Quantile;
use crate::units::{Duration, Time, Volume};

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

/// Where data is at an instant, of all workspaces together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FanInstant {
    /// When.
    pub time: Time,
    /// What queries can read.
    pub accessible: VolumeQuantiles,
    /// What waits under a Microsoft key.
    pub buffered: VolumeQuantiles,
    /// What is lost so far.
    pub dropped: VolumeQuantiles,
}

/// The first replications of a study over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fan {
    /// How many.
    pub replications: usize,
    /// How many the study has.
    pub of: u64,
    /// In order.
    pub instants: Vec<FanInstant>,
}

/// No more replications are looked at over time, so that memory is bounded whatever a study
/// has: quantiles of so many are known well enough for a picture.
const MOST: u64 = 1_000;
/// So many replications say where in a run anything happens.
const SCOUTS: u64 = 100;
/// Instants from end to end.
const INSTANTS: i64 = 300;

/// Looks at the first `replications` of a study, or at fewer of very many, over the stretch of
/// the run in which anything happens.
///
/// # Errors
///
/// Those of [`replay`].
pub fn fan(
    study: &Study<'_>,
    replications: u64,
    interrupt: &(dyn Fn(Time) -> bool + Sync),
    each: Each<'_>,
) -> Result<Fan, Error> {
    let of = replications;
    let replications = replications.min(MOST);
    let one = |replication: u64| {
        let options = Options {
            replication,
            every_poll: study.every_poll,
        };
        replay(study.scenario, study.traces, options, interrupt)
    };
    let happening = all(replications.min(SCOUTS), each, |replication| {
        Ok(stretch(&one(replication)?))
    })?;
    let times = instants(happening.into_iter().flatten(), study.scenario.end());
    let volumes = all(replications, each, |replication| {
        let balances = one(replication)?.books.totals(&times);
        let volumes = balances
            .iter()
            .map(|balance| [balance.accessible, balance.buffered, balance.dropped()]);
        Ok(volumes.collect::<Vec<[Volume; 3]>>())
    })?;
    let instant = |(at, &time): (usize, &Time)| {
        let [accessible, buffered, dropped] = [0, 1, 2]
            .map(|series| quantiles(volumes.iter().map(|volumes| volumes[at][series]).collect()));
        FanInstant {
            time,
            accessible,
            buffered,
            dropped,
        }
    };
    Ok(Fan {
        replications: volumes.len(),
        of,
        instants: times.iter().enumerate().map(instant).collect(),
    })
}

/// What `of` makes of each of the first replications.
fn all<T: Send + Sync>(
    replications: u64,
    each: Each<'_>,
    of: impl Fn(u64) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let count = usize::try_from(replications).expect("few");
    let made = map(each, count, |replication| of(replication as u64));
    made.into_iter().collect()
}

/// From the first change of a replication to the last.
fn stretch(replay: &Replay) -> Option<(Time, Time)> {
    let log = &replay.history.log;
    Some((log.first()?.time, log.last()?.time))
}

/// Instants evenly over all stretches and a little on both sides; over the run where nothing
/// ever happens.
fn instants(stretches: impl Iterator<Item = (Time, Time)>, end: Time) -> Vec<Time> {
    let (first, last) = stretches
        .reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
        .unwrap_or((Time::START, end));
    let beside = Duration::from_millis((last - first).millis() / 8).max(Duration::HOUR);
    let from = (first - beside).max(Time::START);
    let until = (last + beside).min(end);
    let length = i128::from((until - from).millis());
    let at = |number: i64| {
        let since = length * i128::from(number) / i128::from(INSTANTS);
        from + Duration::from_millis(i64::try_from(since).expect("within the run"))
    };
    let mut times: Vec<Time> = (0..=INSTANTS).map(at).collect();
    times.dedup();
    times
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
    use super::*;
    use crate::kernel::one_by_one;
    use crate::scenario::read;

    #[test]
    fn it_shows_the_stretch_in_which_anything_happens() {
        let text = "duration = '30d'\n[[workspace]]\nname = 'logs'\ningestion = '1 TB/day'\n\
            [[event]]\nat = '10d'\nkind = 'disable_key'\nduration = '5h'\n";
        let scenario = read("s", text.as_bytes(), &[]).expect("right").scenario;
        let study = Study::new(&scenario, &[None]);
        let fan = fan(&study, 50, &|_| false, &one_by_one).expect("it runs");
        assert_eq!(fan.replications, 50);
        let day = |days: i64| Time::START + Duration::from_millis(days * 86_400_000);
        let (first, last) = (fan.instants[0], fan.instants[fan.instants.len() - 1]);
        assert!(
            day(9) < first.time && last.time < day(11),
            "{:?}",
            last.time
        );
        assert_eq!(first.dropped.max, Volume::ZERO);
        assert!(last.dropped.p5 > Volume::ZERO && last.dropped.p5 < last.dropped.max);
        let mut worst = fan.instants.iter();
        assert!(worst.any(|instant| instant.accessible.p95 == Volume::ZERO));
    }
}
