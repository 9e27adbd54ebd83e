"""Values of keys, as a scenario states them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Union

#: A value of a key: ``"2h"``, ``"1 TB/day"``, ``7``, ``0.5``, ``True``, a timedelta, a datetime.
Value = Union[str, int, float, bool, timedelta, datetime]
#: Values of some keys by their paths, as in ``{"event.outage.duration": "2h"}``.
Values = Mapping[str, Value]
#: The values of a key that is varied: ``"1h..12h/12"``, or one after the other.
Range = Union[str, Sequence[Value]]


def text(value: Value) -> str:
    """A value as the command line takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        milliseconds, rest = divmod(value, timedelta(milliseconds=1))
        if rest or milliseconds < 0:
            raise ValueError(f"{value}: a duration is whole milliseconds, and not negative")
        return f"{milliseconds}ms"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value}: say in which time zone, as in tzinfo=timezone.utc")
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, (str, int, float)):
        return str(value)
    raise TypeError(f"{value!r} is no value of a key")


def settings(values: Values | None) -> list[str]:
    """Values of keys as ``PATH=VALUE``."""
    return [f"{path}={text(value)}" for path, value in (values or {}).items()]


def axes(vary: Mapping[str, Range] | None) -> list[str]:
    """Ranges of keys as ``PATH=VALUES``."""
    return [f"{path}={_range(values)}" for path, values in (vary or {}).items()]


def _range(values: Range) -> str:
    if isinstance(values, str):
        return values
    return ",".join(text(value) for value in values)
