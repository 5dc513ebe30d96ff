"""What every transaction is given, and how it becomes one: a name in a table, a command, an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from shebaoka.faces.terminals import doing
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.national.declared import MESSAGES
from shebaoka.faces.terminals.national.envelope import Envelope
from shebaoka.kit.problems import Problem

NAME: Final = "national"
"""The interface's, below `/terminals/`."""
Asked: TypeAlias = doing.Asked[Envelope]
Transaction: TypeAlias = doing.Transaction[Envelope]
Order: TypeAlias = doing.Order[Envelope]
Hear = Callable[[Order], Awaitable[Any]]
Act = Callable[[Asked], Awaitable[Values | Problem]]


def transaction(
    code: str, act: Act, *, writes: bool = True, signed_in: bool = True, hear: Hear | None = None
) -> tuple[str, Transaction]:
    """Give a transaction under its code."""
    return code, doing.Transaction(MESSAGES[code], act, writes, signed_in, hear)
