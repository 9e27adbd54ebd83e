//! One poll after another: when which storage account asked the key vault, and what it was told.

use super::csv::Table;
use super::format::{Clock, elided, seconds};
use super::states::{self, State};
use crate::kernel::StepFunction;
use crate::model::{AccountHistory, Answer, ClusterHistory, History, PollSchedule};
use crate::scenario::Scenario;
use crate::units::Time;

/// How files and people call an answer.
pub(super) const fn word(answer: Answer) -> &'static str {
    match answer {
        Answer::Granted => "granted",
        Answer::Unreachable => "unreachable",
        Answer::Denied => "denied",
    }
}

struct Poll {
    time: Time,
    cluster: usize,
    /// From 1.
    account: usize,
    answer: Answer,
    /// Of the account, after the poll.
    state: State,
}

/// How many polls lie in [`from`, `until`) and in the run, if no cluster ever ceases to poll.
pub fn count_polls(history: &History, from: Time, until: Time) -> u64 {
    let (from, until) = (from.max(Time::START), until.min(history.end));
    let accounts = history
        .clusters
        .iter()
        .flat_map(|cluster| &cluster.accounts);
    accounts
        .map(|account| account.schedule.count(from, until))
        .sum()
}

/// Every poll in [`from`, `until`) that lies in the run, as a table with a line each.
pub fn polls(scenario: &Scenario, history: &History, from: Time, until: Time) -> String {
    let clock = Clock::new(scenario.start);
    let mut text = String::new();
    for poll in list(history, from, until) {
        let time = clock.read(poll.time);
        let ms = poll.time.millis().rem_euclid(1000);
        let cluster = elided(&scenario.clusters[poll.cluster].name, 16);
        text += &format!(
            "{time}.{ms:03}  {cluster:16} account {:<4} {:11}  {}\n",
            poll.account,
            word(poll.answer),
            poll.state.name()
        );
    }
    if text.is_empty() {
        text += "no polls\n";
    }
    text
}

/// The same as CSV: time_s, time, cluster, storage_account, answer, state (after the poll).
pub fn polls_csv(scenario: &Scenario, history: &History, from: Time, until: Time) -> String {
    let clock = Clock::new(scenario.start);
    let mut table = Table::new(&[
        "time_s",
        "time",
        "cluster",
        "storage_account",
        "answer",
        "state",
    ]);
    for poll in list(history, from, until) {
        table.row([
            &seconds(poll.time.millis()),
            &clock.iso(poll.time).unwrap_or_default(),
            &scenario.clusters[poll.cluster].name,
            &poll.account.to_string(),
            word(poll.answer),
            poll.state.name(),
        ]);
    }
    table.text()
}

/// The polls of a stretch by time, then by cluster and account.
fn list(history: &History, from: Time, until: Time) -> Vec<Poll> {
    let (from, until) = (from.max(Time::START), until.min(history.end));
    let mut polls = Vec::new();
    for (index, cluster) in history.clusters.iter().enumerate() {
        for (number, account) in cluster.accounts.iter().enumerate() {
            let states = states::of_account(cluster, account);
            for (time, answer) in of_account(cluster, account, from, until) {
                polls.push(Poll {
                    time,
                    cluster: index,
                    account: number + 1,
                    answer,
                    state: state_at(&states, time),
                });
            }
        }
    }
    polls.sort_by_key(|poll| (poll.time, poll.cluster, poll.account));
    polls
}

/// The polls of an account in [`from`, `until`), and what it was told.
pub(super) fn of_account<'a>(
    cluster: &'a ClusterHistory,
    account: &'a AccountHistory,
    from: Time,
    until: Time,
) -> impl Iterator<Item = (Time, Answer)> + 'a {
    let schedule = &account.schedule;
    (schedule.first_at_or_after(from)..)
        .map(|k| (k, schedule.time(k)))
        .take_while(move |&(_, t)| t < until)
        .filter_map(|(k, time)| Some((time, answer(cluster, schedule, k, time)?)))
}

fn state_at(states: &StepFunction<State>, t: Time) -> State {
    states.at(t).unwrap_or(State::Serving)
}

/// What poll `k` is told; none where the cluster does not poll.
fn answer(cluster: &ClusterHistory, schedule: &PollSchedule, k: i64, time: Time) -> Option<Answer> {
    let answers = cluster.polls.at(time)??;
    Some(answers.to(schedule.uniform_draw(k)))
}
