"""Proofs from the city's service: a terminal without keys of its own proves itself to one card with a ticket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import httpx

from shebaoka.chip.reading import Prove
from shebaoka.kit.problems import Problem

PROOFS: Final = "/api/card-proofs"
TIMEOUT_SECONDS: Final = 10.0


class CityUnreachable(Problem):
    """The city's service gave no answer that can be used."""

    slug = "city-unreachable"
    status = 502
    title_zh = "本市服务没有应答，不能取得读写卡的认证数据"
    title_en = "The city's service does not answer: there is no proof for the card"
    remedy_zh = "请检查网络与 --server 所给地址后重试；卡片未被改动"
    remedy_en = (
        "Check the network and the address given with --server, then try again; the card was not changed"
    )


class CityRefused(Problem):
    """The city's service refused; member `refusal` is its own problem document."""

    slug = "city-refused"
    status = 403
    title_zh = "本市服务拒绝提供读写卡的认证数据"
    title_en = "The city's service refused the proof for the card"
    remedy_zh = "请按 refusal 中的办法处理"
    remedy_en = "Do what refusal says"


class CityProofs:
    """What a ticket is good for. `server`: the service's address (https://…); `ticket`: for one card, soon over.

    In turn it proves with the keys in force and with each version before them that cards in the field may have.
    """

    def __init__(self, server: str, ticket: str, client: httpx.Client) -> None:
        self._url = server.rstrip("/") + PROOFS
        self._ticket = ticket
        self._client = client
        self._version: int | None = None
        self._older: int | None = None

    def __iter__(self) -> Iterator[Prove]:
        yield self.prove
        while self._older is not None:
            self._version = self._older
            yield self.prove

    def prove(self, algorithm: int, key: int, factor: bytes, challenge: bytes) -> bytes:
        """Give the proof that a card asks for; fits `chip.reading.Prove`. Raises CityRefused, CityUnreachable."""
        asked: dict[str, Any] = {
            "algorithm": algorithm, "key": key, "factor": factor.hex(), "challenge": challenge.hex()
        }  # fmt: skip
        if self._version is not None:
            asked["version"] = self._version
        try:
            answer = self._client.post(
                self._url, json=asked, headers={"Authorization": f"Bearer {self._ticket}"}, timeout=TIMEOUT_SECONDS
            )  # fmt: skip
            told: Any = answer.json()
            if answer.is_success:
                self._older = told.get("older")
                return bytes.fromhex(told["proof"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CityUnreachable(type(error).__name__) from error
        refusal = told if isinstance(told, dict) else {}
        raise CityRefused(
            f"{refusal.get('title_zh', '')} · {refusal.get('title', answer.status_code)}", refusal=refusal
        )
