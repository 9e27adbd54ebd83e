//! Where to look: the stretches of a run in which something is out of order, and the part of
//! the run that shows the costliest of them.

use super::states::{State, census};
use crate::experiment::Replay;
use crate::scenario::Scenario;
use crate::units::{Duration, Time, Volume};

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: Time,
    pub(super) until: Time,
}

impl Window {
    pub(super) fn length(self) -> Duration {
        self.until - self.from
    }
}

/// A maximal stretch in which something is out of order, and what it cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Episode {
    pub(super) window: Window,
    /// What was dropped in it.
    pub(super) dropped: Volume,
}

/// Every episode of a run, by time: a cause is in force (or a cluster soft-deleted), an account
/// that is there does not simply serve, or a workspace is affected.
pub(super) fn episodes(scenario: &Scenario, replay: &Replay) -> Vec<Episode> {
    let end = replay.history.end;
    let mut bad = Vec::new();
    for cluster in &replay.history.clusters {
        let accounts = u32::try_from(cluster.accounts.len()).expect("a count of accounts");
        bad.extend(
            census(cluster)
                .intervals(end)
                .filter(|(_, _, census)| {
                    let fine = [State::Serving, State::NotThere, State::Deleted];
                    fine.map(|state| census[state as usize]).iter().sum::<u32>() < accounts
                })
                .map(|(from, until, _)| Window { from, until }),
        );
        bad.extend(
            cluster
                .cause
                .intervals(end)
                .filter(|(_, _, cause)| **cause)
                .map(|(from, until, _)| Window { from, until }),
        );
    }
    for workspace in 0..scenario.workspaces.len() {
        bad.extend(
            replay
                .books
                .conditions(workspace)
                .intervals(end)
                .filter(|(_, _, is)| is.queries_fail || is.dropping || is.buffering)
                .map(|(from, until, _)| Window { from, until }),
        );
    }
    let windows = united(bad);
    let edges: Vec<Time> = windows
        .iter()
        .flat_map(|window| [window.from, window.until])
        .collect();
    let dropped = replay.books.dropped(&edges);
    let episodes = windows.into_iter().zip(dropped.chunks_exact(2));
    episodes
        .map(|(window, dropped)| Episode {
            window,
            dropped: dropped[1] - dropped[0],
        })
        .collect()
}

/// Windows that overlap or touch, made one.
fn united(mut windows: Vec<Window>) -> Vec<Window> {
    windows.sort_unstable_by_key(|w| (w.from, w.until));
    let mut union: Vec<Window> = Vec::new();
    for window in windows {
        match union.last_mut() {
            Some(last) if window.from <= last.until => last.until = last.until.max(window.until),
            _ => union.push(window),
        }
    }
    union
}

