"""Two checks that are told apart, progress that can be asked for, and failures that are sent again and count once."""

from __future__ import annotations

import io
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from test_lists import HEAD, codes, counts, dirty, line, send, staff
from town import OUTLET, Town, name, person, request, workbook

from shebaoka.issuing.applications.commands import apply, withdraw
from shebaoka.issuing.applications.model import Channel
from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.lists import commands, views
from shebaoka.issuing.lists.errors import PayrollBankNeeded
from shebaoka.issuing.lists.model import Check, ListAnswer, ListOf, Totals
from shebaoka.issuing.lists.words import PLAIN, said
from shebaoka.kit.problems import NotFound
from shebaoka.records.lists import ListHeaderMissing
from shebaoka.registry.institutions.commands import choose_payroll_bank

APPLICATIONS = "SELECT count(*), count(DISTINCT person_id) FROM application"


def sent_back(answer: ListAnswer) -> tuple[list[str], dict[int, list[str]]]:
    """Give the reject file as a person sees it: the header, and the cells by original row."""
    assert answer.workbook
    head, *rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.workbook)).get_sheet_by_index(0).to_python()
    )
    return head, {int(cells[head.index("原行号")]): cells for cells in rows}


async def test_each_check_says_what_it_found(town: Town) -> None:
    answer = await dirty(town)
    # Structure: digits lost, the address missing, the same row twice. Business: the other four.
    assert answer.structure == Check(rows=14, passed=11, failed=2, repeated=1)
    assert answer.business == Check(rows=11, passed=7, failed=4, repeated=0)
    async with town.database.work(town.actor("FIRM")) as work:
        listed = await views.by_id(work, answer.list_id)
    assert (listed.stage, listed.structure, listed.business) == (
        "answered",
        answer.structure,
        answer.business,
    )
    assert listed.rows_checked == 11
    again = await dirty(town)
    assert (again.again, again.structure, again.business) == (True, answer.structure, answer.business)


@pytest.mark.parametrize(
    "data", ["姓名\n虚甲\n".encode(), b"\xff\xfe\x00", b"", "姓名,证件号码\n".encode("utf-16-be")]
)
async def test_nothing_is_stored_of_a_file_without_structure(town: Town, data: bytes) -> None:
    with pytest.raises(Exception, match=r".*") as refused:
        await send(town, ListOf.EMPLOYER, "FIRM", data, "名册.csv")
    for table in ("application", "list_reject", "list_row"):
        assert await town.rows_of(f"SELECT count(*) FROM {table}") == [(0,)]
    assert await town.rows_of("SELECT sealed, refused, rows_read FROM list_file") == [
        (None, refused.value.slug, None)  # type: ignore[attr-defined]
    ]


async def test_a_file_refused_for_the_bank_is_kept_and_goes_through_later(town: Town) -> None:
    await staff(town, "SHOP", 1)
    data = workbook(HEAD, [line(1)])
    with pytest.raises(PayrollBankNeeded):
        await send(town, ListOf.EMPLOYER, "SHOP", data)
    async with town.database.work(town.actor("SHOP")) as work:
        (listed,) = await views.page(work)
        assert (listed.stage, listed.refused, listed.kept) == ("refused", "payroll-bank-needed", True)
        assert listed.structure == Check(1, 1, 0, 0)
    async with town.database.work(town.clerk) as work:
        shop, ccb = town.places["SHOP"].institution_id, town.places["CCB"].institution_id
        await choose_payroll_bank(work, shop, ccb)
    assert counts(await send(town, ListOf.EMPLOYER, "SHOP", data)) == (1, 1, 0, 0)
    async with town.database.work(town.actor("SHOP")) as work:
        (listed,) = await views.page(work)
    assert (listed.stage, listed.refused) == ("answered", None)


