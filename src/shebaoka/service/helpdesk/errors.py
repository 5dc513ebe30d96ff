"""Why a hotline cannot do what it is asked for."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class CallerNotKnownEnough(Problem):
    """The caller is not identified well enough for this; members `level` and `needed`, and the rule that says so."""

    slug = "caller-not-known-enough"
    status = 403
    title_zh = "来电人身份核对程度不够"
    title_en = "The caller is not identified well enough for this"
    remedy_zh = "请先核对姓名、证件号码，并按 needed 再核对一项；一般性问题可直接答复"
    remedy_en = (
        "Ask for name and ID number, and for what `needed` takes; general questions are answered to anybody"
    )


class IdentificationLocked(Problem):
    """Too many identifications failed of late; member `retry_after_seconds`."""

    slug = "identification-locked"
    status = 429
    title_zh = "身份核对失败次数过多，请稍后再试"
    title_en = "Too many identifications have failed, try again later"
    remedy_zh = "请来电人等待所示秒数后再打，或携带身份证件到社区事务受理服务中心；一般性问题仍可答复"
    remedy_en = "Let the caller wait as long as shown, or go to a community centre with an ID document; general questions may still be answered"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"请等待 {seconds} 秒 · wait {seconds} seconds", retry_after_seconds=seconds)


class CaseAboutAnother(Problem):
    """The case is about somebody else than the caller speaks for."""

    slug = "case-about-another"
    status = 409
    title_zh = "该工单不是关于此人的"
    title_en = "The case is about another person"
    remedy_zh = "请结束本次通话记录，为此人另开一次（不带工单号）"
    remedy_en = "End this call and open another one without the case's number"


class CaseTaken(Problem):
    """Another agent of the line has the case."""

    slug = "case-taken"
    status = 409
    title_zh = "该工单已由其他坐席接手"
    title_en = "Another agent has taken the case"
    remedy_zh = "请选择其他工单；确需接手的，请对方先退回"
    remedy_en = "Take another one; if you must have it, let the other agent release it first"


class CaseOfAnotherLine(Problem):
    """The case is another line's to work on; member `owner` says whose."""

    slug = "case-of-another-line"
    status = 409
    title_zh = "该工单由其他热线办理"
    title_en = "The case is another line's to work on"
    remedy_zh = "可以查看和补充记录；办结、等待、转接由所示热线办理"
    remedy_en = "You may read it and add a note; the line that is named resolves it, waits and hands over"


class HandoverNotNeeded(Problem):
    """The line that has the case is the one that owns its topic."""

    slug = "handover-not-needed"
    status = 409
    title_zh = "该主题就由本热线办理"
    title_en = "The topic is this line's own"
    remedy_zh = "请直接办理；如主题选错，请改选主题后再转接"
    remedy_en = "Go on with it; if the topic is wrong, choose the right one and hand over then"


class HandoverInCircles(Problem):
    """The case would go round: the line has had it, it was handed over often enough, or the card centre has decided. Member `why`."""

    slug = "handover-in-circles"
    status = 409
    title_zh = "不能再转接：来电人会被来回转"
    title_en = "The case is not handed over again: the caller would be sent round in circles"
    remedy_zh = "请留住来电人并继续办理；该工单已提请卡中心裁定归属"
    remedy_en = "Keep the caller and go on; the card centre has been asked to decide whose case it is"


class LineNotHere(Problem):
    """No line in this city takes over such a case now; member `number` says which number there is."""

    slug = "line-not-here"
    status = 409
    title_zh = "该热线未接入，不能带工单转接"
    title_en = "The line that owns the topic is not connected"
    remedy_zh = "请告知来电人所示号码；金融功能须先知道开户银行，请填写银行代码"
    remedy_en = (
        "Tell the caller the number shown; for the financial function the bank must be known: give its code"
    )


class HandoverLapsed(Problem):
    """The time to accept the hand-over is over; the case is with the line that handed it over."""

    slug = "handover-lapsed"
    status = 409
    title_zh = "转接已超时退回"
    title_en = "The hand-over was not accepted in time and has come back"
    remedy_zh = "由原热线继续办理，或重新转接"
    remedy_en = "The line before goes on with it, or hands it over again"
