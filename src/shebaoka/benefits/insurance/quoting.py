"""A quote: what a bill comes to, with the rules that decided and the sentences that say why. Pure."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from shebaoka.benefits.insurance import speech
from shebaoka.benefits.insurance.errors import CaseRefused
from shebaoka.benefits.insurance.model import Case, Quote
from shebaoka.benefits.insurance.reckoning import Reckoning, reckon
from shebaoka.registry.programme.programme import Programme

PLACE: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<where>[^`]*)`)?$", re.DOTALL)
NAMED: Final = re.compile(r"field `([^`]*)`")
IN_CHINESE: Final = (
    ("missing required field", "缺少此项"),
    ("unknown field", "没有这一项"),
    ("Invalid enum value", "不是可用的值"),
    ("encoded date", "不是正确的日期"),
    ("malformed", "不是正确的 JSON"),
    ("truncated", "JSON 不完整"),
    ("utf-8", "不是 UTF-8 编码"),
    ("Expected", "类型或范围不对"),
)  # fmt: skip
"""What msgspec says, by a word of it, and how a clerk would."""


def read_case(text: bytes) -> Case:
    """Read a case from JSON; CaseRefused names the field and what is wrong with it."""
    try:
        return msgspec.json.decode(text, type=Case)
    except msgspec.DecodeError as error:
        raise _refused(str(error)) from None
    except UnicodeDecodeError:
        raise _refused("not utf-8") from None


def _refused(said: str) -> CaseRefused:
    found = PLACE.match(said)
    assert found is not None
    what, where, named = found["what"], found["where"] or "", NAMED.search(said)
    if "·" in what:  # A sentence of `model.Case`, which begins with the field.
        field, _, message = what.partition(": ")
    else:
        field = ".".join(filter(None, (where, named[1] if named else "")))
        zh = next((zh for word, zh in IN_CHINESE if word in what), "不合要求")
        message = f"{zh} · {what}"
    return CaseRefused(
        f"{field}: {message}" if field else message, errors=[{"field": field, "message": message}]
    )


def quote(programme: Programme, case: Case) -> Quote:
    """Quote a bill by the rules of its day; NoRuleApplies for a day before the rules, CareNotSettled where none settles it."""
    return told(case, reckon(programme, case))


def told(case: Case, found: Reckoning) -> Quote:
    """Give the quote of a case that was reckoned."""
    return Quote(
        total_fen=case.total_fen,
        current_account_fen=int(found.current_account),
        deductible_fen=int(found.deductible),
        shared_fen=int(found.shared),
        pooled_fen=int(found.pooled),
        supplementary_fen=int(found.supplementary),
        historic_account_fen=int(found.historic_account),
        cash_fen=int(found.cash),
        own_share_fen=int(found.own_share),
        rules=found.terms.why,
        steps=tuple(map(" · ".join, speech.steps(case, found))),
    )
