"""Parts of studies are those of the command."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import cmksim

SCENARIO = Path(__file__).parents[2] / "scenarios" / "study-a-year-of-hazards.toml"


def parts(folder: Path, keep: str = "all") -> dict[str, bytes]:
    scenario = cmksim.load(SCENARIO)
    for number in (2, 0, 1):
        if keep == "tally":
            scenario.shard(f"{number}/3", folder, replications=300, keep="tally")
        else:
            path = scenario.shard(f"{number}/3", folder, replications=300)
            assert path.parent == folder
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("keep", ["all", "tally"])
def test_parts_are_those_of_the_command(tmp_path: Path, keep: str) -> None:
    program = os.environ.get("CMKSIM")
    if program is None:
        pytest.skip("CMKSIM names no program")
    own = parts(tmp_path / "own", keep)
    assert len(own) == 3
    words = ["run", str(SCENARIO), "--replications", "300", "--keep", keep, "--exit-zero"]
    for number in range(3):
        part = ["--part", f"{number}/3", "-o", str(tmp_path / "others")]
        subprocess.run([program, "-q", "shard", *words, *part], check=True)
    others = {path.name: path.read_bytes() for path in (tmp_path / "others").iterdir()}
    assert own == others
    for where, source in (("merged", ["merge", *words, "--parts", str(tmp_path / "own")]), ("whole", words)):
        subprocess.run([program, "-q", *source, "-o", str(tmp_path / where)], check=True, capture_output=True)
    results = [(tmp_path / where / "replications.json").read_bytes() for where in ("merged", "whole")]
    assert results[0] == results[1]


def test_a_part_that_is_there_stays_and_a_damaged_one_is_made_again(tmp_path: Path) -> None:
    scenario = cmksim.load(SCENARIO)
    path = scenario.shard("0/2", tmp_path, replications=200)
    whole, made = path.read_bytes(), path.stat().st_mtime_ns
    assert scenario.shard("0/2", tmp_path, replications=200) == path
    assert path.stat().st_mtime_ns == made
    path.write_bytes(whole[: len(whole) // 2])
    scenario.shard("0/2", tmp_path, replications=200)
    assert path.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_somebody_elses_is_refused_and_stays(tmp_path: Path) -> None:
    path = cmksim.load(SCENARIO, set={"seed": 9}).shard("0/2", tmp_path, replications=200)
    other = path.read_bytes()
    with pytest.raises(ValueError, match="is a part of another study"):
        cmksim.load(SCENARIO).shard("0/2", tmp_path, replications=200)
    assert path.read_bytes() == other


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    scenario = cmksim.load(SCENARIO)
    for part in ("", "2/2", "0/0", "x"):
        with pytest.raises(ValueError, match="part"):
            scenario.shard(part, tmp_path, replications=200)
    with pytest.raises(ValueError, match="replications"):
        scenario.shard("0/2", tmp_path, replications=1)
    with pytest.raises(cmksim.LimitError, match="--keep tally"):
        scenario.shard("0/100000", tmp_path, replications=10**9)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="cannot make .*file/parts: "):
        scenario.shard("0/2", tmp_path / "file" / "parts", replications=200)


def test_a_part_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    scenario = cmksim.load(SCENARIO)
    path = scenario.shard("0/2", tmp_path, replications=200)
    path.unlink()
    path.mkdir()
    with pytest.raises(IsADirectoryError, match=f"cannot read {path}: "):
        scenario.shard("0/2", tmp_path, replications=200)
