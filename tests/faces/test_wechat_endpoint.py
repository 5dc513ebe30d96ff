"""The WeChat account's address by itself: seals, signatures, replays, bodies that are none of WeChat's, and the five seconds."""

from __future__ import annotations

import asyncio
from base64 import b64decode

import httpx
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from shebaoka.faces.wechat import answering, envelope, menu
from shebaoka.faces.wechat.account import Account, account
from shebaoka.faces.wechat.answering import LISTED, TEXTS, TOPICS, Answering, plain, understood
from shebaoka.faces.wechat.endpoint import BODY_BYTES_MAX, create_wechat
from shebaoka.faces.wechat.memory import KEPT_SECONDS, Answers, Nonces
from shebaoka.faces.wechat.seal import Seal, SealBroken, read_key
from shebaoka.kit.settings import Settings, SettingsRefused

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
"""Of 0123456789abcdef, twice."""
SEAL = Seal("wx0000000000000001", "token", read_key(KEY))
NOW = 1_560_000_000
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
)
REACH = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><xml><Encrypt>&a;</Encrypt></xml>'


class Clock:
    """Seconds since 1970, as the tests say."""

    def __init__(self) -> None:
        self.at = float(NOW)

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def http(clock):
    async with client_of(clock) as http:
        yield http


def client_of(clock, **more):
    app = create_wechat(nothing, Account(SEAL, "https://city.example/"), seconds=clock, **more)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here")


async def nothing(_scope, _receive, _send):
    raise AssertionError("the interface is not asked")


def document(text="你好", number="1", more=""):
    return (
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>o_1</FromUserName><CreateTime>{NOW}</CreateTime><MsgType>text</MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{number}</MsgId>{more}</xml>"
    )


def signed(body, nonce="n1", at=NOW):
    """Give query and body of a message, as WeChat sends it."""
    sealed = SEAL.close(body.encode(), b"r" * 16)
    query = {"timestamp": str(at), "nonce": nonce, "encrypt_type": "aes", "signature": SEAL.signature(str(at), nonce),
             "msg_signature": SEAL.signature(str(at), nonce, sealed)}  # fmt: skip
    return query, f"<xml><Encrypt>{sealed}</Encrypt></xml>"


async def post(http, query, body):
    return await http.post("/wechat", params=query, content=body)


