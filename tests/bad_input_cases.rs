//! The wrong scenarios. A `+` stands for a right one before the rest.

/// Name and text.
pub(super) const CASES: &[(&str, &str)] = &[
    (
        "many_at_once",
        r#"duration = "seven days"
seed = -1
titel = "Key disabled"
delays = "longst"

[behaviour]
buffer_retention = 6
poll_interval = { min = "60s", max = "6s" }

[[workspace]]
name = "logs"
ingestion = "1 TB/dy"
retention = "1 month"

[[event]]
at = "2d"
kind = "key_valt_outage"

[[event]]
after = "nobody"
kind = "disable_key"
rate = "1 GB/day""#,
    ),
    ("empty_file", r#""#),
    ("no_workspace", r#"duration = "7d""#),
    (
        "no_duration",
        r#"[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "workspace_single_brackets",
        r#"duration = "7d"
[workspace]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "duration_without_unit",
        r#"duration = 7
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "duration_unquoted",
        r#"duration = 7d
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "duration_zero",
        r#"duration = "0s"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "duration_negative",
        r#"duration = "-7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "duration_in_months",
        r#"duration = "1 month"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "duration_too_long",
        r#"duration = "2000000d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "quote_not_closed",
        r#"duration = "7d
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "key_twice",
        r#"duration = "7d"
duration = "8d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "table_not_closed",
        r#"duration = "7d"
[[workspace]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "seed_not_whole",
        r#"seed = 1.5
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "replications",
        r#"replications = 0
expect = ["p99(dropped) <= 1 GB"]
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "unknown_edition",
        r#"edition = "2020-6"
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "start_in_quotes",
        r#"start = "2026-03-01T00:00:00Z"
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "start_without_zone",
        r#"start = 2026-03-01T00:00:00
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "start_is_a_date",
        r#"start = 2026-03-01
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "start_is_no_day",
        r#"start = 2026-02-30T00:00:00Z
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "sweep",
        r#"duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day"
[sweep]
replications = "many"
seed = 7
"behaviour.buffer_retention" = { from = "6h", to = "2h", points = 3 }
"behaviour.outage_tolerance" = { from = "6h", to = "2 GB", point = 3 }
"behaviour.hot_cache_span" = []"#,
    ),
    (
        "sweep_in_lockstep",
        r#"duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day"
[sweep]
lockstep = true
seed = [1, 2]
"workspace.logs.ingestion" = ["1 TB/day", "2 TB/day", "3 TB/day"]"#,
    ),
    (
        "statistics",
        r#"duration = "7d"
replications = 100
expect = [
  "p99(dropped) == 1 GB",
  "p101(dropped) <= 1 GB",
  "men(dropped) <= 1 GB",
  "mean(droped) <= 1 GB",
  "mean(dropped <= 1 GB",
  "mean(dropped) 1 GB",
  "mean(dropped) x <= 1 GB",
  "probability(dropped) <= 1%",
  "probability(dropped > 0 B) <= 1 GB",
  "probability(dropped > 0) <= 1%",
  "mean(interruptions) <= many",
]
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "retention_without_unit",
        r#"duration = "7d"
[[workspace]]
name = "logs"
retention = 90
ingestion = "1 TB/day""#,
    ),
    (
        "retention_zero",
        r#"duration = "7d"
[[workspace]]
name = "logs"
retention = "0d"
ingestion = "1 TB/day""#,
    ),
    (
        "history_longer_than_retention",
        r#"duration = "7d"
[[workspace]]
name = "logs"
retention = "30d"
history = "90d"
ingestion = "1 TB/day""#,
    ),
    (
        "rate_is_a_volume",
        r#"duration = "7d"
[[workspace]]
name = "logs"
ingestion = "600 GB""#,
    ),
    (
        "rate_in_bits",
        r#"duration = "7d"
[[workspace]]
name = "logs"
ingestion = "600 Gb/day""#,
    ),
    (
        "volume_is_a_rate",
        r#"duration = "7d"
[[workspace]]
name = "logs"
daily_cap = "600 GB/day"
ingestion = "1 TB/day""#,
    ),
    (
        "name_with_a_space",
        r#"duration = "7d"
[[workspace]]
name = "my logs"
ingestion = "1 TB/day""#,
    ),
    (
        "name_empty",
        r#"duration = "7d"
[[workspace]]
name = ""
ingestion = "1 TB/day""#,
    ),
    (
        "name_not_a_text",
        r#"duration = "7d"
[[workspace]]
name = 7
ingestion = "1 TB/day""#,
    ),
    (
        "name_missing",
        r#"duration = "7d"
[[workspace]]
ingestion = "1 TB/day""#,
    ),
    (
        "name_misspelt",
        r#"duration = "7d"
[[workspace]]
nmae = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "ingestion_missing",
        r#"duration = "7d"
[[workspace]]
name = "logs""#,
    ),
    (
        "two_workspaces_of_one_name",
        r#"+
[[workspace]]
name = "logs"
ingestion = "2 TB/day""#,
    ),
    (
        "unknown_cluster",
        r#"duration = "7d"
[[cluster]]
name = "logs-weu"
[[workspace]]
name = "logs"
cluster = "logs-wue"
ingestion = "1 TB/day""#,
    ),
    (
        "which_cluster",
        r#"duration = "7d"
[[cluster]]
name = "a"
[[cluster]]
name = "b"
[[workspace]]
name = "logs"
ingestion = "1 TB/day"
[[event]]
at = "1d"
kind = "remove_access""#,
    ),
    (
        "keyed_cluster_without_unwrap",
        r#"+
[[cluster]]
name = "weu"
access = ["get", "wrap"]"#,
    ),
    (
        "cluster_named_none",
        r#"+
[[cluster]]
name = "none""#,
    ),
    (
        "too_many_accounts",
        r#"+
[[cluster]]
name = "weu"
storage_accounts = 20000"#,
    ),
    (
        "no_accounts",
        r#"+
[[cluster]]
name = "weu"
storage_accounts = 0"#,
    ),
    (
        "cluster_key",
        r#"+
[[key_vault]]
name = "kv"
keys = { cmk = ["1", "2"] }
[[cluster]]
name = "a"
key = { vault = "kw", name = "cmk" }
[[cluster]]
name = "b"
key = { name = "cmc" }
[[cluster]]
name = "c"
key = { version = "3" }
[[cluster]]
name = "d"
key = "cmk""#,
    ),
    (
        "which_key",
        r#"+
[[key_vault]]
name = "kv"
keys = { cmk = ["1"], other = ["1"] }
[[cluster]]
name = "weu"
[[event]]
at = "1d"
kind = "disable_key""#,
    ),
    (
        "which_vault",
        r#"+
[[key_vault]]
name = "kv-a"
[[key_vault]]
name = "kv-b"
[[event]]
at = "1d"
kind = "key_vault_outage"
duration = "45m""#,
    ),
    (
        "permission",
        r#"+
[[cluster]]
name = "weu"
access = ["get", "warp", "unwrap"]"#,
    ),
    (
        "billing",
        r#"+
[[cluster]]
name = "weu"
billing = "workspace""#,
    ),
    (
        "keys_of_a_vault",
        r#"+
[[key_vault]]
name = "a"
keys = ["cmk"]
[[key_vault]]
name = "b"
keys = {}
[[key_vault]]
name = "c"
keys = { cmk = [] }
[[key_vault]]
name = "d"
keys = { cmk = ["1", 2, "1"] }
[[cluster]]
name = "weu"
key = "none""#,
    ),
    (
        "purge_protection_without_soft_delete",
        r#"+
[[key_vault]]
name = "kv"
soft_delete = false
purge_protection = true"#,
    ),
    (
        "poll_interval_zero",
        r#"+
[behaviour]
poll_interval = { min = "0s" }"#,
    ),
    (
        "poll_interval_a_text",
        r#"+
[behaviour]
poll_interval = "30s""#,
    ),
    (
        "behaviour_choice",
        r#"+
[behaviour]
revocation_scope = "acount"
hot_cache_refill = "soon""#,
    ),
    (
        "behaviour_misspelt",
        r#"+
[behaviour]
buffer_retension = "6h"
wibble = 1"#,
    ),
    (
        "distributions",
        r#"+
[behaviour]
outage_tolerance = { dist = "normal", mean = "30m" }
outage_recovery = { dist = "lognormal", median = "40m" }
revocation_delay = { dist = "uniform", min = "60m", max = "0s" }
revocation_recovery = { dist = "triangular", min = "0s", mode = "40m", max = "30m" }
key_update_duration = { min = "2m", max = "10m" }"#,
    ),
    (
        "distribution_parameters",
        r#"+
[behaviour]
outage_tolerance = { dist = "exponential", mean = 30 }
outage_recovery = { dist = "weibull", scale = "10m", shape = -1 }
revocation_delay = { dist = "lognormal", median = "40m", sigma = nan }
revocation_recovery = { dist = "uniform", min = "0s", max = "30m", mean = "10m" }
key_update_duration = { dist = "empirical", values = [] }"#,
    ),
    (
        "longest_of_an_unbounded",
        r#"delays = "longest"
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day"
[[event]]
at = "1d"
kind = "key_vault_outage"
duration = { dist = "lognormal", median = "40m", sigma = 0.8 }"#,
    ),
    (
        "weights",
        r#"duration = "7d"
[[workspace]]
name = "a"
[workspace.ingestion]
rate = "1 TB/day"
hourly = [1, 2, 3]
weekly = [1, 1, 1, 1, 1, -1, 0]
[[workspace]]
name = "b"
[workspace.ingestion]
rate = "1 TB/day"
hourly = "flat"
weekly = [0, 0, 0, 0, 0, 0, 0]
[[workspace]]
name = "c"
[workspace.ingestion]
rate = "1 TB/day"
weekly = [1, 1, inf, 1, 1, 1, 1]"#,
    ),
    (
        "growth_and_noise",
        r#"duration = "7d"
[[workspace]]
name = "a"
[workspace.ingestion]
rate = "1 TB/day"
growth = "3%"
noise = "lognormal"
[[workspace]]
name = "b"
[workspace.ingestion]
rate = "1 TB/day"
growth = "-100%/30d"
noise = { dist = "normal", cv = 0, period = "0s" }
[[workspace]]
name = "c"
[workspace.ingestion]
rate = "1 TB/day"
growth = "3%/1 month"
noise = { dist = "gamma" }"#,
    ),
    (
        "drawn_rate_and_growth",
        r#"duration = "7d"
[[workspace]]
name = "a"
[workspace.ingestion]
rate = { mean = "1 TB/day" }
growth = { mean = "3%/30d", sd = "1%/7d" }
noise = { dist = "gamma", cv = 0.2, period = "1h", daily_cv = 11, weekly_cv = 0 }
[[workspace]]
name = "b"
[workspace.ingestion]
rate = { low = "2 TB/day", high = "1 TB/day", confidence = "100%" }
growth = { low = "3%/30d", high = "1%/30d", correlation = 2 }
[[workspace]]
name = "c"
[workspace.ingestion]
rate = { low = "2 TB/day", high = "1 TB/day" }
growth = { mean = "3%/30d", sd = "1%/30d", confidence = "90%" }
[[workspace]]
name = "d"
[workspace.ingestion]
rate = { low = "0 B/day", high = "1 TB/day" }
growth = { mean = "-100%/30d", sd = "-1%/30d" }
[[workspace]]
name = "e"
[workspace.ingestion]
rate = {}
growth = { low = "3%/30d", high = "4%/30d", trend = "up" }
[[workspace]]
name = "f"
[workspace.ingestion]
rate = { low = "1 TB/day", high = "1 TB/day", confidence = 0.0000000003 }"#,
    ),
    (
        "rate_and_trace",
        r#"duration = "7d"
[[workspace]]
name = "logs"
[workspace.ingestion]
rate = "1 TB/day"
trace = "usage.csv""#,
    ),
    (
        "rate_with_a_column",
        r#"duration = "7d"
[[workspace]]
name = "logs"
[workspace.ingestion]
rate = "1 TB/day"
unit = "MB""#,
    ),
    (
        "neither_rate_nor_trace",
        r#"duration = "7d"
[[workspace]]
name = "logs"
[workspace.ingestion]
growth = "3%/30d""#,
    ),
    (
        "trace_without_columns",
        r#"duration = "7d"
[[workspace]]
name = "logs"
[workspace.ingestion]
trace = "usage.csv"
align = "calendar"
where = { DataType = 7 }"#,
    ),
    (
        "trace_unit",
        r#"duration = "7d"
[[workspace]]
name = "logs"
[workspace.ingestion]
trace = "usage.csv"
time = "StartTime"
volume = "Quantity"
unit = "Mb"
scale_to = "1 TB/day""#,
    ),
    (
        "too_much",
        r#"duration = "36500d"
[[workspace]]
name = "logs"
[workspace.ingestion]
rate = "1 TB/day"
growth = "5%/30d""#,
    ),
    (
        "event_without_kind",
        r#"+
[[event]]
at = "1d""#,
    ),
    (
        "event_kind_misspelt",
        r#"+
[[event]]
at = "1d"
kind = "disable-key""#,
    ),
    (
        "event_without_time",
        r#"+
[[event]]
kind = "disable_key""#,
    ),
    (
        "event_with_two_times",
        r#"+
[[event]]
name = "first"
at = "1d"
kind = "disable_key"
[[event]]
at = "1d"
after = "first"
kind = "enable_key""#,
    ),
    (
        "event_after_the_end",
        r#"+
[[event]]
at = "7d"
kind = "disable_key""#,
    ),
    (
        "event_at_a_negative_time",
        r#"+
[[event]]
at = "-1d"
kind = "disable_key""#,
    ),
    (
        "event_never_in_time",
        r#"+
[[event]]
name = "first"
at = "6d"
kind = "disable_key"
[[event]]
after = "first"
delay = "2d"
kind = "enable_key""#,
    ),
    (
        "event_without_duration",
        r#"+
[[event]]
at = "1d"
kind = "key_vault_outage""#,
    ),
    (
        "event_of_no_duration",
        r#"+
[[event]]
at = "1d"
kind = "key_vault_outage"
duration = "0s""#,
    ),
    (
        "event_with_a_strange_key",
        r#"+
[[event]]
at = "1d"
kind = "enable_key"
duration = "2h"
workspace = "logs""#,
    ),
    (
        "event_key_misspelt",
        r#"+
[[event]]
at = "1d"
kind = "key_vault_outage"
durration = "45m""#,
    ),
    (
        "delay_without_after",
        r#"+
[[event]]
at = "1d"
delay = "1h"
kind = "disable_key""#,
    ),
    (
        "after_nobody",
        r#"+
[[event]]
name = "disabled"
at = "1d"
kind = "disable_key"
[[event]]
after = "disable"
kind = "enable_key""#,
    ),
    (
        "after_a_ring",
        r#"+
[[event]]
name = "a"
after = "c"
kind = "disable_key"
[[event]]
name = "b"
after = "a"
kind = "enable_key"
[[event]]
name = "c"
after = "b"
kind = "disable_key"
[[event]]
name = "d"
after = "d"
kind = "enable_key""#,
    ),
    (
        "after_end_of_what_has_none",
        r#"+
[[event]]
name = "disabled"
at = "1d"
kind = "disable_key"
[[event]]
after_end = "disabled"
kind = "enable_key""#,
    ),
    (
        "two_events_of_one_name",
        r#"+
[[event]]
name = "x"
at = "1d"
kind = "disable_key"
[[hazard]]
name = "x"
gap = "10d"
kind = "key_vault_outage"
duration = "1h""#,
    ),
    (
        "calendar_without_start",
        r#"+
[[event]]
at = 2026-03-02T00:00:00Z
kind = "disable_key""#,
    ),
    (
        "calendar_outside",
        r#"start = 2026-03-01T00:00:00Z
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day"
[[event]]
at = 2026-02-28T23:59:59Z
kind = "disable_key"
[[event]]
at = 2026-03-08T00:00:00Z
kind = "enable_key""#,
    ),
    (
        "version",
        r#"+
[[key_vault]]
name = "kv"
keys = { cmk = ["v1", "v2"] }
[[event]]
at = "1d"
kind = "disable_key"
version = "v3"
[[event]]
at = "1d"
kind = "create_key_version"
version = "v2""#,
    ),
    (
        "probability",
        r#"+
[[event]]
at = "1d"
kind = "key_vault_outage"
duration = "1h"
failure_probability = 3
[[event]]
at = "1d"
kind = "identity_outage"
duration = "1h"
failure_probability = 0
[[event]]
at = "1d"
kind = "identity_outage"
duration = "1h"
failure_probability = "3 percent""#,
    ),
    (
        "throttling",
        r#"+
[[event]]
at = "1d"
kind = "key_vault_throttling"
duration = "1h"
[[event]]
at = "1d"
kind = "key_vault_throttling"
requests = -1
[[event]]
at = "1d"
kind = "key_vault_throttling"
duration = "1h"
requests = 0.5
key_type = "RSA 2084"
[[event]]
at = "1d"
kind = "key_vault_throttling"
duration = "1h"
requests = 1_000_001
failure_probability = 0.5
[[event]]
at = "1d"
kind = "key_vault_throttling"
duration = "1h"
requests = "4000"
key_type = 2048
vault = "nobody's""#,
    ),
    (
        "permissions_empty",
        r#"+
[[event]]
at = "1d"
kind = "remove_access"
permissions = []"#,
    ),
    (
        "set_ingestion_nothing",
        r#"+
[[event]]
at = "1d"
kind = "set_ingestion""#,
    ),
    (
        "set_ingestion_rate_on_a_trace",
        r#"duration = "7d"
[[workspace]]
name = "logs"
[workspace.ingestion]
trace = "usage.csv"
time = "StartTime"
volume = "Quantity"
unit = "MB"
[[event]]
at = "1d"
kind = "set_ingestion"
rate = "2 TB/day""#,
    ),
    (
        "surge",
        r#"+
[[event]]
at = "1d"
kind = "ingestion_surge"
factor = -2
duration = "1h"
[[event]]
at = "1d"
kind = "ingestion_surge"
factor = "2x""#,
    ),
    (
        "hazard_without_gap",
        r#"+
[[hazard]]
kind = "key_vault_outage"
duration = "1h""#,
    ),
    (
        "hazard_with_a_time",
        r#"+
[[hazard]]
at = "1d"
gap = "0s"
kind = "disable_key""#,
    ),
    (
        "enabled_not_true",
        r#"+
[[event]]
at = "1d"
enabled = "no"
kind = "disable_key""#,
    ),
    (
        "event_list_of_numbers",
        r#"event = [1, "two"]
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "expectations",
        r#"duration = "7d"
expect = [
  "droped == 0 B",
  "dropped = 0 B",
  "dropped",
  "dropped <= 20",
  "dropped <= 20 GB/day",
  "query_downtime <= 17",
  "query_availability >= 99.5",
  "query_availability >= 101%",
  "interruptions == 1.5",
  "p99(dropped) <= 1 GB",
  "workspace.log.dropped == 0 B",
  "workspace.logs.time_to_revoke <= 1h",
  "cluster.cluster.dropped == 0 B",
  "clusters.cluster.time_to_revoke <= 1h",
  "workspace.dropped == 0 B",
  "total dropped bytes == 0 B",
  7,
]
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "lists_that_are_none",
        r#"duration = "7d"
expect = ["workspace.logs.dropped == 0 B"]
[[key_vault]]
name = "kv"
keys = "cmk"
[workspace]
name = "logs"
ingestion = "1 TB/day"
[[event]]
at = "1d"
kind = "disable_key"
[[event]]
at = "1d"
kind = "set_retention"
workspace = "logs"
retention = "9d""#,
    ),
    (
        "expect_not_a_list",
        r#"expect = "dropped == 0 B"
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "control_characters",
        r#"duration = "7d"
[[workspace]]
name = "lo\u001b[31mgs"
ingestion = "1 TB/day""#,
    ),
    (
        "syntax_and_more",
        r#"duration = 7d
seed = "x"
[[workspace]]
name = "logs"
ingestion = "1 TB/day"
retension = "9d"
[[event]
at = "1d"
kind = "disable_kye""#,
    ),
    (
        "deep",
        r#"x = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]"#,
    ),
    (
        "extends_no_name",
        r#"extends = ["a.toml", "b.toml"]
duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day""#,
    ),
    (
        "extends_nothing",
        r#"extends = "base.toml"
seed = -1"#,
    ),
    (
        "region_not_text",
        r#"+region = 1
tenant = ""
subscription = ["a"]"#,
    ),
    (
        "site_in_another_place",
        r#"duration = "7d"
[[key_vault]]
name = "vault"
region = "westeurope"
[[cluster]]
name = "logs"
region = "northeurope"
tenant = "contoso"
[[workspace]]
name = "w"
region = "northeurope"
ingestion = "1 TB/day""#,
    ),
    (
        "allowed_subscriptions_not_a_list",
        r#"allowed_subscriptions = "production"
duration = "7d"
[[workspace]]
name = "w"
ingestion = "1 TB/day""#,
    ),
    (
        "allowed_subscriptions_not_texts",
        r#"allowed_subscriptions = ["production", 2, ""]
duration = "7d"
[[workspace]]
name = "w"
ingestion = "1 TB/day""#,
    ),
    (
        "create_cluster_of_no_name",
        r#"+
[[event]]
at = "1d"
kind = "create_cluster"
name = """#,
    ),
    (
        "create_cluster_wrong_fields",
        r#"+cluster = "none"
[[event]]
at = "1d"
kind = "create_cluster"
cluster = "logs"
storage_accounts = 0
capacity_reservation = "1000 GB"
billing = "me"
key = { vault = "valt" }
access = ["get"]
region = 3"#,
    ),
    (
        "create_cluster_named_none",
        r#"+cluster = "none"
[[event]]
at = "1d"
kind = "create_cluster"
cluster = "none""#,
    ),
    (
        "create_cluster_described_twice",
        r#"+cluster = "none"
[[event]]
at = "1d"
kind = "create_cluster"
cluster = "logs"
storage_accounts = 5
region = "westeurope"
[[event]]
at = "2d"
kind = "create_cluster"
cluster = "logs"
storage_accounts = 6
region = "northeurope""#,
    ),
    (
        "create_cluster_unlike_the_one_at_the_start",
        r#"+
[[cluster]]
name = "logs"
storage_accounts = 5
[[event]]
at = "1d"
kind = "create_cluster"
cluster = "logs"
storage_accounts = 10
subscription = "other""#,
    ),
    (
        "workspace_in_a_cluster_of_later",
        r#"+cluster = "later"
[[event]]
at = "1d"
kind = "create_cluster"
cluster = "later""#,
    ),
    (
        "workspace_without_a_cluster_at_the_start",
        r#"+
[[event]]
at = "1d"
kind = "create_cluster"
cluster = "later""#,
    ),
    (
        "associate_unknown_workspace",
        r#"+
[[event]]
at = "1d"
kind = "associate_workspace"
workspace = "lgos"
cluster = "clustr""#,
    ),
    (
        "associate_which_workspace",
        r#"+
[[workspace]]
name = "more"
ingestion = "1 TB/day"
[[event]]
at = "1d"
kind = "associate_workspace"
[[event]]
at = "2d"
kind = "disassociate_workspace"
cluster = "cluster""#,
    ),
    (
        "capacity_and_billing_missing",
        r#"+
[[event]]
at = "1d"
kind = "set_capacity_reservation"
[[event]]
at = "1d"
kind = "set_billing_type""#,
    ),
    (
        "capacity_without_a_day",
        r#"+
[[event]]
at = "1d"
kind = "set_capacity_reservation"
capacity_reservation = "1000 GB""#,
    ),
    (
        "billing_misspelt",
        r#"+
[[event]]
at = "1d"
kind = "set_billing_type"
billing = "workspace""#,
    ),
    (
        "delete_unknown_cluster",
        r#"+
[[event]]
at = "1d"
kind = "delete_cluster"
cluster = "cluser"
[[event]]
at = "1d"
kind = "recover_cluster"
workspace = "logs""#,
    ),
    (
        "kind_of_operation_misspelt",
        r#"+
[[event]]
at = "1d"
kind = "asociate_workspace""#,
    ),
    (
        "after_end_of_a_setting",
        r#"+
[[event]]
name = "more"
at = "1d"
kind = "set_capacity_reservation"
capacity_reservation = "1000 GB/day"
[[event]]
after_end = "more"
kind = "delete_cluster""#,
    ),
    (
        "control_plane_parameters",
        r#"+
[behaviour]
subscription_approval = "maybe"
provisioning_duration = "never"
association_duration = 90
cluster_recovery_duration = "nevr"
delete_with_workspaces = "disasociate"
clusters_per_region = 0
associations_per_30_days = 1.5
capacity_levels = []
capacity_lock = "31"
autorotation = "0s""#,
    ),
    (
        "capacity_levels_not_rates",
        r#"+
[behaviour]
capacity_levels = ["1000 GB", 500]"#,
    ),
    (
        "capacity_levels_not_a_list",
        r#"+
[behaviour]
capacity_levels = "1000 GB/day""#,
    ),
    (
        "version_named_newest",
        r#"+
[[key_vault]]
name = "vault"
keys = { key = ["1", "newest"] }
[[event]]
at = "1d"
kind = "create_key_version"
version = "newest""#,
    ),
    (
        "response_when_misspelt",
        r#"+
[[response]]
when = "queries_fial"
kind = "enable_key""#,
    ),
    (
        "response_when_missing",
        r#"+
[[response]]
kind = "enable_key""#,
    ),
    (
        "response_without_kind",
        r#"+
[[response]]
name = "on-call"
when = "queries_fail"
workspace = "lgos""#,
    ),
    (
        "response_with_a_time",
        r#"+
[[response]]
when = "queries_fail"
at = "2d"
kind = "enable_key""#,
    ),
    (
        "response_of_two",
        r#"+
[[response]]
when = "queries_fail"
workspace = "logs"
cluster = "cluster"
kind = "enable_key""#,
    ),
    (
        "response_to_a_denied_workspace",
        r#"+
[[response]]
when = "key_denied"
workspace = "logs"
kind = "enable_key""#,
    ),
    (
        "response_for_an_operation",
        r#"+
[[response]]
when = "operation_failed"
for = "5m"
kind = "update_cluster_key""#,
    ),
    (
        "response_wrong_fields",
        r#"+
[[response]]
when = ["queries_fail"]
cluster = "clstr"
for = "-5m"
delay = "soon"
even_if_over = "yes"
kind = "update_cluster_key"
version = "9""#,
    ),
    (
        "response_single_brackets",
        r#"+
[response]
when = "queries_fail"
kind = "enable_key""#,
    ),
    (
        "responses_of_one_name",
        r#"+
[[event]]
name = "on-call"
at = "1d"
kind = "disable_key"
[[response]]
name = "on-call"
when = "queries_fail"
kind = "enable_key""#,
    ),
    (
        "after_no_response",
        r#"+
[[response]]
name = "on-call"
when = "queries_fail"
kind = "enable_key"
[[event]]
after = "oncall"
kind = "disable_key"
[[event]]
after_end = "on-call"
kind = "disable_key""#,
    ),
    (
        "expectation_of_a_cluster_of_later",
        r#"expect = ["cluster.latr.operations_failed == 0"]
duration = "7d"
[[workspace]]
name = "logs"
cluster = "none"
ingestion = "1 TB/day"
[[event]]
at = "1d"
kind = "create_cluster"
cluster = "later""#,
    ),
];

/// Name and bytes.
pub(super) const BYTES: &[(&str, &[u8])] = &[
    ("not_utf8", b"duration = \"7d\"\ntitle = \"caf\xe9\"\n"),
    ("utf16", b"\xff\xfed\0u\0r\0"),
    ("nul", b"duration = \"7d\"\0\n"),
    ("random", b"\x7fELF\x02\x01\x01\0\0\x80\xc3("),
    ("too_large", &[b'#'; (1 << 20) + 1]),
    ("windows_line_ends", b"duration = \"7d\"\r\nsed = 1\r\n[[workspace]]\r\nname = \"logs\"\r\ningestion = \"1 TB/day\"\r\n"),
    ("byte_order_mark", b"\xef\xbb\xbfduration = 7\n[[workspace]]\nname = \"logs\"\ningestion = \"1 TB/day\"\n"),
];

/// What overrides are put on.
pub(super) const TO_OVERRIDE: &str = r#"duration = "7d"
[[workspace]]
name = "logs"
ingestion = "1 TB/day"
[[event]]
name = "outage"
at = "1d"
kind = "key_vault_outage"
duration = "45m"
[[response]]
name = "on-call"
when = "queries_fail"
kind = "enable_key"
"#;

/// Name and override.
pub(super) const OVERRIDES: &[(&str, &str)] = &[
    ("set_seed", "seed=abc"),
    ("set_nothing", "seed"),
    ("set_empty", "seed="),
    ("set_unknown_key", "sed=7"),
    ("set_unknown_event", "event.outages.at=2d"),
    ("set_event_by_number", "event[2].at=2d"),
    ("set_event_zero", "event[0].at=2d"),
    ("set_event_itself", "event=2d"),
    ("set_hazard", "hazard.vault.gap=2d"),
    ("set_after_the_end", "event.outage.at=8d"),
    ("set_key_misspelt", "event.outage.duratoin=8d"),
    ("set_in_a_text", "workspace.logs.ingestion.rate=2 TB/day"),
    ("set_broken_value", "expect=[\"dropped == 0 B\""),
    ("set_path_with_spaces", "event outage at=2d"),
    ("set_number_on_a_table", "behaviour[1].poll_interval=30s"),
    ("set_list_end", "event[1]=2d"),
    ("set_twice_the_name", "workspace.logs.name=my logs"),
    ("no_such_response", "response.on-cal.delay=1h"),
    ("no_such_number_of_response", "response[3].delay=1h"),
];

/// Keys at the top, each with what is asked back.
pub(super) const TOP_HINTS: &[(&str, &str)] = &[
    ("name = 'rotation'", "`title`"),
    ("length = '7d'", "`duration`"),
    ("begin = 2026-03-01T00:00:00Z", "`start`"),
    ("runs = 100", "`replications` or `replication`"),
    ("goals = []", "`expect`"),
    ("[[vault]]", "`key_vault`"),
    ("[behavior]", "`behaviour`"),
];

/// Keys of a workspace, an event and a cluster.
pub(super) const KEY_HINTS: &[(&str, &str, &str)] = &[
    ("workspace", "rate = '1 TB/day'", "`ingestion`"),
    ("workspace", "quota = '1 TB'", "`daily_cap`"),
    ("workspace", "ttl = '90d'", "`retention`"),
    ("event", "type = 'disable_key'", "`kind`"),
    ("event", "start = '1d'", "`at`"),
    ("event", "time = '1d'", "`at` or `duration`"),
    ("event", "at = '1d'\ntime = '1h'", "`duration`"),
    ("event", "length = '1h'", "`duration`"),
    ("event", "kind = 'disable_key'\nwhen = '1d'", "`at`"),
    (
        "event",
        "kind = 'remove_access'\naccess = ['get']",
        "`permissions`",
    ),
    (
        "event",
        "kind = 'identity_outage'\nprobability = 0.1",
        "`failure_probability`",
    ),
    ("hazard", "every = '90d'", "`gap`"),
    ("cluster", "permissions = ['get']", "`access`"),
    (
        "cluster",
        "reservation = '1 TB/day'",
        "`capacity_reservation`",
    ),
    ("cluster", "accounts = 3", "`storage_accounts`"),
];

/// Kinds of events.
pub(super) const KIND_HINTS: &[(&str, &str)] = &[
    ("key_disabled", "\"disable_key\""),
    ("disable", "\"disable_key\""),
    ("vault_outage", "\"key_vault_outage\""),
    ("outage_of_key_vault", "\"key_vault_outage\""),
    ("keyvault_outage", "\"key_vault_outage\""),
    ("akv_down", "\"key_vault_outage\""),
    (
        "outage",
        "\"key_vault_outage\", \"identity_outage\" or \"storage_outage\"",
    ),
    ("aad_outage", "\"identity_outage\""),
    (
        "rotate_key",
        "\"create_key_version\" or \"update_cluster_key\"",
    ),
    ("revoke", "\"remove_access\""),
    ("revoke_access", "\"remove_access\""),
    ("recover_access", "\"grant_access\""),
    ("expired_key", "\"expire_key\""),
    ("KeyExpiry", "\"expire_key\""),
    ("remove_key", "\"delete_key\""),
    ("key_deletion", "\"delete_key\""),
    ("delete", "\"delete_key\" or \"delete_cluster\""),
    ("delete_workspace", "\"disassociate_workspace\""),
    ("link workspace", "\"associate_workspace\""),
    ("throttling", "\"key_vault_throttling\""),
    ("403", "\"key_vault_denials\""),
    ("traffic_spike", "\"ingestion_surge\""),
    ("change_retention", "\"set_retention\""),
    ("set_quota", "\"set_daily_cap\""),
];

/// Measures.
pub(super) const MEASURE_HINTS: &[(&str, &str)] = &[
    ("lost", "`dropped`"),
    ("query_outage", "`query_downtime`"),
    ("price", "`cost`"),
];
