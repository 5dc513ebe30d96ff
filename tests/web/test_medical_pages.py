"""One's medical insurance on a phone: from where one stands to why a bill came to what it did, and what the next one would."""

from __future__ import annotations

from datetime import date

from tests.faces.api_town import id_number
from tests.faces.medical_town import at_the_doctors
from tests.web.browsing import DESKTOP, PHONE

BORN = date(2012, 1, 1)


async def text(page):
    return await page.inner_text("main")


async def test_from_where_one_stands_to_why_a_bill_came_to_what_it_did(web):
    own = await at_the_doctors(web.town, 1)
    child = await at_the_doctors(web.town, 3, BORN, guardian_id_number=id_number(1), guardian_kind="母亲", employer_id=None)  # fmt: skip
    page = await web.visitor("resident", own, size=PHONE, script=False)
    await page.goto("/mine/medical")
    shown = await text(page)
    assert "职工基本医疗保险，在职" in shown
    # Masked until asked: nothing of money is on the page, nor in what it is made of.
    assert "＊＊＊" in shown
    assert "1500" not in await page.content()
    assert "1,500" not in await page.content()
    await page.click("button:has-text('显示金额')")
    shown = await text(page)
    for said in (
        "职工基本医疗保险，在职",
        "先由您自己付满的部分）：已负担 1,500.00 元，共 1,500.00 元",
        "自负段1,500.00元已经满了",
        "住院：每次",
    ):
        assert said in shown, said
    await page.click("a:has-text('每次看病买药')")
    shown = await text(page)
    assert "2019年" in shown
    assert shown.count("已退回") == 1
    await page.click("article:nth-of-type(2) a:has-text('谁付了多少')")
    shown = await text(page)
    for said in ("HOSPITAL", "2,050.00 元", "自费", "50.00 元", "合计2,050.00元", "门急诊"):
        assert said in shown, said
    await page.click("summary:has-text('费用明细')")
    shown = await text(page)
    assert "2,000.00 元" in shown
    assert "复诊诊查费" in shown, "by the catalogue's name"
    await page.goto("/mine/medical/bills")
    await page.click("article:nth-of-type(1) a:has-text('谁付了多少')")
    assert "退回：钱已退回原处" in await text(page)
    await page.goto("/mine/medical/entries")
    assert "余额 0.00 元" in await text(page)
    await page.click("a:has-text('2018年')")
    assert "医保年度计入" in await text(page)
    await page.goto("/mine/medical/contributions?year=2018")
    assert "20.00 元" in await text(page)
    await page.click("button:has-text('隐藏金额')")
    assert page.url.endswith("/mine/medical/contributions?year=2018"), "the same page again"
    assert "20.00 元" not in await text(page)
    assert (await page.goto(f"/mine/medical?person={child}")).status == 200
    assert (await page.goto("/mine/medical?person=1")).status == 404
    assert (await page.goto("/mine/medical/bills/1")).status == 404


async def test_what_a_bill_would_come_to(web):
    own = await at_the_doctors(web.town, 1)
    page = await web.visitor("resident", own, size=PHONE)
    await page.goto("/calculator")
    assert "已按您的情况填好" in await text(page)
    await page.fill("#f-in_scope_fen", "1000.5")
    await page.click("main form button:has-text('测算')")
    shown = await text(page)
    # Nothing is left of account and deductible; 1,000.50 shared: level 1 pays 65 %, so 350.17 are left; level 3 50 %.
    for said in ("您付现金 In cash 350.17 元", "您付现金 In cash 500.25 元", "二级医疗机构就医"):
        assert said in shown or said in await page.text_content("main"), said
    nobody = await web.visitor(size=DESKTOP, script=False)
    await nobody.goto("/calculator")
    await nobody.check("input[value=resident]")
    await nobody.fill("#f-birth_date", "1980-01-01")
    await nobody.fill("#f-in_scope_fen", "一千")
    await nobody.click("main form button:has-text('测算')")
    assert "金额，单位元" in await text(nobody)
    await nobody.fill("#f-in_scope_fen", "1,000")
    await nobody.click("main form button:has-text('测算')")
    # A resident of 39: 500 of the deductible, of the other 500 level 1 pays 70 %.
    assert "650.00" in await text(nobody)
