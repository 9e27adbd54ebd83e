"""Values of keys, as a scenario states them."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from operator import index
from os import PathLike
from typing import TypeVar, Union

#: A value of a key: ``"2h"``, ``"1 TB/day"``, ``7``, ``0.5``, ``True``, a timedelta, a datetime.
Value = Union[str, int, float, bool, timedelta, datetime]
#: Values of some keys by their paths, as in ``{"event.outage.duration": "2h"}``.
Values = Mapping[str, Value]
#: The values of a key that is varied: ``"1h..12h/12"``, or one after the other.
Range = Union[str, Sequence[Value]]

_Held = TypeVar("_Held")


def text(argument: str, value: Value) -> str:
    """A value as the command line takes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        milliseconds, rest = divmod(value, timedelta(milliseconds=1))
        if rest or milliseconds < 0:
            told = "a duration is whole milliseconds, and not negative"
            raise ValueError(f"{argument}: {told}, found {value}")
        return f"{milliseconds}ms"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            told = "a datetime needs a time zone, as in tzinfo=timezone.utc"
            raise ValueError(f"{argument}: {told}, found {value}")
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, (str, int, float)):
        return str(value)
    kinds = "a text, a number, a bool, a timedelta or a datetime"
    raise TypeError(f"{argument} must be {kinds}, found {value!r}")


def settings(argument: str, values: Values | None) -> list[str]:
    """Values of keys as ``PATH=VALUE``."""
    pairs = items(argument, values)
    return [f"{path}={text(f'{argument}[{path!r}]', value)}" for path, value in pairs]


def axes(vary: Mapping[str, Range] | None) -> list[str]:
    """Ranges of keys as ``PATH=VALUES``."""
    return [f"{path}={_range(f'vary[{path!r}]', values)}" for path, values in items("vary", vary)]


def _range(argument: str, values: Range) -> str:
    if isinstance(values, str):
        return values
    if not isinstance(values, Iterable):
        raise TypeError(f'{argument} must be a text, as "1h..12h/12", or a list, found {values!r}')
    return ",".join(text(argument, value) for value in values)


def items(argument: str, values: Mapping[str, _Held] | None) -> ItemsView[str, _Held]:
    """What a dictionary holds by its keys; None holds nothing."""
    if values is None:
        return {}.items()
    if not isinstance(values, Mapping):
        raise TypeError(f"{argument} must be a dictionary by keys, found {values!r}")
    return values.items()


def one_text(argument: str, value: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be a text, found {value!r}")
    return value


def one_path(argument: str, value: str | PathLike[str]) -> str | PathLike[str]:
    """The path of a file or folder."""
    if not isinstance(value, (str, PathLike)):
        raise TypeError(f"{argument} must be a path, found {value!r}")
    return value


def texts(argument: str, value: str | Sequence[str]) -> list[str]:
    """A text, or a list of texts, as a list."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Iterable):
        listed = list(value)
        if all(isinstance(one, str) for one in listed):
            return listed
    raise TypeError(f"{argument} must be a text or a list of texts, found {value!r}")


def whole(argument: str, value: int, least: int, most: int = 2**64 - 1) -> int:
    """A whole number in a range."""
    try:
        number = index(value)
    except TypeError:
        raise TypeError(f"{argument} must be a whole number, found {value!r}") from None
    if number < least:
        raise ValueError(f"{argument} must be {least} or more, found {number}")
    if number > most:
        raise ValueError(f"{argument} must be {most} or less, found {number}")
    return number


def whole_or_none(argument: str, value: int | None, least: int) -> int | None:
    """A whole number, or None."""
    return None if value is None else whole(argument, value, least)
