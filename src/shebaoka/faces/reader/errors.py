"""Why the reader service does not start, or does not do what it is asked."""

from __future__ import annotations

from typing import Literal, TypeAlias

from shebaoka.kit.problems import Problem

Why: TypeAlias = Literal["closed", "idle", "too_long", "card_torn", "reader_unplugged", "unknown"]


class ReaderNotLoopback(Problem):
    """The service may only listen where nobody but this machine reaches it."""

    slug = "reader-not-loopback"
    status = 500
    title_zh = "读卡器服务只能监听本机回环地址"
    title_en = "The reader service listens on the loopback address only"
    remedy_zh = "请用 --host 127.0.0.1 或 ::1；别的机器要用读卡器，请在那台机器上运行本服务"
    remedy_en = "Use --host 127.0.0.1 or ::1; for a reader of another machine run the service there"


class OriginUnusable(Problem):
    """What was given as a site is not one."""

    slug = "origin-unusable"
    status = 500
    title_zh = "所给网站来源无法使用"
    title_en = "That is no origin of a site"
    remedy_zh = "请写成 https://主机名[:端口]，不带路径，不用通配符；http 只限本机"
    remedy_en = (
        "Write https://host[:port], without a path and without wildcards; http is for this machine only"
    )


class HostRefused(Problem):
    """The request names another host than this machine: a page has its own name point here."""

    slug = "host-refused"
    status = 421
    title_zh = "请求的主机名不是本机"
    title_en = "The request is for another host"
    remedy_zh = "请以 http://127.0.0.1:端口 访问；页面把自己的域名指向本机时会被拒绝"
    remedy_en = "Ask http://127.0.0.1:PORT; a page that has its own name point to this machine is refused"


class OriginRefused(Problem):
    """The site whose page asks is not one that may use this reader."""

    slug = "origin-refused"
    status = 403
    title_zh = "该网站不得使用本机读卡器"
    title_en = "This site may not use the reader"
    remedy_zh = "如应允许，请管理员在启动读卡器服务时用 --origin 加上该网站"
    remedy_en = "If it should, the administrator names it with --origin when starting the reader service"


class SessionBusy(Problem):
    """Somebody else has the reader; members `who` and `ends_in_seconds`."""

    slug = "session-busy"
    status = 409
    title_zh = "读卡器正被占用"
    title_en = "The reader is taken"
    remedy_zh = "请在 who 所示的窗口结束读卡，或等 ends_in_seconds 秒后自动结束"
    remedy_en = "End the session there (who), or wait: it ends by itself in ends_in_seconds at the latest, if nothing is done in it"

    def __init__(self, who: str, seconds: int) -> None:
        super().__init__(f"{who}，{seconds} 秒 · {who}, {seconds} seconds", who=who, ends_in_seconds=seconds)


class SessionOver(Problem):
    """There is no such session, or it has ended; member `why`."""

    slug = "session-over"
    status = 410
    title_zh = "读卡会话已结束"
    title_en = "The card session is over"
    remedy_zh = "请重新放卡并重新开始；why 说明结束的原因（抽卡、读卡器断开、超时、已关闭）"
    remedy_en = "Place the card again and begin anew; why says how it ended (pulled, unplugged, idle, too long, closed)"

    def __init__(self, why: Why) -> None:
        super().__init__(why, why=why)


class ReaderSilent(Problem):
    """The reader did not come back in time."""

    slug = "reader-silent"
    status = 504
    title_zh = "读卡器长时间没有反应"
    title_en = "The reader does not come back"
    remedy_zh = "请重新插拔读卡器；写卡时出现的，放回同一张卡、用同一订单再做一次即可查明"
    remedy_en = "Plug the reader in anew; if a card was being written, the same order on the same card finds out what became of it"
