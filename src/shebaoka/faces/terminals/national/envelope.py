"""The envelope around every transaction, as it comes and as it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from shebaoka.faces.terminals import envelopes
from shebaoka.faces.terminals.envelopes import ENCODER, MSGID_MIN, read_json, sentence
from shebaoka.faces.terminals.national.declared import ALIKE, ENVELOPE
from shebaoka.faces.terminals.refusals import MessageRefused, faults
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import Problem
from shebaoka.records.messages.layouts import read


@dataclass(frozen=True, slots=True)
class Envelope(envelopes.Envelope):
    """What a transaction says around its content; `code` is its infno."""

    insured_place: str | None
    operator: str
    sign_no: str | None


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
        ALIKE.get(infno, infno), values["msgid"], values["fixmedins_code"], content, values.get("insuplc_admdvs"),
        values["opter"], values.get("sign_no"),
    )  # fmt: skip


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
