"""What goes wrong is told with its place."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OUTAGE, SCENARIOS

import cmksim

WRONG = OUTAGE.replace("1 TB/day", "1 TB/dy").replace("[[event]]", "[[evnt]]")


def test_every_mistake_at_once() -> None:
    with pytest.raises(cmksim.ScenarioError) as raised:
        cmksim.loads(WRONG, name="my.toml")
    error = raised.value
    assert isinstance(error, ValueError)
    unit, key = error.diagnostics
    assert (unit.severity, unit.file, unit.line, unit.column) == ("error", "my.toml", 7, 13)
    assert "1 TB/dy" in unit.message
    assert (key.line, key.column, key.label) == (9, 3, "did you mean `event`?")
    assert str(error).startswith("error: ") and "my.toml:9:3" in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and again.diagnostics == error.diagnostics


def test_help_says_what_to_do(outage: cmksim.Scenario) -> None:
    with pytest.raises(cmksim.ScenarioError) as raised:
        outage.set({"event.outag.duration": "2h"})
    (wrong,) = raised.value.diagnostics
    assert wrong.file == "set" and wrong.line == 1


def test_checking_raises_nothing(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(WRONG)
    found = cmksim.check(file)
    assert len(found) == len(found.errors) == 2 and "evnt" in str(found)
    file.write_text(OUTAGE.replace('duration = "45m"', 'duration = "12h"'))
    hints = cmksim.check(file)
    assert hints and not hints.errors and {hint.severity for hint in hints} <= {"warning", "hint"}
    assert str(hints) == str(cmksim.load(file).check()) != ""
    assert list(cmksim.check(SCENARIOS / "steady-state.toml")) == []


def test_checking_reads_the_sweep() -> None:
    wrong = OUTAGE + '\n[sweep]\nvary = [{ path = "event.outage.duration", values = ["1h", "-1h"] }]\n'
    found = cmksim.loads(OUTAGE).check()
    assert not found.errors
    try:
        found = cmksim.loads(wrong).check()
    except cmksim.ScenarioError as error:
        found = error.diagnostics
    assert found.errors


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.toml"):
        cmksim.load(tmp_path / "nothing.toml")
    with pytest.raises(OSError, match="not a regular file"):
        cmksim.load(tmp_path)
    with pytest.raises(cmksim.ScenarioError, match="nothing.toml"):
        cmksim.loads('extends = "nothing.toml"\n' + OUTAGE, folder=tmp_path)
    trace = tmp_path / "usage.csv"
    text = OUTAGE.replace('"1 TB/day"', '{ trace = "usage.csv", time = "t", volume = "v", unit = "GB" }')
    with pytest.raises(cmksim.TraceError, match="usage.csv"):
        cmksim.loads(text, folder=tmp_path)
    trace.write_text("t,v\n2026-01-01T00:00:00Z,much\n")
    with pytest.raises(cmksim.TraceError, match=r"(?s)usage\.csv.*much"):
        cmksim.loads(text, folder=tmp_path)
    file = tmp_path / "scenario.toml"
    file.write_text(text)
    assert "much" in str(cmksim.check(file)) and len(cmksim.check(file).errors) == 1


def test_questions_that_make_no_sense(outage: cmksim.Scenario) -> None:
    with pytest.raises(ValueError, match="nothing is varied"):
        outage.sweep()
    with pytest.raises(ValueError, match="lockstep"):
        outage.sweep({"seed": [1, 2], "event.outage.duration": ["1h"]}, lockstep=True)
    with pytest.raises(cmksim.ScenarioError) as raised:
        outage.sweep({"event.outage.duration": ["1h", "soon"]})
    assert raised.value.diagnostics[0].file == "the sweep"
    with pytest.raises(cmksim.ScenarioError, match="droped"):
        outage.replicate(5, measures=["droped"])
    with pytest.raises(cmksim.ScenarioError, match="such_that"):
        outage.solve({"event.outage.duration": "1h..2h"}, "dropped = 0")
    with pytest.raises(ValueError, match="vary"):
        outage.solve({"event.outage.duration": "1h"}, "dropped == 0 B")


def test_the_name_of_a_column_is_no_measure(outage: cmksim.Scenario, tmp_path: Path) -> None:
    asked: list[tuple[str, Callable[[str], object]]] = [
        ("measures", lambda name: outage.replicate(2, measures=name)),
        ("measures", lambda name: outage.shard("0/1", tmp_path, measures=["dropped", name])),
        ("of", lambda name: outage.sweep({"seed": [1, 2]}, replications=2, of=[name])),
        ("of", lambda name: outage.compare(outage, replications=2, of=name)),
    ]
    columns = {
        "dropped_bytes": "dropped",
        "query_downtime_ms": "query_downtime",
        "cost_usd": "cost",
        "workspace.logs.dropped_bytes": "workspace.logs.dropped",
    }
    for argument, ask in asked:
        for column, measure in columns.items():
            with pytest.raises(cmksim.ScenarioError) as raised:
                ask(column)
            told = f"{argument}: `{column}` is the name of a column; its measure is `{measure}`"
            assert str(raised.value) == f"error: {told}"
            assert [one.message for one in raised.value.diagnostics] == [told]


def test_a_measure_or_a_list_of_them(outage: cmksim.Scenario, tmp_path: Path) -> None:
    one = outage.replicate(5, measures="query_downtime")
    assert one.columns == outage.replicate(5, measures=["query_downtime"]).columns
    assert one.columns == ["replication", "query_downtime_ms", "dropped_bytes"]
    kept = [
        outage.shard("0/1", tmp_path / str(at), measures=measures).read_bytes()
        for at, measures in enumerate(["hot_peak", ("hot_peak",)])
    ]
    assert kept[0] == kept[1]
    shown = [outage.sweep({"seed": [1, 2]}, replications=2, of=of) for of in ("hot_peak", ["hot_peak"])]
    assert str(shown[0]) == str(shown[1])
    for wrong in (5, [5], ["dropped", None]):
        with pytest.raises(TypeError, match="measures must be a text or a list of texts, found"):
            outage.replicate(5, measures=wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="of must be a text or a list of texts, found"):
            outage.sweep({"seed": [1, 2]}, of=wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"of must be the name of one measure, as \"dropped\", found \['dropped'\]"):
        outage.compare(outage, of=["dropped"])  # type: ignore[arg-type]


def test_numbers_that_make_no_sense(outage: cmksim.Scenario, tmp_path: Path) -> None:
    run, many = outage.run(), 2**64
    vary: dict[str, cmksim.Range] = {"seed": [1, 2]}
    asked: dict[str, Callable[[int], object]] = {
        "replication": lambda wrong: outage.run(wrong),
        "n": lambda wrong: outage.replicate(wrong),
        "start": lambda wrong: outage.replicate(1, start=wrong),
        "threads": lambda wrong: outage.run(threads=wrong),
        "samples": lambda wrong: run.timeline(wrong),
    }
    often: list[Callable[[int], object]] = [
        lambda wrong: outage.shard("0/1", tmp_path, replications=wrong),
        lambda wrong: outage.sweep(vary, replications=wrong),
        lambda wrong: outage.solve({"event.outage.duration": "1h..2h"}, "dropped == 0 B", replications=wrong),
        lambda wrong: outage.compare(outage, replications=wrong),
        lambda wrong: outage.plan(replications=wrong),
    ]
    for argument, ask in [*asked.items(), *(("replications", ask) for ask in often)]:
        for number in (-1, many):
            told = f"^{argument} must be [0-9]+ or (more|less), found {number}$"
            with pytest.raises(ValueError, match=told):
                ask(number)
        with pytest.raises(TypeError, match=f"^{argument} must be a whole number, found '5'$"):
            ask("5")  # type: ignore[arg-type]
    for ask in [asked["n"], asked["threads"], *often]:
        with pytest.raises(ValueError, match="found 0$"):
            ask(0)


def test_arguments_of_the_wrong_type(outage: cmksim.Scenario) -> None:
    with pytest.raises(TypeError, match=r"other must be a Scenario.*found 'b\.toml'"):
        outage.compare("b.toml")  # type: ignore[arg-type]
    for wrong in (5, "seed=7", ["seed=7"]):
        with pytest.raises(TypeError, match="^set must be a dictionary by keys, found"):
            cmksim.loads(OUTAGE, set=wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="^values must be a dictionary by keys, found"):
            outage.set(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="^vary must be a dictionary by keys, found"):
            outage.sweep(wrong)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="^vary must be a dictionary by keys, found"):
            outage.solve(wrong, "dropped == 0 B")  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="^files must be a dictionary by keys, found"):
            cmksim.loads(OUTAGE, files=wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^values\['seed'\] must be a text, a number, .*found None"):
        outage.set({"seed": None})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match=r"^vary\['seed'\] must be a text, as .*found 5"):
        outage.sweep({"seed": 5})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match=r"^source must be a text, found 5"):
        cmksim.loads(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^files\['a'\] must be a text, found 5"):
        cmksim.loads(OUTAGE, files={"a": 5})  # type: ignore[dict-item]
    asked: dict[str, Callable[[], object]] = {
        "path must be a path": lambda: cmksim.load(5),  # type: ignore[arg-type]
        "folder must be a path": lambda: cmksim.loads(OUTAGE, folder=5),  # type: ignore[arg-type]
        "name must be a text": lambda: cmksim.loads(OUTAGE, name=5),  # type: ignore[arg-type]
        "part must be a text": lambda: outage.shard(5, "parts"),  # type: ignore[arg-type]
        "such_that must be a text": lambda: outage.solve({"seed": "1..5"}, 5),  # type: ignore[arg-type]
        "a title of what_if must be a text": lambda: outage.plan(what_if={5: {}}),  # type: ignore[dict-item]
        "resolution must be a text, a number": lambda: outage.solve(
            {"seed": "1..5"}, "dropped == 0 B", resolution=[]  # type: ignore[arg-type]
        ),
    }
    for told, ask in asked.items():
        with pytest.raises(TypeError, match=f"^{told}.*, found "):
            ask()
    with pytest.raises(TypeError, match="^path must be a path, found 5"):
        outage.play(5)  # type: ignore[arg-type]


def test_limits(outage: cmksim.Scenario) -> None:
    with pytest.raises(ValueError, match="more than 100,000 points"):
        outage.sweep({"seed": [*range(400)], "behaviour.storage_accounts": [*range(1, 400)]})
    endless = OUTAGE + '\n[[hazard]]\nname = "often"\nkind = "key_vault_outage"\nduration = "1ms"\n'
    endless += 'gap = "1ms"\n'
    with pytest.raises(cmksim.LimitError, match="more than") as raised:
        cmksim.loads(endless).run()
    assert isinstance(raised.value, RuntimeError)


def test_two_files_with_one_name() -> None:
    text = OUTAGE.replace('"1 TB/day"', '{ trace = "u.csv", time = "t", volume = "v", unit = "GB" }')
    text = "start = 2026-01-01T00:00:00Z\n" + text

    def held(volume: int) -> cmksim.Scenario:
        rows = [f"2026-01-{day:02}T00:00:00Z,{volume}" for day in range(1, 9)]
        return cmksim.loads(text, files={"u.csv": "\n".join(["t,v", *rows])})

    assert len(held(5).compare(held(5), replications=2)) > 0
    with pytest.raises(ValueError, match=r"u\.csv.*differs"):
        held(5).compare(held(6), replications=2)
