"""Refusals of this room."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class NotSubjectToReadiness(Problem):
    """This kind of institution is not held back by readiness, so nothing is kept of it."""

    slug = "not-subject-to-readiness"
    status = 409
    title_zh = "此类机构不实行上线管理"
    title_en = "This kind of institution is not subject to readiness"
    remedy_zh = "换发规则 readiness 列出须先上线的机构类别；其他机构无需办理"
    remedy_en = "The rule set readiness names the kinds that must be live first; the others need no steps"


class LapsedTest(Problem):
    """No conformance test holds on the day on which the institution is to go live."""

    slug = "test-lapsed"
    status = 409
    title_zh = "联调测试在上线日已失效"
    title_en = "The conformance test does not hold on the day to go live"
    remedy_zh = "测试已过有效期，或脚本已有新版本；请按现行脚本重新测试，再确定上线日期"
    remedy_en = (
        "It has expired, or the script has changed since; run the present scripts again, then set the day"
    )


class LiveDayPast(Problem):
    """The day to go live lies behind us."""

    slug = "live-day-past"
    status = 422
    title_zh = "上线日期不能早于今天"
    title_en = "The day to go live is past"
    remedy_zh = "请填写今天或以后的日期"
    remedy_en = "Give today or a later day"


class ScriptUnknown(Problem):
    """There is no such script for this kind of institution today."""

    slug = "script-unknown"
    status = 404
    title_zh = "没有适用于该机构的此测试脚本"
    title_en = "This institution has no such conformance script"
    remedy_zh = "可用脚本见 GET /api/readiness 的 scripts"
    remedy_en = "GET /api/readiness names the scripts of an institution"


class RunClosed(Problem):
    """The conformance run is closed: its evidence stays as it is."""

    slug = "run-closed"
    status = 409
    title_zh = "该次测试已结束"
    title_en = "This conformance run is closed"
    remedy_zh = "请新开一次测试"
    remedy_en = "Open a new run"


class NotInScript(Problem):
    """The request is none of the script's: it was not carried out."""

    slug = "not-in-script"
    status = 409
    title_zh = "该请求不在测试脚本中，未执行"
    title_en = "The request is not in the script and was not carried out"
    remedy_zh = "测试中只能发送脚本所列请求，内容须一致；见 GET /api/readiness/runs/{编号}"
    remedy_en = "In a rehearsal send the requests of the script, word for word; GET /api/readiness/runs/{number} lists them"


class RehearsedTooOften(Problem):
    """The run has seen as many requests as it keeps."""

    slug = "rehearsed-too-often"
    status = 429
    title_zh = "该次测试的请求次数已达上限"
    title_en = "This run has seen as many requests as it keeps"
    remedy_zh = "请结束本次测试，改正后新开一次"
    remedy_en = "Close this run, mend the client, and open a new one"


class RehearsalNeedsPlaces(Problem):
    """A rehearsal needs a service bank and a community centre among the institutions."""

    slug = "rehearsal-needs-places"
    status = 409
    title_zh = "缺少测试所需的服务银行或社区事务受理服务中心"
    title_en = "A rehearsal needs a service bank and a community centre"
    remedy_zh = "请先导入机构文件"
    remedy_en = "Import the institutions first"
