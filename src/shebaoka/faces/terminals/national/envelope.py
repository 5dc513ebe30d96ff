"""The envelope around every transaction, as it comes and as it is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from shebaoka.faces.terminals.national.declared import ALIKE, ENVELOPE
from shebaoka.faces.terminals.national.errors import MessageRefused, faults
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import Problem
from shebaoka.records.messages.layouts import read

SENTENCE_MAX: Final = 200
MSGID_MIN: Final = 8
DEPTH_MAX: Final = 32
ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
NO_JSON: Final = "报文须为 UTF-8 编码的 JSON 对象"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a message says around its content. `infno`: the transaction, `msgid`: the sender's number of the message."""

    infno: str
    msgid: str
    institution: str
    insured_place: str | None
    operator: str
    sign_no: str | None
    content: Mapping[str, Any]

    @property
    def same(self) -> bytes:
        """Give what makes a message the same when it is sent again: transaction and content, not when or by whom."""
        return json.dumps([self.infno, self.content], default=str, sort_keys=True).encode()


def opened(body: bytes) -> Envelope:
    """Read an envelope. Raises MessageRefused, which names what is wrong."""
    raw = read_json(body)
    values, found = read(ENVELOPE, raw)
    content = raw.get("input")
    if not isinstance(content, Mapping):
        raise MessageRefused("input（交易输入）须为一个对象")
    if found:
        raise faults(found)
    if len(values["msgid"]) < MSGID_MIN:
        raise MessageRefused("msgid（发送方报文ID）过短，应为机构编号+yyyyMMddHHmmss+4位流水号")
    infno = values["infno"]
    return Envelope(
        ALIKE.get(infno, infno), values["msgid"], values["fixmedins_code"], values.get("insuplc_admdvs"),
        values["opter"], values.get("sign_no"), content,
    )  # fmt: skip


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


def refused(problem: Problem, refmsgid: str, came: datetime, now: datetime) -> bytes:
    """Give the answer that tells of a refusal: infcode -1, and one plain sentence."""
    return _closed(-1, sentence(problem), b"{}", refmsgid, came, now)


def answered(output: bytes, refmsgid: str, came: datetime, now: datetime) -> bytes:
    """Give the answer of a transaction that was done; `output`: its content, written."""
    return _closed(0, "", output, refmsgid, came, now)


def _closed(infcode: int, err_msg: str, output: bytes, refmsgid: str, came: datetime, now: datetime) -> bytes:
    return ENCODER.encode({
        "infcode": infcode, "inf_refmsgid": refmsgid, "refmsg_time": moment(came), "respond_time": moment(now),
        "err_msg": err_msg, "warn_msg": "", "output": msgspec.Raw(output),
    })  # fmt: skip


def moment(at: datetime) -> str:
    """Give a moment as the envelope writes it: seventeen digits."""
    local = at.astimezone(SHANGHAI)
    return f"{local:%Y%m%d%H%M%S}{local.microsecond // 1000:03}"


def sentence(problem: Problem) -> str:
    """Say a refusal in Chinese within what the field takes: what, where, and how to mend it."""
    detail = problem.detail.partition(" · ")[0].strip()
    parts = [problem.title_zh, detail] if any("\u4e00" <= one <= "\u9fff" for one in detail) else [problem.title_zh]  # fmt: skip
    said = "：".join(parts)
    whole = f"{said}。{problem.remedy_zh}"
    return whole if len(whole) <= SENTENCE_MAX else whole[: SENTENCE_MAX - 1] + "…"
