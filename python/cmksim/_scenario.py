"""Scenarios: read, checked, and put to work."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from . import _cmksim
from ._errors import Diagnostic, Diagnostics, ScenarioError, TraceError
from ._progress import bar
from ._results import Comparison, Plan, Replications, Run, Solution, Sweep
from ._values import (
    Range,
    Value,
    Values,
    axes,
    items,
    one_path,
    one_text,
    settings,
    text,
    texts,
    whole,
    whole_or_none,
)

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Literal

_Path = str | os.PathLike[str]


def load(path: _Path, *, set: Values | None = None) -> Scenario:
    """Reads a scenario, with the traces and scenarios that it names beside it.

    ``set`` replaces values: ``{"event.outage.duration": "2h", "seed": 7}``.

    Raises ScenarioError with everything that is wrong with it, TraceError, or OSError.
    """
    return Scenario(_cmksim.Scenario.open(one_path("path", path), settings("set", set)))


def loads(
    source: str,
    *,
    set: Values | None = None,
    name: str = "scenario",
    folder: _Path | None = None,
    files: Mapping[str, str | bytes] | None = None,
) -> Scenario:
    """Reads a scenario from its text.

    Files that it names are those of ``files``, by the names that it has for them, or else lie in
    ``folder``. ``name`` is what messages call it.
    """
    held = {file: _bytes(f"files[{file!r}]", held) for file, held in items("files", files)}
    place = None if folder is None else one_path("folder", folder)
    return Scenario(
        _cmksim.Scenario(
            one_text("name", name), _bytes("source", source), settings("set", set), place, held
        )
    )


def check(path: _Path, *, set: Values | None = None) -> Diagnostics:
    """What is wrong with a scenario, or likely not meant, as ``cmksim check`` says it.

    Nothing is raised for a wrong scenario. ``str()`` of the result is the text of the command.
    """
    try:
        return load(path, set=set).check()
    except ScenarioError as error:
        return error.diagnostics
    except TraceError as error:
        return Diagnostics([Diagnostic("error", str(error))], f"error: {error}")


def _bytes(argument: str, source: str | bytes) -> bytes:
    if isinstance(source, bytes):
        return source
    if isinstance(source, str):
        return source.encode()
    raise TypeError(f"{argument} must be a text, found {source!r}")


def _again(name: str, source: bytes, set: list[str], files: list[tuple[str, bytes]]) -> Scenario:
    return Scenario(_cmksim.Scenario(name, source, set, None, dict(files)))


def _threads(threads: int | None) -> int | None:
    return whole_or_none("threads", threads, 1)


def _replications(replications: int | None) -> int | None:
    return whole_or_none("replications", replications, 1)


class Scenario:
    """A scenario: a world, what happens to it, and what is expected.

    It cannot be changed. It can be pickled with every file that it needs, so that it runs on a
    machine that has none of them. Equal scenarios give equal results, whatever computes them and
    on how many threads.

    Every study takes ``threads`` (as many as there are cores) and ``progress``: True shows a bar,
    False none, and None shows it in a terminal or a notebook. Ctrl-C stops it.
    """

    def __init__(self, native: _cmksim.Scenario) -> None:
        self._native = native

    @property
    def name(self) -> str:
        """The file as it was named."""
        return self._native.name()

    @property
    def title(self) -> str | None:
        """Its title."""
        return self._native.title()

    @property
    def text(self) -> str:
        """Its text, and below it that of what it extends."""
        return self._native.text()

    @property
    def seed(self) -> int:
        """The seed of every draw."""
        return self._native.seed()

    @property
    def replications(self) -> int:
        """How often a study replays it, if it says so; else 1."""
        return self._native.replications()

    @property
    def duration_ms(self) -> int:
        """The length of the run, in milliseconds."""
        return self._native.duration_ms()

    @property
    def start(self) -> datetime | None:
        """The calendar instant of time 0."""
        start = self._native.start_ms()
        epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
        return None if start is None else epoch + timedelta(milliseconds=start)

    @property
    def currency(self) -> str:
        """What all costs are in, as ``USD``."""
        return self._native.currency()

    @property
    def workspaces(self) -> list[str]:
        """The names of its workspaces."""
        return self._native.workspaces()

    @property
    def clusters(self) -> list[str]:
        """The names of its clusters."""
        return self._native.clusters()

    def set(self, values: Values) -> Scenario:
        """The same scenario with other values of some keys."""
        return Scenario(self._native.with_set(settings("values", values)))

    def check(self) -> Diagnostics:
        """What is likely not meant: warnings, and hints about effects that may surprise."""
        try:
            found, told = self._native.check()
        except ScenarioError as error:
            return error.diagnostics
        except (TraceError, ValueError) as error:
            return Diagnostics([Diagnostic("error", str(error))], f"error: {error}")
        return Diagnostics(found, told)

    def run(
        self, replication: int = 0, *, threads: int | None = None, progress: bool | None = None
    ) -> Run:
        """Replays it once. Replications are counted from 0."""
        replication = whole("replication", replication, 0)
        with bar(progress, "run") as watch:
            return Run(self._native.run(replication, _threads(threads), watch))

    def replicate(
        self,
        n: int,
        *,
        start: int = 0,
        threads: int | None = None,
        measures: str | Sequence[str] | None = None,
        progress: bool | None = None,
    ) -> Replications:
        """Replays it ``n`` times, from replication number ``start`` on.

        ``measures`` keeps some only, as ``["dropped", "workspace.logs.query_downtime"]`` or
        ``"dropped"``, and those of which something is expected.
        """
        n, start = whole("n", n, 1), whole("start", start, 0)
        named = None if measures is None else texts("measures", measures)
        with bar(progress, "replicate") as watch:
            native = self._native.replicate(n, start, named, _threads(threads), watch)
        return Replications(native)

    def shard(
        self,
        part: str,
        folder: _Path,
        *,
        replications: int | None = None,
        keep: Literal["all", "tally"] = "all",
        measures: str | Sequence[str] | None = None,
        threads: int | None = 1,
        progress: bool | None = False,
    ) -> Path:
        """Computes a part of a study into a folder, as ``cmksim shard run`` does.

        ``part`` is ``"3/64"``, counted from 0. ``replications`` are those of the whole study [those of
        the scenario, or 200]; ``keep="tally"`` keeps sums and counts. A part that is there is not
        computed again. It takes one thread, for others compute other parts; ``threads=None`` takes
        all cores. The folder is for the parts of this study alone. The command ``cmksim merge run``,
        which is installed with ``cargo install --path .``, puts them together.

        Raises ValueError where trying again does not help, and OSError for the disk.
        """
        if keep not in ("all", "tally"):
            raise ValueError('keep must be "all" or "tally"')
        if replications is None:
            replications = self.replications if self.replications > 1 else 200
        replications = whole("replications", replications, 2)
        named = None if measures is None else texts("measures", measures)
        part, folder = one_text("part", part), one_path("folder", folder)
        with bar(progress, "shard") as watch:
            return self._native.shard(
                part, folder, replications, keep == "tally", named, _threads(threads), watch
            )

    def sweep(
        self,
        vary: Mapping[str, Range] | None = None,
        *,
        replications: int | None = None,
        of: str | Sequence[str] = (),
        lockstep: bool = False,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Sweep:
        """Replays it at every value of some keys, on the same random numbers.

        ``vary`` has the values of each key: ``{"event.outage.duration": "1h..12h/12"}``, or a list
        of them; without it, those of ``[sweep]`` in the scenario. Several keys form a grid, or go
        on together in ``lockstep``. ``replications`` are those of each point [those of
        the scenario, or 200]. ``of`` names the measure that its text and its picture show, or
        all that its text shows in a list, of which the first has the picture.
        """
        shown, often = texts("of", of), _replications(replications)
        with bar(progress, "sweep") as watch:
            native = self._native.sweep(
                axes(vary), lockstep, often, shown, _threads(threads), watch
            )
        return Sweep(native)

    def solve(
        self,
        vary: Mapping[str, str],
        such_that: str,
        *,
        smallest: bool = False,
        resolution: Value | None = None,
        replications: int | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Solution:
        """The largest (or ``smallest``) value of a key for which something holds.

        ``vary`` is one key and its range: ``{"event.outage.duration": "5m..24h"}``; ``such_that``
        an expectation: ``"probability(dropped == 0 B) >= 99%"``. ``resolution`` is the step
        between two values [1 s of durations, else a thousandth of the range], ``replications``
        how often each is replayed [those of the scenario, or 1000].
        """
        ranges, often = axes(vary), _replications(replications)
        if len(ranges) != 1:
            raise ValueError(f"vary must be one key and its range, found {vary!r}")
        such_that = one_text("such_that", such_that)
        step = None if resolution is None else text("resolution", resolution)
        with bar(progress, "solve") as watch:
            native = self._native.solve(
                ranges[0], such_that, smallest, step, often, _threads(threads), watch
            )
        return Solution(native)

    def compare(
        self,
        other: Scenario,
        *,
        replications: int | None = None,
        of: str | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Comparison:
        """How ``other`` differs from this scenario, on the random numbers of this one.

        ``replications`` are those of each [those
        of the scenario, or 200]. ``of`` is the one measure of the answer.
        """
        if not isinstance(other, Scenario):
            raise TypeError(f"other must be a Scenario, as load(path) reads it, found {other!r}")
        if of is not None and not isinstance(of, str):
            raise TypeError(f'of must be the name of one measure, as "dropped", found {of!r}')
        often = _replications(replications)
        with bar(progress, "compare") as watch:
            native = self._native.compare(other._native, often, of, _threads(threads), watch)
        return Comparison(native)

    def plan(
        self,
        *,
        replications: int | None = None,
        what_if: Mapping[str, Values] | None = None,
        threads: int | None = None,
        progress: bool | None = None,
    ) -> Plan:
        """Which reservation costs least, how much room is needed, and when limits are reached.

        ``what_if`` are cases that are held against the scenario, by their titles:
        ``{"longer": {"workspace.logs.retention": "90d"}}``. ``replications`` are those of each
        [those of the scenario, or 200].
        """
        cases = [
            (one_text("a title of what_if", title), settings(f"what_if[{title!r}]", values))
            for title, values in items("what_if", what_if)
        ]
        often = _replications(replications)
        with bar(progress, "plan") as watch:
            native = self._native.plan(often, cases, _threads(threads), watch)
        return Plan(native)

    def play(self, path: _Path) -> Path:
        """Writes the page of ``cmksim play``, to play with the scenario in a browser.

        It is one file with the simulator in it. What was set is written into the scenario.
        """
        from pathlib import Path

        file = Path(one_path("path", path))
        file.write_text(self._native.page(), encoding="utf-8", newline="\n")
        return file

    def __reduce__(self) -> tuple[object, ...]:
        return (_again, self._native.parts())

    def __copy__(self) -> Scenario:
        return self

    def __deepcopy__(self, memo: object) -> Scenario:
        return self

    def __repr__(self) -> str:
        title = f": {self.title}" if self.title else ""
        return f"<cmksim Scenario {self.name}{title}>"
