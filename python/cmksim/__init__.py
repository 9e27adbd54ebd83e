"""cmksim simulates an Azure Monitor dedicated cluster whose key lies in Azure Key Vault.

    import cmksim

    scenario = cmksim.load("scenarios/key-vault-outage.toml")
    run = scenario.run()
    run.measures["dropped_bytes"], run.measures["query_downtime_ms"]

    study = scenario.replicate(10_000)      # a table: one row for each replication
    polars.DataFrame(study)                 # no copy; or DuckDB, pyarrow, pandas

Names say what numbers count: ``_bytes``, ``_ms`` (milliseconds), ``_bytes_per_day``, and the
currency of the scenario's prices, as in ``cost_usd``. Shares are 0 to 1. Whatever has no value is
null. A quantile is the first value with at least that share of all values up to it.
"""

from ._cmksim import VERSION as __version__
from ._errors import (
    AuditError,
    Diagnostic,
    Diagnostics,
    LimitError,
    RunError,
    ScenarioError,
    TraceError,
)
from ._results import Comparison, Plan, Replications, Run, Solution, Sweep
from ._scenario import Scenario, check, load, loads
from ._table import Column, Table
from ._values import Range, Value, Values

__all__ = [
    "AuditError",
    "Column",
    "Comparison",
    "Diagnostic",
    "Diagnostics",
    "LimitError",
    "Plan",
    "Range",
    "Replications",
    "Run",
    "RunError",
    "Scenario",
    "ScenarioError",
    "Solution",
    "Sweep",
    "Table",
    "TraceError",
    "Value",
    "Values",
    "__version__",
    "check",
    "load",
    "loads",
]
