"""`shebaoka roster`: lists that offices hand in."""

from __future__ import annotations

import os
from dataclasses import asdict
from itertools import chain, count
from pathlib import Path
from typing import Annotated

import typer

from shebaoka.cli.common import OPERATOR, AsJson, refusals, say, say_json, with_city
from shebaoka.issuing.applications.states import Status
from shebaoka.issuing.employers import views as employers
from shebaoka.issuing.lists import views
from shebaoka.issuing.lists.commands import FILE_BYTES_MAX, take_in
from shebaoka.issuing.lists.model import LAYOUTS, Lineage, ListAnswer, ListFile, ListOf, Standing
from shebaoka.issuing.lists.model import Stage as ListStage
from shebaoka.issuing.lists.words import PLAIN, said
from shebaoka.kit.actor import Actor
from shebaoka.kit.city import City
from shebaoka.kit.facts import has_invented_people
from shebaoka.kit.problems import NotFound, Problem
from shebaoka.kit.work import Work
from shebaoka.records.lists import write_template
from shebaoka.registry.institutions import views as institutions
from shebaoka.registry.institutions.commands import import_institutions
from shebaoka.registry.institutions.model import ImportResult
from shebaoka.registry.outlets.commands import import_outlets
from shebaoka.registry.outlets.model import OutletsRead

app = typer.Typer(no_args_is_help=True, help="名册与数据导入 · rosters and other lists")
Kind = Annotated[ListOf, typer.Option("--kind", help="名册种类 · kind of list")]
Sender = Annotated[
    str,
    typer.Option(
        "--from",
        help="报送机构的代码或统一社会信用代码，缺省为卡中心 · code or USCC of the sender; default the programme",
    ),
]
SAMPLE = 20
STAGES = {
    ListStage.STRUCTURE: "结构核对中 · structure being checked",
    ListStage.BUSINESS: "业务核对中 · people being checked",
    ListStage.REFUSED: "整份被拒 · refused as a whole",
    ListStage.ANSWERED: "已答复 · answered",
}


class FileUnreadable(Problem):
    """A file named on the command line cannot be read or written."""

    slug = "file-unreadable"
    title_zh = "文件无法读写"
    title_en = "The file cannot be read or written"
    remedy_zh = "请核对文件路径与权限"
    remedy_en = "Check the path and the rights"


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help=".xlsx 或 .csv 文件 · an .xlsx or .csv file")],
    *,
    kind: Kind,
    sender: Sender = "",
    rejects: Annotated[
        Path | None,
        typer.Option(
            help="退回行写入此文件，缺省为原文件名加 -退回，不覆盖已有文件 · where the rejected rows go; by default beside the list, in a new file"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """导入名册：逐行核对，合格的进入系统，其余写入退回文件，改正后可再次导入 · Take in a list and answer every row."""

    async def act(city: City) -> ListAnswer:
        data = _read(file)
        async with city.database.work(OPERATOR) as work:
            invented = await has_invented_people(work)
            actor = await _actor(work, sender)
        return await take_in(city.database, actor, kind, file.name, data, invented_allowed=invented)

    with refusals(as_json) as settings:
        if rejects and rejects.resolve() == file.resolve():
            raise FileUnreadable(f"--rejects {rejects}: 与名册是同一文件 · it is the list itself")
        answer = with_city(settings, act)
        saved = _save(answer, rejects or _beside(file, answer.workbook))
    if as_json:
        say_json(_document(answer, saved))
    else:
        _say(answer, saved)


@app.command("list")
def list_lists(*, as_json: AsJson = False) -> None:
    """列出最近收到的名册 · The lists taken in most recently."""

    async def act(city: City) -> list[ListFile]:
        async with city.database.work(OPERATOR) as work:
            return await views.page(work)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"lists": found})
        return
    for listed in found:
        say(
            f"{listed.list_id}  {listed.kind:9} {listed.received_at:%Y-%m-%d %H:%M}  {listed.name}  {_outcome(listed)}"
        )


def _outcome(listed: ListFile) -> str:
    if listed.refused is not None:
        return f"整份被拒 not answered, refused as a whole: {listed.refused}"
    if listed.answered_at is None:
        return f"未受理完 not answered: {STAGES[listed.stage]}"
    return f"{listed.accepted_rows}/{listed.total_rows} 通过 accepted"


ListNumber = Annotated[
    int, typer.Argument(help="名单编号，见 roster list · number of the list, as roster list shows it")
]


