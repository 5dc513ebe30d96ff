"""What the envelopes of all interfaces have in common: what a message is, how JSON is read, how a refusal is said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import msgspec

from shebaoka.faces.terminals.refusals import MessageRefused
from shebaoka.kit.problems import Problem

SENTENCE_MAX: Final = 200
MSGID_MIN: Final = 8
ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
NO_JSON: Final = "报文须为 UTF-8 编码的 JSON 对象"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a message says around its content. `code`: which message it is, `msgid`: the sender's number of it."""

    code: str
    msgid: str
    institution: str
    content: Mapping[str, Any]

    @property
    def same(self) -> bytes:
        """Give what makes a message the same when it is sent again: which, and its content, not when or by whom."""
        return json.dumps([self.code, self.content], default=str, sort_keys=True).encode()


def read_json(body: bytes) -> dict[str, Any]:
    """Read the JSON of a message, its numbers as they stand there. Raises MessageRefused."""
    try:
        raw = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise MessageRefused(NO_JSON) from None
    if not isinstance(raw, dict):
        raise MessageRefused(NO_JSON)
    return raw


def _no_number(name: str) -> None:
    raise ValueError(name)


def sentence(problem: Problem) -> str:
    """Say a refusal in Chinese within what the field takes: what, where, and how to mend it."""
    detail = problem.detail.partition(" · ")[0].strip()
    parts = [problem.title_zh, detail] if any("\u4e00" <= one <= "\u9fff" for one in detail) else [problem.title_zh]  # fmt: skip
    said = "：".join(parts)
    whole = f"{said}。{problem.remedy_zh}"
    return whole if len(whole) <= SENTENCE_MAX else whole[: SENTENCE_MAX - 1] + "…"