async def test_progress_can_be_asked_for_meanwhile(
    town: Town, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await staff(town, "FIRM", *range(1, 11))
    monkeypatch.setattr(commands, "ROWS_AT_ONCE", 4)
    seen: list[Any] = []

    def look(_: int) -> None:
        with psycopg.connect(database_url) as connection:
            seen.append(
                connection.execute("SELECT rows_read, rows_checked, answered_at FROM list_file").fetchone()
            )

    rows = [line(n) for n in range(1, 10)] + [line(10, mobile="1")]
    await commands.take_in(
        town.database, town.actor("FIRM"), ListOf.EMPLOYER, "a.xlsx", workbook(HEAD, rows), invented_allowed=True,
        progress=look,
    )  # fmt: skip
    assert seen == [(10, 4, None), (10, 8, None), (10, 9, None)]


async def test_failures_sent_again_are_known_by_their_rows_and_count_once(town: Town) -> None:
    first = await dirty(town)
    head, rows = sent_back(first)
    assert head[-4:] == ["名单编号", "原行号", "原因", "办法"]
    assert list(rows) == [4, 9, 10, 11, 12, 15], (
        "what has what it asks for already is not in the file to correct"
    )
    rows[9][head.index("姓名")] = name(7)
    rows[11][head.index("备用网点代码")] = "NOWHERE2"
    second = await send(town, ListOf.EMPLOYER, "FIRM", workbook(head, [rows[9], rows[11]]))
    assert (second.amends, counts(second)) == ((first.list_id,), (2, 1, 1, 0))
    head, rows = sent_back(second)
    assert list(rows) == [3]
    rows[3][head.index("备用网点代码")] = OUTLET
    third = await send(town, ListOf.EMPLOYER, "FIRM", workbook(head, [rows[3]]))
    assert (third.amends, counts(third)) == ((second.list_id,), (1, 1, 0, 0))
    async with town.database.work(town.actor("FIRM")) as work:
        found = [await views.lineage(work, one.list_id) for one in (first, second, third)]
        assert [(one.amends, one.amended_by, one.mended_rows) for one in found] == [
            ((), (second.list_id,), 2), ((first.list_id,), (third.list_id,), 1), ((second.list_id,), (), 0),
        ]  # fmt: skip
        assert await views.totals(work) == Totals(3, 14, 9, 4, 1)
        mended = {row.row_no: said(row).status for row in await views.standings(work, first.list_id)}
    assert (mended[9], mended[11], mended[10]) == ("submitted", "submitted", "to_mend")


async def test_the_whole_file_again_with_corrections_applies_nobody_twice(town: Town) -> None:
    await staff(town, "FIRM", 1, 2, 3)
    first = await send(
        town,
        ListOf.EMPLOYER,
        "FIRM",
        workbook(HEAD, [line(1), line(2, mobile="1"), line(3, outlet="NOWHERE1")]),
    )
    assert counts(first) == (3, 1, 2, 0)
    second = await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, [line(1), line(2), line(3)]))
    assert (counts(second), codes(second)) == ((3, 2, 0, 1), {2: "application-exists"})
    assert second.workbook is None, "nothing is left to mend"
    assert await town.rows_of(APPLICATIONS) == [(3, 3)]


async def test_numbers_of_somebody_else_s_list_tie_nothing(town: Town) -> None:
    await staff(town, "SHOP", 1)
    others = await send(
        town, ListOf.EMPLOYER, "SHOP", workbook(HEAD, [line(1, outlet="NOWHERE1", bank="ICBC")])
    )
    await staff(town, "FIRM", 2, 3, 4, 5)
    head = [*HEAD, "名单编号", "原行号"]
    rows = [
        [*line(2), str(others.list_id), "2"], [*line(3), "1" * 19, "2"], [*line(4), "十", "2"], [*line(5), "", "99999999999"],
    ]  # fmt: skip
    mine = await send(town, ListOf.EMPLOYER, "FIRM", workbook(head, rows))
    assert (counts(mine), mine.amends) == ((4, 4, 0, 0), ())
    async with town.database.work(town.actor("SHOP")) as work:
        assert (await views.lineage(work, others.list_id)).mended_rows == 0


async def test_another_employer_s_people_are_refused_and_nothing_is_told_of_them(town: Town) -> None:
    shop = town.places["SHOP"].institution_id
    await town.settle(
        person(1, employer_id=shop), person(2, employer_id=shop, died_on=town.database.clock.now().date()),
        person(3, employer_id=None, hukou=False, insured="none", insured_status="none"),
        person(4, employer_id=town.places["FIRM"].institution_id),
    )  # fmt: skip
    async with town.database.work(town.clerk) as work:
        await apply(work, request(person(1), channel=Channel.BANK_OUTLET))
    answer = await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, [line(n) for n in range(1, 5)]))
    assert counts(answer) == (4, 1, 3, 0)
    assert codes(answer) == dict.fromkeys((2, 3, 4), "not-employed-here")
    guessed = await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, [line(1, name="猜名")]))
    assert codes(guessed) == {2: "not-employed-here"}, (
        "nobody learns whether a name fits somebody else's person"
    )
    told = "".join(str(row) for row in answer.rejects.rows())
    assert not any(text in told for text in ("SHOP", "乙商店", "银行网点", "去世"))
    assert await town.rows_of("SELECT count(*) FROM list_row") == [(0,)]
    async with town.database.work(town.actor("FIRM")) as work:
        rows = await views.standings(work, answer.list_id)
        assert [said(row).status for row in rows] == ["to_mend"] * 3 + ["submitted"]
        assert [row.application is None for row in rows] == [True, True, True, False]
    with pytest.raises(NotFound):
        async with town.database.work(town.actor("SHOP")) as work:
            await views.standings(work, answer.list_id)


