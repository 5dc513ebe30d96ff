"""Waiting requests go to the database together: one call, one commit, for all that wait at that moment.

Each caller is answered only after the transaction that holds what was done for it, and its audit fact, has committed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Generic, TypeAlias, TypeVar

from shebaoka.kit.problems import Problem

Ask = TypeVar("Ask")
Reply = TypeVar("Reply")
Waiting: TypeAlias = "tuple[Ask, asyncio.Future[Reply]]"


class TooBusy(Problem):
    """More requests wait than the service can answer soon."""

    slug = "too-busy"
    status = 503
    title_zh = "请求繁忙"
    title_en = "Too many requests are waiting"
    remedy_zh = "请稍候用同一请求编号重试"
    remedy_en = "Try again shortly with the same request key"


class Apart(Exception):  # noqa: N818 - not an error: a way to answer
    """Nothing was done: those at these places have to be asked alone, and the others again without them."""

    def __init__(self, alone: Collection[int]) -> None:
        super().__init__()
        assert alone, "somebody is the reason"
        self.alone = alone


class Coalescer(Generic[Ask, Reply]):
    """Gathers requests that wait and answers them by one call of `answer`, in the same order.

    At most `together_max` go in one call and `calls_max` calls run at once. A request goes at once when no call
    runs; beside a running one another starts only for a crowd (half of `together_max`), for a call costs more
    than what is in it. When a call of several fails, each is asked again on its own, so that a bad one fails alone;
    when it raises Apart, the good ones stay together. Whatever is asked must be safe to ask again.
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
        self._waiting: deque[Waiting[Ask, Reply]] = deque()
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
        await self._together(batch)

    async def _together(self, batch: list[Waiting[Ask, Reply]]) -> None:
        batch = [(request, future) for request, future in batch if not future.done()]
        if not batch:
            return
        try:
            replies = await self._answer([request for request, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the callers
            if len(batch) > 1:
                await self._divide(batch, error.alone if isinstance(error, Apart) else range(len(batch)))
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        for (_, future), reply in zip(batch, replies, strict=True):
            if not future.done():
                future.set_result(reply)

    async def _divide(self, batch: list[Waiting[Ask, Reply]], alone: Collection[int]) -> None:
        await self._together([one for n, one in enumerate(batch) if n not in alone])
        # At once: one who waits for what somebody else holds does not keep the others waiting.
        await asyncio.gather(*(self._together([batch[n]]) for n in alone))
