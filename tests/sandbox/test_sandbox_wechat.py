"""The WeChat of the sandbox: access tokens, menus, and the telephone."""

from __future__ import annotations

from typing import Any

import httpx
from sandbox_driver import TOKEN, Sandbox

APP_ID = "wx0000000000000001"
MENU = {"button": [{"name": "办卡", "sub_button": [{"type": "click", "name": "挂失", "key": "k"}]}]}
NOBODY = "http://127.0.0.1:9/wechat"


def asked(sandbox: Sandbox, path: str, document: Any, **query: str) -> dict[str, Any]:
    """Ask WeChat's interface, which knows nothing of the sandbox's token."""
    answer = httpx.post(f"{sandbox.url}/wechat/cgi-bin/{path}", json=document, params=query)
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


def token(sandbox: Sandbox, **other: str) -> dict[str, Any]:
    whom = {"grant_type": "client_credential", "appid": APP_ID, "secret": TOKEN}
    return asked(sandbox, "stable_token", whom | other)


def test_an_access_token_stays_the_same_until_it_ends(sandbox: Sandbox) -> None:
    first = token(sandbox)
    assert first["expires_in"] == 7200
    assert token(sandbox) == first
    for change, code in ({"secret": "x"}, 40125), ({"appid": "wx2"}, 40013), ({"grant_type": "x"}, 40002):
        assert token(sandbox, **change)["errcode"] == code
    sandbox.faults("wechat", flaw="expired")
    assert asked(sandbox, "menu/create", MENU, access_token=first["access_token"])["errcode"] == 42001
    second = token(sandbox)
    assert second["access_token"] != first["access_token"]
    assert asked(sandbox, "menu/create", MENU, access_token=second["access_token"])["errcode"] == 0
    assert asked(sandbox, "menu/create", MENU, access_token=first["access_token"])["errcode"] == 40001


def test_a_menu_is_taken_when_it_fits(sandbox: Sandbox) -> None:
    whose = token(sandbox)["access_token"]
    column = MENU["button"][0]
    for menu, code in (
        ({"button": []}, 40016),
        ({"button": [column] * 4}, 40016),
        ({"button": [{**column, "sub_button": column["sub_button"] * 6}]}, 40023),
        ({"button": [{**column, "name": "六个汉字太长"}]}, 40018),
        (MENU, 0),
    ):
        assert asked(sandbox, "menu/create", menu, access_token=whose)["errcode"] == code
    shown = httpx.get(f"{sandbox.url}/wechat/cgi-bin/menu/get", params={"access_token": whose}).json()
    assert shown == {"menu": MENU}
    sandbox.faults("wechat", down=True)
    assert httpx.post(f"{sandbox.url}/wechat/cgi-bin/stable_token", json={}).status_code == 503


def test_a_message_is_sent_three_times_to_one_who_does_not_answer(sandbox: Sandbox) -> None:
    answer = sandbox.http.post("/_wechat/messages", json={"to": NOBODY, "messages": [{"text": "在吗"}]})
    (sent,) = answer.json()
    assert (sent["tries"], sent["reply"]) == ([{"status": 0, "reply": ""}] * 3, "")
    assert httpx.post(f"{sandbox.url}/_wechat/messages", json={}).status_code == 401
    assert httpx.get(f"{sandbox.url}/_wechat/account").status_code == 401


def test_the_telephone_writes_to_this_machine_only(sandbox: Sandbox) -> None:
    page = httpx.get(f"{sandbox.url}/wechat/chat", params={"to": "https://elsewhere.example/wechat"})
    assert page.status_code == 400
    written = httpx.post(f"{sandbox.url}/wechat/chat", data={"to": NOBODY, "text": "<script>"})
    assert "&lt;script&gt;" in written.text
    assert "没有回复" in written.text