def opened(answer):
    """Open a reply, and check its signature."""
    outer = envelope.fields(answer.content)
    assert SEAL.fits(outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
    return envelope.fields(SEAL.open(outer["Encrypt"]))


@pytest.fixture
def echoing(monkeypatch):
    """Answers with what was written; gives what was answered."""
    made = []

    async def echo(_self, message):
        made.append(message.number)
        return f"回{message.text}]]>"

    monkeypatch.setattr(Answering, "answer", echo)
    return made


def test_a_signature_is_the_one_that_was_computed_by_hand():
    # printf '%s' 1560000000n1token | sha1sum
    assert SEAL.signature(str(NOW), "n1") == "510179f79d1d303a7dadc1e0fc2e1d60bdf8d38d"
    assert not SEAL.fits("", str(NOW), "n1")


def test_a_seal_is_what_the_documentation_says():
    sealed = b64decode(SEAL.close("社保".encode(), b"r" * 16))
    cipher = Cipher(algorithms.AES(SEAL.key), modes.CBC(SEAL.key[:16])).decryptor()
    assert cipher.update(sealed) + cipher.finalize() == (
        b"r" * 16 + b"\0\0\0\6" + "社保".encode() + b"wx0000000000000001" + b"\x14" * 20
    )
    assert "token" not in repr(SEAL)


@given(st.binary(max_size=300))
def test_what_is_sealed_is_opened(message):
    assert SEAL.open(SEAL.close(message, b"c" * 16)) == message


@given(st.binary(max_size=200))
def test_what_was_not_sealed_is_not_opened(rubbish):
    with pytest.raises(SealBroken):
        SEAL.open(rubbish.hex())


def test_another_account_s_seal_is_broken():
    with pytest.raises(SealBroken, match="another account"):
        SEAL.open(Seal("wx0000000000000002", "token", SEAL.key).close(b"x", b"r" * 16))


@pytest.mark.parametrize("text", ["", KEY[:-1], KEY + "A", "!" * 43])
def test_a_key_that_is_none(text):
    with pytest.raises(ValueError):
        read_key(text)


async def test_the_handshake_gives_back_what_came(http):
    query = {
        "timestamp": str(NOW),
        "nonce": "n1",
        "signature": SEAL.signature(str(NOW), "n1"),
        "echostr": "<b>5",
    }
    answer = await http.get("/wechat", params=query)
    assert (answer.status_code, answer.text) == (200, "<b>5")
    assert answer.headers["content-type"].startswith("text/plain")
    for wrong in (
        {"signature": "0" * 40},
        {"nonce": "n2"},
        {"timestamp": str(NOW - 301)},
        {"timestamp": "x"},
    ):
        assert (await http.get("/wechat", params=query | wrong)).status_code == 403
    assert (await http.get("/wechat")).status_code == 403


async def test_a_message_is_answered_under_seal(http, echoing):
    answer = await post(http, *signed(document("]] & <a>")))
    said = opened(answer)
    assert (said["ToUserName"], said["FromUserName"], said["MsgType"]) == ("o_1", "gh_1", "text")
    assert said["Content"] == "回]] & <a>]]>"
    assert answer.headers["content-type"].startswith("application/xml")


async def test_what_was_signed_for_another_message_is_refused(http, echoing):
    query, body = signed(document())
    _, another = signed(document("别的"))
    assert (await post(http, query, another)).status_code == 403
    assert (await post(http, query | {"msg_signature": "é"}, body)).status_code == 403
    assert (
        await post(http, {name: query[name] for name in query if name != "msg_signature"}, body)
    ).status_code == 403
    assert echoing == []


async def test_a_replay_does_nothing_again(http, echoing, clock):
    query, body = signed(document())
    first = await post(http, query, body)
    again = await post(http, query, body)
    assert opened(first) == opened(again)
    assert echoing == ["1"]
    clock.at += 301
    assert (await post(http, query, body)).status_code == 403, "it is too old"
    assert (await post(http, *signed(document(), at=NOW + 301))).status_code == 200
    assert echoing == ["1"], "the same number, signed anew, is WeChat's repetition"


async def test_a_nonce_with_another_message_is_refused(clock, echoing):
    """Where messages are not sealed, the signature is about the nonce alone."""
    app = create_wechat(nothing, Account(SEAL, "https://city.example", plain_allowed=True), seconds=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as http:
        query = {"timestamp": str(NOW), "nonce": "n1", "signature": SEAL.signature(str(NOW), "n1")}
        assert (await post(http, query, document())).status_code == 200
        assert (await post(http, query, document("别的", "2"))).status_code == 403
        assert (await post(http, query, document())).status_code == 200
    assert echoing == ["1"]


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        REACH,
        b"",
        b"<xml>",
        b"\xff\xfe",
        b"<xml><Encrypt/></xml>",
        "<xml><Encrypt>社</Encrypt></xml>".encode(),
    ],
)
async def test_a_body_that_is_none_of_wechat_s(http, body):
    query = signed(document())[0]
    assert (await post(http, query, body)).status_code == 403


@pytest.mark.parametrize("body", [BOMB, REACH], ids=["grows", "reaches out"])
def test_no_entity_is_read(body):
    with pytest.raises(envelope.Unreadable, match="DTDForbidden"):
        envelope.fields(body)


@pytest.mark.parametrize(
    "inner", [BOMB.decode(), "<xml></xml>", "plain", document().replace("MsgType", "Other")]
)
async def test_a_sealed_message_that_cannot_be_read(http, inner):
    assert (await post(http, *signed(inner))).status_code == 403


async def test_a_body_that_is_too_large(http, echoing):
    query, body = signed(document("长" * BODY_BYTES_MAX))
    assert (await post(http, query, body)).status_code == 413
    assert echoing == []


async def test_an_event_without_a_number_is_known_by_its_moment(http, echoing):
    event = document().replace("<MsgId>1</MsgId>", "").replace(">text<", ">event<").replace("</xml>", "<Event>CLICK</Event><EventKey>k</EventKey></xml>")  # fmt: skip
    for nonce in ("n1", "n2"):
        assert (await post(http, *signed(event, nonce))).status_code == 200
    assert len(echoing) == 1


async def test_what_takes_long_is_told_in_time_and_found_by_the_next_try(clock, monkeypatch):
    go_on, made = asyncio.Event(), []

    async def slow(_self, message):
        made.append(message.number)
        await go_on.wait()
        return "终于"

    monkeypatch.setattr(Answering, "answer", slow)
    async with client_of(clock, patience_seconds=0.01) as http:
        assert opened(await post(http, *signed(document())))["Content"] == TEXTS["busy"]
        go_on.set()
        assert opened(await post(http, *signed(document(), "n2")))["Content"] == "终于"
    assert made == ["1"]


