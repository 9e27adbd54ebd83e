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
        from: Loss,
        /// When it works again.
        ready: Time,
    },
    /// Revoked; waits for a granted poll.
    Revoked,
}

/// Why an account stopped working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loss {
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
}

/// The delays that the machine asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
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
    pub(crate) fn seen(self) -> AccessState {
        match self {
            State::Serving { .. } => AccessState::Serving,
            State::Revoking { .. } => AccessState::Revoking,
            State::Isolated => AccessState::Isolated,
            State::Recovering {
                from: Loss::Outage, ..
            } => AccessState::RecoveringFromOutage,
            State::Revoked => AccessState::Revoked,
            State::Recovering {
                from: Loss::Revocation,
                ..
            } => AccessState::RecoveringFromRevocation,
        }
    }

    /// When it changes by itself.
    pub(crate) fn due(self) -> Option<Time> {
        match self {
            State::Serving { expires } => expires,
            State::Revoking { enforce } => Some(enforce),
            State::Recovering { ready, .. } => Some(ready),
            State::Isolated | State::Revoked => None,
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
#[inline]
pub(crate) fn step<E>(
    state: State,
    now: Time,
    input: Input,
    mut delay: impl FnMut(Wanted) -> Result<Option<Duration>, E>,
) -> Result<Option<(State, Rule)>, E> {
    use Input::{Denied, Due, Granted, Unreachable};
    use State::{Isolated, Recovering, Revoked, Revoking, Serving};

    let mut after =
        |start: Time, wanted| Ok(delay(wanted)?.map_or(Time::NEVER, |delay| start + delay));
    Ok(match (state, input) {
        (Serving { expires: None }, Unreachable { last_granted }) => {
            let expires = now.max(after(last_granted, Wanted::OutageTolerance)?);
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
            let enforce = now.max(after(since, Wanted::RevocationDelay)?);
            Some((Revoking { enforce }, Rule::RevocationDelay))
        }
        (Serving { .. }, Due { .. }) => Some((Isolated, Rule::OutageUnavailable)),

        (Revoking { .. }, Granted) => Some((Serving { expires: None }, Rule::RevocationTakenBack)),
        (Revoking { .. }, Due { .. }) => Some((Revoked, Rule::Revoked)),

        // Who does not answer enforces a denial at the poll that sees it.
        (Isolated | Recovering { .. }, Denied { .. }) => {
            Some((Revoked, Rule::DenialWhileUnavailable))
        }
        (Isolated, Granted) => {
            let ready = after(now, Wanted::OutageRecovery)?;
            Some((
                Recovering {
                    from: Loss::Outage,
                    ready,
                },
                Rule::OutageRecovery,
            ))
        }
        (Revoked, Granted) => {
            let ready = after(now, Wanted::RevocationRecovery)?;
            Some((
                Recovering {
                    from: Loss::Revocation,
                    ready,
                },
                Rule::RevocationRecovery,
            ))
        }
        (Recovering { .. }, Due { relapsed: true }) => Some((Isolated, Rule::OutageContinues)),
        (Recovering { from, .. }, Due { relapsed: false }) => {
            let rule = match from {
                Loss::Outage => Rule::OutageRecovery,
                Loss::Revocation => Rule::RevocationRecovery,
            };
            Some((Serving { expires: None }, rule))
        }

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
        (Isolated | Revoked, Due { .. }) => unreachable!("nothing is due in {state:?}"),
    })
}
