"""Waiting requests go together, each gets its own answer, and a bad one fails alone."""

import asyncio

from shebaoka.kit.coalescing import Apart, Coalescer, TooBusy


class Desk:
    """Answers batches, holds them while the gate is shut, and notes their sizes."""

    def __init__(self):
        self.gate = asyncio.Event()
        self.gate.set()
        self.called = asyncio.Event()
        self.batches = []

    async def answer(self, requests):
        self.batches.append(list(requests))
        self.called.set()
        await self.gate.wait()
        if "poison" in requests:
            raise ValueError("poison")
        return [request * 2 for request in requests]


async def test_what_waits_goes_together_and_everybody_gets_his_own_answer():
    desk = Desk()
    coalescer = Coalescer(desk.answer, together_max=64, calls_max=1)
    desk.gate.clear()
    asks = [asyncio.create_task(coalescer.ask(i)) for i in range(100)]
    await desk.called.wait()
    desk.gate.set()
    assert await asyncio.gather(*asks) == [i * 2 for i in range(100)]
    assert [len(batch) for batch in desk.batches] == [64, 36]


async def test_a_single_request_does_not_wait_for_others():
    desk = Desk()
    assert await asyncio.wait_for(Coalescer(desk.answer).ask(4), 60) == 8


async def test_at_most_so_many_calls_run_at_once():
    desk = Desk()
    desk.gate.clear()
    coalescer = Coalescer(desk.answer, together_max=1, calls_max=3)
    asks = [asyncio.create_task(coalescer.ask(i)) for i in range(10)]
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(desk.batches) == 3
    desk.gate.set()
    assert len(await asyncio.gather(*asks)) == 10


async def test_a_bad_request_fails_alone():
    desk = Desk()
    coalescer = Coalescer(desk.answer, calls_max=1)
    desk.gate.clear()
    asks = [asyncio.create_task(coalescer.ask(request)) for request in ("a", "poison", "b")]
    await desk.called.wait()
    desk.gate.set()
    first, bad, last = await asyncio.gather(*asks, return_exceptions=True)
    assert (first, last) == ("aa", "bb")
    assert isinstance(bad, ValueError)


async def test_those_who_must_be_asked_alone_are_and_the_others_stay_together():
    asked = []

    async def answer(requests):
        asked.append(list(requests))
        odd = [n for n, request in enumerate(requests) if request % 2]
        if odd and len(requests) > 1:
            raise Apart(odd)
        return [-request for request in requests]

    coalescer = Coalescer(answer, calls_max=1)
    assert await asyncio.gather(*(coalescer.ask(n) for n in (2, 3, 4, 5))) == [-2, -3, -4, -5]
    assert asked == [[2, 3, 4, 5], [2, 4], [3], [5]]


async def test_one_who_waits_alone_keeps_nobody_waiting():
    held = asyncio.Event()

    async def answer(requests):
        if len(requests) > 1:
            raise ValueError("together")
        if requests == ["held"]:
            await held.wait()
        return requests

    coalescer = Coalescer(answer, calls_max=1)
    first, *others = [asyncio.create_task(coalescer.ask(one)) for one in ("held", "a", "b")]
    assert await asyncio.wait_for(asyncio.gather(*others), 60) == ["a", "b"]
    assert not first.done()
    held.set()
    assert await first == "held"


async def test_one_who_left_is_not_asked_for():
    desk = Desk()
    desk.gate.clear()
    coalescer = Coalescer(desk.answer, calls_max=1)
    blocker = asyncio.create_task(coalescer.ask("a"))
    await desk.called.wait()
    gone, stays = asyncio.create_task(coalescer.ask("gone")), asyncio.create_task(coalescer.ask("b"))
    await asyncio.sleep(0)
    gone.cancel()
    desk.gate.set()
    assert (await blocker, await stays) == ("aa", "bb")
    assert "gone" not in desk.batches[1]


async def test_too_many_waiting_are_refused_aloud():
    desk = Desk()
    desk.gate.clear()
    coalescer = Coalescer(desk.answer, together_max=1, calls_max=1, waiting_max=2)
    asks = [asyncio.create_task(coalescer.ask(i)) for i in range(5)]
    for _ in range(20):
        await asyncio.sleep(0)
    desk.gate.set()
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert any(isinstance(answer, TooBusy) for answer in answers)
