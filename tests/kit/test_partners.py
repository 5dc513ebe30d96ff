"""A partner that misbehaves is answered for: asked again while it is down, refused when it does not keep to the interface."""

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


async def test_what_a_partner_says_of_a_person_stays_out_of_the_refusal(asked):
    with pytest.raises(PartnerAnswerRefused) as refused:
        await asked(answer(400, error="客户 张三 100106199001010014 不存在"))
    assert refused.value.detail == "bank: HTTP 400"
