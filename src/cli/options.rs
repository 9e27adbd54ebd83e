//! What commands may be given.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use cmksim::report;
use cmksim::scenario::{self, Override};

use super::failure::Failure;

/// What scenario is meant.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// Use this seed instead of the scenario's
    #[arg(long, value_name = "NUMBER", value_parser = seed)]
    seed: Option<u64>,
    /// Use this value for a key of the scenario, such as behaviour.buffer_retention=2h,
    /// event.NAME.at=1d, event[2].at=1d, workspace.*.retention=90d for all workspaces or, with a
    /// single cluster, cluster.storage_accounts=20; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
}

impl Changes {
    /// All of them, in the order in which they take effect.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        let set = self.set.iter().map(|text| Override::new("--set", text));
        let seed = self.seed.map(|seed| format!("seed={seed}"));
        set.chain(seed.map(|text| Override::new("--seed", &text)))
            .collect()
    }

    /// The options that say so, as they were given.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = self.set_words();
        let seed = self.seed.iter();
        words.extend(seed.flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
        words
    }

    /// The same without the seed.
    pub(crate) fn set_words(&self) -> Vec<String> {
        let set = self.set.iter();
        let set = set.flat_map(|text| ["--set".to_owned(), text.clone()]);
        set.collect()
    }

    /// With the number of replications, where it was given.
    pub(crate) fn replicated(&self, replications: Option<u64>) -> Vec<Override> {
        let mut overrides = self.overrides();
        let replications = replications.map(|number| format!("replications={number}"));
        overrides.extend(replications.map(|text| Override::new("--replications", &text)));
        overrides
    }
}

/// Where the results of a study go.
#[derive(Debug, Args)]
pub(crate) struct Results {
    /// Folder for the results [default: output/<stem of FILE>]
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Format of the results on standard output
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Continue a study that was interrupted: keep the results in the folder and compute only the
    /// rest
    #[arg(long)]
    pub(crate) extend: bool,
}

/// A scenario that many replications are made of.
#[derive(Debug, Args)]
pub(crate) struct Subject {
    /// A scenario file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) changes: Changes,
    #[command(flatten)]
    pub(crate) results: Results,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Scenario files [default: the built-in example, which `cmksim init` prints]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) changes: Changes,
    /// Folder for the results [default: output/<stem of FILE>]; with several files, each gets
    /// its own folder below it
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Format of the results on standard output; csv, for a single scenario, has a row for each
    /// measure
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Results to write, separated by commas; other files in the folder are left as they are
    /// [default: summary,events,timeline,pictures; with many replications: summary,pictures]
    #[arg(long, value_enum, value_name = "RESULTS", value_delimiter = ',')]
    pub(crate) write: Vec<Written>,
    /// Also write report.html: all results on one page, to read, print and share
    #[arg(long)]
    pub(crate) report: bool,
    /// Number of samples over the run, in timeline.csv and the pictures
    #[arg(long, value_name = "SAMPLES", default_value_t = report::DEFAULT_RESOLUTION,
          value_parser = resolution)]
    pub(crate) resolution: usize,
    /// Execute every poll of the key vault as an event: slower, but with identical results
    #[arg(long)]
    pub(crate) every_poll: bool,
    /// Number of replications of each scenario [default: its `replications`]
    #[arg(long, value_name = "NUMBER", help_heading = REPLICATIONS)]
    pub(crate) replications: Option<u64>,
    /// Replay only this one of many replications, counted from 0, and write all its results
    /// [default of a single run: the scenario's `replication`, or 0]
    #[arg(
        long,
        value_name = "NUMBER",
        help_heading = REPLICATIONS,
        conflicts_with_all = ["precision", "measures", "extend"]
    )]
    pub(crate) replication: Option<u64>,
    /// Add replications until the 95 % confidence interval is this narrow: "mean(dropped) 2%"
    /// means plus or minus 2 % of the mean, "mean(dropped) 1 GB" plus or minus 1 GB. A percentage
    /// is relative for shares too: 2% of a share of 10 % is 0.2 percentage points. The width is
    /// tested after 100, 200, 500, 1000... replications, but not before --replications
    #[arg(long, value_name = "STAT(MEASURE) HALF-WIDTH", help_heading = REPLICATIONS)]
    pub(crate) precision: Option<String>,
    /// Estimate how likely something rare is, such as "probability(dropped > 20 TB)", by
    /// importance sampling: outages and delays that lead to it are drawn more often, and each
    /// replication counts by its weight
    #[arg(
        long,
        value_name = "PROBABILITY",
        conflicts_with_all = ["replication", "precision", "keep"],
        help_heading = REPLICATIONS
    )]
    pub(crate) rare: Option<String>,
    /// Largest number of replications with --precision
    #[arg(
        long,
        value_name = "NUMBER",
        default_value_t = MOST_BY_PRECISION,
        requires = "precision",
        value_parser = clap::value_parser!(u64).range(1..=scenario::MOST_REPLICATIONS),
        help_heading = REPLICATIONS
    )]
    pub(crate) max_replications: u64,
    /// Keep only these measures, separated by commas, such as
    /// dropped,workspace.NAME.query_downtime
    #[arg(long, value_name = "MEASURES", value_delimiter = ',', help_heading = REPLICATIONS)]
    pub(crate) measures: Vec<String>,
    /// What to keep of the replications
    #[arg(
        long,
        value_enum,
        default_value_t = Keep::All,
        conflicts_with_all = ["replication", "precision", "extend"],
        help_heading = REPLICATIONS
    )]
    pub(crate) keep: Keep,
    /// Keep the replications that an earlier run of the same scenario, finished or interrupted,
    /// left in the folder, and compute only the rest
    #[arg(long, help_heading = REPLICATIONS)]
    pub(crate) extend: bool,
    /// Exit with status 0 even if an expectation fails or is undecided
    #[arg(long)]
    pub(crate) exit_zero: bool,
}

