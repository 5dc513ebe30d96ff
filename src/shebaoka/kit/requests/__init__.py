"""Request keys: the same request sent twice does the same once and is answered the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from shebaoka.kit import queries
from shebaoka.kit.problems import Problem
from shebaoka.kit.sm import sm3
from shebaoka.kit.work import Row, Work

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


@dataclass(frozen=True, slots=True)
class Claim:
    """A request by its key: to which endpoint, of which organisation, and a digest of what it asks for."""

    endpoint: str
    organisation_id: int
    key: str
    digest: bytes


def claim_of(endpoint: str, organisation_id: int, key: str | None, body: bytes) -> Claim:
    """Give the claim of a request. Raises RequestKeyMissing."""
    if key is None or len(key) not in KEY_LENGTHS:
        raise RequestKeyMissing
    return Claim(endpoint, organisation_id, key, sm3(body))


async def once(work: Work, claim: Claim, act: Callable[[], Awaitable[Answer]]) -> Answer:
    """Run `act` unless this organisation has sent this key to this endpoint before; then give the stored answer.

    A refusal raised by `act` rolls the claim back with everything else, so the same key may be sent again.
    """
    if not (await claim_many(work, [claim]))[0]:
        return await _replay(work, claim)
    answer = await act()
    await keep(work, [(claim, answer)])
    return answer


async def claim_many(work: Work, claims: Sequence[Claim]) -> list[bool]:
    """Claim the keys of several requests; tell of each whether it had not come before: of the same twice, the first."""
    rows = await work.rows(SQL["claim"], _named(claims) | {
        "digests": [claim.digest for claim in claims], "now": work.now,
    })  # fmt: skip
    new = set(rows)
    told: list[bool] = []
    for claim in claims:
        name = (claim.endpoint, claim.organisation_id, claim.key)
        told.append(name in new)
        new.discard(name)
    return told


async def keep(work: Work, answers: Sequence[tuple[Claim, Answer]]) -> None:
    """Store what claimed requests are answered."""
    await work.run(SQL["answered"], _named([claim for claim, _ in answers]) | {
        "statuses": [answer.status for _, answer in answers],
        "answers": msgspec.json.encode([answer.document for _, answer in answers]).decode(),
    })  # fmt: skip


async def kept(work: Work, claim: Claim) -> Any:
    """Give the document that was answered under a key that was claimed before, whatever was asked then."""
    return (await _claimed(work, claim))[2]


async def _replay(work: Work, claim: Claim) -> Answer:
    digest, status, document = await _claimed(work, claim)
    if bytes(digest) != claim.digest:
        raise RequestKeyReused
    return Answer(status, document, replayed=True)


async def _claimed(work: Work, claim: Claim) -> Row:
    row = await work.row(SQL["claimed"], {
        "request_key": claim.key, "organisation_id": claim.organisation_id, "endpoint": claim.endpoint,
    })  # fmt: skip
    assert row, "a claimed key has a row"
    return row


def _named(claims: Sequence[Claim]) -> dict[str, Any]:
    return {
        "keys": [claim.key for claim in claims],
        "organisations": [claim.organisation_id for claim in claims],
        "endpoints": [claim.endpoint for claim in claims],
    }
