"""Ctrl-C, other threads of Python, and progress."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from conftest import SCENARIOS

import cmksim

LONG = f"""
import sys, cmksim
scenario = cmksim.load({str(SCENARIOS / "study-a-year-of-hazards.toml")!r})
print("begun", flush=True)
try:
    STUDY
except KeyboardInterrupt:
    sys.exit(42)
"""
STUDIES = {
    "replicate": "scenario.replicate(10_000_000, measures=['dropped'])",
    "sweep": "scenario.sweep({'seed': [*range(100)]}, replications=100_000)",
    "compare": "scenario.compare(scenario, replications=1_000_000)",
    "plan": "scenario.plan(replications=60_000)",
    "solve": "scenario.solve({'behaviour.buffer_retention': '1h..8h'}, 'dropped == 0 B', replications=100_000)",
}


@pytest.mark.parametrize("study", STUDIES)
def test_ctrl_c_stops_a_study(study: str) -> None:
    code = LONG.replace("STUDY", STUDIES[study])
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None and child.stdout.readline() == b"begun\n"
        time.sleep(0.4)
        assert child.poll() is None, "it ended before it was stopped"
        began = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=20) == 42
        assert time.monotonic() - began < 0.5


def test_other_threads_go_on(hazards: cmksim.Scenario) -> None:
    done = threading.Event()
    began = last = time.monotonic()
    longest = 0.0

    def study() -> None:
        hazards.replicate(20_000, threads=1, measures=["dropped"])
        done.set()

    worker = threading.Thread(target=study)
    worker.start()
    turns = 0
    while not done.is_set():
        now = time.monotonic()
        longest, last, turns = max(longest, now - last), now, turns + 1
        time.sleep(0.001)
    worker.join()
    # Whoever held the interpreter would have stopped this thread for the whole study.
    took = time.monotonic() - began
    assert turns > 50 and longest < took / 4, (turns, longest, took)


def test_two_studies_at_once(hazards: cmksim.Scenario) -> None:
    found: dict[int, str] = {}

    def study(start: int) -> None:
        found[start] = hazards.replicate(200, start=start, threads=1).fingerprint

    workers = [threading.Thread(target=study, args=[start]) for start in (0, 200)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == {at: hazards.replicate(200, start=at).fingerprint for at in (0, 200)}


class Bar:
    """Stands in for tqdm."""

    shown: list[Bar] = []

    def __init__(self, **given: object) -> None:
        self.given, self.total, self.n = given, 0, 0
        Bar.shown.append(self)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None: ...

    def update(self, more: int) -> None:
        self.n += more


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> list[Bar]:
    tqdm = pytest.importorskip("tqdm")
    Bar.shown = []
    monkeypatch.setattr(tqdm, "tqdm", Bar)
    return Bar.shown


def test_progress_is_told(bars: list[Bar], hazards: cmksim.Scenario) -> None:
    hazards.replicate(4_000, progress=True, measures=["dropped"])
    (bar,) = bars
    assert bar.total == 4_000 and 0 < bar.n <= 4_000
    hazards.replicate(5, progress=False)
    assert len(bars) == 1


def test_nobody_looks_nobody_is_told(bars: list[Bar], outage: cmksim.Scenario) -> None:
    outage.replicate(5)
    assert not sys.stderr.isatty() and bars == []


def test_who_is_told_may_stop_it(bars: list[Bar], hazards: cmksim.Scenario) -> None:
    def stop(self: Bar, more: int) -> None:
        raise InterruptedError("enough")

    began = time.monotonic()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(InterruptedError, match="enough"):
        patch.setattr(Bar, "update", stop)
        hazards.replicate(1_000_000, progress=True, measures=["dropped"])
    assert time.monotonic() - began < 2


def test_progress_without_tqdm(monkeypatch: pytest.MonkeyPatch, outage: cmksim.Scenario) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    assert len(outage.replicate(3)) == 3
    with pytest.raises(ImportError, match="pip install tqdm"):
        outage.replicate(3, progress=True)


def test_parquet_needs_a_library(
    monkeypatch: pytest.MonkeyPatch, outage: cmksim.Scenario, tmp_path: os.PathLike[str]
) -> None:
    for name in ["pyarrow", "pyarrow.parquet", "polars"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match="pyarrow or polars"):
        outage.replicate(3).write_parquet(os.path.join(tmp_path, "x.parquet"))


def test_parquet_by_way_of_polars(
    monkeypatch: pytest.MonkeyPatch, outage: cmksim.Scenario, tmp_path: os.PathLike[str]
) -> None:
    polars = pytest.importorskip("polars")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    file, study = os.path.join(tmp_path, "x.parquet"), outage.replicate(3)
    study.write_parquet(file)
    assert polars.read_parquet(file).to_dict(as_series=False) == study.to_dict()


def test_nothing_is_needed_but_python(outage: cmksim.Scenario) -> None:
    code = (
        "import sys, cmksim\n"
        "heavy = {'numpy', 'pandas', 'polars', 'pyarrow', 'tqdm'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
