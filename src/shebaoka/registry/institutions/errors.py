"""Refusals of this room."""

from __future__ import annotations

from datetime import date
from typing import Final

from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.problems import Problem
from shebaoka.registry.institutions.liveness import WORDS, Readiness, missing, status_on
from shebaoka.registry.institutions.model import Fault

FAULTS_SHOWN_MAX: Final = 100


class InstitutionsRefused(Problem):
    """The files of institutions have faults; nothing was taken in. Member `faults` lists the first hundred."""

    slug = "institutions-refused"
    status = 422
    title_zh = "机构文件有误，未导入任何内容"
    title_en = "The files of institutions have faults; nothing was taken in"
    remedy_zh = "请按所列文件、行、列逐项改正后重新导入"
    remedy_en = "Correct what is listed by file, row and column, and import again"

    def __init__(self, faults: list[Fault]) -> None:
        shown = faults[:FAULTS_SHOWN_MAX]
        super().__init__(
            "\n".join(map(_line, shown)), fault_count=len(faults), faults=[_member(fault) for fault in shown]
        )
        self.faults = faults


class BankNotSelectable(Problem):
    """The employer may not choose this bank."""

    slug = "bank-not-selectable"
    status = 409
    title_zh = "单位不能选择该银行"
    title_en = "The employer cannot choose this bank"
    remedy_zh = "请在代发工资的服务银行中选择；代发银行均非服务银行时，可任选一家服务银行"
    remedy_en = "Choose among the service banks that pay the wages; where none of these is a service bank, choose any of them"


class InstitutionNotLive(Problem):
    """The institution, or the bank of an outlet, has not gone live, or was suspended: members say which, since when, what lacks."""

    slug = "institution-not-live"
    status = 403
    title_zh = "机构尚未上线，不能办理业务"
    title_en = "The institution is not live and does no business yet"
    remedy_zh = (
        "请联系市社会保障卡服务中心办理所缺步骤；本机构进度见 GET /api/readiness，测试请求须带 Rehearsal-Run"
    )
    remedy_en = (
        "Ask the card centre about the steps that lack; GET /api/readiness shows how far you are, "
        "and rehearsals carry the header Rehearsal-Run"
    )

    def __init__(self, one: Readiness, on: date) -> None:
        status, lacks = status_on(one, on), missing(one, on)
        since = one.since.astimezone(SHANGHAI).date()
        words = WORDS[status]
        super().__init__(
            f"{one.code}：{words[0]}（自 {since}），还缺：{lacks[0]} · {words[1]} since {since}, lacks {lacks[1]}",
            institution=one.code, readiness=status.value, since=since.isoformat(),
            missing_zh=lacks[0], missing_en=lacks[1],
        )  # fmt: skip


def _line(fault: Fault) -> str:
    reason = fault.reason
    return (
        f"{fault.file} 第{fault.row}行 {fault.column}：{reason.zh}（{reason.remedy_zh}）"
        f" · row {fault.row}, {fault.column}: {reason.en} ({reason.remedy_en})"
    )


def _member(fault: Fault) -> dict[str, str | int]:
    reason = fault.reason
    return {
        "file": fault.file, "row": fault.row, "column": fault.column, "reason_zh": reason.zh,
        "reason_en": reason.en, "remedy_zh": reason.remedy_zh, "remedy_en": reason.remedy_en,
    }  # fmt: skip
