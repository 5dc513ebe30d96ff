"""Refusals of this room."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class MessageNotToBeSentAgain(Problem):
    """The message was not given up, or there is nobody to send it to."""

    slug = "message-not-to-be-sent-again"
    status = 409
    title_zh = "此消息不能重发"
    title_en = "This message cannot be sent again"
    remedy_zh = "只有发送失败且可补救的短信可以重发；没有监护人的，请先登记监护关系，以后的消息会发给监护人"
    remedy_en = (
        "Only text messages that were given up can be sent again; where a ward has no guardian, have one registered: "
        "later messages go to the guardian"
    )
