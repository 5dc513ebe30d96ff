"""`shebaoka wechat menu`, against the sandbox's WeChat."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from tests.sandbox.sandbox_driver import TOKEN, furnished, started
from typer.testing import CliRunner

from shebaoka.cli import app
from shebaoka.faces.wechat.interface import WeChat, WeChatRefused
from shebaoka.faces.wechat.menu import menu
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable, http_client

SITE = "https://city.example"


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    with started(furnished(tmp_path_factory.mktemp("wechat"), [])) as sandbox:
        yield sandbox


@pytest.fixture
def settings(outside, tmp_path, monkeypatch):
    shown = outside.http.get("/_wechat/account").json()
    for name, text in (("token", shown["token"]), ("aes_key", shown["aes_key"]), ("secret", TOKEN)):
        (tmp_path / name).write_text(text)
        monkeypatch.setenv(f"SHEBAOKA_WECHAT_{name.upper()}_FILE", str(tmp_path / name))
    monkeypatch.setenv("SHEBAOKA_WECHAT_APP_ID", shown["app_id"])
    monkeypatch.setenv("SHEBAOKA_WECHAT_API_URL", f"{outside.url}/wechat")
    monkeypatch.setenv("SHEBAOKA_SITE_URL", SITE)
    yield tmp_path
    assert outside.http.delete("/_faults").status_code == 204


def shown(outside):
    """Give the menu that people of the sandbox see."""
    whom = {"grant_type": "client_credential", "appid": "wx0000000000000001", "secret": TOKEN}
    token = httpx.post(f"{outside.url}/wechat/cgi-bin/stable_token", json=whom).json()["access_token"]
    return httpx.get(f"{outside.url}/wechat/cgi-bin/menu/get", params={"access_token": token}).json()


def test_the_menu_is_shown_and_pushed(outside, settings):
    told = CliRunner().invoke(app, ["wechat", "menu"])
    assert told.exit_code == 0, told.output
    assert f"网上挂失  {SITE}/login/start?next=/mine/loss" in told.output
    assert shown(outside)["errcode"] == 46003, "showing it gives it to nobody"
    outside.faults("wechat", flaw="expired")
    pushed = CliRunner().invoke(app, ["wechat", "menu", "--push", "--json"])
    assert json.loads(pushed.output)["pushed"] is True
    assert shown(outside) == {"menu": menu(SITE)}


def test_what_is_missing_or_wrong_is_told(outside, settings, monkeypatch):
    (settings / "secret").write_text("wrong")
    refused = CliRunner().invoke(app, ["wechat", "menu", "--push", "--json"])
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["problem"]["type"] == "/problems/wechat-refused"
    assert "40125" in refused.output
    monkeypatch.setenv("SHEBAOKA_WECHAT_APP_ID", "")
    none = CliRunner().invoke(app, ["wechat", "menu"])
    assert none.exit_code == 1
    assert "SHEBAOKA_WECHAT_APP_ID" in none.output


def test_a_token_is_kept_and_our_own_secret_goes_to_nobody_else(outside):
    async def ask():
        async with http_client("", 5) as client:
            assert "authorization" not in client.headers
            wechat = WeChat(
                Partner("wechat", f"{outside.url}/wechat", client),
                "wx0000000000000001",
                TOKEN,
                lambda: now[0],
            )
            before = outside.stats("wechat:token")["calls"]
            await wechat.put_menu(menu(SITE))
            assert await wechat.menu() == menu(SITE)
            assert outside.stats("wechat:token")["calls"] == before + 1
            now[0] += 7000
            await wechat.menu()
            assert outside.stats("wechat:token")["calls"] == before + 2

    now = [0.0]
    asyncio.run(ask())


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ([{"errcode": -1, "errmsg": "system error"}], WeChatRefused),
        ([{"access_token": "a"}], PartnerAnswerRefused),
        ([{"access_token": "a", "expires_in": 7200}, {"errcode": 40001}, {"access_token": "b", "expires_in": 7200},
          {"errcode": 40001}], WeChatRefused),
    ],
)  # fmt: skip
def test_what_wechat_says_is_not_believed_blindly(answers, refusal):
    async def ask():
        left = iter(answers)
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json=next(left)))
        async with httpx.AsyncClient(transport=transport) as client:
            await WeChat(Partner("wechat", "http://wechat", client), "wx1", "s").menu()

    with pytest.raises(refusal):
        asyncio.run(ask())


def test_a_wechat_that_is_down_is_told_so(outside, settings):
    outside.faults("wechat", down=True)
    refused = CliRunner().invoke(app, ["wechat", "menu", "--push", "--json"])
    assert json.loads(refused.stdout)["problem"]["type"] == f"/problems/{PartnerUnavailable.slug}"
