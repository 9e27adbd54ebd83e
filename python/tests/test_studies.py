"""Studies: their parts, their threads, and those that are asked on several machines."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta, timezone
from multiprocessing import get_context
from pathlib import Path

import pytest
from conftest import OUTAGE, SCENARIOS

import cmksim


def test_parts_put_together_are_the_whole(hazards: cmksim.Scenario) -> None:
    whole = hazards.replicate(150).to_dict()
    parts = [hazards.replicate(n, start=start) for start, n in [(0, 1), (1, 99), (100, 50)]]
    columns = {name: [v for part in parts for v in part[name].to_list()] for name in whole}
    assert columns == whole
    assert whole["replication"] == list(range(150))
    assert len(set(whole["dropped_bytes"])) > 10


def test_a_part_has_no_json(outage: cmksim.Scenario) -> None:
    part = outage.replicate(5, start=5)
    assert part.start == 5 and len(part) == 5
    with pytest.raises(ValueError, match="part of a study"):
        part.to_json()
    with pytest.raises(ValueError, match="part of a study"):
        part.pictures  # noqa: B018


Study = Callable[[cmksim.Scenario, int], str]
STUDIES: dict[str, Study] = {
    "replicate": lambda of, threads: of.replicate(200, threads=threads).to_json(),
    "sweep": lambda of, threads: of.sweep({"seed": [1, 2]}, replications=70, threads=threads).to_json(),
    "many points": lambda of, threads: of.sweep(
        {"seed": [*range(70)]}, replications=2, threads=threads
    ).to_json(),
    "compare": lambda of, threads: of.compare(
        of.set({"behaviour.buffer_retention": "1h"}), replications=70, threads=threads
    ).to_json(),
    "plan": lambda of, threads: of.plan(replications=20, threads=threads).to_json(),
    "solve": lambda of, threads: of.solve(
        {"behaviour.buffer_retention": "1h..8h"}, "mean(dropped) <= 1 TB", replications=40, threads=threads
    ).to_json(),
}


@pytest.mark.parametrize("study", STUDIES)
def test_threads_do_not_show(study: str, hazards: cmksim.Scenario) -> None:
    assert STUDIES[study](hazards, 1) == STUDIES[study](hazards, 2)


def test_measures_that_are_kept(outage: cmksim.Scenario) -> None:
    some = outage.replicate(20, measures=["workspace.logs.query_downtime"])
    # And that of which something is expected.
    assert some.columns == ["replication", "workspace.logs.query_downtime_ms", "dropped_bytes"]
    assert some["dropped_bytes"].to_list() == outage.replicate(20)["dropped_bytes"].to_list()


def test_what_is_expected(outage: cmksim.Scenario) -> None:
    assert outage.run().passed and outage.replicate(20).passed is True
    longer = outage.set({"event.outage.duration": "12h"})
    assert not longer.run().passed and longer.replicate(20).passed is False
    rare = outage.set({"expect": '["probability(dropped == 0 B) >= 99.9%"]', "replications": 5})
    assert rare.replicate(20).passed is None


def test_values_of_python(outage: cmksim.Scenario) -> None:
    longer = outage.set({"event.outage.duration": timedelta(hours=2)})
    assert longer.run().fingerprint == outage.set({"event.outage.duration": "2h"}).run().fingerprint
    start = datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    dated = outage.set({"start": start, "seed": 7, "behaviour.hot_cache_span": "10d"})
    assert dated.start == start and dated.seed == 7
    with pytest.raises(ValueError, match="time zone"):
        outage.set({"start": datetime(2026, 3, 1)})  # noqa: DTZ001
    with pytest.raises(ValueError, match="milliseconds"):
        outage.set({"event.outage.duration": timedelta(microseconds=1)})
    with pytest.raises(TypeError):
        outage.set({"seed": None})  # type: ignore[dict-item]


def test_a_scenario_says_what_it_is() -> None:
    scenario = cmksim.load(SCENARIOS / "key-vault-outage.toml")
    assert scenario.title == "Key vault outage of 45 minutes"
    assert scenario.workspaces and scenario.clusters == ["logs-weu"]
    assert scenario.duration_ms == 7 * 86_400_000 and scenario.currency == "USD"
    assert "key_vault_outage" in scenario.text


def test_solving(outage: cmksim.Scenario) -> None:
    found = outage.solve({"event.outage.duration": "5m..24h"}, "dropped == 0 B", replications=50)
    assert found.outcome == "found" and found.unit == "ms"
    assert isinstance(found.number, float) and 6 * 3_600_000 < found.number < 7 * 3_600_000
    assert found.value is not None and found.value.startswith("6h")
    assert min(found["threshold_ms"].to_list()) == found.number  # type: ignore[type-var]
    nowhere = outage.solve({"event.outage.duration": "12h..24h"}, "dropped == 0 B", replications=5)
    assert nowhere.outcome == "nowhere" and nowhere.value is None and nowhere.number is None
    assert nowhere["threshold_ms"].to_list() == [None] * 5
    with pytest.raises(ValueError, match="one key"):
        outage.solve({}, "dropped == 0 B")


NEEDS = ["usage-export-replayed", "study-a-year-of-hazards"]


@pytest.mark.parametrize("name", NEEDS)
def test_a_pickle_carries_its_files(name: str, tmp_path: Path) -> None:
    scenario = cmksim.load(SCENARIOS / f"{name}.toml", set={"seed": 9})
    file = tmp_path / "scenario.pickle"
    file.write_bytes(pickle.dumps(scenario))
    code = (
        "import pickle, sys; from pathlib import Path\n"
        "scenario = pickle.loads(Path(sys.argv[1]).read_bytes())\n"
        "print(scenario.run().fingerprint)\n"
        "print(scenario.set({'seed': 10}).run().fingerprint)"
    )
    # Elsewhere, where none of its files are.
    done = subprocess.run(
        [sys.executable, "-c", code, file], capture_output=True, check=True, cwd=tmp_path, text=True
    )
    expected = [scenario.run().fingerprint, scenario.set({"seed": 10}).run().fingerprint]
    assert done.stdout.split() == expected
    assert expected[0] != expected[1]


def test_files_that_nobody_carries() -> None:
    text = (SCENARIOS / "usage-export-replayed.toml").read_text()
    trace = (SCENARIOS / "traces/usage-week.csv").read_bytes()
    held = cmksim.loads(text, files={"traces/usage-week.csv": trace})
    beside = cmksim.loads(text, folder=SCENARIOS)
    assert held.run().fingerprint == beside.run().fingerprint
    with pytest.raises(cmksim.TraceError, match="does not carry this file"):
        cmksim.loads(text)


def test_a_copy_is_the_same(outage: cmksim.Scenario) -> None:
    assert copy.copy(outage) is outage and copy.deepcopy([outage])[0] is outage
    again = pickle.loads(pickle.dumps(outage))
    assert again.replicate(5).to_dict() == outage.replicate(5).to_dict()
    compared = outage.compare(again, replications=5)
    assert set(compared["finding"]) == {"no difference in any replication"}


def _part(job: tuple[cmksim.Scenario, int]) -> dict[str, list[object]]:
    scenario, start = job
    part: dict[str, list[object]] = scenario.replicate(50, start=start, threads=1).to_dict()  # type: ignore[assignment]
    return part


def test_processes_share_a_study(hazards: cmksim.Scenario) -> None:
    jobs = [(hazards, start) for start in (0, 50, 100)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_part, jobs))
    whole = hazards.replicate(150).to_dict()
    assert {name: sum((part[name] for part in parts), []) for name in whole} == whole


def test_a_page(outage: cmksim.Scenario, tmp_path: Path) -> None:
    page = outage.set({"event.outage.duration": "2h"}).play(tmp_path / "page.html").read_text()
    assert page.startswith("<!DOCTYPE html>") and 'duration = \\"2h\\"' in page
    assert len(page) < 1_500_000
    assert OUTAGE.count("45m") == 1 and '\\"45m\\"' not in page
