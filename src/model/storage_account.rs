//! A storage account's access to its key: the state machine at the heart of the service.
//!
//! One enum, one total function of state and input. It knows neither polls nor vaults: who
//! drives it says what a poll was answered and when, and lends it the delays it needs.

use super::history::AccessState;
use crate::scenario::Rule;
use crate::units::{Duration, Time};

/// A storage account's access to its key, with the instant at which it changes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// The account works. A granted poll keeps it so; an unreachable one starts the clock that
    /// `expires` when the cached key has been used for too long; a denied one begins a revocation.
    Serving {
        /// When the account becomes unavailable, unless a granted or denied poll comes first.
        expires: Option<Time>,
    },
    /// A denial was seen. The account works until `enforce`; nothing but a granted poll moves that.
    Revoking {
        /// When the denial is enforced.
        enforce: Time,
    },
    /// Unavailable after an outage; waits for a poll that is answered.
    Isolated,
    /// The key is there again; the account works from `ready` on, unless a poll is denied.
    Recovering {
        /// What it recovers from.
        from: Cause,
        /// When it works again.
        ready: Time,
    },
    /// Revoked; waits for a granted poll.
    Revoked,
    /// Not there, as its cluster is not: waits for the cluster.
    Gone,
}

/// Why an account stopped working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// Its key was out of reach for too long.
    Outage,
    /// Its key was denied.
    Revocation,
}

/// What can happen to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// A poll was answered with the key.
    Granted,
    /// A poll was not answered.
    Unreachable {
        /// The last poll that was answered with the key.
        last_granted: Time,
    },
    /// A poll was denied.
    Denied {
        /// Since when the vault has been denying this cluster, outages left aside.
        since: Time,
    },
    /// The instant named in the state has come.
    Due {
        /// Whether the key has been out of reach for too long again: a poll after the last
        /// granted one was not answered, and the tolerance is over.
        relapsed: bool,
    },
    /// Its cluster was deleted.
    Removed,
    /// Its cluster is there: provisioned, or back from deletion.
    Restored {
        /// Whether the cluster has a customer's key, which a poll must be granted first.
        keyed: bool,
        /// Why it is there.
        rule: Rule,
    },
}

/// The delays that the machine asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DelayKind {
    /// `outage_tolerance`
    OutageTolerance,
    /// `outage_recovery`
    OutageRecovery,
    /// `revocation_delay`
    RevocationDelay,
    /// `revocation_recovery`
    RevocationRecovery,
}

impl State {
    /// As others see it.
    pub(crate) fn observable(self) -> AccessState {
        match self {
            State::Serving { .. } => AccessState::Serving,
            State::Revoking { .. } => AccessState::Revoking,
            State::Isolated => AccessState::Isolated,
            State::Recovering {
                from: Cause::Outage,
                ..
            } => AccessState::RecoveringFromOutage,
            State::Revoked => AccessState::Revoked,
            State::Recovering {
                from: Cause::Revocation,
                ..
            } => AccessState::RecoveringFromRevocation,
            State::Gone => AccessState::Gone,
        }
    }

    /// When it changes by itself.
    pub(crate) fn due(self) -> Option<Time> {
        match self {
            State::Serving { expires } => expires,
            State::Revoking { enforce } => Some(enforce),
            State::Recovering { ready, .. } => Some(ready),
            State::Isolated | State::Revoked | State::Gone => None,
        }
    }
}

