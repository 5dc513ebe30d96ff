"""Families in lists: a pupil of forty, two guardians in the extract, and who acted for an applicant at a counter."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from town import OUTLET, Town, id_number, name, person, request, workbook

from shebaoka.issuing.applications.commands import apply
from shebaoka.issuing.lists.commands import take_in
from shebaoka.issuing.lists.model import ListAnswer, ListOf

SCHOOL = "0310101001"
SCHOOL_HEAD = ["姓名", "证件号码", "学校代码", "学段", "监护人姓名", "监护人证件号码", "监护人手机号码"]
INTAKE_HEAD = ["姓名", "证件号码", "手机号码", "邮寄地址", "备用网点代码", "银行代码", "受理网点代码", "受理日期",
               "监护人证件号码", "代办委托"]  # fmt: skip


async def send(town: Town, kind: ListOf, sender: str, head: list[str], rows: list[list[Any]]) -> ListAnswer:
    return await take_in(
        town.database, town.actor(sender), kind, "名册.xlsx", workbook(head, rows), invented_allowed=True
    )


def codes(answer: ListAnswer) -> dict[int, tuple[str, str]]:
    return {
        row: (code, column)
        for row, code, column in answer.rejects.select("row_no", "code", "column").iter_rows()
    }


@pytest.mark.parametrize(
    ("born", "stage", "refused"),
    [
        (date(1979, 1, 2), "小学", "40岁，小学应为5至14岁"),
        (date(2010, 5, 1), "小学", None),
        (date(2010, 5, 1), "幼儿园", "8岁，幼儿园应为2至7岁"),
        (date(2018, 6, 1), "幼儿园", "0岁，幼儿园应为2至7岁"),
        (date(2003, 5, 1), "初中", None),
        (date(1990, 5, 1), "高中", "28岁，高中应为13至22岁"),
        (date(2001, 5, 1), "高中", None),
    ],
)
async def test_the_age_fits_the_stage(town: Town, born: date, stage: str, refused: str | None) -> None:
    mother = person(90)
    pupil = person(
        1, born=born, school_id=town.places[SCHOOL].institution_id, guardian_id_number=mother.id_number, guardian_kind="母亲",
        insured="resident", insured_status="none",
    )  # fmt: skip
    await town.settle(mother, pupil)
    row = [pupil.name, pupil.id_number, SCHOOL, stage, mother.name, mother.id_number, "15400000090"]
    answer = await send(town, ListOf.SCHOOL, SCHOOL, SCHOOL_HEAD, [row])
    if refused is None:
        assert codes(answer) == {}
    else:
        assert codes(answer) == {2: ("pupil-age-implausible", "证件号码")}
        assert refused in answer.rejects["reason_zh"][0]
        assert "家长" in answer.rejects["remedy_zh"][0]
    assert await town.rows_of("SELECT count(*) FROM pupil_notice") == [(0 if refused else 1,)]


async def test_a_guardian_who_has_died_gets_no_notice(town: Town) -> None:
    mother = person(90, died_on=date(2018, 1, 1))
    pupil = person(1, born=date(2010, 5, 1), school_id=town.places[SCHOOL].institution_id,
                   guardian_id_number=mother.id_number, guardian_kind="母亲")  # fmt: skip
    await town.settle(mother, pupil)
    row = [pupil.name, pupil.id_number, SCHOOL, "小学", mother.name, mother.id_number, "15400000090"]
    answer = await send(town, ListOf.SCHOOL, SCHOOL, SCHOOL_HEAD, [row])
    assert codes(answer) == {2: ("guardian-not-tied", "监护人证件号码")}


REGISTER_HEAD = [
    "证件号码", "姓名", "性别", "出生日期", "户籍", "区代码", "街镇", "住址", "手机号码", "参保类型", "参保状态",
    "参保起始日期", "单位代码", "养老金代发银行", "学校代码", "学段", "监护人证件号码", "监护关系", "老卡卡号",
    "老卡发卡日期", "死亡日期", "监护人2证件号码", "监护关系2",
]  # fmt: skip


def register_row(serial: int, born: date = date(1980, 1, 1), **other: str) -> list[str]:
    one = person(serial, born=born)
    cells = dict.fromkeys(REGISTER_HEAD, "") | {
        "证件号码": one.id_number, "姓名": one.name, "性别": "男" if one.sex == "male" else "女",
        "出生日期": str(born), "户籍": "本市", "区代码": "310101", "街镇": "310101002", "住址": "黄浦区虚构路1号",
        "手机号码": "15400000000", "参保类型": "居民", "参保状态": "无",
    }  # fmt: skip
    return list((cells | other).values())


async def test_both_parents_stand_in_the_extract(town: Town) -> None:
    both = {
        "监护人证件号码": id_number(2),
        "监护关系": "母亲",
        "监护人2证件号码": id_number(3),
        "监护关系2": "父亲",
    }
    lines = [register_row(1, date(2010, 5, 1), **both), register_row(2), register_row(3)]
    answer = await send(town, ListOf.REGISTER, "CENTRE", REGISTER_HEAD, lines)
    assert codes(answer) == {}
    assert await town.rows_of("SELECT kind FROM guardian_tie ORDER BY kind") == [("母亲",), ("父亲",)]
    # The father is gone from the next extract, which is of the older form besides: his tie ends, hers stays.
    alone = register_row(1, date(2010, 5, 1), **(both | {"监护人2证件号码": "", "监护关系2": ""}))
    older = await send(town, ListOf.REGISTER, "CENTRE", REGISTER_HEAD[:-2], [alone[:-2]])
    assert codes(older) == {}
    assert await town.rows_of("SELECT kind FROM guardian_tie") == [("母亲",)]
    strange = register_row(1, date(2010, 5, 1), **(both | {"监护人2证件号码": id_number(99)}))
    third = await send(town, ListOf.REGISTER, "CENTRE", REGISTER_HEAD, [strange])
    assert codes(third) == {2: ("guardian-unknown", "监护人证件号码")}


async def test_a_pupil_of_forty_is_taken_in_and_not_as_a_pupil(town: Town) -> None:
    """Taken for a pupil, such a person would be told to wait for a school's notice and to let a parent choose the bank."""
    forty, child = date(1978, 5, 1), date(2010, 5, 1)
    school = {"学校代码": SCHOOL, "学段": "小学"}
    lines = [
        register_row(1, forty, **school),
        register_row(2, child, **school),
        register_row(3, forty, 学段="大学"),
    ]
    answer = await send(town, ListOf.REGISTER, "CENTRE", REGISTER_HEAD, lines)
    assert codes(answer) == {2: ("pupil-age-implausible", "学段")}
    assert "40岁，小学应为5至14岁" in answer.rejects["reason_zh"][0]
    stages = {row[0]: row[1] for row in await town.rows_of("SELECT birth_date, school_stage FROM person WHERE school_stage"
                                                          " IS DISTINCT FROM 'university'")}  # fmt: skip
    assert stages == {forty: None, child: "primary"}, "nobody is lost"
    async with town.database.work(town.clerk) as work:
        made = await apply(work, request(person(1, born=forty)))
    assert made.group_code == "everyone_else"
    # Somebody sets the stage right: the row goes through.
    mended = await send(town, ListOf.REGISTER, "CENTRE", REGISTER_HEAD, [register_row(1, forty)])
    assert codes(mended) == {}


