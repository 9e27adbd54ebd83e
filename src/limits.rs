//! Every limit on what grows with its input, in one table. `docs/model.md` has the same one.
//!
//! What is counted can always be larger than memory: occurrences of a hazard, rows of a file,
//! points of a sweep. Code that lets it grow asks here first, and refuses with [`Limit::exceeded`].

use std::fmt::{self, Write};

/// A limit on something that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is counted, in the plural: "entries in the log of a replication".
    pub counted: &'static str,
    /// No more of them are taken.
    pub most: u64,
    /// What to do where there are more.
    pub remedy: &'static str,
}

impl Limit {
    /// Whether this many are taken.
    pub const fn allows(&self, count: u64) -> bool {
        count <= self.most
    }

    /// What to say where there are more: the limit and the remedy. The caller puts the key or the
    /// file before it.
    pub fn exceeded(&self) -> String {
        format!("more than {self}; {}", self.remedy)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In groups of three, as reports write numbers.
        let digits = self.most.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            f.write_char(digit)?;
        }
        write!(f, " {}", self.counted)
    }
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $most:expr, $counted:literal, $remedy:literal;)*) => {
        $($(#[doc = $doc])+ pub const $name: Limit = Limit {
            counted: $counted,
            most: $most,
            remedy: $remedy,
        };)*

        /// All of them, in the order of the table.
        pub const ALL: &[Limit] = &[$($name,)*];
    };
}

