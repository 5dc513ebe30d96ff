"""The WeChat account against the sandbox, which signs, seals and repeats as WeChat does; and the way from a question to one's own card."""

from __future__ import annotations

import httpx
import pytest
from structlog.testing import capture_logs
from tests.faces.api_town import id_number, person
from tests.web.browsing import PHONE, account_of

from shebaoka.faces.wechat.answering import LISTED, TEXTS, TOPICS
from shebaoka.faces.wechat.endpoint import create_wechat

SOMEBODY = 11


@pytest.fixture
async def web(web_let_in):
    await web_let_in.town.people(person(SOMEBODY))
    return web_let_in


async def sent(web, outside, *messages, to="/wechat"):
    """Let people write to the account; give what became of each."""
    async with httpx.AsyncClient(
        base_url=outside.url, headers=dict(outside.http.headers), timeout=60
    ) as wechat:
        answer = await wechat.post(
            "/_wechat/messages", json={"to": f"{web.address}{to}", "messages": messages}
        )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def replied(web, outside, **message):
    (one,) = await sent(web, outside, message)
    return one["reply"]


async def test_from_a_question_in_the_chat_to_one_s_own_card(web, outside):
    page = await web.visitor(size=PHONE)
    await page.goto(f"{outside.url}/wechat/chat?to={web.address}/wechat")
    assert "回复数字" in await page.inner_text(".theirs"), "who follows the account is welcomed"
    await page.fill("#text", "我的卡到哪里了")
    await page.click("button")
    assert "人工解答" in await page.inner_text(".theirs")
    await page.click(".theirs a")
    await page.wait_for_selector("#number")
    assert page.url.startswith(f"{outside.url}/identity/authorize")
    await page.fill("#number", id_number(SOMEBODY))
    await page.fill("#name", person(SOMEBODY).name)
    await page.click("button:has-text('认证并返回')")
    await page.wait_for_selector("h1:has-text('我的社保卡')")
    assert page.url == f"{web.address}/mine"


async def test_answers_are_the_helpdesk_s_by_the_rules_of_the_day(web, outside):
    asked = (await web.town.http.get("/api/helpdesk/answers", params={"question": "lost"})).json()
    reply = await replied(web, outside, text="卡丢了 怎么办？")
    for sentence in asked["items"][0]["sentences_zh"]:
        assert sentence in reply
    assert "login/start?next=/mine/loss" in reply
    owner = next(
        one
        for one in (await web.town.http.get("/api/helpdesk/topics")).json()["items"]
        if one["topic"] == "loss"
    )
    assert owner["number"] in reply
    for number, topic in enumerate(LISTED, 1):
        title = (await web.town.http.get("/api/helpdesk/answers", params={"question": topic.name})).json()["items"][0]["title_zh"]  # fmt: skip
        assert (await replied(web, outside, text=f"{number}")).startswith(title)
    assert "怎么开通" in await replied(web, outside, event="CLICK", key="question:open")
    for topic in TOPICS.values():
        assert len((await replied(web, outside, text=topic.words[0])).encode()) < 2048
    elsewhere = await replied(web, outside, text="今天天气怎么样")
    assert TEXTS["unknown"] in elsewhere
    assert "人工解答" in elsewhere
    assert await replied(web, outside, kind="voice") == elsewhere.replace(TEXTS["unknown"], TEXTS["not_text"])
    assert await replied(web, outside, event="unsubscribe") == ""


async def test_nothing_personal_is_said_in_a_chat_nor_logged(web, outside):
    with capture_logs() as logs:
        for text in (f"我的身份证{id_number(SOMEBODY)}，卡到哪了", "手机 15400000000 查进度"):
            reply = await replied(web, outside, text=text)
            assert TEXTS["private"] in reply
            assert person(SOMEBODY).name not in reply
    assert id_number(SOMEBODY) not in str(logs)


async def test_a_repeated_message_is_answered_once_for_all(web, outside, monkeypatch):
    made = []
    original = create_wechat.__globals__["Answering"].answer

    async def counted(self, message):
        made.append(message.number)
        return await original(self, message)

    monkeypatch.setattr(create_wechat.__globals__["Answering"], "answer", counted)
    outside.faults("wechat", duplicate=1.0, reorder=1.0)
    first, second = await sent(web, outside, {"text": "要交钱吗"}, {"text": "老卡还能用吗"})
    for one in (first, second):
        assert [each["status"] for each in one["tries"]] == [200, 200, 200], "word for word, and signed anew"
        assert len({each["reply"] for each in one["tries"]}) == 1
    assert made == [first["message_id"], second["message_id"]]
    assert "老卡" in first["reply"], "they came in the other order"


async def test_what_is_not_wechat_s_is_refused_and_what_is_late_is_taken(web, outside):
    for flaw in ("signature", "stale", "account", "plain", "forged"):
        outside.faults("wechat", flaw=flaw)
        with capture_logs() as logs:
            (one,) = await sent(web, outside, {"text": "要交钱吗"})
        assert [each["status"] for each in one["tries"]] == [403], flaw
        assert [line["event"] for line in logs if line["event"].startswith("wechat.")] == ["wechat.refused"]
    outside.faults("wechat", delay_ms=300)
    assert "免费" in await replied(web, outside, text="要交钱吗")
    outside.faults("wechat")
    (lost,) = await sent(web, outside, {"text": "要交钱吗"}, to="/nowhere")
    assert [each["status"] for each in lost["tries"]] == [404], "nobody is there"


async def test_plain_messages_only_where_they_were_set_up(web, outside):
    account = account_of(outside, web.address, plain_allowed=True)
    app = create_wechat(web.town.app, account)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as http:
        now = str(int(create_wechat.__globals__["time"].time()))
        query = {"timestamp": now, "nonce": "1", "signature": account.seal.signature(now, "1")}
        body = "<xml><ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>3</Content><MsgId>1</MsgId></xml>"
        answer = await http.post("/wechat", params=query, content=body)
        assert answer.status_code == 200
        assert "<ToUserName><![CDATA[o1]]>" in answer.text
        assert "<Encrypt>" not in answer.text
