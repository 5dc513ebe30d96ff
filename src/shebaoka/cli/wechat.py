"""`shebaoka wechat`: the official account's menu."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from shebaoka.cli.common import AsJson, refusals, say, say_json
from shebaoka.faces.wechat.account import account
from shebaoka.faces.wechat.interface import WeChat
from shebaoka.faces.wechat.menu import menu
from shebaoka.kit.partners import Partner, http_client
from shebaoka.kit.settings import Settings, SettingsRefused

app = typer.Typer(no_args_is_help=True, help="微信服务号 · The WeChat official account")


@app.callback()
def wechat() -> None:
    """微信服务号 · The WeChat official account."""


@app.command("menu")
def show_menu(
    *,
    push: Annotated[
        bool, typer.Option("--push", help="发布到微信 · give it to WeChat, in place of the one there")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """显示菜单；--push 发布到微信 · Show the menu; with --push give it to WeChat."""
    with refusals(as_json) as settings:
        found = account(settings)
        if found is None:
            raise SettingsRefused("SHEBAOKA_WECHAT_APP_ID: no account is set")
        wanted = menu(found.site_url)
        if push:
            asyncio.run(_push(settings, wanted))
    if as_json:
        say_json({"menu": wanted, "pushed": push})
        return
    for column in wanted["button"]:
        say(column["name"])
        for one in column["sub_button"]:
            say(f"  {one['name']}  {one.get('url') or one['key']}")
    if push:
        say("已发布到微信 · WeChat has it now")


async def _push(settings: Settings, wanted: dict[str, Any]) -> None:
    secret = settings.secret("wechat_secret_file")
    async with http_client("", settings.partner_timeout_seconds) as client:
        partner = Partner("wechat", settings.wechat_api_url, client)
        await WeChat(partner, settings.wechat_app_id, secret).put_menu(wanted)