async def test_a_birth_date_that_is_not_the_numbers_changes_nothing(town: Town) -> None:
    """A child by its ID number and forty by the column beside it: the child keeps its guardian."""
    child = date(2010, 5, 1)
    mother = {"监护人证件号码": id_number(2), "监护关系": "母亲"}
    first = await send(
        town, ListOf.REGISTER, "CENTRE", REGISTER_HEAD, [register_row(1, child, **mother), register_row(2)]
    )
    assert codes(first) == {}
    wrong = [register_row(1, child, 出生日期="1978-05-01"), register_row(3, child, 出生日期="2010-05-02")]
    answer = await send(town, ListOf.REGISTER, "CENTRE", REGISTER_HEAD, wrong)
    differs = ("birth-date-differs", "出生日期")
    assert codes(answer) == {2: differs, 3: differs}
    assert await town.rows_of("SELECT birth_date FROM person ORDER BY birth_date") == [
        (date(1980, 1, 1),),
        (child,),
    ]
    assert await town.rows_of("SELECT kind FROM guardian_tie") == [("母亲",)]
    assert answer.workbook, "both rows are in the file to correct"


async def test_an_intake_list_says_with_which_authorisation_an_agent_came(town: Town) -> None:
    mother, agent = person(8), person(9)
    child = person(1, born=date(2012, 5, 1), guardian_id_number=mother.id_number, guardian_kind="母亲")
    await town.settle(mother, agent, child, *(person(serial) for serial in range(2, 6)))

    def row(serial: int, outlet: str, other: str, authorisation: str = "", id_: str = "") -> list[str]:
        return [name(serial), id_ or id_number(serial), "15400000000", "黄浦区虚构路1号", OUTLET, "ICBC", outlet,
                "2018-12-20", other, authorisation]  # fmt: skip

    lines = [
        row(1, "ICBC0001", mother.id_number, id_=child.id_number),
        row(2, "ICBC0001", agent.id_number, "公证委托"),
        row(3, "ICBC0001", agent.id_number, "书面委托"),
        row(4, "C310101002", agent.id_number, "书面委托"),
        row(5, "C310101002", agent.id_number),
    ]
    answer = await send(town, ListOf.INTAKE, "CENTRE", INTAKE_HEAD, lines)
    missing = ("authorisation-missing", "代办委托")
    assert codes(answer) == {4: missing, 6: missing}
    kept = await town.rows_of(
        "SELECT acted_as, authorisation, organisation_id, documents_named FROM proxy_act ORDER BY proxy_act_id"
    )
    bank, centre = town.places["ICBC0001"].institution_id, town.places["C310101002"].institution_id
    assert kept == [
        ("guardian", None, bank, False), ("agent", "notarised", bank, False), ("agent", "written", centre, False),
    ]  # fmt: skip
    # The same file again keeps nothing twice.
    await send(town, ListOf.INTAKE, "CENTRE", INTAKE_HEAD, lines)
    assert await town.rows_of("SELECT count(*) FROM proxy_act") == [(3,)]
