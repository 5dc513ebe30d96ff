"""A partner that misbehaves is answered for: asked again while it is down, refused when it does not keep to the interface."""

import json

import httpx
import pytest

from shebaoka.kit import partners
from shebaoka.kit.partners import Partner, PartnerAnswerRefused, PartnerUnavailable

ITEM = {"reference": "r1", "name": "张三"}


@pytest.fixture
async def asked(monkeypatch):
    """Make a partner that gives these answers one after the other, the last one for ever."""
    monkeypatch.setattr(partners, "FIRST_WAIT_SECONDS", 0)
    clients = []

    def make(*answers):
        left = list(answers)
        transport = httpx.MockTransport(lambda _: left.pop(0) if len(left) > 1 else left[0])
        clients.append(httpx.AsyncClient(transport=transport))
        return Partner("bank", "http://bank.invalid", clients[-1]).batch("/v1", [ITEM])

    yield make
    for client in clients:
        await client.aclose()


def answer(status, **document):
    return httpx.Response(status, json=document)


async def test_a_partner_that_comes_back_is_asked_again(asked):
    said = {"reference": "r1", "outcome": "match"}
    assert await asked(answer(503), answer(500), answer(200, items=[said])) == {"r1": said}


async def test_a_partner_that_stays_away_is_unavailable(asked):
    with pytest.raises(PartnerUnavailable, match="HTTP 503 after 4 tries"):
        await asked(answer(503))


@pytest.mark.parametrize("wrong", [{}, {"items": {}}, {"items": ["r1"]}, {"items": [{"reference": "r2"}]}])
async def test_an_answer_about_nothing_that_was_asked_is_refused(asked, wrong):
    with pytest.raises(PartnerAnswerRefused, match="bank"):
        await asked(answer(200, **wrong))


@pytest.mark.parametrize("reference", [None, 1, ["r1"], {"r1": 1}])
async def test_a_reference_that_is_no_text_is_refused(asked, reference):
    with pytest.raises(PartnerAnswerRefused, match="bank"):
        await asked(answer(200, items=[{"reference": reference}]))


def undecodable(_):
    """An answer that says it is packed and is not; httpx unpacks it while it is read."""
    return httpx.Response(
        200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b'{"items": []}')
    )


@pytest.mark.parametrize("unreadable", [
    undecodable,
    lambda _: httpx.Response(200, content='{"items": "张三"}'.encode("gb18030")),
    lambda _: httpx.Response(200, content=b"<html>please log in</html>"),
    lambda _: httpx.Response(200, content=b'{"items": [{"refer'),
    lambda _: httpx.Response(200, content=rb'{"items": [{"reference": "r1", "reason": "no\u0000\u0000"}]}'),
    lambda _: httpx.Response(302, headers={"location": "http://bank.invalid/v1"}),
], ids=["not packed", "GB18030", "HTML", "cut off", "padded", "elsewhere"])  # fmt: skip
async def test_an_answer_that_cannot_be_read_is_refused(unreadable):
    async with httpx.AsyncClient(transport=httpx.MockTransport(unreadable)) as client:
        with pytest.raises(PartnerAnswerRefused, match="bank"):
            await Partner("bank", "http://bank.invalid", client).batch("/v1", [ITEM])


async def test_what_a_partner_says_of_a_person_stays_out_of_the_refusal(asked):
    with pytest.raises(PartnerAnswerRefused) as refused:
        await asked(answer(400, error="客户 张三 100106199001010014 不存在"))
    assert refused.value.detail == "bank: HTTP 400"


def picky(refused, *, status=400):
    """A partner that takes no batch with one of these references in it; give it, and the sizes of what it was sent."""
    sizes = []

    def take(request):
        references = [item["reference"] for item in json.loads(request.content)["items"]]
        sizes.append(len(references))
        if refused.intersection(references):
            return answer(status, error="no")
        return answer(200, items=[{"reference": reference} for reference in references])

    return Partner(
        "bank", "http://bank.invalid", httpx.AsyncClient(transport=httpx.MockTransport(take))
    ), sizes


def many(count):
    return [{"reference": f"r{number}"} for number in range(count)]


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_an_item_that_a_partner_cannot_take_holds_up_nobody_else(status):
    partner, sizes = picky({"r0", "r777", "r1299"}, status=status)
    answers = await partner.batch("/v1", many(1_300))
    assert set(answers) == {item["reference"] for item in many(1_300)} - {"r0", "r777", "r1299"}
    assert len(sizes) < 100


async def test_a_partner_that_takes_nothing_is_not_asked_item_by_item():
    partner, sizes = picky({item["reference"] for item in many(5_000)})
    with pytest.raises(PartnerAnswerRefused, match="HTTP 400"):
        await partner.batch("/v1", many(5_000))
    assert len(sizes) <= partners.REFUSALS_MAX + 5_000 // partners.ITEMS_PER_CALL_MAX


async def test_a_token_or_an_address_that_is_wrong_is_no_item_s_fault():
    partner, sizes = picky({"r0"}, status=401)
    with pytest.raises(PartnerAnswerRefused, match="HTTP 401"):
        await partner.batch("/v1", many(400))
    assert sizes == [400]
