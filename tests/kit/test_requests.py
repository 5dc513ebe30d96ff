"""The same request twice does the same once; the same key with another body is refused aloud."""

import asyncio

import pytest

from shebaoka.kit.actor import Actor
from shebaoka.kit.problems import NotFound
from shebaoka.kit.requests import Answer, RequestKeyMissing, RequestKeyReused, claim_many, claim_of, once

KEY = "0123456789abcdef"


async def send(database, *, key=KEY, body=b"{}", organisation=1, endpoint="POST /x", fail=False):
    async with database.work(Actor("client:a", organisation, "bank_system")) as work:

        async def act():
            work.record(1, "acted", "x")
            if fail:
                raise NotFound
            return Answer(201, {"made": 1})

        return await once(work, claim_of(endpoint, organisation, key, body), act)


async def acts(database):
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM audit_fact")
        return (await cursor.fetchone())[0]


async def test_a_repeated_request_is_answered_the_same_and_acts_once(database):
    assert await send(database) == Answer(201, {"made": 1})
    assert await send(database) == Answer(201, {"made": 1}, replayed=True)
    assert await acts(database) == 1


async def test_another_body_under_the_same_key_is_refused(database):
    await send(database)
    with pytest.raises(RequestKeyReused):
        await send(database, body=b'{"amount": 2}')
    assert await acts(database) == 1


async def test_keys_belong_to_organisation_and_endpoint(database):
    await send(database)
    assert not (await send(database, organisation=2)).replayed
    assert not (await send(database, endpoint="POST /y")).replayed


async def test_a_refused_request_may_be_sent_again_under_its_key(database):
    with pytest.raises(NotFound):
        await send(database, fail=True)
    assert not (await send(database)).replayed


async def test_the_same_request_from_many_at_once_acts_once(database):
    answers = await asyncio.gather(*[send(database) for _ in range(16)])
    assert sum(not answer.replayed for answer in answers) == 1
    assert {answer.document["made"] for answer in answers} == {1}
    assert await acts(database) == 1


async def test_several_are_claimed_at_once_and_of_the_same_twice_the_first(database):
    await send(database)
    claims = [claim_of("POST /x", 1, key, b"{}") for key in (KEY + "2", KEY, KEY + "1", KEY + "1")]
    async with database.work(Actor("client:a", 1, "bank_system")) as work:
        assert await claim_many(work, claims) == [True, False, True, False]


@pytest.mark.parametrize("key", [None, "", "short", "x" * 101])
async def test_a_request_without_a_usable_key_is_refused(database, key):
    with pytest.raises(RequestKeyMissing):
        await send(database, key=key)
