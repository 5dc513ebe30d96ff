"""A small HTTP load client: keep-alive connections, each sending the next request when the last is answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvloop


@dataclass(frozen=True, slots=True)
class Load:
    """What a load run found. `seconds` is wall time; latencies are sorted, in milliseconds."""

    requests: int
    seconds: float
    not_2xx: int
    latencies_ms: list[float]

    @property
    def per_second(self) -> float:
        """Requests answered per second."""
        return self.requests / self.seconds

    def percentile_ms(self, share: float) -> float:
        """Give the latency below which `share` of the requests were answered."""
        return self.latencies_ms[min(int(share * len(self.latencies_ms)), len(self.latencies_ms) - 1)]


def request(method: str, path: str, host: str, *, body: bytes = b"", headers: str = "") -> bytes:
    """Give the bytes of one HTTP/1.1 request; `headers` are whole lines, each with its line end."""
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{length}{headers}\r\n".encode() + body


def run(url: str, requests: Callable[[int], bytes], count: int, concurrency: int) -> Load:
    """Send `count` requests (number i is requests(i)) over so many connections to a server of this machine."""
    address = urlsplit(url)
    assert address.hostname == "127.0.0.1", "load goes to this machine only"
    return uvloop.run(_run(address.port or 80, requests, count, concurrency))


async def _run(port: int, requests: Callable[[int], bytes], count: int, concurrency: int) -> Load:
    latencies: list[float] = []
    numbers = iter(range(count))
    bad = 0

    async def connection() -> None:
        nonlocal bad
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            started = time.perf_counter()
            writer.write(requests(number))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
            latencies.append((time.perf_counter() - started) * 1000)
            bad += head[9:10] != b"2"
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    await asyncio.gather(*[connection() for _ in range(concurrency)])
    return Load(count, time.perf_counter() - started, bad, sorted(latencies))
