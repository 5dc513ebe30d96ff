"""Applying: who may, who may not and why, and one application per person whatever the channels do at once."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from town import Town, id_number, person, request

from shebaoka.cards.commands import take_made_cards
from shebaoka.cards.model import MadeCard
from shebaoka.issuing.applications import errors, views
from shebaoka.issuing.applications.commands import apply, apply_many, withdraw
from shebaoka.issuing.applications.model import ApplyRequest, BankReason, Channel, Contact, Kind
from shebaoka.issuing.applications.states import Status
from shebaoka.kit.actor import Actor
from shebaoka.kit.problems import NotFound, Problem

CHILD = date(2010, 5, 1)


async def family(town: Town) -> tuple[Any, Any, dict[str, int]]:
    mother = person(2)
    child = person(
        1, born=CHILD, insured="resident", insured_status="none", school_stage="primary",
        guardian_id_number=mother.id_number, guardian_kind="母亲",
    )  # fmt: skip
    return child, mother, await town.settle(child, mother)


async def test_an_application_is_made(town: Town) -> None:
    someone = person(1)
    ids = await town.settle(someone)
    async with town.database.work(town.clerk) as work:
        made = await apply(work, request(someone, address="黄浦区虚构路9号"))
    assert (made.person_id, made.status, made.kind) == (ids[someone.id_number], "submitted", Kind.FIRST_ISSUE)
    assert made.bank_reason == BankReason.CHOSEN
    assert made.bank_id == town.places["BOSC"].institution_id
    async with town.database.work(town.clerk) as work:
        told = await views.contacts(work, [(made.person_id, made.application_id)])
        assert told == {made.application_id: Contact("15400000000", "黄浦区虚构路9号")}
    facts = await town.rows_of(
        "SELECT person_id, subject FROM audit_fact WHERE action = 'application.submitted'"
    )
    assert facts == [(made.person_id, str(made.application_id))]
    stored = await town.rows_of("SELECT sealed FROM application")
    assert "虚构路".encode() not in bytes(stored[0][0])


async def test_the_bank_of_the_pension_is_suggested(town: Town) -> None:
    retired = person(1, born=date(1950, 1, 1), insured_status="retired", pension_bank="中国工商银行上海分行")
    other = person(2, born=date(1950, 1, 1), insured_status="retired", pension_bank="中国工商银行上海分行")
    await town.settle(retired, other)
    async with town.database.work(town.clerk) as work:
        made = await apply(work, request(retired, bank=None))
        chosen = await apply(work, request(other, bank="CCB"))
    assert (made.bank_id, made.bank_reason) == (town.places["ICBC"].institution_id, BankReason.PENSION)
    assert (chosen.bank_id, chosen.bank_reason) == (town.places["CCB"].institution_id, BankReason.CHOSEN)


REFUSED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"id_number": id_number(77)}, "person-unknown"),
    ({}, {"name": "另一人"}, "name-differs"),
    ({"died_on": date(2018, 12, 1)}, {}, "person-deceased"),
    ({"hukou": False, "insured": "none", "insured_status": "none"}, {}, "not-eligible"),
    ({}, {"guardian_id_number": id_number(1)}, "guardian-is-ward"),
    ({}, {"bank": None}, "bank-missing"),
    ({}, {"bank": "LATE"}, "bank-not-serving"),
    ({}, {"bank": "NONE"}, "bank-not-serving"),
    ({}, {"bank": "ICBC0001"}, "bank-not-serving"),
    ({}, {"fallback_outlet": "C310101003"}, "outlet-not-serving"),
    ({}, {"fallback_outlet": "ICBC0001"}, "outlet-not-serving"),
    ({}, {"address": " "}, "contact-missing"),
    ({}, {"mobile": ""}, "contact-missing"),
    ({}, {"channel": Channel.EMPLOYER}, "not-employed-here"),
]


@pytest.mark.parametrize(("lives", "asks", "slug"), REFUSED, ids=[slug for *_, slug in REFUSED])
async def test_a_refusal_says_why(town: Town, lives: dict[str, Any], asks: dict[str, Any], slug: str) -> None:
    someone = person(1, **lives)
    await town.settle(someone)
    asked = {"id_number": id_number(1), **asks}
    with pytest.raises(Problem) as refused:
        async with town.database.work(town.clerk) as work:
            await apply(work, request(someone, **asked))
    assert refused.value.slug == slug
    assert refused.value.remedy_zh
    assert await town.rows_of("SELECT count(*) FROM application") == [(0,)]


@pytest.mark.parametrize(
    ("expires_on", "social", "kind"),
    [
        (None, "unopened", None), (date(2019, 1, 2), "open", None), (date(2019, 1, 2), "suspended", None),
        (date(2019, 1, 1), "open", "replacement"), (date(2019, 1, 1), "unopened", "replacement"),
        (None, "void", "first_issue"),
    ],
)  # fmt: skip
async def test_who_has_a_new_card_applies_again_when_it_has_expired(
    town: Town, expires_on, social, kind
) -> None:
    someone = person(1)
    (number,) = (await town.settle(someone)).values()
    async with town.database.work(town.clerk) as work:
        assert work.today == date(2019, 1, 2)
        await take_made_cards(work, [
            MadeCard(number, 1, "000000018", 1, date(2018, 1, 2), expires_on, "ab" * 16, "cd" * 13)
        ])  # fmt: skip
        await work.run(
            "UPDATE card SET social = %(s)s, void_at = CASE WHEN %(s)s = 'void' THEN now() END,"
            " loss = CASE WHEN %(s)s = 'suspended' THEN 'formal' END,"
            " lost_at = CASE WHEN %(s)s = 'suspended' THEN now() END",
            {"s": social},
        )
        if kind is None:
            with pytest.raises(errors.CardExists):
                await apply(work, request(someone))
        else:
            assert (await apply(work, request(someone))).kind == kind


async def test_a_child_needs_its_own_guardian(town: Town) -> None:
    child, mother, ids = await family(town)
    stranger = person(3)
    await town.settle(stranger)
    cases = [
        (None, errors.GuardianNeeded),
        (stranger.id_number, errors.GuardianNotTied),
        (id_number(99), errors.GuardianNotTied),
        (child.id_number, errors.GuardianIsWard),
    ]
    for guardian, refusal in cases:
        with pytest.raises(refusal):
            async with town.database.work(town.clerk) as work:
                await apply(work, request(child, guardian_id_number=guardian))
    async with town.database.work(town.clerk) as work:
        made = await apply(work, request(child, guardian_id_number=mother.id_number))
    assert made.guardian_id == ids[mother.id_number]
    assert made.group_code == "pupils"


async def test_the_second_channel_is_told_of_the_first(town: Town) -> None:
    someone = person(1)
    await town.settle(someone)
    async with town.database.work(town.clerk) as work:
        await apply(work, request(someone, channel=Channel.BANK_OUTLET))
    with pytest.raises(errors.ApplicationExists) as refused:
        async with town.database.work(town.clerk) as work:
            await apply(work, request(someone))
    assert refused.value.members == {"channel": "bank_outlet", "applied_on": "2019-01-02"}
    assert "银行网点" in refused.value.detail


async def test_many_are_answered_in_their_places(town: Town) -> None:
    people = [person(serial) for serial in range(1, 6)]
    await town.settle(*people)
    asked = [
        request(people[0]),
        request(people[1], name="另一人"),
        request(people[2]),
        request(people[0], channel=Channel.ONLINE),
        request(people[3], id_number=id_number(88)),
        request(people[4]),
    ]
    async with town.database.work(town.clerk) as work:
        outcomes = await apply_many(work, asked)
    assert [outcome.code for outcome in outcomes] == [
        None, "name-differs", None, "application-exists", "person-unknown", None,
    ]  # fmt: skip
    assert all((outcome.application_id is None) == bool(outcome.code) for outcome in outcomes)
    facts = await town.rows_of("SELECT count(*) FROM audit_fact WHERE action = 'application.submitted'")
    assert facts == [(3,)]


async def test_one_application_whatever_the_channels_do_at_once(town: Town) -> None:
    rounds, channels = 100, list(Channel)[:3]
    people = [person(serial) for serial in range(1, rounds + 1)]
    await town.settle(*people)
    for someone in people:
        barrier = asyncio.Barrier(len(channels))

        async def counter(
            channel: Channel, someone: Any = someone, barrier: asyncio.Barrier = barrier
        ) -> str:
            try:
                async with town.database.work(town.clerk) as work:
                    await barrier.wait()
                    await apply(work, request(someone, channel=channel))
            except errors.ApplicationExists as refused:
                return refused.slug + refused.members["channel"]
            return channel

        answers = await asyncio.gather(*map(counter, channels))
        first = [answer for answer in answers if not answer.startswith("application-exists")]
        assert len(first) == 1
        assert sorted(answers) == sorted([*first, *["application-exists" + first[0]] * 2])
    assert await town.rows_of("SELECT count(*) FROM application") == [(rounds,)]


async def test_two_lists_with_the_same_people_do_not_lock_up(town: Town) -> None:
    people = [person(serial) for serial in range(1, 41)]
    await town.settle(*people)
    asked = [request(someone) for someone in people]

    async def listed(requests: list[ApplyRequest]) -> list[str | None]:
        async with town.database.work(town.clerk) as work:
            return [outcome.code for outcome in await apply_many(work, requests)]

    class WalksAway(Exception):  # noqa: N818
        pass

    lists: list[asyncio.Task[list[str | None]]] = []
    with pytest.raises(WalksAway):
        async with town.database.work(town.clerk) as work:
            # Somebody in the middle is held at a counter: both lists get half way, one from either end, and wait.
            await apply(work, asked[20])
            lists = [asyncio.create_task(listed(asked)), asyncio.create_task(listed(asked[::-1]))]
            while await town.rows_of("SELECT count(*) FROM pg_locks WHERE NOT granted") != [(2,)]:  # noqa: ASYNC110 - told by the server
                await asyncio.sleep(0)
            raise WalksAway
    one, other = await asyncio.gather(*lists)
    assert {(a, b) for a, b in zip(one, other[::-1], strict=True)} in (
        {(None, "application-exists")},
        {("application-exists", None)},
    )


async def test_after_withdrawing_one_may_apply_again(town: Town) -> None:
    someone = person(1)
    await town.settle(someone)
    async with town.database.work(town.actor("CENTRE")) as work:
        first = await apply(work, request(someone))
        ended = await withdraw(work, first.application_id)
        second = await apply(work, request(someone))
    assert ended.status == Status.WITHDRAWN
    assert second.application_id != first.application_id


async def test_nobody_sees_what_another_organisation_handles(town: Town) -> None:
    someone = person(1)
    await town.settle(someone)
    outlet = town.places["ICBC0001"].institution_id
    async with town.database.work(town.clerk) as work:
        made = await apply(work, request(someone, bank="ICBC", organisation_id=outlet))
    # The outlet, its bank, the card centre; and the fallback outlet, which hands the card over in the end.
    for code in ("ICBC", "ICBC0001", "CENTRE", "C310101002"):
        async with town.database.work(town.actor(code)) as work:
            assert await views.by_id(work, made.application_id) == made
            assert [step.action for step in await views.timeline(work, made.person_id)] == [
                "application.submitted"
            ]
            page = await views.page(work, await views.scope_of(work))
            assert (page.items, page.cursor) == ([made], None)
    for code in ("CCB", "CCB00001", "C310101003", "FIRM"):
        async with town.database.work(town.actor(code)) as work:
            with pytest.raises(NotFound):
                await views.by_id(work, made.application_id)
            assert await views.of_person(work, made.person_id) == []
            assert await views.timeline(work, made.person_id) == []
            assert (await views.page(work, await views.scope_of(work))).items == []


async def test_pages_follow_each_other(town: Town) -> None:
    people = [person(serial) for serial in range(1, 8)]
    await town.settle(*people)
    async with town.database.work(town.clerk) as work:
        await apply_many(work, [request(someone) for someone in people])
    seen: list[int] = []
    cursor = None
    async with town.database.work(town.actor("CENTRE")) as work:
        scope = await views.scope_of(work)
        while True:
            page = await views.page(work, scope, Status.SUBMITTED, cursor, limit=3)
            seen += [one.application_id for one in page.items]
            cursor = page.cursor
            if cursor is None:
                break
        assert sum(count.applications for count in await views.counts(work)) == 7
    assert len(seen) == 7
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    ("role", "everything"), [("hotline_agent", True), ("bank_clerk", False), ("nobody", False)]
)
async def test_a_role_says_whose_applications_are_seen(town, role, everything):
    place = town.places["CENTRE"].institution_id
    async with town.database.work(Actor("staff:5", place, role)) as work:
        assert (await views.scope_of(work)).everything is everything
