"""Every table through every library that takes it, with its nulls and its units."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from conftest import OUTAGE, SCENARIOS

import cmksim

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")
duckdb = pytest.importorskip("duckdb")


def tables() -> dict[str, cmksim.Table]:
    outage = cmksim.loads(OUTAGE)
    started = cmksim.loads("start = 2026-01-01T00:00:00Z\n" + OUTAGE)
    longer = outage.set({"event.outage.duration": "2h"})
    study = outage.replicate(40)
    vary = {"event.outage.duration": "1h..8h/4"}
    sweep = outage.sweep(vary, replications=40)
    found = outage.solve({"event.outage.duration": "5m..24h"}, "dropped == 0 B", replications=20)
    plan = cmksim.load(SCENARIOS / "plan-for-a-growing-cluster.toml").plan(replications=10)
    run = started.run()
    return {
        "log": run.log,
        "log without a calendar": outage.run().log,
        "states": run.states,
        "timeline": run.timeline(20),
        "replications": study,
        "summary": study.summary,
        "sweep": sweep,
        "sweep's expectations": sweep.expectations,
        "thresholds": found,
        "checks": found.checks,
        "comparison": outage.compare(longer, replications=40),
        "months": plan.months,
        "levels": plan.levels,
        "steps": plan.steps,
        "limits": plan.limits,
        "what if": plan.what_if,
    }


TABLES = tables()


@pytest.mark.parametrize("name", TABLES)
def test_every_library_reads_the_same(name: str, tmp_path: Path) -> None:
    own = table = TABLES[name]
    expected = table.to_dict()
    assert len(table) > 0
    assert table.columns == list(expected)
    # pandas would take what it iterates over for rows.
    with pytest.raises(TypeError):
        iter(table)  # type: ignore[call-overload]
    assert pl.DataFrame(table).to_dict(as_series=False) == expected
    assert pa.table(table).to_pydict() == expected
    relation = duckdb.sql("select * from own").fetchall()
    rows = list(zip(*expected.values(), strict=True))
    by_duckdb = [tuple(_utc(cell) for cell in row) for row in relation]
    assert by_duckdb == rows
    frame = pd.DataFrame.from_arrow(table)
    copied = own.to_pandas()
    for column in table.columns:
        assert _plain(frame[column]) == _plain(copied[column]) == expected[column], column
    file = tmp_path / "table.parquet"
    table.write_parquet(file)
    assert pl.read_parquet(file).to_dict(as_series=False) == expected


def _utc(cell: object) -> object:
    return cell.astimezone(timezone.utc) if isinstance(cell, datetime) else cell


def _plain(series: object) -> list[object]:
    return [None if pd.isna(cell) else cell for cell in series.tolist()]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_taken_alone(name: str) -> None:
    table = TABLES[name]
    for own in table.columns:
        column = table[own]
        values = column.to_list()
        assert column.name == own and len(column) == len(table)
        assert pl.Series(column).to_list() == values
        assert pa.array(column).to_pylist() == values
        assert column.null_count == sum(value is None for value in values)
        array = np.asarray(column)
        assert len(array) == len(values)
        if column.null_count == 0 and array.dtype.kind in "if":
            assert array.tolist() == values


def test_nothing_is_copied() -> None:
    table = TABLES["replications"]
    for name in ["dropped_bytes", "query_availability"]:
        places = {pa.array(table[name]).buffers()[1].address for _ in range(2)}
        places.add(pa.table(table)[name].chunk(0).buffers()[1].address)
        assert len(places) == 1


def test_columns_that_are_the_same_are_in_memory_once() -> None:
    table = TABLES["replications"]
    names = ["buffered_peak_bytes", "workspace.logs.buffered_peak_bytes"]
    places = {pa.array(table[name]).buffers()[1].address for name in names}
    assert len(places) == 1


def test_a_table_outlives_its_result() -> None:
    def made() -> tuple[object, list[object]]:
        study = cmksim.loads(OUTAGE).replicate(1000)
        return pa.table(study), list(study["buffered_total_bytes"])

    taken, values = made()
    assert taken["buffered_total_bytes"].to_pylist() == values  # type: ignore[index]


def test_names_say_the_unit(outage: cmksim.Scenario) -> None:
    for table in [outage.replicate(2), outage.run().log, outage.run().states, outage.run().timeline()]:
        for name, unit in table.units.items():
            ends = {"bytes": "_bytes", "ms": "_ms", "USD": "_usd"}
            assert unit not in ends or name.endswith(ends[unit]), name
            assert not name.endswith("_bytes") or unit == "bytes", name
            assert not name.endswith("_ms") or unit == "ms", name
    schema = pa.table(outage.replicate(2)).schema
    assert schema.field("dropped_bytes").metadata == {b"unit": b"bytes"}
    assert schema.field("dropped_bytes").type == schema.field("query_downtime_ms").type == pa.int64()
    assert schema.field("loss_ratio").type == schema.field("cost_usd").type == pa.float64()


def test_units_are_what_they_say(outage: cmksim.Scenario) -> None:
    run = outage.run()
    assert run.measures["offered_bytes"] == 7 * 10**12
    downtime, longest = run.measures["query_downtime_ms"], 45 * 60 * 1000
    assert isinstance(downtime, int) and 15 * 60 * 1000 < downtime < longest
    study = outage.replicate(30)
    summary = {row["measure"]: row for row in study.summary.to_polars().to_dicts()}
    mean = sum(study["query_downtime_ms"].to_list()) / 30  # type: ignore[arg-type]
    assert summary["query_downtime_ms"]["mean"] == pytest.approx(mean)
    assert summary["query_downtime_ms"]["max"] == max(study["query_downtime_ms"].to_list())  # type: ignore[type-var]
    sweep = outage.sweep({"event.outage.duration": ["1h", "90m"]}, replications=2)
    assert set(sweep["event.outage.duration_ms"]) == {3_600_000, 5_400_000}
    prices = {"pay_as_you_go": 2.1, "retention": 0.1, "key_vault_operations": 0.03}
    amounts = {f"prices.{name}": amount for name, amount in prices.items()}
    euro = outage.set({"prices.currency": "EUR", **amounts})
    assert "cost_eur" in euro.run().measures
    rates = outage.sweep({"workspace.logs.ingestion": ["1 TB/day", "2 TB/day"]}, replications=2)
    assert 2 * 10**12 in rates["workspace.logs.ingestion_bytes_per_day"]


def test_what_has_no_value_is_null() -> None:
    # The run ends in an interruption, from which nothing recovers; and nothing is offered.
    ends = cmksim.loads(OUTAGE, set={"event.outage.duration": "30d"})
    study = ends.replicate(5)
    column = study["time_to_recover_ms"]
    assert column.null_count == 5 and column.to_list() == [None] * 5
    assert ends.run().measures["time_to_recover_ms"] is None
    frame = study.to_pandas(pandas_types=True)
    assert frame["time_to_recover_ms"].isna().all()
    assert pl.DataFrame(study)["time_to_recover_ms"].null_count() == 5
    assert np.isnan(np.asarray(column)).all()
    log = ends.run().log
    assert log["time"].null_count == len(log)
    assert 0 < log["storage_account"].null_count < len(log)
    assert str(log.to_pandas()["storage_account"].dtype) == "Int64"


def test_pandas_types() -> None:
    table = TABLES["log"]
    plain, typed = table.to_pandas(), table.to_pandas(pandas_types=True)
    assert str(plain["time_ms"].dtype) == "int64"
    assert str(typed["time_ms"].dtype) == "timedelta64[ms]"
    assert str(typed["time"].dtype) == "datetime64[ms, UTC]"
    spans = typed["time_ms"] / pd.Timedelta(milliseconds=1)
    assert spans.tolist() == plain["time_ms"].tolist()
    start = pd.Timestamp("2026-01-01", tz="UTC")
    assert (typed["time"] - start == typed["time_ms"]).all()


def test_the_type_in_pandas_depends_on_the_column_alone() -> None:
    recovers = cmksim.loads(OUTAGE)
    ends = recovers.set({"event.outage.duration": "30d"})
    quiet = recovers.set({"event.outage.at": "6d 23h 59m", "event.outage.duration": "1m"})
    dated = recovers.set({"start": datetime(2026, 1, 1, tzinfo=timezone.utc)})
    for frames in (
        [of.replicate(5).to_pandas() for of in (recovers, ends, quiet)],
        [of.run().log.to_pandas() for of in (recovers, ends, quiet, dated)],
        [of.replicate(5).summary.to_pandas() for of in (recovers, ends)],
    ):
        for frame in frames[1:]:
            assert frame.dtypes.to_dict() == frames[0].dtypes.to_dict()
    study = recovers.replicate(5)
    assert study["time_to_recover_ms"].null_count == 0
    types = study.to_pandas().dtypes.map(str)
    assert types["time_to_recover_ms"] == "Int64" and types["dropped_bytes"] == "int64"
    assert set(types) == {"int64", "Int64", "float64"}


@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.toml")), ids=lambda file: file.stem)
def test_values_are_missing_where_the_column_says_so(file: Path) -> None:
    # A table with a value missing elsewhere cannot be made.
    schema = pa.table(cmksim.load(file).replicate(3)).schema
    nullable = {field.name.split(".")[-1] for field in schema if field.nullable}
    assert nullable == {"time_to_recover_ms", "loss_ratio", "ingestion_availability"}


def test_an_empty_table_keeps_its_types(outage: cmksim.Scenario) -> None:
    vary = {"event.outage.duration": "1h..2h"}
    found = outage.solve(vary, "mean(dropped) <= 1 TB", replications=5)
    assert len(found) == 0
    assert found.to_pandas().dtypes.map(str).to_dict()["threshold_ms"] == "Int64"
    sweep = cmksim.loads(OUTAGE.replace("expect", "#")).sweep({"seed": [1, 2]}, replications=2)
    assert len(sweep.expectations.to_pandas()) == 0


def test_a_quantile_is_a_value(hazards: cmksim.Scenario) -> None:
    study = hazards.replicate(97)
    summary = {row["measure"]: row for row in study.summary.to_polars().to_dicts() if row["scope"] == "total"}
    for measure in ("dropped_bytes", "query_downtime_ms", "cost_usd"):
        values = np.asarray(study[measure])
        for name, part in [("p05", 0.05), ("p50", 0.5), ("p95", 0.95), ("p99", 0.99)]:
            expected = np.quantile(values, part, method="inverted_cdf")
            assert summary[measure][name] == expected, (measure, name)


def test_states_cover_the_run(outage: cmksim.Scenario) -> None:
    frame = outage.run().states.to_pandas()
    for _, states in frame.groupby(["cluster", "storage_account"]):
        assert states["from_ms"].iloc[0] == 0
        assert states["until_ms"].iloc[-1] == outage.duration_ms
        assert (states["from_ms"].iloc[1:].to_numpy() == states["until_ms"].iloc[:-1].to_numpy()).all()
    assert "isolated" in set(frame["state"])
    assert set(frame["storage_account"]) == set(range(1, 11))


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(KeyError, match="dropped_byte"):
        TABLES["replications"]["dropped_byte"]


def test_notebooks_show_something(outage: cmksim.Scenario) -> None:
    study = outage.replicate(40)
    html = study.summary._repr_html_()
    assert "<td>total</td>" in html and "cmksim" not in html
    rows, columns = len(study.summary), len(study.summary.columns)
    assert f"… {rows - 10} more rows, {columns - 12} more columns<" in html
    assert html.count("<tr>") == 12
    assert "more" not in TABLES["limits"]._repr_html_()
    assert study._repr_html_().startswith("<svg") and "<svg" in (study._repr_svg_() or "")
    assert "<svg" in (outage.run()._repr_svg_() or "")
    part = outage.replicate(40, start=40)
    assert part._repr_svg_() is None and part._repr_html_().startswith("<table>")
    same = outage.compare(outage, replications=5)
    assert same._repr_svg_() is None and "<pre>" in same._repr_html_()
    assert "40 rows" in repr(study)
