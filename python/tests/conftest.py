"""What the tests share: the shipped scenarios, and the program to hold the package against."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import cmksim

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
OUTAGE = """
duration = "7d"
expect = ["dropped == 0 B"]

[[workspace]]
name = "logs"
ingestion = "1 TB/day"

[[event]]
name = "outage"
at = "2d"
kind = "key_vault_outage"
duration = "45m"
"""

Command = Callable[..., str]


@pytest.fixture
def outage() -> cmksim.Scenario:
    return cmksim.loads(OUTAGE)


@pytest.fixture(scope="session")
def hazards() -> cmksim.Scenario:
    return cmksim.load(SCENARIOS / "study-a-year-of-hazards.toml")


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Runs the program that CMKSIM names, and returns what it prints. It writes into tmp_path."""
    program = os.environ.get("CMKSIM")
    if not program:
        pytest.skip("CMKSIM names no program to hold the package against")

    def run(name: str, *words: str | Path) -> str:
        arguments = [program, name, *map(str, words), "--output", str(tmp_path)]
        done = subprocess.run(arguments, capture_output=True, check=False)
        # 3 and 4: an expectation does not hold, or that is undecided.
        assert done.returncode in (0, 3, 4), done.stderr.decode()
        return done.stdout.decode()

    return run
