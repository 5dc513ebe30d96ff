"""Why a message is refused, beside what the settlement core refuses: answered in the interface's own form, with one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from shebaoka.kit.problems import Problem
from shebaoka.records.messages.layouts import Fault


class MessageRefused(Problem):
    """Fields are missing, too long or of the wrong kind, or say what cannot be; the detail names node and field."""

    slug = "message-refused"
    status = 422
    title_zh = "报文内容有误"
    title_en = "The message is wrong"
    remedy_zh = "请按提示的节点和字段修改后，用新的报文编号发送"
    remedy_en = "Mend node and field that are named, and send it with a new msgid"


class NotSignedIn(Problem):
    """The message carries no sign_no that is good today."""

    slug = "not-signed-in"
    status = 403
    title_zh = "操作员未签到或签到已失效"
    title_en = "The operator is not signed in"
    remedy_zh = "请先签到（9001），并在报文的 sign_no 中填写返回的签到编号；签到当日有效"
    remedy_en = "Sign in (9001) and send the sign_no that it gives; it is good for the day"


class NotOffered(Problem):
    """This interface does not do that."""

    slug = "not-offered"
    status = 422
    title_zh = "本接口不办理此项业务"
    title_en = "This interface does not offer that"
    remedy_zh = "可用的交易和取值见 docs/terminals.md"
    remedy_en = "docs/terminals.md lists what it takes"


class OurFault(Problem):
    """Something went wrong that should not have; the log tells the operators more. Nothing was done."""

    slug = "message-not-done"
    status = 500
    title_zh = "系统内部错误，未办理"
    title_en = "Something went wrong on our side; nothing was done"
    remedy_zh = "请稍后用同一报文编号重发；如仍失败，请将报文编号告知医保经办机构"
    remedy_en = "Send the same message again later; if it fails again, tell the agency its msgid"


def faults(found: Sequence[Fault]) -> MessageRefused:
    """Give the refusal of a message with faults: the first few, and how many there are."""
    told = "；".join(one.sentence for one in found[:3])
    more = f"；共{len(found)}处" if len(found) > 3 else ""  # noqa: PLR2004 - as above
    return MessageRefused(told + more)
