"""What comes out of a scenario."""

from __future__ import annotations

from functools import cached_property
from itertools import takewhile
from typing import Any, Protocol

from . import _cmksim
from ._table import Table
from ._values import whole


class _Told(Protocol):
    """What every result has."""

    def json(self) -> str: ...
    def text(self) -> str: ...
    def pictures(self) -> list[tuple[str, str]]: ...


class _Result:
    """A result as the command writes it. ``str()`` of it is the text that the command prints."""

    _native: _Told

    def to_json(self) -> str:
        """The JSON that the command writes, byte for byte. Its times are in seconds."""
        return self._native.json()

    @cached_property
    def _document(self) -> dict[str, Any]:
        import json

        document: dict[str, Any] = json.loads(self.to_json())
        return document

    @cached_property
    def pictures(self) -> dict[str, str]:
        """The pictures that the command draws, as SVG, by the names of their files."""
        return dict(self._native.pictures())

    def __str__(self) -> str:
        return self._native.text()

    def _repr_svg_(self) -> str | None:
        pictures: dict[str, str] = self.pictures
        return next(iter(pictures.values()), None)

    def _repr_html_(self) -> str:
        from html import escape

        picture = self._repr_svg_() or f"<pre>{escape(str(self))}</pre>"
        return f"{picture}<p>{escape(repr(self))}</p>"


class Run(_Result):
    """One replication with everything that happened in it."""

    _native: _cmksim.Run

    def __init__(self, native: _cmksim.Run) -> None:
        self._native = native

    @property
    def replication(self) -> int:
        """Its number, from 0."""
        return self._native.replication()

    @cached_property
    def measures(self) -> dict[str, int | float | None]:
        """Every measure by its name with its unit, as ``dropped_bytes``.

        Those of the whole come first, then ``workspace.NAME.dropped_bytes`` and
        ``cluster.NAME.key_vault_requests``. A measure without a value is None.
        """
        return self._native.measures()

    @property
    def passed(self) -> bool:
        """Whether everything holds that the scenario expects of a single replication."""
        return self._native.passed()

    @property
    def expectations(self) -> list[dict[str, Any]]:
        """What the scenario expects: ``text``, ``passed``, ``actual`` and its ``unit``."""
        expected: list[dict[str, Any]] = self._document["expectations"]
        return expected

    @property
    def fingerprint(self) -> str:
        """A digest of everything that happened; equal runs have equal ones."""
        return self._native.fingerprint()

    @cached_property
    def log(self) -> Table:
        """A row for each change, in the order in which they happened.

        ``time_ms`` counts from the start of the run; ``time`` is the calendar's, where the
        scenario has a start. Storage accounts and occurrences are counted from 1. ``rule`` is the
        rule behind the change.
        """
        return Table(self._native.log())

    @cached_property
    def states(self) -> Table:
        """For each storage account: in which ``state`` it was, ``from_ms`` ``until_ms``.

        States are ``serving``, ``revoking``, ``isolated``, ``recovering_from_outage``,
        ``revoked``, ``recovering_from_revocation`` and ``gone``.
        """
        return Table(self._native.states())

    def timeline(self, samples: int = 500) -> Table:
        """Where the data of each workspace is, in bytes: at about so many instants, evenly over
        the run, and wherever the condition of the workspace changes.

        Raises LimitError where that would be more rows than the command writes.
        """
        table, left_out = self._native.timeline(whole("samples", samples, 2, 100_000))
        if left_out is not None:
            from ._errors import LimitError

            raise LimitError(f"{left_out}; take fewer samples")
        return Table(table)

    def __repr__(self) -> str:
        passed = "passed" if self.passed else "failed"
        return f"<cmksim Run: replication {self.replication}, {passed}, {self.fingerprint[:16]}>"


