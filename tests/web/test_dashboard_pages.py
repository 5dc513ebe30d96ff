"""The head's journeys: figures that equal the interface's, down to one district, tables and pictures to take away."""

from __future__ import annotations

import csv
import io
import re
from xml.etree import ElementTree as ET

from PIL import Image
from tests.web.browsing import PHONE
from tests.web.dashboard_town import HUANGPU, counted, hotlines, settled, unopened

from shebaoka.faces.web.pages.dashboard.charts import PICTURES
from shebaoka.faces.web.pages.dashboard.handing import MAP, TABLES

HEAD = "programme_head"
HERE = "/staff/dashboard"
NAMES = {
    "申请": "applied",
    "制卡": "made",
    "送达": "delivered",
    "开通": "opened",
    "未开通": "unopened",
    "可用老卡": "old_good",
}
FIGURES = """() => Object.fromEntries([...document.querySelectorAll('.figures > div')].map(one =>
  [one.querySelector('dt span').textContent, Number(one.querySelector('dd').textContent.replaceAll(',', ''))]))"""
ROW = """(name) => [...document.querySelectorAll('tbody tr')].filter(one => one.querySelector('th')?.textContent.includes(name))
  .map(one => [...one.querySelectorAll('td')].map(cell => cell.textContent))[0]"""


async def asked(web, path):
    return (await web.town.call("GET", f"/api{path}", HEAD)).json()


async def file(page, path):
    """Fetch a file as the page's visitor does by its link."""
    async with page.expect_download() as found:
        await page.click(f"a[href='{path}']")
    download = await found.value
    return (await download.path()).read_bytes(), download.suggested_filename


async def test_the_head_looks_from_the_whole_down_to_one_district_and_takes_all_along(web):
    await counted(web)
    page = await web.visitor(HEAD)
    await page.goto(HERE)
    (city,) = (await asked(web, "/dashboard/standing"))["items"]
    shown = await page.evaluate(FIGURES)
    assert {word: shown[word] for word in NAMES} == {word: city[name] for word, name in NAMES.items()}
    backlog = (await asked(web, "/dashboard/backlog"))["items"]
    assert shown["在办积压"] == sum(one["number"] for one in backlog) == 2
    (pace,) = (await asked(web, "/dashboard/pace"))["items"]
    assert shown["每天制卡"] == pace["made_a_day"]
    words = await page.inner_text("main")
    assert "最久 40 天" in words
    assert "核验后 30 天" in words
    published = await asked(web, "/dashboard/published")
    assert all(f"{one['number']:,}" in words and one["source"] in words for one in published["items"])
    assert "折算" in words, "a town is smaller than the city of which figures were published"

    await page.click("a:has-text('按区')")
    await page.wait_for_url(f"**{HERE}/by/district")
    districts = {one["value"]: one for one in (await asked(web, "/dashboard/standing?by=district"))["items"]}
    row = await page.evaluate(ROW, "黄浦区")
    assert row[2:] == [
        str(districts[HUANGPU][name])
        for name in ("applied", "made", "delivered", "opened", "unopened", "old_good")
    ]
    assert row[:2] == ["2", "50.0%"]
    content, name = await file(page, f"{HERE}/tables/standing?by=district")
    assert name == "standing-district.csv"
    assert content.startswith(b"\xef\xbb\xbf"), "a spreadsheet sees that it is UTF-8"
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {one["name_zh"] for one in lines} == {"黄浦区", ""}
    assert {one["value"]: one["made"] for one in lines} == {
        code: str(one["made"]) for code, one in districts.items()
    }

    await page.click("th a:has-text('黄浦区')")
    await page.wait_for_url(f"**{HERE}/part**")
    assert await page.inner_text("h1") == "黄浦区\nDistrict: Huangpu"
    shown = await page.evaluate(FIGURES)
    assert {word: shown[word] for word in NAMES} == {
        word: districts[HUANGPU][name] for word, name in NAMES.items()
    }
    assert shown["应换人数"] == 2
    query = f"?by=district&value={HUANGPU}"
    content, name = await file(page, f"{HERE}/pictures/progress/svg{query}")
    assert name.startswith(f"progress-district-{HUANGPU}-20")
    assert "黄浦区" in "".join(ET.fromstring(content).itertext())
    content, _ = await file(page, f"{HERE}/pictures/backlog/png{query}")
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.width == 1600
        assert picture.convert("L").getextrema()[0] < 100


