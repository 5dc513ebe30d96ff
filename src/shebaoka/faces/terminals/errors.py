"""Refusals of the gateway: answered with an HTTP status, before anybody reads what a message says."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class MessageTooLarge(Problem):
    """The body is larger than a message may be."""

    slug = "message-too-large"
    status = 413
    title_zh = "报文过大"
    title_en = "The message is too large"
    remedy_zh = "费用明细请分批上传"
    remedy_en = "Send fee lines in several messages"


class NotPosted(Problem):
    """Messages are posted."""

    slug = "not-posted"
    status = 405
    title_zh = "报文须用 POST 发送"
    title_en = "Messages are sent with POST"
    remedy_zh = "请用 POST 发送，内容为 UTF-8 编码的 JSON"
    remedy_en = "Send it with POST: JSON in UTF-8"


class TooManyAtOnce(Problem):
    """This system has too many messages under way."""

    slug = "too-many-at-once"
    status = 429
    title_zh = "同时发送的报文过多"
    title_en = "Too many messages at once"
    remedy_zh = "请等已发报文得到应答后再发；重发时报文编号不变，x-tif-nonce 换新"
    remedy_en = (
        "Wait for answers before you send more; what is sent again keeps its msgid and has a new x-tif-nonce"
    )