class Replications(_Result, Table):
    """Many replications: a row for each, a column for each measure.

    Columns are named as in ``Run.measures``. A longer study begins with the rows of a shorter one.
    """

    _native: _cmksim.Replications

    def __init__(self, native: _cmksim.Replications) -> None:
        Table.__init__(self, native.table())
        self._native = native

    @property
    def start(self) -> int:
        """The number of the first replication."""
        return self._native.start()

    @cached_property
    def summary(self) -> Table:
        """A row for each measure: mean with its 95 % interval, deviation, quantiles.

        A quantile is one of the values: the first with at least that share of all values up to
        it, as numpy has it with ``method="inverted_cdf"``. Nothing is interpolated.
        All statistics are in the ``unit`` of the row. An interval is missing where too few values
        differ from the most frequent one. ``without`` counts replications without a value.
        """
        return Table(self._native.summary())

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all values."""
        return self._native.fingerprint()

    @property
    def expectations(self) -> list[dict[str, Any]]:
        """What the scenario expects, as in ``to_json``: ``text``, ``outcome`` (``passed``,
        ``failed`` or ``undecided``), what was found, and its ``unit``."""
        expected: list[dict[str, Any]] = self._document["expectations"]
        return expected

    @property
    def passed(self) -> bool | None:
        """Whether everything holds that the scenario expects; None where that is undecided."""
        outcomes = {expected["outcome"] for expected in self.expectations}
        if "failed" in outcomes:
            return False
        return None if "undecided" in outcomes else True

    def to_json(self) -> str:
        """The JSON that the command writes, byte for byte. Its times are in seconds.

        A part of a study has none: ValueError where ``start`` is not 0.
        """
        self._refuse_a_part()
        return self._native.json()

    @cached_property
    def pictures(self) -> dict[str, str]:
        """``distribution`` and ``fan``, data over time, as SVG. A part of a study has none."""
        self._refuse_a_part()
        return dict(self._native.pictures())

    def _refuse_a_part(self) -> None:
        if self.start != 0:
            raise ValueError("this is a part of a study; only a study from replication 0 on has that")

    def _repr_svg_(self) -> str | None:
        return _Result._repr_svg_(self) if self.start == 0 else None

    def _repr_html_(self) -> str:
        return _Result._repr_html_(self) if self.start == 0 else Table._repr_html_(self)

    __repr__ = Table.__repr__


class Sweep(_Result, Table):
    """A scenario at many values of its keys: a row for each point and measure.

    A key has a column of its own, with its unit: ``event.outage.duration_ms``. Statistics are in
    the ``unit`` of the row, and quantiles are as in ``Replications.summary``.
    """

    _native: _cmksim.Sweep

    def __init__(self, native: _cmksim.Sweep) -> None:
        Table.__init__(self, native.table())
        self._native = native

    @property
    def replications(self) -> int:
        """How often each point was replayed, on the same random numbers."""
        return self._native.replications()

    @cached_property
    def expectations(self) -> Table:
        """A row for each point and expectation: ``passed``, ``failed`` or ``undecided``."""
        return Table(self._native.expectations())

    __repr__ = Table.__repr__


class Solution(_Result, Table):
    """The last value of a key for which something holds: a row for each replication with its own
    threshold. Where the question is about a mean, it has no rows."""

    _native: _cmksim.Solution

    def __init__(self, native: _cmksim.Solution) -> None:
        Table.__init__(self, native.table())
        self._native = native

    @property
    def outcome(self) -> str:
        """``found``, ``everywhere``, ``nowhere`` or ``undecided``."""
        return str(self._document["outcome"])

    @property
    def answer(self) -> str:
        """The answer in a sentence."""
        return str(self._document["answer"])

    @property
    def value(self) -> str | None:
        """The value as a scenario states it, as ``6h 28m 31s``; None where none was found."""
        found = self._document["value"]
        return None if found is None else str(found["text"])

    @property
    def unit(self) -> str | None:
        """What ``number`` and ``ci95`` count: ``ms``, ``bytes``, ``bytes_per_day``, ..."""
        unit: str | None = self._document["unit"]
        milliseconds = {"s": "ms", "s_since_1970": "ms_since_1970"}
        return milliseconds.get(unit or "", unit)

    @property
    def number(self) -> float | None:
        """The value as a number."""
        return self._number(self._document["value"])

    @property
    def ci95(self) -> tuple[float | None, float | None] | None:
        """The ends of the 95 % interval; an end is None where it lies outside the range."""
        ends = self._document["ci95"]
        return None if ends is None else (self._number(ends[0]), self._number(ends[1]))

    def _number(self, value: dict[str, Any] | None) -> float | None:
        if value is None or value["number"] is None:
            return None
        number = float(value["number"])
        in_seconds = str(self._document["unit"]).startswith("s")
        return float(round(number * 1000)) if in_seconds else number

    @cached_property
    def checks(self) -> Table:
        """The values of the key at which every replication was looked at."""
        return Table(self._native.checks())

    def __repr__(self) -> str:
        return f"<cmksim Solution: {self.answer}>"


class Comparison(_Result, Table):
    """How a second scenario differs from a first on the same random numbers: a row for each
    measure that both have, with the difference second - first in the ``unit`` of the row."""

    _native: _cmksim.Comparison

    def __init__(self, native: _cmksim.Comparison) -> None:
        Table.__init__(self, native.table())
        self._native = native

    @property
    def answer(self) -> str:
        """What the comparison comes to, in a sentence."""
        return str(self._other["verdict"])

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The keys in which both differ, and what each does to the measure of the answer."""
        changes: list[dict[str, Any]] = self._other["changes"]
        return changes

    @property
    def _other(self) -> dict[str, Any]:
        other: dict[str, Any] = self._document["comparisons"][0]
        return other

    def __repr__(self) -> str:
        return f"<cmksim Comparison: {self.answer}>"


