//! What the help of each command ends with. Tests run every line.

pub(crate) const RUN: &str = "\
Examples:
  cmksim run scenarios/key-vault-outage.toml
  cmksim run --report --exit-zero --set event.outage.duration=8h \\
    scenarios/key-vault-outage.toml
  cmksim run --exit-zero --replications 100 scenarios/study-on-call-delay.toml
  cmksim run --rare 'probability(dropped > 20 TB)' --replications 2000 \\
    scenarios/rare/twenty-terabytes.toml";

pub(crate) const SWEEP: &str = "\
Examples:
  cmksim sweep --dry-run scenarios/study-buffer-hours.toml
  cmksim sweep --replications 20 --vary event.outage.duration=1h..8h/4 \\
    scenarios/key-vault-outage.toml";

pub(crate) const SOLVE: &str = "\
Examples:
  cmksim solve --replications 50 --vary event.outage.duration=5m..24h \\
    --such-that 'probability(dropped == 0 B) >= 90%' \\
    scenarios/key-vault-outage.toml";

pub(crate) const COMPARE: &str = "\
Examples:
  cmksim compare --replications 40 scenarios/key-disabled-40-minutes.toml \\
    scenarios/key-disabled-fixed-by-on-call.toml";

pub(crate) const PLAN: &str = "\
Examples:
  cmksim plan --replications 20 scenarios/plan-for-a-growing-cluster.toml";

pub(crate) const SHARD: &str = "\
Examples:
  cmksim shard run scenarios/study-a-year-of-hazards.toml --replications 1000 \\
    --part 0/2 --output output/parts
  cmksim shard run scenarios/study-a-year-of-hazards.toml --replications 1000 \\
    --part 1/2 --output output/parts";

pub(crate) const MERGE: &str = "\
Examples:
  cmksim merge run scenarios/study-a-year-of-hazards.toml --replications 1000 \\
    --parts output/parts --missing 2
  cmksim merge run scenarios/study-a-year-of-hazards.toml --replications 1000 \\
    --parts output/parts";

pub(crate) const PLAY: &str = "\
Examples:
  cmksim play
  cmksim play scenarios/key-vault-outage.toml";

pub(crate) const SENSITIVITY: &str = "\
Examples:
  cmksim sensitivity --of dropped --replications 40 \\
    scenarios/key-disabled-40-minutes.toml";

pub(crate) const WORST: &str = "\
Examples:
  cmksim worst --replications 40 --vary event.outage.at=0s..5d \\
    --of 'mean(dropped)' scenarios/key-vault-outage.toml";

pub(crate) const OPTIMISE: &str = "\
Examples:
  cmksim optimise --replications 400 --minimise cost \\
    --such-that 'probability(dropped <= 30 GB) >= 85%' \\
    scenarios/which-remedy-is-cheapest.toml";

pub(crate) const FREEZE: &str = "\
Examples:
  cmksim freeze --replication 17 scenarios/study-a-year-of-hazards.toml";

pub(crate) const SHRINK: &str = "\
Examples:
  cmksim shrink --such-that 'dropped > 20 GB' \\
    scenarios/study-a-year-of-hazards.toml";

pub(crate) const FAULTS: &str = "\
Examples:
  cmksim faults scenarios/runbook-against-faults.toml";

pub(crate) const EXPLAIN: &str = "\
Examples:
  cmksim explain scenarios/key-disabled-5-hours.toml
  cmksim explain --polls '2d 10h..2d 10h 2m' scenarios/key-vault-outage.toml";

pub(crate) const CHECK: &str = "\
Examples:
  cmksim check scenarios/key-vault-outage.toml scenarios/steady-state.toml";

pub(crate) const RULES: &str = "\
Examples:
  cmksim rules
  cmksim rules --diff 2020-06 2021-07";

pub(crate) const SCHEMA: &str = "\
Examples:
  cmksim schema > schema.json
  cmksim schema --of results > results.json";

pub(crate) const INIT: &str = "\
Examples:
  cmksim init > my.toml
  cmksim init --list";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  cmksim completions bash > cmksim.bash";

pub(crate) const HELP: &str = "\
Examples:
  cmksim help measures
  cmksim help run";

pub(crate) const MAN: &str = "\
Examples:
  cmksim man > cmksim.1";