/// The state after `input` at `now`, and the rule that says so; `None`: nothing changes.
///
/// `delay` yields a delay that is wanted; `None` from it for the outage tolerance means that
/// there is no limit.
///
/// # Errors
///
/// Those of `delay`.
#[inline(always)]
pub(crate) fn step<E>(
    state: State,
    now: Time,
    input: Input,
    mut delay: impl FnMut(DelayKind) -> Result<Option<Duration>, E>,
) -> Result<Option<(State, Rule)>, E> {
    use Input::{Denied, Due, Granted, Removed, Restored, Unreachable};
    use State::{Gone, Isolated, Recovering, Revoked, Revoking, Serving};

    let mut after =
        |start: Time, wanted| Ok(delay(wanted)?.map_or(Time::NEVER, |delay| start + delay));
    Ok(match (state, input) {
        (Serving { expires: None }, Unreachable { last_granted }) => {
            let expires = now.max(after(last_granted, DelayKind::OutageTolerance)?);
            // Without a limit the clock never starts.
            (expires < Time::NEVER).then_some((
                Serving {
                    expires: Some(expires),
                },
                Rule::TransientErrors,
            ))
        }
        (Serving { expires: Some(_) }, Granted) => {
            Some((Serving { expires: None }, Rule::TransientErrors))
        }
        (Serving { .. }, Denied { since }) => {
            let enforce = now.max(after(since, DelayKind::RevocationDelay)?);
            Some((Revoking { enforce }, Rule::RevocationDelay))
        }
        (Serving { .. }, Due { .. }) => Some((Isolated, Rule::OutageUnavailable)),

        (Revoking { .. }, Granted) => Some((Serving { expires: None }, Rule::RevocationTakenBack)),
        (Revoking { .. }, Due { .. }) => Some((Revoked, Rule::Revoked)),

        // An account that is unavailable enforces a denial as soon as a poll is denied.
        (Isolated | Recovering { .. }, Denied { .. }) => {
            Some((Revoked, Rule::DenialWhileUnavailable))
        }
        (Isolated, Granted) => {
            let ready = after(now, DelayKind::OutageRecovery)?;
            Some((
                Recovering {
                    from: Cause::Outage,
                    ready,
                },
                Rule::OutageRecovery,
            ))
        }
        (Revoked, Granted) => {
            let ready = after(now, DelayKind::RevocationRecovery)?;
            Some((
                Recovering {
                    from: Cause::Revocation,
                    ready,
                },
                Rule::RevocationRecovery,
            ))
        }
        (Recovering { .. }, Due { relapsed: true }) => Some((Isolated, Rule::OutageContinues)),
        (Recovering { from, .. }, Due { relapsed: false }) => {
            let rule = match from {
                Cause::Outage => Rule::OutageRecovery,
                Cause::Revocation => Rule::RevocationRecovery,
            };
            Some((Serving { expires: None }, rule))
        }

        (Serving { .. } | Revoking { .. } | Isolated | Recovering { .. } | Revoked, Removed) => {
            Some((Gone, Rule::ClusterSoftDelete))
        }
        // What was deleted with its cluster came back without a key in use.
        (Gone, Restored { keyed: true, rule }) => Some((Revoked, rule)),
        (Gone, Restored { keyed: false, rule }) => Some((Serving { expires: None }, rule)),

        // In order already; the clock runs already; once fixed, an enforcement is moved by
        // nothing but a granted poll; who has no key waits for one that is answered.
        (Serving { expires: None }, Granted)
        | (
            Serving { expires: Some(_) } | Revoking { .. } | Isolated | Recovering { .. } | Revoked,
            Unreachable { .. },
        )
        | (Revoking { .. } | Revoked, Denied { .. })
        | (Recovering { .. }, Granted) => None,
        // These states name no instant.
        (Isolated | Revoked | Gone, Due { .. }) => unreachable!("nothing is due in {state:?}"),
        // A cluster that is not there does not poll, and is not deleted; one that is there does
        // not come.
        (Gone, Granted | Unreachable { .. } | Denied { .. } | Removed)
        | (
            Serving { .. } | Revoking { .. } | Isolated | Recovering { .. } | Revoked,
            Restored { .. },
        ) => unreachable!("{input:?} does not happen in {state:?}"),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::convert::Infallible;

    use super::*;

    /// A state with its instants left out: whether one is named is all that matters to order.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    enum Kind {
        Serving,
        Expiring,
        Revoking,
        Isolated,
        RecoveringFromOutage,
        Revoked,
        RecoveringFromRevocation,
        Gone,
    }

    fn kind(state: State) -> Kind {
        match state {
            State::Serving { expires: None } => Kind::Serving,
            State::Serving { expires: Some(_) } => Kind::Expiring,
            State::Revoking { .. } => Kind::Revoking,
            State::Isolated => Kind::Isolated,
            State::Recovering {
                from: Cause::Outage,
                ..
            } => Kind::RecoveringFromOutage,
            State::Revoked => Kind::Revoked,
            State::Recovering {
                from: Cause::Revocation,
                ..
            } => Kind::RecoveringFromRevocation,
            State::Gone => Kind::Gone,
        }
    }

    fn at(ms: i64) -> Time {
        Time::from_millis(ms)
    }

    fn next(state: State, now: Time, input: Input, delay: Option<i64>) -> Option<State> {
        let delay = |_| Ok::<_, Infallible>(delay.map(Duration::from_millis));
        let Ok(stepped) = step(state, now, input, delay);
        stepped.map(|(state, _)| state)
    }

    const GRANTED: Input = Input::Granted;
    const UNREACHABLE: Input = Input::Unreachable {
        last_granted: Time::START,
    };
    const DENIED: Input = Input::Denied { since: Time::START };
    const DUE: Input = Input::Due { relapsed: false };
    const RELAPSED: Input = Input::Due { relapsed: true };
    const REMOVED: Input = Input::Removed;
    const KEYED: Input = Input::Restored {
        keyed: true,
        rule: Rule::ClusterRecovery,
    };
    const UNKEYED: Input = Input::Restored {
        keyed: false,
        rule: Rule::Provisioning,
    };
    const INPUTS: [Input; 8] = [
        GRANTED,
        UNREACHABLE,
        DENIED,
        DUE,
        RELAPSED,
        REMOVED,
        KEYED,
        UNKEYED,
    ];

    /// The table of `docs/model.md`, row by row; what is not in it changes nothing.
    const TABLE: [(Kind, Input, Kind); 25] = [
        (Kind::Serving, UNREACHABLE, Kind::Expiring),
        (Kind::Serving, DENIED, Kind::Revoking),
        (Kind::Expiring, GRANTED, Kind::Serving),
        (Kind::Expiring, DENIED, Kind::Revoking),
        (Kind::Expiring, DUE, Kind::Isolated),
        (Kind::Revoking, GRANTED, Kind::Serving),
        (Kind::Revoking, DUE, Kind::Revoked),
        (Kind::Isolated, GRANTED, Kind::RecoveringFromOutage),
        (Kind::Isolated, DENIED, Kind::Revoked),
        (Kind::RecoveringFromOutage, DENIED, Kind::Revoked),
        (Kind::RecoveringFromOutage, DUE, Kind::Serving),
        (Kind::RecoveringFromOutage, RELAPSED, Kind::Isolated),
        (Kind::Revoked, GRANTED, Kind::RecoveringFromRevocation),
        (Kind::RecoveringFromRevocation, DENIED, Kind::Revoked),
        (Kind::RecoveringFromRevocation, DUE, Kind::Serving),
        (Kind::RecoveringFromRevocation, RELAPSED, Kind::Isolated),
        (Kind::Serving, REMOVED, Kind::Gone),
        (Kind::Expiring, REMOVED, Kind::Gone),
        (Kind::Revoking, REMOVED, Kind::Gone),
        (Kind::Isolated, REMOVED, Kind::Gone),
        (Kind::RecoveringFromOutage, REMOVED, Kind::Gone),
        (Kind::Revoked, REMOVED, Kind::Gone),
        (Kind::RecoveringFromRevocation, REMOVED, Kind::Gone),
        (Kind::Gone, KEYED, Kind::Revoked),
        (Kind::Gone, UNKEYED, Kind::Serving),
    ];

    /// What may come: a state is due only if it names an instant, and relapses only while
    /// it recovers; what is gone can only come back.
    fn possible(state: State, input: Input) -> bool {
        match input {
            Input::Due { relapsed: false } => state.due().is_some(),
            Input::Due { relapsed: true } => matches!(state, State::Recovering { .. }),
            Input::Restored { .. } => state == State::Gone,
            _ => state != State::Gone,
        }
    }

    /// Every sequence of inputs up to six long: 8 states are reached, 7 if a pending expiry is
    /// not told apart, and all 25 transitions of the table that can occur; nothing else.
    #[test]
    fn every_sequence_of_inputs_follows_the_table() {
        let (mut reached, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut transitions = BTreeSet::new();
        let mut sequences = 0_u32;
        let mut waiting = vec![(State::Serving { expires: None }, 0)];
        while let Some((state, length)) = waiting.pop() {
            reached.insert(kind(state));
            seen.insert(state.observable());
            sequences += 1;
            if length == 6 {
                continue;
            }
            for input in INPUTS.into_iter().filter(|&input| possible(state, input)) {
                let after = next(state, at(length), input, Some(3));
                let row = TABLE
                    .iter()
                    .find(|row| (row.0, row.1) == (kind(state), input));
                assert_eq!(
                    after.map(kind),
                    row.map(|row| row.2),
                    "{state:?} on {input:?}"
                );
                if after.is_some() {
                    transitions.insert((kind(state), INPUTS.iter().position(|&i| i == input)));
                }
                waiting.push((after.unwrap_or(state), length + 1));
            }
        }
        assert_eq!((reached.len(), seen.len(), transitions.len()), (8, 7, 25));
        assert_eq!(sequences, 5_533);
    }

    /// Polls at 1, 2, 3, ...; each is granted, unreachable or denied, in every combination of
    /// eight; delays of 0, less than a gap, exactly two gaps, and beyond the end. The account's
    /// clock is driven as the simulation drives it: polls before what falls due with them.
    #[test]
    fn what_holds_after_every_sequence_of_polls() {
        for delay in [0, 1, 20, 1_000] {
            for sequence in 0..3_u32.pow(8) {
                let mut state = State::Serving { expires: None };
                let (mut last_granted, mut denied_since, mut missed) = (at(0), None, false);
                for poll in 0..8_u32 {
                    let now = at(10 * (i64::from(poll) + 1));
                    let input = match sequence / 3_u32.pow(poll) % 3 {
                        0 => GRANTED,
                        1 => Input::Unreachable { last_granted },
                        _ => Input::Denied {
                            since: *denied_since.get_or_insert(now),
                        },
                    };
                    let before = state;
                    state = next(state, now, input, Some(delay)).unwrap_or(state);
                    match input {
                        Input::Granted => (last_granted, denied_since, missed) = (now, None, false),
                        Input::Unreachable { .. } => missed = true,
                        _ => {}
                    }
                    check(before, input, state, now);
                    while let Some(due) = state
                        .due()
                        .filter(|&due| due < now + Duration::from_millis(10))
                    {
                        assert!(due >= now, "{state:?} was due before {now:?}");
                        let relapsed = missed
                            && matches!(state, State::Recovering { .. })
                            && last_granted + Duration::from_millis(delay) <= due;
                        let before = state;
                        let input = Input::Due { relapsed };
                        state = next(state, due, input, Some(delay)).expect("what is due changes");
                        check(before, input, state, due);
                    }
                }
            }
        }
    }

    fn check(before: State, input: Input, after: State, now: Time) {
        assert!(
            after.due().is_none_or(|due| due >= now),
            "{before:?} on {input:?}: {after:?}"
        );
        match input {
            // A granted poll never makes anything worse.
            Input::Granted => {
                assert!(after.observable().answers() || !before.observable().answers())
            }
            // An unreachable poll changes nothing that anyone sees.
            Input::Unreachable { .. } => assert_eq!(before.observable(), after.observable()),
            // A denied poll never leaves an account that can go on as if nothing were.
            Input::Denied { .. } => {
                assert!(matches!(after, State::Revoking { .. } | State::Revoked));
            }
            _ => assert_ne!(before.observable(), after.observable()),
        }
    }

    #[test]
    fn without_a_limit_an_outage_is_ridden_out() {
        let serving = State::Serving { expires: None };
        assert_eq!(next(serving, at(9), UNREACHABLE, None), None);
    }

    #[test]
    fn enforcement_counts_from_the_beginning_of_the_denial() {
        let serving = State::Serving { expires: None };
        let enforce = |since, delay| {
            let input = Input::Denied { since: at(since) };
            next(serving, at(50), input, Some(delay)).and_then(State::due)
        };
        assert_eq!(enforce(40, 60), Some(at(100)));
        assert_eq!(
            enforce(40, 5),
            Some(at(50)),
            "not before the poll that sees it"
        );
    }
}
