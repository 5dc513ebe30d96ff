"""Request keys: the same request sent twice does the same once and is answered the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from shebaoka.kit import queries
from shebaoka.kit.problems import Problem
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Work

SQL = queries.load(str(Path(__file__).with_name("store.py")))
KEY_LENGTHS = range(8, 101)


class RequestKeyMissing(Problem):
    """A request that changes something came without a usable key."""

    slug = "request-key-missing"
    title_zh = "缺少请求编号"
    title_en = "The request carries no usable request key"
    remedy_zh = "请在 Idempotency-Key 请求头中给出 8 至 100 个字符的唯一编号；重发同一请求时用同一编号"
    remedy_en = (
        "Send a header Idempotency-Key of 8 to 100 characters, the same one when you send the request again"
    )


class RequestKeyReused(Problem):
    """The key was used before for another request."""

    slug = "request-key-reused"
    status = 409
    title_zh = "请求编号已用于另一内容的请求"
    title_en = "This request key was used for a request with another content"
    remedy_zh = "内容不同即是新的请求，请换用新的编号；若想重发，请原样发送"
    remedy_en = "Another content is a new request and needs a new key; to repeat a request send it unchanged"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered: HTTP status and JSON document; `replayed` when it was stored earlier."""

    status: int
    document: Any
    replayed: bool = False


async def once(
    work: Work, endpoint: str, key: str | None, body: bytes, act: Callable[[], Awaitable[Answer]]
) -> Answer:
    """Run `act` unless this organisation has sent this key to this endpoint before; then give the stored answer.

    A refusal raised by `act` rolls the claim back with everything else, so the same key may be sent again.
    """
    if key is None or len(key) not in KEY_LENGTHS:
        raise RequestKeyMissing
    name = {"request_key": key, "organisation_id": work.actor.organisation_id, "endpoint": endpoint}
    digest = sm3(body)
    if await work.row(SQL["claim"], {**name, "digest": digest, "now": work.now}) is None:
        return await _replay(work, name, digest)
    answer = await act()
    stored = msgspec.json.encode(answer.document).decode()
    await work.run(SQL["answered"], {**name, "status": answer.status, "answer": stored})
    return answer


async def kept(work: Work, endpoint: str, key: str) -> Any:
    """Give the document that was answered under a key that this organisation has used."""
    row = await work.row(
        SQL["claimed"],
        {"request_key": key, "organisation_id": work.actor.organisation_id, "endpoint": endpoint},
    )
    assert row, "a claimed key has a row"
    return row[2]


async def _replay(work: Work, name: dict[str, Any], digest: bytes) -> Answer:
    row = await work.row(SQL["claimed"], name)
    assert row, "a claimed key has a row"
    if bytes(row[0]) != digest:
        raise RequestKeyReused
    return Answer(row[1], row[2], replayed=True)