/// The part of a run until `end` that shows its costliest episode, with the neighbours that
/// fit; none where the whole run shows it as well.
pub(super) fn closest(episodes: &[Episode], end: Time) -> Option<Window> {
    let costliest = (0..episodes.len()).max_by_key(|&i| {
        let episode = &episodes[i];
        // Of equal ones the first.
        (episode.dropped, episode.window.length(), usize::MAX - i)
    })?;
    let (mut first, mut last) = (costliest, costliest);
    let mut inside = episodes[costliest].window.length();
    let fits = |first: usize, last: usize, inside: Duration| {
        let shown = episodes[last].window.until - episodes[first].window.from;
        shown.millis() <= 3 * inside.millis()
    };
    loop {
        let with = |next: usize| {
            let next = episodes.get(next)?;
            Some(inside + next.window.length())
        };
        let before = first.checked_sub(1).and_then(with);
        if let Some(inside_then) = before.filter(|length| fits(first - 1, last, *length)) {
            (first, inside) = (first - 1, inside_then);
        } else if let Some(inside_then) =
            with(last + 1).filter(|length| fits(first, last + 1, *length))
        {
            (last, inside) = (last + 1, inside_then);
        } else {
            break;
        }
    }
    let (from, until) = (episodes[first].window.from, episodes[last].window.until);
    let margin = Duration::from_millis(((until - from).millis() / 6).max(120_000));
    let window = Window {
        from: (from - margin).max(Time::START),
        until: (until + margin).min(end),
    };
    (window.length().millis() * 5 <= end.millis() * 2).then_some(window)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn episode(from_minute: i64, until_minute: i64, dropped: u64) -> Episode {
        Episode {
            window: Window {
                from: Time::from_millis(from_minute * 60_000),
                until: Time::from_millis(until_minute * 60_000),
            },
            dropped: Volume::from_bytes(dropped),
        }
    }

    fn minutes(window: Option<Window>) -> Option<(i64, i64)> {
        window.map(|w| (w.from.millis() / 60_000, w.until.millis() / 60_000))
    }

    #[test]
    fn the_costliest_is_shown_with_the_neighbours_that_fit() {
        let week = Time::from_millis(7 * 86_400_000);
        assert_eq!(closest(&[], week), None);
        let outage = episode(1000, 1060, 0);
        assert_eq!(minutes(closest(&[outage], week)), Some((990, 1070)));
        let long = episode(3000, 3120, 0);
        assert_eq!(minutes(closest(&[outage, long], week)), Some((2980, 3140)));
        let costly = episode(1000, 1060, 5);
        assert_eq!(minutes(closest(&[costly, long], week)), Some((990, 1070)));
        let near = episode(1100, 1160, 0);
        assert_eq!(minutes(closest(&[costly, near], week)), Some((973, 1186)));
    }

    /// As many neighbours as fit, each time summed up from the beginning.
    fn closest_by_sums(episodes: &[Episode], end: Time) -> Option<Window> {
        let costliest = (0..episodes.len()).max_by_key(|&i| {
            let (dropped, length) = (episodes[i].dropped, episodes[i].window.length());
            (dropped, length, usize::MAX - i)
        })?;
        let (mut first, mut last) = (costliest, costliest);
        let fits = |first: usize, last: usize| {
            let inside = episodes[first..=last].iter();
            let inside: i64 = inside.map(|episode| episode.window.length().millis()).sum();
            (episodes[last].window.until - episodes[first].window.from).millis() <= 3 * inside
        };
        loop {
            if first > 0 && fits(first - 1, last) {
                first -= 1;
            } else if last + 1 < episodes.len() && fits(first, last + 1) {
                last += 1;
            } else {
                break;
            }
        }
        let (from, until) = (episodes[first].window.from, episodes[last].window.until);
        let margin = Duration::from_millis(((until - from).millis() / 6).max(120_000));
        let (from, until) = ((from - margin).max(Time::START), (until + margin).min(end));
        let window = Window { from, until };
        (window.length().millis() * 5 <= end.millis() * 2).then_some(window)
    }

    #[test]
    fn neighbours_are_those_that_sums_over_all_of_them_choose() {
        let root = crate::kernel::StreamKey::root(7, 0);
        let mut several = 0;
        for world in 0..2_000 {
            let root = root.number(world);
            let draw = |what: &str, number: u64, most: u64| {
                let drawn = root.name(what).number(number).up_to(most);
                i64::try_from(drawn).expect("small")
            };
            let mut now = 0;
            let count = u64::try_from(draw("count", 0, 30)).expect("small");
            let episodes = (0..count).map(|number| {
                let from = now + 1 + draw("gap", number, 40);
                now = from + 1 + draw("length", number, 20);
                let dropped = u64::try_from(draw("dropped", number, 3)).expect("small");
                episode(from, now, dropped)
            });
            let episodes: Vec<Episode> = episodes.collect();
            let end = Time::from_millis(6_000 * 60_000);
            let found = closest(&episodes, end);
            assert_eq!(found, closest_by_sums(&episodes, end), "world {world}");
            let seen = |window: Window| {
                let inside = |episode: &&Episode| {
                    window.from < episode.window.from && episode.window.until < window.until
                };
                episodes.iter().filter(inside).count()
            };
            several += usize::from(found.map_or(0, seen) > 3);
        }
        assert!(several > 100, "only {several} show several");
    }

    #[test]
    fn what_fills_the_run_needs_no_closer_look() {
        let hour = Time::from_millis(3_600_000);
        assert_eq!(closest(&[episode(10, 40, 0)], hour), None);
    }

    #[test]
    fn touching_windows_are_one() {
        let windows = [episode(5, 9, 0), episode(1, 3, 0), episode(3, 4, 0)];
        let union = united(windows.map(|e| e.window).to_vec());
        assert_eq!(union, [episode(1, 4, 0).window, episode(5, 9, 0).window]);
    }

    #[test]
    fn a_cluster_that_is_not_there_yet_is_nothing_out_of_order() {
        let text = "duration = '20d'\n[[workspace]]\nname = 'w'\ncluster = 'none'\n\
            ingestion = '1 TB/day'\n[[event]]\nat = '1d'\nkind = 'create_cluster'\n\
            cluster = 'c'\n[[event]]\nat = '2d'\nkind = 'delete_cluster'\ncluster = 'c'\n";
        let reading = crate::scenario::read("s.toml", text.as_bytes(), &[]);
        let scenario = reading.expect("it is right").scenario;
        let options = crate::model::Options::default();
        let replay = crate::experiment::replay(&scenario, &[None], options, &crate::kernel::never);
        let episodes = episodes(&scenario, &replay.expect("a run"));
        let [deleted] = episodes.as_slice() else {
            panic!("{episodes:?}");
        };
        // As long as it can be recovered: 14 days.
        assert_eq!(
            deleted.window.from,
            Time::START + Duration::DAY + Duration::DAY
        );
        assert_eq!(
            deleted.window.length().millis(),
            14 * Duration::DAY.millis()
        );
    }
}