async def test_an_interface_that_fails_is_told_as_busy(http):
    said = opened(await post(http, *signed(document("要交钱吗"))))
    assert said["Content"] == TEXTS["busy"]


async def test_what_was_answered_is_forgotten_in_time(clock):
    made = []

    async def make():
        made.append(1)
        return "x"

    answers, nonces = Answers(clock), Nonces(clock)
    assert await answers.of("1", make) == await answers.of("1", make) == "x"
    assert (nonces.takes("n", b"a"), nonces.takes("n", b"b"), nonces.takes("n", b"a")) == (True, False, True)
    clock.at += KEPT_SECONDS + 1
    await answers.of("1", make)
    assert len(made) == 2
    assert nonces.takes("n", b"b")


def test_the_memory_has_an_end(clock, monkeypatch):
    monkeypatch.setattr("shebaoka.faces.wechat.memory.KEPT_MOST", 3)
    nonces = Nonces(clock)
    for n in range(10):
        assert nonces.takes(str(n), b"")
    assert len(nonces._kept) == 3


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我的卡 丢 了", "lost"), ("挂 失", "lost"), ("老卡还能用吗？", "old_card"), ("什么时候换卡", "when"), ("去哪里办", "where"),
        ("要 带 什 么 材 料", "documents"), ("我的卡到哪里了", "where_is_my_card"), ("１", "when"), ("9", "who_may_act"), ("去哪里开通", "open"),
        ("孩子的卡可以替他办吗", "who_may_act"), ("0", None), ("10", None), ("今天天气", None), ("", None),
    ],
)  # fmt: skip
def test_what_people_mean(text, name):
    found = understood(plain(text))
    assert (found.name if found else None) == name


def test_a_long_answer_is_cut_after_a_sentence():
    text = answering._short("题", ["句" * 300 + "。"] * 5, ["尾"])
    assert len(text.encode()) <= answering.BYTES_MAX
    assert text.endswith(f"。\n{TEXTS['more']}\n尾")


def test_the_menu_is_one_that_wechat_takes():
    columns = menu.menu("https://city.example/")["button"]
    assert 1 <= len(columns) <= 3
    for column in columns:
        assert len(column["name"]) <= 4
        assert 1 <= len(column["sub_button"]) <= 5
        for one in column["sub_button"]:
            assert len(one["name"]) <= 8
            if one["type"] == "view":
                assert one["url"].startswith("https://city.example/")
            else:
                assert one["key"].removeprefix("question:") in set(TOPICS)


def test_words_lead_to_questions_and_links_that_exist():
    assert len(LISTED) == 9
    assert {topic.link for topic in TOPICS.values()} - {""} <= set(answering.LINKS)
    for link in answering.LINKS.values():
        assert link["path"].startswith("/")


@pytest.fixture
def settings(tmp_path):
    for name, text in (("token", "t"), ("key", KEY), ("short", "x")):
        (tmp_path / name).write_text(f"{text}\n")
    return {"wechat_app_id": "wx1", "wechat_token_file": str(tmp_path / "token"), "wechat_aes_key_file": str(tmp_path / "key"),
            "site_url": "https://city.example"}  # fmt: skip


def test_the_settings_say_whether_there_is_an_account(settings):
    assert account(Settings()) is None
    found = account(Settings(**settings))
    assert (found.seal, found.plain_allowed) == (Seal("wx1", "t", SEAL.key), False)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"wechat_token_file": ""}, "WECHAT_TOKEN_FILE"),
        ({"wechat_aes_key_file": ""}, "WECHAT_AES_KEY_FILE"),
        ({"site_url": ""}, "SITE_URL"),
        ({"site_url": "http://city.example"}, "SITE_URL"),
        ({"wechat_token_file": "/nowhere"}, "WECHAT_TOKEN_FILE"),
    ],
)
def test_settings_that_cannot_be_used_are_named(settings, change, named):
    with pytest.raises(SettingsRefused, match=named):
        account(Settings(**settings | change))


def test_a_key_of_another_length_is_named(settings, tmp_path):
    with pytest.raises(SettingsRefused, match="WECHAT_AES_KEY_FILE"):
        account(Settings(**settings | {"wechat_aes_key_file": str(tmp_path / "short")}))
