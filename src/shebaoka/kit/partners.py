"""Calls to partners over HTTP: in batches, safe to repeat, and with a clear answer when a partner does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import structlog

from shebaoka.kit.problems import Problem

ITEMS_PER_CALL_MAX = 500
CALLS_AT_ONCE = 4
BATCH_REFUSED = frozenset({400, 409, 422})
"""How a partner says that something is wrong with what it was sent, and not with who sends it or where to."""
REFUSALS_MAX = 64
"""How often a batch may be refused before it is not its items that are wrong; one bad item among 500 comes to ten."""
NUL = rb"\u0000"
"""What some pad their texts with, and no database keeps."""
TRIES = 4
FIRST_WAIT_SECONDS = 0.2

Item = Mapping[str, Any]
log = structlog.get_logger()


class PartnerUnavailable(Problem):
    """A partner does not answer; nothing is lost, the work waits."""

    slug = "partner-unavailable"
    status = 503
    title_zh = "合作方系统暂时没有应答"
    title_en = "A partner's system does not answer"
    remedy_zh = "业务已保留在原状态，合作方恢复后再次运行同一命令即可继续；如持续发生请联系该合作方"
    remedy_en = (
        "The work stays where it was; run the same command again when the partner is back, it goes on by itself. "
        "Call the partner if it lasts"
    )


class PartnerAnswerRefused(Problem):
    """A partner answered something that the agreed interface does not allow."""

    slug = "partner-answer-refused"
    status = 502
    title_zh = "合作方应答不符合接口约定"
    title_en = "A partner's answer does not follow the agreed interface"
    remedy_zh = "业务保持原状态；请将明细转交合作方技术人员核对（接口见 docs/partners.md）"
    remedy_en = "The work stays where it was; show the detail to the partner's engineers (docs/partners.md)"


class _BatchRefused(PartnerAnswerRefused):
    """A partner took nothing of a batch because something in it is wrong."""


class Partner:
    """One partner behind one base URL. The same references may be sent any number of times."""

    def __init__(self, name: str, url: str, client: httpx.AsyncClient) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._client = client

    async def batch(self, path: str, items: Sequence[Item], **more: Any) -> dict[str, dict[str, Any]]:
        """Send items, each with its `reference`, and give the answers by reference.

        Sends chunks of 500, four at a time. Items that the partner did not answer are missing from the result.
        A chunk that is refused is sent again in halves, so that one item which the partner cannot take holds up nobody
        else; it is logged, and missing from the result too. PartnerUnavailable when a chunk got no answer after four
        tries, PartnerAnswerRefused for a malformed answer and when no item at all is taken.
        """
        chunks = [items[i : i + ITEMS_PER_CALL_MAX] for i in range(0, len(items), ITEMS_PER_CALL_MAX)]
        gate = asyncio.Semaphore(CALLS_AT_ONCE)
        refusals: list[_BatchRefused] = []
        not_taken: list[str] = []

        async def send(chunk: Sequence[Item]) -> list[dict[str, Any]]:
            try:
                async with gate:
                    return self._items(await self._call("POST", path, json={**more, "items": chunk}), chunk)
            except _BatchRefused as refusal:
                refusals.append(refusal)
                if len(refusals) > REFUSALS_MAX:
                    raise
            if len(chunk) == 1:
                not_taken.append(chunk[0]["reference"])
                return []
            half = len(chunk) // 2
            return await send(chunk[:half]) + await send(chunk[half:])

        answers = await asyncio.gather(*map(send, chunks))
        if refusals and len(not_taken) == len(items):
            raise refusals[0]
        for reference in not_taken:
            log.error("partner.item_refused", partner=self.name, path=path, reference=reference)
        return {answer["reference"]: answer for chunk in answers for answer in chunk}

    async def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Ask for a document; errors as in `batch`."""
        return await self._call("GET", path, params=parameters)

    async def post(self, path: str, document: Item, **parameters: Any) -> dict[str, Any]:
        """Send one document and give the answer; errors as in `batch`."""
        return await self._call("POST", path, json=document, params=parameters)

    def _items(self, document: dict[str, Any], chunk: Sequence[Item]) -> list[dict[str, Any]]:
        sent = {item["reference"] for item in chunk}
        items = document.get("items")
        if not isinstance(items, list) or any(
            not isinstance(item, dict)
            or not isinstance(item.get("reference"), str)
            or item["reference"] not in sent
            for item in items
        ):
            raise PartnerAnswerRefused(f"{self.name}: items without the references that were sent")
        return items

    async def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        if "json" in request:
            request["content"] = msgspec.json.encode(request.pop("json"))
            request["headers"] = {"content-type": "application/json"}
        for attempt in range(TRIES):
            try:
                response = await self._client.request(method, self._url + path, **request)
                if response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return self._document(response)
                why = f"HTTP {response.status_code}"
            except httpx.TransportError as error:
                why = type(error).__name__
            except httpx.DecodingError as error:
                raise PartnerAnswerRefused(f"{self.name}: not packed as it says: {error}") from error
            if attempt + 1 < TRIES:
                await asyncio.sleep(FIRST_WAIT_SECONDS * 2**attempt)
        raise PartnerUnavailable(f"{self.name}: {why} after {TRIES} tries", partner=self.name)

    def _document(self, response: httpx.Response) -> dict[str, Any]:
        if response.status_code != httpx.codes.OK:
            refused = _BatchRefused if response.status_code in BATCH_REFUSED else PartnerAnswerRefused
            # Not its text, which may repeat the person it is about.
            raise refused(f"{self.name}: HTTP {response.status_code}")
        if NUL in response.content:
            raise PartnerAnswerRefused(f"{self.name}: a NUL character, which no text can have")
        try:
            return msgspec.json.decode(response.content, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise PartnerAnswerRefused(f"{self.name}: not a JSON document in UTF-8: {error}") from error


@asynccontextmanager
async def http_client(token: str, timeout_seconds: float) -> AsyncIterator[httpx.AsyncClient]:
    """Open the HTTP client that partners are called with. `token`: empty for one who knows us otherwise."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    # trust_env off: a proxy meant for the web must never see what goes to a partner.
    async with httpx.AsyncClient(headers=headers, timeout=timeout_seconds, trust_env=False) as client:
        yield client
