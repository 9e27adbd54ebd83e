"""What the package says is what the command says, to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import SCENARIOS, Command

import cmksim

#: With a trace, with a base, with events alone.
FILES = ["usage-export-replayed", "get-permission-missing", "key-vault-outage"]


def same(result: object, printed: str) -> None:
    assert str(result).strip() == printed.strip()


@pytest.mark.parametrize("name", FILES)
def test_a_run(name: str, command: Command, tmp_path: Path) -> None:
    file = SCENARIOS / f"{name}.toml"
    printed = command("run", file, "--replication", "3")
    run = cmksim.load(file).run(3)
    folder = tmp_path / "replication-3"
    folder = folder if folder.exists() else tmp_path
    assert run.to_json() == (folder / "summary.json").read_text()
    assert run.pictures["timeline"] == (folder / "timeline.svg").read_text()
    same(run, printed)
    assert run.fingerprint in run.to_json()


def test_a_run_with_other_values(command: Command, tmp_path: Path) -> None:
    file = SCENARIOS / "key-vault-outage.toml"
    command("run", file, "--set", "event.outage.duration=7h", "--seed", "5")
    run = cmksim.load(file, set={"event.outage.duration": "7h", "seed": 5}).run()
    assert run.to_json() == (tmp_path / "summary.json").read_text()


def test_the_log_and_the_timeline(command: Command, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    file = SCENARIOS / "usage-export-replayed.toml"
    command("run", file, "--resolution", "60")
    run = cmksim.load(file).run()
    events = pandas.read_csv(tmp_path / "events.csv", keep_default_na=False, na_values=[""])
    log = run.log.to_pandas()
    assert len(log) == len(events) > 0
    assert ((events["time_s"] * 1000).round() == log["time_ms"]).all()
    assert (pandas.to_datetime(events["time"]) == log["time"]).all()
    for name in ["cluster", "storage_account", "workspace", "event", "from", "to", "rule", "detail"]:
        assert events[name].dropna().tolist() == log[name].dropna().tolist(), name
        assert (events[name].isna() == log[name].isna()).all(), name
    samples = pandas.read_csv(tmp_path / "timeline.csv")
    timeline = run.timeline(60).to_pandas()
    assert ((samples["time_s"] * 1000).round() == timeline["time_ms"]).all()
    for name in samples.columns[2:]:
        assert samples[name].tolist() == timeline[name].tolist(), name


def test_replications(command: Command, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    file = SCENARIOS / "study-a-year-of-hazards.toml"
    wanted = ["--replications", "300", "--write", "summary,pictures,replications"]
    printed = command("run", file, *wanted)
    study = cmksim.load(file).replicate(300)
    assert study.to_json() == (tmp_path / "replications.json").read_text()
    for name, picture in study.pictures.items():
        assert picture == (tmp_path / f"{name}.svg").read_text(), name
    same(study, printed)
    written = pandas.read_csv(tmp_path / "replications.csv")
    frame = study.to_pandas()
    assert len(written.columns) == len(frame.columns)
    assert written["dropped_bytes"].tolist() == frame["dropped_bytes"].tolist()
    assert ((written["query_downtime_s"] * 1000).round() == frame["query_downtime_ms"]).all()
    assert written["cost"].tolist() == frame["cost_usd"].tolist()


def test_some_measures(command: Command, tmp_path: Path) -> None:
    file = SCENARIOS / "study-a-year-of-hazards.toml"
    command("run", file, "--replications", "100", "--measures", "buffered_peak")
    study = cmksim.load(file).replicate(100, measures=["buffered_peak"])
    assert study.to_json() == (tmp_path / "replications.json").read_text()


def test_a_sweep(command: Command, tmp_path: Path) -> None:
    file = SCENARIOS / "study-outage-length.toml"
    printed = command("sweep", file, "--replications", "20")
    sweep = cmksim.load(file).sweep(replications=20)
    assert sweep.to_json() == (tmp_path / "sweep.json").read_text()
    assert sweep.pictures["sweep"] == (tmp_path / "sweep.svg").read_text()
    same(sweep, printed)


def test_a_sweep_over_a_grid(command: Command, tmp_path: Path) -> None:
    file = SCENARIOS / "key-vault-outage.toml"
    words = ["--vary", "event.outage.duration=1h..3h/3", "--vary", "seed=1,2", "--of", "buffered_peak"]
    command("sweep", file, *words, "--replications", "10")
    vary: dict[str, cmksim.Range] = {"event.outage.duration": "1h..3h/3", "seed": [1, 2]}
    sweep = cmksim.load(file).sweep(vary, replications=10, of=["buffered_peak"])
    assert sweep.to_json() == (tmp_path / "sweep.json").read_text()


def test_solving(command: Command, tmp_path: Path) -> None:
    file = SCENARIOS / "key-vault-outage.toml"
    such_that = "probability(dropped == 0 B) >= 99%"
    words = ["--vary", "event.outage.duration=5m..24h", "--such-that", such_that]
    printed = command("solve", file, *words, "--replications", "200")
    found = cmksim.load(file).solve(
        {"event.outage.duration": "5m..24h"}, such_that, replications=200
    )
    assert found.to_json() == (tmp_path / "solve.json").read_text()
    assert found.pictures["solve"] == (tmp_path / "solve.svg").read_text()
    same(found, printed)


def test_comparing(command: Command, tmp_path: Path) -> None:
    first = SCENARIOS / "key-disabled-20-minutes.toml"
    second = SCENARIOS / "key-disabled-40-minutes.toml"
    printed = command("compare", first, second, "--replications", "100")
    compared = cmksim.load(first).compare(cmksim.load(second), replications=100)
    assert compared.to_json() == (tmp_path / "compare.json").read_text()
    assert compared.pictures["compare"] == (tmp_path / "compare.svg").read_text()
    same(compared, printed)


def test_comparing_traces(command: Command, tmp_path: Path) -> None:
    first = SCENARIOS / "usage-export-replayed.toml"
    second = SCENARIOS / "key-vault-outage.toml"
    command("compare", first, second, "--replications", "10", "--of", "dropped")
    compared = cmksim.load(first).compare(cmksim.load(second), replications=10, of="dropped")
    assert compared.to_json() == (tmp_path / "compare.json").read_text()


def test_planning(command: Command, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    file = SCENARIOS / "plan-with-uncertain-growth.toml"
    case = "longer: workspace.*.retention=120d"
    printed = command("plan", file, "--replications", "20", "--what-if", case)
    what_if: dict[str, cmksim.Values] = {"longer": {"workspace.*.retention": "120d"}}
    plan = cmksim.load(file).plan(replications=20, what_if=what_if)
    assert plan.to_json() == (tmp_path / "plan.json").read_text()
    for name, picture in plan.pictures.items():
        assert picture == (tmp_path / f"{name}.svg").read_text(), name
    same(plan, printed)
    months = pandas.read_csv(tmp_path / "plan.csv").dropna(subset="month")
    assert months["hot_peak_p95_bytes"].tolist() == plan.months["hot_peak_p95_bytes"].to_list()
    levels = pandas.read_csv(tmp_path / "levels.csv").dropna(subset="cost_mean")
    costs = plan.levels.to_pandas()["cost_mean_usd"]
    assert abs(levels["cost_mean"].to_numpy() - costs.to_numpy()).max() < 1e-6
    cases = pandas.read_csv(tmp_path / "what-if.csv")
    table = plan.what_if.to_pandas()
    assert table["case"].tolist()[1:] == cases["case"].tolist()[1:]
    assert table["set"].tolist()[1:] == cases["set"].tolist()[1:]
    assert table["case"].iloc[-1] == "longer" and len(table) > 2
    money = [name for name in cases.columns if name.startswith(("cost", "difference"))]
    for name in cases.columns[3:]:
        own = name.replace("_p5", "_p05") + ("_usd" if name in money else "")
        assert table[own].tolist() == pytest.approx(cases[name].tolist(), rel=1e-6, nan_ok=True), name
    assert len(table.columns) == len(cases.columns)
    steps = pandas.read_csv(tmp_path / "steps.csv")
    reached = plan.steps.to_pandas()["reached_p50_ms"]
    assert (steps["reached_p50_s"] * 1000).dropna().round().tolist() == reached.dropna().tolist()


@pytest.mark.parametrize("name", FILES)
def test_the_page(name: str, command: Command, tmp_path: Path) -> None:
    file = SCENARIOS / f"{name}.toml"
    command("play", file)
    page = cmksim.load(file).play(tmp_path / "own.html")
    assert page.read_bytes() == (tmp_path / "play.html").read_bytes()


def test_checking(command: Command, tmp_path: Path) -> None:
    import os
    import subprocess

    wrong = tmp_path / "wrong.toml"
    wrong.write_text('duration = "1d"\n[[workspace]]\nname = "a"\ningestion = "1 TB/dy"\n[[evnt]]\n')
    program = os.environ["CMKSIM"]
    done = subprocess.run([program, "check", wrong], capture_output=True, check=False)
    assert str(cmksim.check(wrong)).strip() == done.stderr.decode().strip()
    right = SCENARIOS / "a-year-of-outages.toml"
    done = subprocess.run([program, "check", right], capture_output=True, check=False)
    assert str(cmksim.check(right)).strip() == done.stderr.decode().strip() != ""