limits! {
    /// A replication keeps every change that it logs.
    LOG_ENTRIES: 1_000_000, "entries in the log of a replication",
        "shorten `duration`, or make hazards and responses rarer";

    /// An event can change what the polls of every cluster are answered.
    CLUSTER_CHANGES: 2_000_000, "changes of how the polls of clusters are answered in a replication",
        "shorten `duration`, take fewer clusters, or make hazards and responses rarer";

    /// An event can schedule all that follow it, long before they come.
    WAITING_EVENTS: 1_000_000, "events that wait for their time at once",
        "shorten the `delay` of what follows a hazard, or make the hazard rarer";

    /// A replication keeps what became of every interval of arrivals.
    BOOK_ENTRIES: 4_000_000, "entries in the books of a replication",
        "shorten `duration`, or take fewer workspaces, `storage_accounts` or interruptions";

    /// The intake curves of all workspaces of a replication are there at once.
    INTAKE_KNOTS: 4_000_000, "changes of rate at the workspaces of a replication",
        "lengthen the noise `period` or the trace's `step`, or shorten `duration`";

    /// Storage accounts of one cluster.
    STORAGE_ACCOUNTS: 10_000, "storage accounts in a cluster",
        "lower `storage_accounts`";

    /// Each has a schedule, a state and a history.
    ALL_STORAGE_ACCOUNTS: 200_000, "storage accounts in all clusters",
        "lower `storage_accounts`, or take fewer clusters";

    /// What is left out is evenly chosen, and a note says so.
    TIMELINE_ROWS: 100_000, "rows in `timeline.csv`",
        "the others are left out, evenly";

    /// Some 100 MB of text.
    LISTED_POLLS: 1_000_000, "polls listed at once",
        "ask for a shorter interval";

    /// A scenario is read whole, with the place of everything in it.
    SCENARIO_BYTES: 1 << 20, "bytes in a scenario file",
        "if it is a trace, name it in a scenario: `trace = \"...\"`";

    /// Each occurrence of a hazard becomes an event.
    FROZEN_EVENTS: 10_000, "events in a frozen replication",
        "shorten `duration`, or make hazards rarer";

    /// A trace is read whole before its rows are.
    TRACE_BYTES: 1_000_000_000, "bytes in a trace",
        "leave out columns and rows that the scenario does not need, or take rows of longer steps";

    /// The traces of all workspaces stay in memory.
    TRACE_ROWS: 5_000_000, "rows in the traces of a scenario",
        "take rows of longer steps or of less time, or fewer workspaces with a trace";

    /// The files that distributions name are read whole, before the scenario is.
    DELAY_BYTES: 10_000_000, "bytes in the files of delays",
        "leave out columns and rows that the scenario does not need";

    /// The values of delays from files stay in memory.
    DELAY_VALUES: 1_000_000, "values of delays from files in a scenario",
        "leave out rows: an even sample of them has the same distribution";

    /// A row of a trace or an export is looked at whole.
    ROW_BYTES: 1_000_000, "bytes in a row",
        "look for a quote that is never closed, and leave out columns that are not needed";

    /// Exports are read whole before what is in them is.
    EXPORT_BYTES: 500_000_000, "bytes in all exports",
        "export less time, or fewer columns";

    /// What rows of usage and requests to a vault say stays in memory.
    EXPORT_ROWS: 2_000_000, "rows in all exports",
        "export less time, or sum up usage by the hour or the day";

    /// The entries of an activity log become events.
    ACTIVITY_ROWS: 250_000, "rows in all activity logs",
        "export less time, or the entries of clusters, workspaces and key vaults alone";

    /// Exports of resources stay in memory as the tree that JSON is.
    RESOURCE_BYTES: 10_000_000, "bytes in an export of clusters, workspaces or service issues",
        "export those that the scenario is about";

    /// A study keeps what differs from replication to replication.
    STUDY_VALUES: 120_000_000, "values in memory (replications x (measures that differ + 4))",
        "ask for fewer replications, keep fewer measures with --measures, or sums and counts with --keep tally";

    /// Until the instants of a fan are known, the books of the first replications stay in memory.
    CURVE_ENTRIES: 1_000_000, "entries in books that a study keeps for its fan",
        "the other replications are replayed again";

    /// A story is told as a whole.
    STORY_LINES: 2_000_000, "lines of a story",
        "shorten `duration`, or take the events as a table with --format csv";

    /// A sweep has a place for each.
    SWEEP_POINTS: 100_000, "points of a sweep", "vary fewer keys, or over fewer values";

    /// A sweep keeps what its table says of every measure at every point.
    SWEEP_ROWS: 8_000_000, "rows of a sweep (points x measures)",
        "vary fewer keys, or over fewer values";

    /// Each is a task of some engine, and a file.
    STUDY_PARTS: 1_000_000, "parts of a study", "cut it into fewer";

    /// A plan replays each as often as the scenario, and keeps as much of it.
    WHAT_IFS: 20, "cases of a plan (what if)", "plan for them in several commands";

    /// What a back-test draws at an origin.
    BACK_TEST_DAYS: 20_000_000,
        "days drawn at an origin of a back-test (replications x days x workspaces)",
        "ask for fewer replications, or hold out less time";

    /// A page holds the files that a scenario names.
    PAGE_BYTES: 8_000_000, "bytes in the files that a page holds",
        "leave out columns and rows that the scenario does not need";

    /// Many runs on a page are for the eye.
    PAGE_REPLICATIONS: 100_000, "replications on a page", "run the command that the page names";

    /// A course is gone through in order.
    COURSE_SCENES: 100, "scenes in a course", "divide it";

    /// A screening keeps the level of every factor at every point of every trajectory.
    SCREENING_LEVELS: 50_000_000, "levels of a screening (trajectories x points x factors)",
        "ask for fewer trajectories with --morris, or name fewer keys with --also";

    /// The coarse grid has a point for each combination of values.
    WORST_KEYS: 3, "keys varied at once", "vary fewer, or look at more with sweep";

    /// Every combination is replayed.
    COMBINATIONS: 1_000, "combinations of levers", "leave out options, or levers";

    /// Every candidate for a smaller scenario is replayed.
    SHRINK_REPLAYS: 1_000_000, "replays of smaller scenarios",
        "begin with a smaller one: leave out what surely does not matter";

    /// A pilot of a rare study keeps from which bin of its quantile each of them was drawn.
    RARE_DELAYS: 200, "delays of events that are drawn in a study with --rare",
        "give hazards and responses constant delays where these do not matter";

    /// Every class of instants takes several.
    FAULT_REPLAYS: 50_000_000, "replays of a search for faults",
        "name fewer faults with [[fault]], shorten `duration`, or ask for fewer replications or a lower order";
}