async def test_a_telephone_without_scripts_shows_the_same_and_the_report_holds_it_all(web):
    await counted(web)
    page = await web.visitor(HEAD, size=PHONE, script=False)
    for dimension, word in (("bank", "BOSC"), ("channel", "银行网点"), ("group", "在职人员")):
        await page.goto(f"{HERE}/by/{dimension}")
        async with page.expect_navigation():
            await page.click(f"th a:has-text('{word}')")
        assert word in await page.inner_text("h1")
        assert await page.locator("figure svg").count() == len(PICTURES)
    await page.goto(f"{HERE}/report")
    assert await page.locator("figure svg").count() == len(PICTURES) + 1
    words = await page.inner_text("main")
    assert "统计于" in words
    assert "黄浦区" in words
    assert "3000" in words, "bank outlets that are to be live"
    paper = await page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", paper)) in (1, 2), "of A4"


async def test_unopened_cards_by_age_and_the_hotlines_calls(web):
    page = await web.visitor(HEAD)
    await page.goto(await unopened(web))
    assert (await page.evaluate(ROW, "30–59 天"), await page.evaluate(ROW, "黄浦区")) == (["1"], ["1"])
    assert await page.evaluate(ROW, "FIRM") == ["1"]
    content, _ = await file(page, f"{HERE}/tables/unopened")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert {("age", "30", "1"), ("district", HUANGPU, "1"), ("employer", "FIRM", "1")} <= set(
        map(tuple, lines)
    )
    await page.goto(await hotlines(web))
    assert await page.evaluate(ROW, "H962222") == ["申领 Applying", "1"]
    assert await page.evaluate(ROW, "等待接手") == ["1"]
    await page.click("a:has-text('最近 28 天')")
    await page.wait_for_url("**days=28")
    content, _ = await file(page, f"{HERE}/tables/calls?days=28")
    assert ["H962222", "H962222", "social_use", "1"] in list(
        csv.reader(io.StringIO(content.decode("utf-8-sig")))
    )


async def test_settlement_from_the_city_down_to_one_hospital(web):
    page = await web.visitor(HEAD, script=False)
    await page.goto(await settled(web))
    shown = await page.inner_text("main")
    # 300 + 2,050 + 800, of which the last was taken back; three messages that the hospital does not name are disputed.
    for said in ("3,150.00 元", "冲正先到", "其中基金 400.00 元", "按医院所在区", "门急诊"):
        assert said in shown, said
    figures = await page.evaluate(FIGURES)
    assert (figures["结算笔数"], figures["冲正"], figures["超时撤销"], figures["未处理的对账差异"]) == (
        3,
        1,
        1,
        4,
    )
    assert await page.evaluate(ROW, "HOSPITAL") == [
        "3",
        "3,150.00",
        "650.00",
        "300.00",
        "2,200.00",
        "1",
        "1",
        "4",
    ]
    content, name = await file(page, f"{HERE}/tables/settled?by=institution")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (name, row["value"], row["settlements"], row["total_fen"]) == ("settled-institution.csv", "HOSPITAL", "3", "315000")  # fmt: skip
    await page.click("a:has-text('HOSPITAL')")
    assert "医保结算：" in await page.inner_text("h1")
    assert (await page.evaluate(FIGURES))["结算笔数"] == 3
    assert (await page.goto(f"{HERE}/settlements?by=institution&value=NOWHERE")).status == 404


async def test_every_table_and_picture_is_there_for_whoever_may_see_figures(web):
    await counted(web)
    auditor, clerk = await web.visitor("auditor"), await web.visitor("community_clerk")
    paths = [f"{HERE}/tables/{name}" for name in TABLES]
    paths += [f"{HERE}/pictures/{name}/{form}" for name in (*PICTURES, MAP) for form in ("svg", "png")]
    for path in paths:
        answer = await auditor.context.request.get(path, headers=await cookies(web, auditor))
        assert answer.status == 200, path
        assert "attachment" in answer.headers["content-disposition"]
        assert (await clerk.context.request.get(path, headers=await cookies(web, clerk))).status == 403, path
    for path in (
        f"{HERE}/tables/people",
        f"{HERE}/pictures/pace/pdf",
        f"{HERE}/by/street",
        f"{HERE}/part?by=bank&value=NONE",
        f"{HERE}/part",
    ):
        assert (await auditor.goto(path)).status == 404, path
    assert (await clerk.goto(HERE)).status == 403


async def cookies(web, page):
    """Chromium keeps these from what is fetched beside its pages over http."""
    kept = await page.context.cookies(web.address.replace("http:", "https:"))
    return {"Cookie": "; ".join(f"{one['name']}={one['value']}" for one in kept)}


async def test_before_the_first_count_the_page_says_what_to_do(web):
    page = await web.visitor(HEAD)
    answer = await page.goto(HERE)
    assert answer.status == 409
    assert "jobs run figures" in await page.inner_text("#refusal")
