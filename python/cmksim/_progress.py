"""A bar while a long study runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: Told how many steps are done, and of how many.
Watcher = Callable[[int, int], None]


@contextmanager
def bar(progress: bool | None, what: str) -> Iterator[Watcher | None]:
    """Shows a bar after a second.

    ``None`` shows it where somebody looks, a terminal or a notebook, if tqdm is installed.
    """
    if progress is False or (progress is None and not _is_looked_at()):
        yield None
        return
    try:
        from tqdm import tqdm
    except ImportError:
        if progress:
            raise ImportError("progress=True needs tqdm: pip install tqdm") from None
        yield None
        return
    shown: Any
    with tqdm(desc=what, total=0, delay=1, leave=False, unit=" steps") as shown:

        def watch(done: int, total: int) -> None:
            shown.total = total
            shown.update(min(done, total) - shown.n)

        yield watch


def _is_looked_at() -> bool:
    return sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)
