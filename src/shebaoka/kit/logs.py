"""Structured logs. They never contain personal data: what looks like it is blotted out before a line is written."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

# ID numbers (15 or 18), mobile numbers and long account numbers, wherever they stand in a value.
PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9}|\d{19})(?![0-9A-Za-z])")
SECRET_KEYS = frozenset(
    {"name", "id_number", "mobile", "address", "photo", "password", "token", "secret", "account_number"}
)
BLOT = "█"


class StandardError:
    """What standard error is at the moment of each line: it may be replaced, or closed, after the logs were set up.

    A line that cannot be written (disk full, reader gone, stream closed) is dropped: it must not stop what it tells of.
    """

    def write(self, text: str) -> None:
        """Write the text, if that can be done."""
        with suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Hand on what was written, if that can be done."""
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def configure(level: str, form: str) -> None:
    """Send the program's logs, and those of its libraries, to standard error in one form."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer()
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        blot,
    ]
    sink = StandardError()
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", sink)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sink)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=max(threshold, logging.WARNING), force=True)


def blot(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blot out personal data in every value of a log line (a structlog processor)."""
    return {key: BLOT if key in SECRET_KEYS else _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    match value:
        case str():
            return PERSONAL.sub(BLOT, value)
        case dict():
            return {key: BLOT if key in SECRET_KEYS else _clean(inner) for key, inner in value.items()}
        case list() | tuple() | set():
            return [_clean(inner) for inner in value]
        case bool() | float() | None:
            return value
        case _:
            text = str(value)
            return BLOT if PERSONAL.fullmatch(text) and not isinstance(value, int) else _number(value, text)


def _number(value: Any, text: str) -> Any:
    # Identifiers of ours are whole numbers of up to 19 digits and not personal; anything else becomes clean text.
    return value if isinstance(value, int) else PERSONAL.sub(BLOT, text)
