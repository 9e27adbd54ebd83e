"""What goes wrong is told with its place."""

from __future__ import annotations

import pickle
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
    with pytest.raises(ValueError, match="threads"):
        outage.replicate(5, threads=0)
    with pytest.raises(ValueError, match="what_if"):
        outage.plan(what_if={"": {"seed": 2}})
    with pytest.raises(ValueError, match="keeps the seed"):
        outage.plan(what_if={"other": {"seed": 2}})
    with pytest.raises(ValueError, match="samples"):
        outage.run().timeline(1)
    for n, start in [(0, 0), (-1, 0), (1, -1)]:
        with pytest.raises(ValueError, match="n must be 1 or more"):
            outage.replicate(n, start=start)


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