class Plan(_Result):
    """Which reservation costs least, how much room is needed, and when limits are reached.

    Quantiles (``p05``, ``p50``, ``p95``, ``p99``) are over the replications, each the first value
    with at least that share of all values up to it.
    """

    _native: _cmksim.Plan

    def __init__(self, native: _cmksim.Plan) -> None:
        self._native = native

    @cached_property
    def months(self) -> Table:
        """A row for each cluster and month: what is billed, what it costs, and how much room.

        Costs are those of reservation and overage alone. Retention, the shared store and the key
        vault cost the same at every level; ``levels`` has them, over the whole run.
        """
        return Table(self._native.months())

    @cached_property
    def levels(self) -> Table:
        """What each level of the reservation costs over the run, and how much more than the best.

        ``cost`` is the sum of the parts that follow: reservation, overage, pay-as-you-go,
        retention and key vault.
        The row without a level is pay-as-you-go, without a cluster.
        """
        return Table(self._native.levels())

    @cached_property
    def steps(self) -> Table:
        """From which daily volume on the next level pays, and when the trend reaches it."""
        return Table(self._native.steps())

    @cached_property
    def limits(self) -> Table:
        """When limits are reached, if what arrives grows on as it did in the run.

        ``limit`` is ``highest_level`` of a cluster, ``daily_cap`` or ``ingestion_rate`` of a
        workspace. ``at_bytes`` and ``now_bytes``, which the trend says of the end of the run, are
        those of a day, or of the busiest hour: see ``per``. ``outcome`` is ``reached`` (by the end
        of the run), ``ahead``, ``never`` (at this trend) or ``unknown`` (too short a run).
        ``reached_ms`` counts from the start of the run, and has a 95 % interval. It is null where
        the limit is reached by the end of the run, and where that is more than ten years after it.
        """
        return Table(self._native.limits())

    @cached_property
    def what_if(self) -> Table:
        """What each case needs and costs at its own best level: a row for each cluster and case.

        ``case`` is null in the row of the scenario itself. ``difference`` is the cost less that
        of the scenario, ``risk_of_loss`` the share of the replications in which data is lost.
        """
        return Table(self._native.what_if())

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything that was gathered."""
        return self._native.fingerprint()

    @property
    def answer(self) -> str:
        """What the plan comes to, in a line for each cluster."""
        lines = takewhile(lambda line: line and not line.startswith("Note:"), str(self).splitlines())
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<cmksim Plan: {self.answer}>"
