"""Waiting look-ups go to the database together: one call, one commit, for all that wait at that moment.

Each caller is answered only after the transaction that holds the audit fact of its look-up has committed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shebaoka.kit.problems import Problem

Ask = TypeVar("Ask")
Reply = TypeVar("Reply")


class TooBusy(Problem):
    """More requests wait than the service can answer soon."""

    slug = "too-busy"
    status = 503
    title_zh = "查询繁忙"
    title_en = "Too many requests are waiting"
    remedy_zh = "请稍候用同一请求编号重试"
    remedy_en = "Try again shortly with the same request key"


class Coalescer(Generic[Ask, Reply]):
    """Gathers requests that wait and answers them by one call of `answer`, in the same order.

    At most `together_max` go in one call and `calls_max` calls run at once. A request goes at once when no call
    runs; beside a running one another starts only for a crowd (half of `together_max`), for a call costs more
    than what is in it. When a call of several fails, each is asked again on its own, so that a bad one fails alone.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Ask]], Awaitable[Sequence[Reply]]],
        *,
        together_max: int = 64,
        calls_max: int = 2,
        waiting_max: int = 10_000,
    ) -> None:
        self._answer = answer
        self._together_max = together_max
        self._crowd = max(1, together_max // 2)
        self._calls_free = calls_max
        self._waiting_max = waiting_max
        self._waiting: deque[tuple[Ask, asyncio.Future[Reply]]] = deque()
        self._running: set[asyncio.Task[None]] = set()

    async def ask(self, request: Ask) -> Reply:
        """Give the answer to one request, or raise what answering it raised."""
        if len(self._waiting) >= self._waiting_max:
            raise TooBusy
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        self._start()
        return await future

    def _start(self) -> None:
        while self._calls_free and len(self._waiting) >= (self._crowd if self._running else 1):
            self._calls_free -= 1
            task = asyncio.create_task(self._call())
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._calls_free += 1
        self._start()

    async def _call(self) -> None:
        # Those that arrived in the same turn of the loop come along.
        await asyncio.sleep(0)
        count = min(len(self._waiting), self._together_max)
        batch = [self._waiting.popleft() for _ in range(count)]
        batch = [(request, future) for request, future in batch if not future.done()]
        if not batch:
            return
        try:
            replies = await self._answer([request for request, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the callers
            await self._singly(batch, error)
            return
        for (_, future), reply in zip(batch, replies, strict=True):
            if not future.done():
                future.set_result(reply)

    async def _singly(self, batch: list[tuple[Ask, asyncio.Future[Reply]]], error: Exception) -> None:
        for request, future in batch:
            try:
                reply = (await self._answer([request]))[0] if len(batch) > 1 else None
            except Exception as own:  # noqa: BLE001 - as above
                error, reply = own, None
            if future.done():
                continue
            if reply is None:
                future.set_exception(error)
            else:
                future.set_result(reply)
