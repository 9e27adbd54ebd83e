"""What goes wrong, and what is likely not meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Diagnostic(NamedTuple):
    """Something that is wrong with a scenario, or likely not what was meant."""

    #: ``error``, ``warning``, or ``hint`` where the scenario is right and an effect may surprise.
    severity: str
    #: What is wrong, in one line.
    message: str
    #: The file or the setting in which it stands; none where it has no place.
    file: str | None = None
    #: Its line, from 1.
    line: int | None = None
    #: Its column in characters, from 1.
    column: int | None = None
    #: More of it; may be empty.
    label: str = ""
    #: What to do, in sentences.
    help: tuple[str, ...] = ()


class Diagnostics(list[Diagnostic]):
    """Diagnostics in the order of the text. ``str()`` of them is what ``cmksim check`` prints."""

    def __init__(self, found: Iterable[Diagnostic] = (), text: str = "") -> None:
        super().__init__(found)
        self.text = text

    def __str__(self) -> str:
        return self.text

    @property
    def errors(self) -> list[Diagnostic]:
        """Those that stop the scenario."""
        return [one for one in self if one.severity == "error"]


class ScenarioError(ValueError):
    """A scenario, a setting or an expression is wrong.

    ``str()`` of it is what the command prints: each place with what is wrong there.
    """

    def __init__(self, text: str, diagnostics: Iterable[Diagnostic] = ()) -> None:
        super().__init__(text, list(diagnostics))
        self.diagnostics = Diagnostics(diagnostics, text)

    def __str__(self) -> str:
        return self.diagnostics.text


class TraceError(ValueError):
    """A trace that the scenario names is wrong, or cannot be read."""


class RunError(RuntimeError):
    """The scenario was taken but cannot be run to its end."""


class LimitError(RunError):
    """There is more of something than cmksim takes. The message says what to do."""


class AuditError(RuntimeError):
    """The books of a run do not balance: a bug of cmksim. The message repeats the run."""
