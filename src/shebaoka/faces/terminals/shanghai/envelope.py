"""The envelope around every message, the same for what comes and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from shebaoka.faces.terminals import envelopes
from shebaoka.faces.terminals.envelopes import ENCODER, MSGID_MIN, sentence
from shebaoka.faces.terminals.refusals import MessageRefused, faults
from shebaoka.faces.terminals.shanghai.declared import ENVELOPE
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import Problem
from shebaoka.records.messages.layouts import read

DONE: Final = "P001"
REFUSED: Final = "-1"
"""Inferred: the only other code that public code has."""
ECHOED: Final = ("xxlxm", "bbh", "msgid", "xzqhdm", "jgdm", "czybm", "czyxm", "jyqd", "jyyzm", "zdjbhs")


@dataclass(frozen=True, slots=True)
class Envelope(envelopes.Envelope):
    """What a message says around its content; `code` is its xxlxm."""

    province: str | None


def opened(raw: Mapping[str, Any]) -> Envelope:
    """Read an envelope. Raises MessageRefused, which names what is wrong."""
    values, found = read(ENVELOPE, raw)
    content = raw.get("xxnr")
    if not isinstance(content, Mapping):
        raise MessageRefused("xxnr（消息内容）须为一个对象")
    if found:
        raise faults(found)
    if len(values["msgid"]) < MSGID_MIN:
        raise MessageRefused("msgid（报文ID）过短，应为机构代码+yyyyMMdd+9位流水号")
    return Envelope(values["xxlxm"], values["msgid"], values["jgdm"], content, values.get("xzqhdm"))


def answered(raw: Mapping[str, Any], output: bytes, now: datetime) -> bytes:
    """Give the answer of a message that was done; `output`: its content, written."""
    return _closed(raw, DONE, "", output, now)


def refused(raw: Mapping[str, Any], problem: Problem, now: datetime) -> bytes:
    """Give the answer that tells of a refusal: a code that is not P001, and one plain sentence."""
    return _closed(raw, REFUSED, sentence(problem), b"{}", now)


def _closed(raw: Mapping[str, Any], code: str, said: str, output: bytes, now: datetime) -> bytes:
    echoed = {name: raw[name] for name in ECHOED if isinstance(raw.get(name), str)}
    at = f"{now.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return ENCODER.encode(echoed | {"jysj": at, "xxfhm": code, "fhxx": said, "xxnr": msgspec.Raw(output)})
