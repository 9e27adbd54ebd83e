//! cmksim replays what happens to a Log Analytics dedicated cluster when its customer-managed
//! key is out of reach, byte by byte and rule by rule.
//!
//! # The question
//!
//! A dedicated cluster of Azure Monitor can keep its data under a key that its owner holds in a
//! key vault. Its storage asks the vault for that key every 6 to 60 seconds. What happens when
//! the vault does not answer, or says no? The service's page states the rules: blips are ridden
//! out, about 30 minutes of unavailability stop queries while arriving data is held for several
//! hours, a denial is enforced within an hour and from then on data is lost. What follows for one
//! incident, with a given volume arriving per hour, nobody can tell by heart. This crate replays
//! it: how much is dropped, how much is buffered, for how long nothing can be queried, when, and
//! by which rule.
//!
//! # The vocabulary
//!
//! | word | meaning |
//! | --- | --- |
//! | key vault, key, version | where the owner's key is; a version can be disabled, expired, deleted, purged |
//! | cluster | a dedicated cluster; it names the key version that its storage uses |
//! | storage account | where a cluster keeps data; each polls the vault for itself and has an [`AccessState`](model::AccessState) |
//! | workspace | what sends data to a cluster; queries are about it |
//! | outage | the vault cannot be reached; an account that waits for its end is *isolated* |
//! | denial | the vault says no; an account that enforces it is *revoked* |
//! | buffered | held under a Microsoft key until the account works again, or for too long |
//! | dropped | lost on its way in |
//! | hot cache | the data of the last 14 days on SSD; a revocation deletes it |
//! | edition | the service's page at a date: every parameter and rule, each with its source |
//! | [`Measure`] | a number that a run reports, by a public name such as `query_downtime` |
//! | fingerprint | a digest of everything that happened; equal runs have equal ones |
//!
//! # The way of the data
//!
//! ```text
//! text --scenario--> Scenario --model on kernel--> History --accounting, with intake--> Books
//!      --experiment--> Replay: measures, verdicts, fingerprint --report--> files as bytes
//! ```
//!
//! 1. [`scenario`]: [`read`] turns a TOML text into a [`Scenario`], or into everything that is
//!    wrong with it.
//! 2. [`model`]: [`simulate`](model::simulate) turns the scenario into a
//!    [`History`](model::History): who was in which state from when. It runs on a [`kernel`] that
//!    knows no vaults, and it has never heard of a byte.
//! 3. [`intake`]: what arrives at a workspace is a curve of whole bytes over time.
//! 4. [`accounting`]: [`Books`](accounting::Books) say where every byte is at any instant,
//!    [`Measures`](accounting::Measures) what a run reports.
//! 5. [`experiment`]: [`replay`] does all of it, has the books audited, and checks what the
//!    scenario expects.
//! 6. [`report`]: a [`Replay`] as text and as files.
//!
//! [`import`] writes the first of these, a scenario, from exports of a real cluster.
//!
//! Nothing in here touches files, a terminal, a clock or threads; the program around it does.
//! Time is whole milliseconds and volume whole bytes ([`units`]), and a random number depends on
//! a seed and a name alone, so equal inputs give equal bytes on every machine.
//!
//! # An example
//!
//! A vault is out of reach for 45 minutes while a terabyte a day arrives.
//!
//! ```
//! use cmksim::{Experiment, Measure, Runner, Scope};
//!
//! let experiment = Experiment::new(
//!     r#"
//!     duration = "7d"
//!     expect = ["dropped == 0 B", "query_downtime <= 17m"]
//!
//!     [[workspace]]
//!     name = "logs"
//!     ingestion = "1 TB/day"
//!
//!     [[event]]
//!     at = "2d"
//!     kind = "key_vault_outage"
//!     duration = "45m"
//!     "#,
//! )?;
//! let replay = experiment.replay(0, &Runner::SERIAL)?;
//! assert!(replay.passed());
//!
//! // 30 minutes were ridden out. Then queries failed, and what arrived was buffered.
//! let text = |measure| replay.measures.get(Scope::Total, measure).map(|value| value.to_string());
//! assert_eq!(text(Measure::QueryDowntime).as_deref(), Some("16m 35s"));
//! assert_eq!(text(Measure::BufferedPeak).as_deref(), Some("10.6 GB"));
//!
//! // The event log says when, to what, and by which rule.
//! let log = &replay.history.log;
//! assert!(log.iter().any(|change| change.rule.id() == "outage-unavailable"));
//! # Ok::<(), cmksim::Error>(())
//! ```
//!
//! An [`Experiment`] also replicates, sweeps, compares and solves, with one call each; the programs
//! in `examples/` show them. A [`Runner`] gives them cores, stops them, and sees how far they are.
//!
//! # Further reading
//!
//! [`docs`] explains the model to people who teach, with pictures and exercises.
//! `docs/model.md` is the contract: what is simulated, exactly, and what is assumed. `docs/design.md`
//! argues the architecture and says which file holds which rule.

pub mod accounting;
pub mod docs;
mod error;
pub mod experiment;
pub mod foreign;
pub mod import;
pub mod intake;
pub mod kernel;
pub mod limits;
pub mod model;
pub mod report;
pub mod scenario;
pub mod statistics;
pub mod units;

pub use error::Error;
pub use experiment::{Experiment, Fingerprint, Replay, Runner, replay, traces};
pub use model::Options;
pub use scenario::{Measure, Scenario, Scope, read};
