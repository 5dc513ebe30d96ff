"""What is answered in the chat: the helpdesk's answers by the rules of the day, ways to the pages, and never anything personal."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from litestar.types import ASGIApp

from shebaoka.faces.web.backend import Backend
from shebaoka.faces.web.showing import day
from shebaoka.faces.wechat.envelope import Message

SOURCE: Final = "the WeChat account"
BYTES_MAX: Final = 2000
"""Of a text; WeChat takes 2048."""
PRIVATE: Final = re.compile(r"(?<!\d)(?:\d{17}[\dx]|1\d{10})(?!\d)")
"""An ID number or a mobile number, in small letters."""
CLICKED: Final = "question:"
NOTHING: Final = ""
"""No reply: the person has only moved about."""
_WORDS: Final = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
TEXTS: Final[Mapping[str, str]] = _WORDS["texts"]
LINKS: Final[Mapping[str, Mapping[str, str]]] = _WORDS["links"]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Topic:
    """A question of the helpdesk as people put it."""

    name: str
    topic: str
    words: Sequence[str]
    link: str = ""
    urgent: bool = False


TOPICS: Final = {one["name"]: Topic(**one) for one in _WORDS["questions"]}
LISTED: Final = tuple(TOPICS[name] for name in _WORDS["listed"])
"""Questions that have a number, from 1, with which one may reply."""


class Answering:
    """Answers messages as nobody: the interface is asked without a token, and tells what it tells everybody."""

    def __init__(self, api: ASGIApp, site_url: str) -> None:
        self._backend = Backend(api, "", SOURCE)
        self._site_url = site_url.rstrip("/")

    async def answer(self, message: Message) -> str:
        """Give the text to reply with, or nothing. What fails is logged without what was written, and told to be busy."""
        try:
            return await self._answer(message)
        except Exception as error:  # noqa: BLE001 - whoever wrote is told something, whatever happened
            said = type(error).__name__
            log.error("wechat.failed", kind=message.kind, event_kind=message.event, error=said)  # noqa: TRY400 - a trace may bear what was written
            return TEXTS["busy"]

    async def _answer(self, message: Message) -> str:
        match message.kind, message.event:
            case "text", _:
                return await self._to_text(plain(message.text))
            case "event", "subscribe":
                return await self._listed("welcome")
            case "event", "CLICK":
                return await self._to_click(message.key)
            case "event", _:
                return NOTHING
            case _:
                return await self._listed("not_text")

    async def _to_text(self, text: str) -> str:
        if PRIVATE.search(text):
            return f"{TEXTS['private']}\n{self._link('mine')}"
        topic = understood(text)
        return await self._by_rules(topic) if topic else await self._listed("unknown")

    async def _to_click(self, key: str) -> str:
        name = key.removeprefix(CLICKED)
        topic = TOPICS.get(name)
        return await self._by_rules(topic) if topic else await self._listed("unknown")

    async def _by_rules(self, topic: Topic) -> str:
        found = await self._backend.get("/api/helpdesk/answers", question=topic.name)
        (said,) = found["items"]
        end = [TEXTS["by_rules"].format(day=day(found["on"])), await self._person(topic.topic)]
        if topic.link:
            end.insert(0, self._link(topic.link))
        return _short(said["title_zh"], said["sentences_zh"], end)

    async def _listed(self, text: str) -> str:
        numbered = [f"{number} {title}" for number, title in enumerate(await self._titles(), 1)]
        return "\n".join([TEXTS[text], *numbered, await self._person("other"), self._link("mine")])

    async def _titles(self) -> list[str]:
        found = await self._backend.get("/api/helpdesk/answers")
        titles = {one["question"]: one["title_zh"] for one in found["items"]}
        return [titles[one.name] for one in LISTED]

    async def _person(self, topic: str) -> str:
        """Say who answers further: the line that owns the topic by the rules of the day."""
        found = await self._backend.get("/api/helpdesk/topics")
        owner: dict[str, Any] = next(one for one in found["items"] if one["topic"] == topic)
        return TEXTS["ask_bank"] if owner["own_bank"] else TEXTS["ask_person"].format(number=owner["number"])

    def _link(self, name: str) -> str:
        there = LINKS[name]
        return f'<a href="{self._site_url}{there["path"]}">{there["zh"]}</a>'


def plain(text: str) -> str:
    """Give a text as it is compared: half-width, small letters, without spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()


def understood(text: str) -> Topic | None:
    """Give the question that is meant: by its number in the list, else by the words that stand in the text."""
    if text.isascii() and text.isdigit() and 0 < int(text) <= len(LISTED):
        return LISTED[int(text) - 1]
    hits = [(one.urgent, len(word), one) for one in TOPICS.values() for word in one.words if word in text]
    return max(hits, key=lambda hit: hit[:2])[2] if hits else None


def _short(title: str, sentences: Sequence[str], end: Sequence[str]) -> str:
    """Put an answer together; what is too long for WeChat is cut after a sentence, and says so."""
    for kept in range(len(sentences), 0, -1):
        rest = [] if kept == len(sentences) else [TEXTS["more"]]
        text = "\n".join([title, *sentences[:kept], *rest, *end])
        if len(text.encode()) <= BYTES_MAX:
            return text
    return "\n".join([title, TEXTS["more"], *end])
