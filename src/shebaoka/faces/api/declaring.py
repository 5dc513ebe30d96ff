"""What every route says about itself: who may call it, in which area it lies, how it may be refused."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any, Final

import msgspec
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import SecurityRequirement, Tag
from litestar.params import HeaderParameter
from msgspec import Meta

from shebaoka.faces.api.access import NO_RESIDENTS, WHEN_LIVE, NotAuthenticated
from shebaoka.faces.api.rendering import PROBLEM_JSON, RequestMalformed, RequestTooLarge
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.requests import RequestKeyMissing, RequestKeyReused
from shebaoka.registry.institutions.errors import InstitutionNotLive
from shebaoka.registry.staff.errors import Forbidden, TokenRefused
from shebaoka.service.readiness.errors import NotInScript, RehearsedTooOften, RunClosed

TAGS: Final = {
    "sessions": "登录与令牌 · Logging in and tokens",
    "programme": "换发规则与安排 · The programme's rules, and when, where and with which bank somebody changes the card",
    "benefits": "医保待遇 · Medical insurance",
    "settling": "用卡结算与对账差异：没有系统的医院和药店 · Settling with the card, and differences of reconciliation",
    "payouts": "待遇发放与卡上账户 · Benefits paid out, and the accounts on cards",
    "people": "人员查询 · People",
    "applications": "申请 · Applications",
    "photos": "相片 · Photos",
    "family": "市民本人与子女 · Residents, for themselves and their wards",
    "lists": "名册与清单 · Lists",
    "employers": "单位的服务银行与集中采集 · An employer's bank, and collections there",
    "cards": "卡片 · Cards",
    "identity": "身份核验：社保卡作为身份凭证 · The card as an identity credential",
    "status_list": "离线终端用的卡片状态名单 · The status list for terminals that lose the network",
    "messages": "消息 · Messages to people",
    "instant": "即时补换 · Cards replaced on the spot",
    "stock": "空白卡 · Blank cards",
    "delivery": "寄送与领取 · Delivery",
    "production": "制卡 · Production",
    "keys": "卡片密钥 · Card keys",
    "outreach": "上门、驻点与离线受理 · Going to people: visits, stations and stalls, work captured without a network",
    "figures": "统计 · Figures",
    "dashboard": "进度看板 · How far the programme is",
    "helpdesk": "热线：来电、工单、解答 · Hotlines: calls, cases, answers",
    "audit": "审计 · Audit",
    "staff": "工作人员与机构客户端 · Staff and institution clients",
    "institutions": "机构 · Institutions",
    "outlets": "网点：地址、开放时间、可办事项、等候人数 · Outlets: where they are, when they are open, what one can do there, how many wait",
    "readiness": "上线管理 · How institutions become live",
}

REQUEST_KEY_HEADER: Final = "Idempotency-Key"
RequestKey = Annotated[
    str | None,
    HeaderParameter(
        name=REQUEST_KEY_HEADER,
        required=False,
        description="请求编号，8 至 100 个字符；重发同一请求时用同一编号 · The request key, 8 to 100 characters; the same one when the same request is sent again",
    ),
]
"""The request key of everything that changes something; a route without it in its signature must say why."""


class ProblemDocument(msgspec.Struct, frozen=True):
    """A refusal (RFC 9457): what it is, in two languages, and what to do. Some have further members."""

    type: Annotated[str, Meta(description="/problems/<slug>，说明页 · its page, docs/problems/<slug>.md")]
    title: str
    title_zh: str
    status: int
    detail: str = ""
    remedy_zh: str = ""
    remedy_en: str = ""


def tags() -> list[Tag]:
    """Give the areas of the interface."""
    return [Tag(name=name, description=description) for name, description in TAGS.items()]


def protected(
    permission: str,
    area: str,
    summary: str,
    *,
    refuses: tuple[type[Problem], ...] = (),
    keyed: bool = False,
    unkeyed: str = "",
    answer: type[Any] | None = None,
    residents: str = NO_RESIDENTS,
    readiness: str = WHEN_LIVE,
    rehearsed: bool = False,
) -> dict[str, Any]:
    """Declare a route that needs a permission.

    `unkeyed`: why a POST takes no request key (it changes nothing, …). `answer`: what a route answers that renders it
    by itself. `residents`: whether it serves them too, for themselves and their wards, or serves nobody else.
    `readiness`: how ready the caller's institution must be. `rehearsed`: conformance scripts may ask for it, so all that it
    does to the city it does through the transaction of `calling.reading`, which a rehearsal rolls back.
    """
    common: tuple[type[Problem], ...] = (
        RequestMalformed,
        NotAuthenticated,
        TokenRefused,
        Forbidden,
        InstitutionNotLive,
        RequestTooLarge,
    )
    if rehearsed:
        common += (RunClosed, NotInScript, RehearsedTooOften)
    if keyed:
        common += (RequestKeyMissing, RequestKeyReused)
    return {
        "opt": {
            "permission": permission,
            "keyed": keyed,
            "unkeyed": unkeyed,
            "residents": residents,
            "readiness": readiness,
            "rehearsed": rehearsed,
        },
        "security": [{"token": []}],
        **_described(area, summary, common + refuses, answer),
    }


def public(
    reason: str, area: str, summary: str, *, refuses: tuple[type[Problem], ...] = (), unkeyed: str = ""
) -> dict[str, Any]:
    """Declare a route that is open to everybody, and why."""
    none: list[SecurityRequirement] = []
    return {
        "opt": {"public": reason, "keyed": False, "unkeyed": unkeyed},
        "security": none,
        **_described(area, summary, (RequestMalformed, RequestTooLarge, *refuses)),
    }


def _described(
    area: str, summary: str, refuses: tuple[type[Problem], ...], answer: type[Any] | None = None
) -> dict[str, Any]:
    assert area in TAGS, "every area has its tag"
    by_status: dict[int, list[str]] = defaultdict(list)
    for problem in dict.fromkeys(refuses):
        by_status[problem.status].append(f"`{problem.slug}` {problem.title_zh} · {problem.title_en}")
    responses = {
        status: ResponseSpec(
            ProblemDocument, generate_examples=False, description="\n\n".join(texts), media_type=PROBLEM_JSON
        )
        for status, texts in sorted(by_status.items())
    }
    if answer is not None:
        responses[200] = ResponseSpec(answer, generate_examples=False, description=answer.__doc__ or "")
    return {"tags": [area], "summary": summary, "responses": responses, "raises": []}


ONE: Final = (NotFound,)
"""Refusals of routes about one thing that has a number."""