/// What a study keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Keep {
    /// Every measure of each, exactly: 1 to 10 million replications have room
    All,
    /// Exact sums, extremes and a histogram: memory does not depend on the number, and quantiles
    /// are at most 0.05 % off
    Tally,
}

/// The most replications that a precision takes by default.
pub(crate) const MOST_BY_PRECISION: u64 = 1_000_000;

/// Of the options about many replications.
const REPLICATIONS: &str = "Many replications";

impl Run {
    /// All other values of keys, in the order in which they take effect.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        self.changes.replicated(self.replications)
    }

    /// Of a single replay some options would have no effect.
    pub(crate) fn refuse_what_is_of_many(&self) -> Result<(), Failure> {
        let given = [
            (!self.measures.is_empty(), "--measures"),
            (self.extend, "--extend"),
            (self.keep == Keep::Tally, "--keep tally"),
        ];
        match given.iter().find(|(given, _)| *given) {
            None => Ok(()),
            Some((_, option)) => Err(Failure::wrong(format!(
                "{option} is of many replications, and this is a single one; ask for more with \
                 --replications or --precision"
            ))),
        }
    }
}

/// What goes to standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A summary to read
    Text,
    /// JSON, one document per scenario
    Json,
    /// A CSV table
    Csv,
}

/// A result to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Written {
    /// summary.json: every measure; with many replications replications.json
    Summary,
    /// events.csv: everything that happened
    Events,
    /// timeline.csv: every volume over time
    Timeline,
    /// timeline.svg and .png; with many replications distribution.svg and .png, fan.svg and
    /// .png
    Pictures,
    /// replications.csv: every measure of every replication
    Replications,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A scenario file [default: the built-in example]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) changes: Changes,
    /// Explain this replication, counted from 0 [default: the scenario's `replication`, or 0]
    #[arg(long, value_name = "NUMBER", conflicts_with = "worst")]
    pub(crate) replication: Option<u64>,
    /// Explain the replication in which this measure is at its worst, as in dropped or
    /// workspace.NAME.query_downtime
    #[arg(long, value_name = "MEASURE")]
    pub(crate) worst: Option<String>,
    /// Number of replications that --worst searches [default: as the scenario's
    /// `replications` says, or 200]
    #[arg(long, value_name = "NUMBER", requires = "worst")]
    pub(crate) replications: Option<u64>,
    /// List the polls in this interval instead, such as "2d 10h..2d 10h 5m" after the start, or
    /// between calendar times if the scenario has a `start`
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) polls: Option<String>,
    /// Format of the results on standard output
    #[arg(short, long, value_enum, default_value_t = Table::Text)]
    pub(crate) format: Table,
}

/// What goes to standard output, where it is a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Table {
    /// Text to read
    Text,
    /// CSV, one row per event or poll
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Scenario files
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) changes: Changes,
}

#[derive(Debug, Args)]
pub(crate) struct Rules {
    /// Show in full the entries that contain these words in their name, text or source, as in
    /// `cmksim rules buffer`
    #[arg(value_name = "WORD", conflicts_with = "diff")]
    pub(crate) words: Vec<String>,
    /// Show everything in full
    #[arg(long, conflicts_with_all = ["diff", "words"])]
    pub(crate) all: bool,
    /// Edition of the service's documentation
    #[arg(long, value_name = "EDITION", default_value = scenario::DEFAULT_EDITION)]
    pub(crate) edition: String,
    /// List only the differences between two editions, with both values and both sources
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with = "edition")]
    pub(crate) diff: Option<Vec<String>>,
    /// Format of the results on standard output; csv has a row for each parameter, rule and
    /// assumption
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

fn seed(text: &str) -> Result<u64, String> {
    let seed = text.parse();
    seed.map_err(|_| "must be a whole number from 0 to 18446744073709551615".to_owned())
}

/// A picture needs two ends; more samples than that are more than `timeline.csv` has rows.
fn resolution(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(samples) if (2..=100_000).contains(&samples) => Ok(samples),
        _ => Err("must be a whole number from 2 to 100000".to_owned()),
    }
}