async def test_how_it_stands_with_each_row_page_by_page(town: Town) -> None:
    await staff(town, "FIRM", *range(1, 7))
    async with town.database.work(town.clerk) as work:
        elsewhere = await apply(work, request(person(1), channel=Channel.BANK_OUTLET))
        await work.run(
            "UPDATE application SET status = 'received' WHERE application_id = %(a)s",
            {"a": elsewhere.application_id},
        )
    rows = [line(1), line(2), line(3), line(3), line(4, outlet="NOWHERE1"), line(5, mobile="1"), line(6)]
    answer = await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, rows))
    async with town.database.work(town.clerk) as work:
        await work.run("UPDATE application SET status = 'needs_photo' WHERE row_no = 3", {})
    # Row 6 is mended in a file of the employer's own: by the person it is known all the same.
    await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, [line(4)]))
    found, after = [], 0
    async with town.database.work(town.actor("FIRM")) as work:
        while page := await views.standings(work, answer.list_id, after, 3):
            found += page
            after = page[-1].row_no
        assert await views.batch_counts(work, answer.list_id) == {Status.SUBMITTED: 2, Status.NEEDS_PHOTO: 1}
    assert {row.row_no: said(row).status for row in found} == {
        2: "elsewhere", 3: "needs_photo", 4: "submitted", 5: "repeated", 6: "submitted", 7: "to_mend", 8: "submitted",
    }  # fmt: skip
    assert all(said(row).zh and said(row).en and said(row).next_zh and said(row).next_en for row in found)
    looks = await town.rows_of(
        "SELECT count(*), sum((detail->>'rows')::int) FROM audit_fact WHERE action = 'list.rows_seen'"
    )
    assert looks == [(4, 7)]


def test_every_status_has_its_plain_words() -> None:
    assert set(Status) <= PLAIN.keys()
    assert all(all(words) for words in PLAIN.values())


async def test_a_header_that_is_mended_makes_another_list(town: Town) -> None:
    await staff(town, "FIRM", 1)
    with pytest.raises(ListHeaderMissing):
        await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD[:2], [line(1)[:2]]))
    assert counts(await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, [line(1)]))) == (1, 1, 0, 0)


PEOPLE = 6
FAULTS: dict[int, dict[str, str]] = {
    2: {"mobile": "1"},
    3: {"outlet": "NOWHERE1"},
    4: {"name": "另一人"},
    5: {"id": "1"},
}
SENDS = st.lists(
    st.tuples(st.sampled_from(["whole", "rejects"]), st.frozensets(st.sampled_from(sorted(FAULTS))), st.integers(0, 9)),
    min_size=1, max_size=5,
)  # fmt: skip


async def test_any_mixture_sent_again_applies_for_everybody_once(town: Town) -> None:
    """Files and reject files, corrected in any part and sent in any order and as often as one likes."""
    await staff(town, "FIRM", *range(1, PEOPLE + 1))
    runs: list[list[tuple[str, frozenset[int], int]]] = []

    # Hypothesis draws the files, the loop of this test sends them: its own examples cannot await.
    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(SENDS)
    def draw(sends: list[tuple[str, frozenset[int], int]]) -> None:
        runs.append(sends)

    draw()
    for sends in [[("rejects", frozenset({2}), 0), ("rejects", frozenset({3, 4, 5}), 1)], *runs]:
        async with town.database.work(town.clerk) as work:
            for table in ("list_resent", "list_row", "list_reject", "list_file", "application"):
                await work.run(f"DELETE FROM {table}")
        answers = [await send(town, ListOf.EMPLOYER, "FIRM", whole(frozenset()))]
        for what, mended, which in sends:
            files = [one for one in answers if one.workbook]
            data = (
                whole(mended)
                if what == "whole" or not files
                else corrected(files[which % len(files)], mended)
            )
            answers.append(await send(town, ListOf.EMPLOYER, "FIRM", data))
            await check(town)
        answers.append(await send(town, ListOf.EMPLOYER, "FIRM", whole(frozenset(FAULTS))))
        await check(town)
        assert await town.rows_of(APPLICATIONS) == [(PEOPLE, PEOPLE)]


def whole(mended: frozenset[int]) -> bytes:
    return workbook(
        HEAD, [line(n, **({} if n in mended else FAULTS.get(n, {}))) for n in range(1, PEOPLE + 1)]
    )


def corrected(answer: ListAnswer, mended: frozenset[int]) -> bytes:
    head, rows = sent_back(answer)
    for cells in rows.values():
        if (serial := int(cells[0])) in mended:
            cells[: len(HEAD)] = [str(cell) for cell in line(serial)]
    return workbook(head, list(rows.values()))


async def check(town: Town) -> None:
    """Nobody twice; the rows of all lists sum up; nothing counts more than once."""
    ((made, people),) = await town.rows_of(APPLICATIONS)
    assert made == people
    async with town.database.work(town.actor("FIRM")) as work:
        totals = await views.totals(work)
        lists = await views.page(work)
        left = [
            (one.rejected_rows or 0) - (await views.lineage(work, one.list_id)).mended_rows for one in lists
        ]
    assert totals.accepted_rows == made
    assert totals.total_rows == totals.accepted_rows + totals.rejected_rows + totals.repeated_rows
    assert min(left) >= 0
    assert min(totals.rejected_rows, totals.repeated_rows) >= 0


async def test_a_row_may_be_sent_again_after_its_application_was_withdrawn(town: Town) -> None:
    await staff(town, "FIRM", 1)
    await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, [line(1)]))
    ((number,),) = await town.rows_of("SELECT application_id FROM application")
    async with town.database.work(town.clerk) as work:
        await withdraw(work, number)
    second = await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, [line(1, mobile="15400000009")]))
    assert counts(second) == (1, 1, 0, 0)