@app.command("progress")
def progress(list_id: ListNumber, *, as_json: AsJson = False) -> None:
    """一份名册进行到哪里：两道核对的结果、重报情况、各申请状态的件数 · How far a list is: both checks, what was sent again, its applications."""

    async def act(city: City) -> tuple[ListFile, Lineage, dict[Status, int]]:
        async with city.database.work(OPERATOR) as work:
            listed = await views.by_id(work, list_id)
            return listed, await views.lineage(work, list_id), await views.batch_counts(work, list_id)

    with refusals(as_json) as settings:
        listed, lineage, applications = with_city(settings, act)
    if as_json:
        say_json({
            "list_id": str(list_id), "stage": listed.stage, "refused": listed.refused, "structure": listed.structure,
            "rows_checked": listed.rows_checked, "business": listed.business,
            "lineage": {"amends": [str(one) for one in lineage.amends],
                        "amended_by": [str(one) for one in lineage.amended_by], "mended_rows": lineage.mended_rows},
            "applications": applications,
        })  # fmt: skip
        return
    say(f"{list_id}  {listed.kind}  {listed.name}  {STAGES[listed.stage]}")
    if listed.refused:
        say(f"  整份被拒 refused as a whole: {listed.refused}")
    for name, check in (("结构核对 structure", listed.structure), ("业务核对 business", listed.business)):
        if check:
            say(f"  {name}：{check.rows} 行，通过 {check.passed}，退回 {check.failed}，重复 {check.repeated} · "
                "rows: passed, sent back, repeated")  # fmt: skip
    if listed.stage is ListStage.BUSINESS and listed.structure:
        say(f"  已核对 checked：{listed.rows_checked}/{listed.structure.passed}")
    if lineage.amends or lineage.amended_by:
        say(f"  重报自 sends again rows of {list(lineage.amends)}，由其重报 sent again by {list(lineage.amended_by)}，"
            f"已改正通过 passed since：{lineage.mended_rows}")  # fmt: skip
    for status, many in applications.items():
        say(f"  {PLAIN[status][0]} · {PLAIN[status][1]}：{many}")


@app.command("status")
def status(
    list_id: ListNumber,
    *,
    after: Annotated[int, typer.Option(min=0, help="从此行之后开始 · begin after this row")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=views.ROWS_SHOWN_MAX, help="行数 · how many rows")] = 200,
    as_json: AsJson = False,
) -> None:
    """名册每一行的办理状态和下一步，不显示姓名；查看会记入审计日志 · How it stands with each row and what is next, without names; audited."""

    async def act(city: City) -> list[Standing]:
        async with city.database.work(OPERATOR) as work:
            return await views.standings(work, list_id, after, limit)

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"rows": [{
            "row_no": one.row_no, "application_id": str(one.application.application_id) if one.application else None,
            **asdict(said(one)),
        } for one in found]})  # fmt: skip
        return
    for one in found:
        told = said(one)
        say(f"第 {one.row_no} 行 row：{told.zh} · {told.en}。{told.next_zh} · {told.next_en}")


