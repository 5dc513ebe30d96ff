"""WeChat's addresses: its interface for the account, and a telephone on which one writes to it (both open without the sandbox's token)."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader
from litestar import MediaType, Request, Response, get, post
from litestar.enums import RequestEncodingType
from litestar.handlers import BaseRouteHandler
from litestar.params import Body
from markupsafe import Markup, escape

from shebaoka_sandbox.identity_pages import HERE, OPEN
from shebaoka_sandbox.wechat import WECHAT, Account, Said, Sending, Sent, WeChat

PATH: Final = f"/{WECHAT}"
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "cache-control": "no-store",
}
LINK: Final = re.compile(r"&lt;a href=&#34;(https?://[^\s&]+)&#34;&gt;(.*?)&lt;/a&gt;")
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Document = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.JSON)]
_TEMPLATES: Final = Environment(loader=PackageLoader("shebaoka_sandbox"), autoescape=True)


def handlers(wechat: WeChat) -> list[BaseRouteHandler]:
    """Give WeChat's addresses."""

    @post(f"{PATH}/cgi-bin/stable_token", status_code=200, **OPEN)
    async def token(data: Document) -> dict[str, Any]:
        wechat.enter("token")
        return wechat.give_token(data)

    @post(f"{PATH}/cgi-bin/menu/create", status_code=200, **OPEN)
    async def take_menu(data: Document, access_token: str = "") -> dict[str, Any]:
        wechat.enter("menu")
        return wechat.take_menu(access_token, data)

    @get(f"{PATH}/cgi-bin/menu/get", **OPEN)
    async def show_menu(access_token: str = "") -> dict[str, Any]:
        wechat.enter("menu")
        return wechat.show_menu(access_token)

    @get("/_wechat/account")
    async def account() -> Account:
        return wechat.account

    @post("/_wechat/messages", status_code=200)
    async def send(data: Sending) -> list[Sent]:
        return await wechat.send(data)

    return [token, take_menu, show_menu, account, send, *_telephone(wechat)]


def _telephone(wechat: WeChat) -> list[BaseRouteHandler]:
    """Give the page on which one writes to an account of this machine."""

    @get(f"{PATH}/chat", **OPEN)
    async def chat(request: Request[Any, Any, Any]) -> Response[str]:
        return await _shown(wechat, request.query_params.get("to", ""), Said(event="subscribe"))

    @post(f"{PATH}/chat", status_code=200, **OPEN)
    async def write(data: Form) -> Response[str]:
        return await _shown(wechat, data.get("to", ""), Said(text=data.get("text", "")))

    return [chat, write]


async def _shown(wechat: WeChat, to: str, said: Said) -> Response[str]:
    if urlsplit(to).hostname not in HERE:
        return _page(400, to=to, said=said, reply="to: 只能是本机地址 · an address of this machine only")
    (sent,) = await wechat.send(Sending(to, [said]))
    return _page(200, to=to, said=said, reply=_linked(sent.reply) or "（没有回复 · no reply）")


def _page(status: int, **given: Any) -> Response[str]:
    text = _TEMPLATES.get_template("wechat.html").render(**given)
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=HEADERS)


def _linked(text: str) -> Markup:
    """Show a reply's links as WeChat does, and nothing else of HTML."""
    return Markup(LINK.sub(r'<a href="\1">\2</a>', str(escape(text))))  # noqa: S704 - escaped first
