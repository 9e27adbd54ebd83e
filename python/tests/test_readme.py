"""The ten lines of the front page do what they say."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

import cmksim

PACKAGE = Path(__file__).parents[1]


def test_the_ten_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("polars")
    monkeypatch.chdir(PACKAGE.parent)
    blocks = re.findall(r"```python\n(.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)
    exec(compile(blocks[0], "README.md", "exec"), {})  # noqa: S102
    printed = capsys.readouterr().out
    assert "95% interval" in printed and "'outcome': 'passed'" in printed


def test_every_call_is_there() -> None:
    table = (PACKAGE / "README.md").read_text().partition("## What there is")[2]
    calls = re.findall(r"`(scenario\.)?(\w+)\(", table.partition("Every study")[0])
    assert len(calls) > 10
    for of_scenario, name in calls:
        assert hasattr(cmksim.Scenario if of_scenario else cmksim, name) or hasattr(cmksim.Run, name), name
    methods = [name for name in vars(cmksim.Scenario) if not name.startswith("_")]
    named = {name for of_scenario, name in calls if of_scenario}
    public = {name for name in methods if callable(getattr(cmksim.Scenario, name))}
    assert named == public


def test_the_version() -> None:
    assert cmksim.__version__ == version("cmksim")