@app.command("collections")
def list_collections(
    *,
    cursor: Annotated[
        int | None, typer.Option(min=1, help="从此编号之前开始 · begin before this number")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """单位集中采集：时间、银行、单位、名额与结果，不涉及个人 · Collections at employers: when, who, seats and outcomes, no people."""

    async def act(city: City) -> list[dict[str, object]]:
        async with city.database.work(OPERATOR) as work:
            found = await employers.page(work, cursor)
            counts = await employers.counts(work, [one.collection_id for one in found])
            named = await institutions.by_ids(
                work, {no for one in found for no in (one.bank_id, one.employer_id)}
            )
            return [
                {
                    "collection_id": str(one.collection_id), "bank": named[one.bank_id].code,
                    "employer": named[one.employer_id].code, "status": one.status, "starts_at": one.starts_at,
                    "ends_at": one.ends_at, "capacity": one.capacity, "seats": counts[one.collection_id],
                }
                for one in found
            ]  # fmt: skip

    with refusals(as_json) as settings:
        found = with_city(settings, act)
    if as_json:
        say_json({"collections": found})
        return
    for one in found:
        seats = "，".join(f"{status} {many}" for status, many in one["seats"].items())  # type: ignore[attr-defined]
        say(f"{one['collection_id']}  {one['starts_at']:%Y-%m-%d %H:%M}  {one['bank']} → {one['employer']}  {one['status']}  "
            f"名额 seats {one['capacity']}：{seats}")  # fmt: skip


@app.command("template")
def template(
    file: Annotated[Path, typer.Argument(help="写到哪里 · where to write it (.xlsx)")], *, kind: Kind
) -> None:
    """写出一份空白模板 · Write an empty template."""
    with refusals():
        _write(file, write_template(LAYOUTS[kind]))
    say(f"模板已写入 · template written: {file}")


@app.command("institutions")
def import_institutions_command(
    folder: Annotated[
        Path,
        typer.Argument(
            help="含 districts.csv、institutions.csv、payroll_banks.csv 的目录 · folder of the files"
        ),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """导入机构：区、银行、网点、社区中心、单位、学校 · Take in districts, banks, outlets, centres, employers, schools.

    目录中如有 outlets.csv、outlet_days.csv，一并导入网点的地址、电话、开放时间 · With outlets.csv and outlet_days.csv, if they
    are there, also the outlets' addresses, telephones and opening hours.
    """

    async def act(city: City) -> tuple[ImportResult, OutletsRead]:
        async with city.database.work(OPERATOR) as work:
            return await import_institutions(work, folder), await import_outlets(work, folder)

    with refusals(as_json) as settings:
        result, outlets = with_city(settings, act)
    if as_json:
        say_json(asdict(result) | asdict(outlets))
        return
    say(f"机构 {result.institutions_read} 个：新增 {result.institutions_new}，变更 {result.institutions_changed} · "
        "institutions read, new, changed")  # fmt: skip
    say(f"网点地址与开放时间 {outlets.outlets_read} 个：变更 {outlets.outlets_changed}；另行安排的日子 {outlets.days_read} 个：变更 {outlets.days_changed} · "
        "addresses and hours of outlets, and days with other hours: read, changed")  # fmt: skip


async def _actor(work: Work, sender: str) -> Actor:
    if not sender:
        return OPERATOR
    found = await institutions.by_code(work, sender) or (await institutions.by_usccs(work, [sender])).get(
        sender
    )
    if found is None:
        raise NotFound(f"--from {sender}")
    return Actor(OPERATOR.name, found.institution_id, OPERATOR.role)


def _read(file: Path) -> bytes:
    """Read a list, and no more than shows that it is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise FileUnreadable(f"{file}: {error.strerror}") from error


def _write(file: Path, data: bytes, mode: int = 0o666) -> None:
    try:
        with open(file, "wb", opener=lambda path, flags: os.open(path, flags, mode)) as opened:
            opened.write(data)
    except OSError as error:
        raise FileUnreadable(f"{file}: {error.strerror}") from error


def _beside(file: Path, workbook: bytes | None) -> Path:
    """Name the file of the rejected rows: one that is not there, or says the same. What is there may have been corrected."""
    names = (
        file.with_name(f"{file.stem}-退回{end}.xlsx") for end in chain([""], (f"-{n}" for n in count(2)))
    )
    return next(name for name in names if not name.exists() or _read(name) == workbook)


def _save(answer: ListAnswer, file: Path) -> Path | None:
    if answer.workbook is None:
        return None
    # People stand in it by name and number: whom it is given to is for the operator to say.
    _write(file, answer.workbook, mode=0o600)
    return file


def _document(answer: ListAnswer, saved: Path | None) -> dict[str, object]:
    return {
        "list_id": str(answer.list_id), "total_rows": answer.total_rows, "accepted_rows": answer.accepted_rows,
        "rejected_rows": answer.rejected_rows, "repeated_rows": answer.repeated_rows, "again": answer.again,
        "structure": answer.structure, "business": answer.business, "amends": [str(one) for one in answer.amends],
        "rejects_file": None if saved is None else str(saved), "rejects": answer.rejects.to_dicts(),
        "notes": answer.notes.to_dicts(),
    }  # fmt: skip


def _say(answer: ListAnswer, saved: Path | None) -> None:
    if answer.again:
        say("此文件此前已导入，以下为当时的结果 · This file was taken in before; this was the answer")
    say(f"共 {answer.total_rows} 行：通过 {answer.accepted_rows}，退回 {answer.rejected_rows}，重复 {answer.repeated_rows} · "
        "rows: accepted, rejected, repeated")  # fmt: skip
    for name, check in (("结构核对 structure", answer.structure), ("业务核对 business", answer.business)):
        say(f"  {name}：{check.rows} 行，通过 {check.passed}，退回 {check.failed}，重复 {check.repeated}")
    for note in answer.notes.iter_rows(named=True):
        where = f"{note['column']}：" if note["column"] else ""
        many = f"（{note['rows']} 行 rows）" if note["rows"] else ""
        say(f"  提示 note：{where}{note['zh']}{many} · {note['en']}")
    for reject in answer.rejects.head(SAMPLE).iter_rows(named=True):
        say(f"  第 {reject['row_no']} 行 row，{reject['column']}：{reject['reason_zh']}。{reject['remedy_zh']}\n"
            f"      {reject['reason_en']}. {reject['remedy_en']}")  # fmt: skip
    if saved is not None:
        say(
            f"退回行已写入 {saved}，改正后原样再次导入即可 · rejected rows are in this file: correct and import it again"
        )
