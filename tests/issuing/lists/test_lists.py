"""Lists with real dirt, from real files: every row is answered, good rows go through, nothing enters twice."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from town import OUTLET, Town, id_number, name, person, request, workbook

from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.applications.model import Channel
from shebaoka.issuing.lists import views
from shebaoka.issuing.lists.commands import take_in
from shebaoka.issuing.lists.errors import ListSenderWrong, PayrollBankNeeded
from shebaoka.issuing.lists.model import ListAnswer, ListOf
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.records.lists import ListUnreadable
from shebaoka.registry.institutions.commands import choose_payroll_bank

HEAD = ["序号", "姓名", "证件号码", "手机号码", "邮寄地址", "备用网点代码", "银行代码"]


def line(serial: int, **other: Any) -> list[Any]:
    cells = {
        "no": serial, "name": name(serial), "id": id_number(serial), "mobile": f"154{serial:08d}",
        "address": f"黄浦区虚构路{serial}号", "outlet": OUTLET, "bank": "",
    }  # fmt: skip
    return list((cells | other).values())


async def staff(town: Town, employer: str, *serials: int) -> None:
    employer_id = town.places[employer].institution_id
    await town.settle(*(person(serial, employer_id=employer_id) for serial in serials))


async def send(
    town: Town, kind: ListOf, sender: str, data: bytes, file: str = "名册.xlsx", **more: Any
) -> ListAnswer:
    return await take_in(town.database, town.actor(sender), kind, file, data, invented_allowed=True, **more)


def counts(answer: ListAnswer) -> tuple[int, int, int, int]:
    return answer.total_rows, answer.accepted_rows, answer.rejected_rows, answer.repeated_rows


def codes(answer: ListAnswer) -> dict[int, str]:
    return dict(answer.rejects.select("row_no", "code").iter_rows())


DIRT = [
    line(1),
    line(2, name=" 虚 丙 "),
    line(3, id=float(int(id_number(3)[:17]) * 10)),
    line(4, mobile="１５４０００００００４"),
    line(5, id=id_number(5).lower() + " "),
    line(6),
    line(6),
    line(7, name="另一人"),
    line(8),
    line(9, outlet="NOWHERE1"),
    line(10, bank="没有这家银行"),
    line(11, bank="工商银行"),
    line(12, mobile=15400000012),
    line(13, address=""),
    [None] * 7,
    ["合计", "", "", "", "", "", ""],
]


async def dirty(town: Town) -> ListAnswer:
    await staff(town, "FIRM", *range(1, 8), *range(9, 14))
    await staff(town, "SHOP", 8)
    return await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, DIRT))


async def test_every_row_is_answered(town: Town) -> None:
    answer = await dirty(town)
    assert codes(answer) == {
        4: "digits-lost",
        8: "duplicate-same",
        9: "name-differs",
        10: "not-employed-here",
        11: "outlet-not-serving",
        12: "bank-not-serving",
        15: "missing",
    }
    assert counts(answer) == (14, 7, 6, 1)
    assert all(
        text
        for column in ("reason_zh", "reason_en", "remedy_zh", "remedy_en")
        for text in answer.rejects[column]
    )
    banks = await town.rows_of(
        "SELECT row_no, bank_id, bank_reason, channel, organisation_id FROM application ORDER BY row_no"
    )
    icbc, firm = town.places["ICBC"].institution_id, town.places["FIRM"].institution_id
    assert banks == [(row_no, icbc, "payroll_bank", "employer", firm) for row_no in (2, 3, 5, 6, 7, 13, 14)]
    async with town.database.work(town.actor("FIRM")) as work:
        listed = await views.by_id(work, answer.list_id)
        assert (listed.total_rows, listed.accepted_rows) == (14, 7)
        lines = await views.rejects(work, answer.list_id, limit=3)
        assert [one.row_no for one in lines] == [4, 8, 9]
        more = await views.rejects(work, answer.list_id, (lines[-1].row_no, lines[-1].ordinal))
        assert [one.row_no for one in more] == [10, 11, 12, 15]
        assert await views.page(work) == [listed]
    async with town.database.work(town.actor("SHOP")) as work:
        with pytest.raises(NotFound):
            await views.by_id(work, answer.list_id)
        assert await views.page(work) == []


async def test_nothing_personal_is_kept_in_clear(town: Town) -> None:
    await dirty(town)
    for table in ("list_file", "list_reject", "application", "audit_fact"):
        for (row,) in await town.rows_of(f"SELECT {table}::text FROM {table}"):
            for serial in range(1, 14):
                hidden = (id_number(serial)[:17], f"154{serial:08d}", f"虚构路{serial}号")
                assert not any(text in row or text.encode().hex() in row for text in hidden)


async def test_the_same_file_twice_is_the_same_list(town: Town) -> None:
    first = await dirty(town)
    again = await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, DIRT), "副本.xlsx")
    assert (first.again, again.again) == (False, True)
    assert (again.list_id, counts(again), codes(again)) == (first.list_id, counts(first), codes(first))
    assert again.workbook == first.workbook
    assert again.name == "名册.xlsx"
    assert await town.rows_of("SELECT count(*) FROM application") == [(7,)]
    assert await town.rows_of("SELECT count(*) FROM list_file") == [(1,)]


async def test_corrected_rejects_go_through(town: Town) -> None:
    answer = await dirty(town)
    assert answer.workbook
    head, *rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(answer.workbook)).get_sheet_by_index(0).to_python()
    )
    by_row = {cells[head.index("原行号")]: cells for cells in rows}
    assert list(by_row) == ["4", "9", "10", "11", "12", "15"], "failures only: row 8 leaves nothing to mend"
    by_row["4"][head.index("证件号码")] = id_number(3)
    by_row["9"][head.index("姓名")] = name(7)
    by_row["11"][head.index("备用网点代码")] = OUTLET
    by_row["12"][head.index("银行代码")] = "CCB"
    by_row["15"][head.index("邮寄地址")] = "黄浦区虚构路13号"
    second = await send(town, ListOf.EMPLOYER, "FIRM", workbook(head, rows))
    assert counts(second) == (6, 5, 1, 0)
    assert codes(second) == {4: "not-employed-here"}
    assert second.amends == (answer.list_id,)
    assert await town.rows_of("SELECT count(*), count(DISTINCT person_id) FROM application") == [(12, 12)]
    chosen = await town.rows_of(
        "SELECT bank_reason FROM application WHERE bank_id = %(ccb)s", ccb=town.places["CCB"].institution_id
    )
    assert chosen == [("chosen",)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
async def test_a_csv_file_is_a_list_too(town: Town, encoding: str) -> None:
    await staff(town, "FIRM", 1, 2)
    text = "\r\n".join([",".join(HEAD), *(",".join(map(str, line(serial))) for serial in (1, 2))])
    answer = await send(town, ListOf.EMPLOYER, "FIRM", text.encode(encoding), "名册.csv")
    assert counts(answer) == (2, 2, 0, 0)
    assert answer.workbook is None


async def test_several_payroll_banks_ask_for_a_choice(town: Town) -> None:
    await staff(town, "SHOP", 1, 2)
    data = workbook(HEAD, [line(1), line(2)])
    with pytest.raises(PayrollBankNeeded) as refused:
        await send(town, ListOf.EMPLOYER, "SHOP", data)
    assert [bank["code"] for bank in refused.value.members["banks"]] == ["ICBC", "CCB"]
    assert await town.rows_of("SELECT count(*) FROM application") == [(0,)]
    async with town.database.work(town.clerk) as work:
        shop, ccb = town.places["SHOP"].institution_id, town.places["CCB"].institution_id
        await choose_payroll_bank(work, shop, ccb)
    assert counts(await send(town, ListOf.EMPLOYER, "SHOP", data)) == (2, 2, 0, 0)
    assert await town.rows_of("SELECT DISTINCT bank_id, bank_reason FROM application") == [
        (ccb, "payroll_bank")
    ]


async def test_a_list_that_names_a_bank_for_each_needs_no_choice(town: Town) -> None:
    await staff(town, "SHOP", 1, 2)
    await staff(town, "WORKS", 3)
    answer = await send(
        town, ListOf.EMPLOYER, "SHOP", workbook(HEAD, [line(1, bank="icbc"), line(2, bank="BOSC")])
    )
    assert counts(answer) == (2, 2, 0, 0)
    reasons = await town.rows_of("SELECT bank_reason FROM application ORDER BY row_no")
    assert reasons == [("payroll_bank",), ("chosen",)]
    with pytest.raises(PayrollBankNeeded) as refused:
        await send(town, ListOf.EMPLOYER, "WORKS", workbook(HEAD, [line(3)]))
    assert "BOSC" in [bank["code"] for bank in refused.value.members["banks"]]
    assert counts(await send(town, ListOf.EMPLOYER, "WORKS", workbook(HEAD, [line(3, bank="BOSC")]))) == (
        1,
        1,
        0,
        0,
    )


async def test_who_applied_elsewhere_is_told(town: Town) -> None:
    await staff(town, "FIRM", 1, 2)
    async with town.database.work(town.clerk) as work:
        await apply(work, request(person(1), channel=Channel.BANK_OUTLET))
    answer = await send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, [line(1), line(2)]))
    assert counts(answer) == (2, 1, 0, 1)
    assert codes(answer) == {2: "application-exists"}
    assert "银行网点，2019-01-02" in answer.rejects["reason_zh"][0]


async def test_of_an_unreadable_file_nothing_is_kept_but_why(town: Town) -> None:
    for _ in range(2):
        with pytest.raises(ListUnreadable):
            await send(town, ListOf.EMPLOYER, "FIRM", b"PK\x03\x04 not really")
    stored = await town.rows_of("SELECT count(*), count(answered_at), count(sealed) FROM list_file")
    assert stored == [(1, 0, 0)]
    async with town.database.work(town.actor("FIRM")) as work:
        (listed,) = await views.page(work)
        assert (listed.stage, listed.refused) == ("refused", "list-unreadable")
        with pytest.raises(NotFound):
            await views.content(work, listed.list_id)


async def test_only_the_right_organisation_sends_a_list(town: Town) -> None:
    await staff(town, "FIRM", 1)
    for kind, sender in ((ListOf.EMPLOYER, "ICBC"), (ListOf.SCHOOL, "FIRM"), (ListOf.REGISTER, "FIRM")):
        with pytest.raises((ListSenderWrong, Problem)):
            await send(town, kind, sender, workbook(HEAD, [line(1)]))
    assert await town.rows_of("SELECT count(*) FROM application") == [(0,)]


async def test_two_lists_at_once_make_one_application_each(town: Town) -> None:
    serials = range(1, 201)
    await staff(town, "FIRM", *serials)
    intake_head = [
        "姓名",
        "证件号码",
        "手机号码",
        "邮寄地址",
        "备用网点代码",
        "银行代码",
        "受理网点代码",
        "受理日期",
    ]
    intake = [
        [
            name(serial),
            id_number(serial),
            "15400000000",
            "黄浦区虚构路1号",
            OUTLET,
            "ICBC",
            "ICBC0001",
            "2019-01-02",
        ]
        for serial in reversed(serials)
    ]
    answers = await asyncio.gather(
        send(town, ListOf.EMPLOYER, "FIRM", workbook(HEAD, [line(serial) for serial in serials])),
        send(town, ListOf.INTAKE, "ICBC", workbook(intake_head, intake)),
        send(town, ListOf.INTAKE, "ICBC", workbook(intake_head, intake)),
    )
    assert await town.rows_of("SELECT count(*), count(DISTINCT person_id) FROM application") == [(200, 200)]
    assert answers[0].accepted_rows + answers[1].accepted_rows == 200
    assert counts(answers[1]) == counts(answers[2])


async def test_an_intake_list_has_the_channel_of_its_outlet(town: Town) -> None:
    await town.settle(*(person(serial) for serial in range(1, 6)))
    head = [
        "姓名",
        "证件号码",
        "手机号码",
        "邮寄地址",
        "备用网点代码",
        "银行代码",
        "受理网点代码",
        "受理日期",
    ]

    def row(serial: int, outlet: str, day: str = "2018-12-20") -> list[str]:
        return [
            name(serial),
            id_number(serial),
            "15400000000",
            "黄浦区虚构路1号",
            OUTLET,
            "ICBC",
            outlet,
            day,
        ]

    lines = [row(1, "ICBC0001"), row(2, "C310101002"), row(3, "ONLINE01"), row(4, "CCB00001"), row(5, "FIRM")]
    answer = await send(town, ListOf.INTAKE, "CENTRE", workbook(head, lines))
    assert codes(answer) == {6: "outlet-not-yours"}
    stored = await town.rows_of("SELECT channel, applied_at::date FROM application ORDER BY row_no")
    assert [channel for channel, _ in stored] == ["bank_outlet", "community_centre", "online", "bank_outlet"]
    assert all(str(day).startswith("2018-12") for _, day in stored)
    own = await send(town, ListOf.INTAKE, "CCB", workbook(head, [row(5, "ICBC0001"), row(4, "CCB00001")]))
    assert codes(own) == {2: "outlet-not-yours", 3: "application-exists"}


async def test_a_school_list_opens_two_weeks(town: Town) -> None:
    school = town.places["0310101001"].institution_id
    mother = person(90)
    pupils = [
        person(
            serial, born=date(2010, 5, 1), insured="resident", insured_status="none", school_stage="primary",
            school_id=school if serial != 3 else None, guardian_id_number=mother.id_number, guardian_kind="母亲",
        )
        for serial in (1, 2, 3)
    ]  # fmt: skip
    await town.settle(mother, *pupils, person(91))
    head = ["姓名", "证件号码", "学校代码", "学段", "监护人姓名", "监护人证件号码", "监护人手机号码"]

    def row(pupil: Any, guardian: Any = mother, **other: Any) -> list[Any]:
        cells = {
            "name": pupil.name, "id": pupil.id_number, "school": 310101001, "stage": "小学",
            "gname": guardian.name, "gid": guardian.id_number, "mobile": "15400000090",
        }  # fmt: skip
        return list((cells | other).values())

    first = await send(
        town, ListOf.SCHOOL, "0310101001",
        workbook(head, [row(pupils[0]), row(pupils[1], person(91)), row(pupils[2]), row(pupils[1], gname="另一人")]),
    )  # fmt: skip
    assert codes(first) == {3: "guardian-not-tied", 4: "pupil-not-here", 5: "duplicate-differs"}
    guessed = await send(town, ListOf.SCHOOL, "0310101001", workbook(head, [row(pupils[2], name="猜名")]))
    assert codes(guessed) == {2: "pupil-not-here"}, "nobody learns whether a name fits another school's pupil"
    second = await send(town, ListOf.SCHOOL, "0310101001", workbook(head, [row(pupils[0]), row(pupils[1])]))
    assert (counts(second), codes(second)) == ((2, 1, 0, 1), {2: "notice-exists"})
    assert await town.rows_of("SELECT count(*) FROM application") == [(0,)]
    ids = await town.settle(*pupils)
    async with town.database.work(town.clerk) as work:
        (notice,) = await views.notices_of(work, ids[pupils[0].id_number])
    assert (notice.notified_on, notice.apply_by) == (date(2019, 1, 2), date(2019, 1, 16))
    told = await town.rows_of(
        "SELECT person_id, payload FROM outbox WHERE topic = 'pupil.notified' ORDER BY event_id"
    )
    assert [person_id for person_id, _ in told] == [ids[pupil.id_number] for pupil in pupils[:2]]
    assert all(
        payload == {"guardian_id": notice.guardian_id, "apply_by": "2019-01-16"} for _, payload in told
    )


async def test_an_extract_brings_people_cards_and_guardians(town: Town) -> None:
    head = [
        "证件号码", "姓名", "性别", "出生日期", "户籍", "区代码", "街镇", "住址", "手机号码", "参保类型", "参保状态",
        "参保起始日期", "单位代码", "养老金代发银行", "学校代码", "学段", "监护人证件号码", "监护关系", "老卡卡号",
        "老卡发卡日期", "死亡日期",
    ]  # fmt: skip

    def row(serial: int, born: date, **other: str) -> list[str]:
        one = person(serial, born=born)
        cells = dict.fromkeys(head, "") | {
            "证件号码": one.id_number, "姓名": one.name, "性别": "男" if one.sex == "male" else "女",
            "出生日期": str(born), "户籍": "本市", "区代码": "310101", "街镇": "310101002", "住址": "黄浦区虚构路1号",
            "手机号码": "15400000000", "参保类型": "居民", "参保状态": "无",
        }  # fmt: skip
        return list((cells | other).values())

    mother = id_number(2)
    lines = [
        row(
            1,
            date(2010, 5, 1),
            监护人证件号码=mother,
            监护关系="母亲",
            老卡卡号="000000001",
            老卡发卡日期="2012-01-01",
        ),
        row(2, date(1980, 1, 1), 单位代码=town.places["FIRM"].uscc or "", 参保类型="职工", 参保状态="在职"),
        row(3, date(1980, 1, 1), 单位代码="9110990599000099X0"),
        row(4, date(1980, 1, 1), 老卡卡号="000000001", 老卡发卡日期="2012-01-01"),
        row(5, date(2011, 5, 1), 监护人证件号码=id_number(99), 监护关系="父亲"),
        row(6, date(1980, 1, 1), 区代码="999999"),
    ]
    answer = await send(town, ListOf.REGISTER, "CENTRE", workbook(head, lines))
    assert set(codes(answer)) == {4, 5, 6, 7}
    assert codes(answer)[7] == "institution-unknown"
    assert codes(answer)[6] == "guardian-unknown"
    assert codes(answer)[5] == "old-card-refused"
    assert await town.rows_of("SELECT count(*) FROM person") == [(4,)]
    assert await town.rows_of("SELECT kind FROM guardian_tie") == [("母亲",)]
    assert await town.rows_of("SELECT card_number, social FROM card") == [("000000001", "open")]
    again = await send(town, ListOf.REGISTER, "CENTRE", workbook(head, lines))
    assert again.again
    assert codes(again) == codes(answer)


def test_the_rejects_speak_in_two_languages() -> None:
    for problem in (ListSenderWrong, PayrollBankNeeded):
        assert re.search(r"[一-鿿]", problem.remedy_zh)
        assert problem.remedy_en
