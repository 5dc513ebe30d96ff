"""What every message is given, and how it becomes one: a name in a table, a command, an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from shebaoka.faces.terminals import doing
from shebaoka.faces.terminals.doing import Values
from shebaoka.faces.terminals.shanghai.declared import MESSAGES
from shebaoka.faces.terminals.shanghai.envelope import Envelope
from shebaoka.kit.problems import Problem

Asked: TypeAlias = doing.Asked[Envelope]
Transaction: TypeAlias = doing.Transaction[Envelope]
Act = Callable[[Asked], Awaitable[Values | Problem]]


def transaction(code: str, act: Act, *, writes: bool = True) -> tuple[str, Transaction]:
    """Give a message under its code."""
    return code, doing.Transaction(MESSAGES[code], act, writes)
