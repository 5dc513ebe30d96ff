"""The card as an identity credential, at the desk and on the holder's page: a code is shown, typed, answered, and seen later."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from tests.faces.api_town import id_number, person
from tests.web.browsing import NARROW
from tests.web.identity_town import registered

SEND = "main form:has([name=code]) button:not([type=button])"


async def code_on(page, purpose="hotel_check_in") -> str:
    await page.goto("/mine/identity")
    await page.check(f"[name=purpose][value={purpose}]")
    await page.click("main form button")
    return (await page.inner_text(".code")).strip()


@pytest.mark.parametrize("script", [True, False])
async def test_a_holder_shows_a_code_and_a_hotel_is_told_yes_or_no(web, script):
    await registered(web)
    await web.town.cards(1)
    holder = await web.visitor(
        "resident", await web.town.person_id(1), size=NARROW, elder=True, script=script
    )
    desk = await web.visitor("relying_clerk", script=script)
    code = await code_on(holder)
    if script:
        assert (await Axe().run(holder)).response["violations"] == []
        assert await holder.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    await desk.goto("/staff/identity")
    await desk.fill("[name=code]", code)
    await desk.fill("[name=id_number]", id_number(1))
    await desk.fill("[name=name]", "别的名字")
    await desk.click(SEND)
    await desk.wait_for_selector("#told")
    answer = await desk.inner_text("main .done")
    assert "证件号码是持卡人的" in answer
    assert answer.count("是 yes") == 2, "the number, and the old card"
    assert answer.count("否 no") == 1, "the name"
    assert person(1).name not in await desk.content()
    if script:
        assert (await Axe().run(desk)).response["violations"] == []
    await desk.fill("[name=code]", code)
    await desk.click(SEND)
    await desk.wait_for_selector("main .refusal:has-text('没有持卡人的有效同意')")
    await holder.goto("/mine/identity")
    seen = await holder.inner_text("main .timeline")
    assert seen.count("HOTEL") >= 2
    assert "未答复" in seen.splitlines()[1], seen
    assert "姓名是否相符" in seen


async def test_an_administrator_registers_purposes_and_withdraws_them(web):
    page = await web.visitor("administrator")
    await page.goto("/staff/relying-parties")
    await page.fill("[name=institution]", "HOTEL")
    await page.select_option("[name=purpose]", "library_card")
    await page.click("main form.narrow button")
    await page.wait_for_selector("#refusal:has-text('不能登记此核验用途')")
    assert await page.input_value("main form.narrow [name=institution]") == "HOTEL"
    await page.select_option("[name=purpose]", "hotel_check_in")
    await page.click("main form.narrow button")
    await page.wait_for_selector("main .done")
    assert "旅馆登记入住" in await page.inner_text("main table >> nth=0")
    await page.click("text=撤销")
    await page.wait_for_selector("main .done:has-text('已撤销')")
    assert "还没有登记的机构" in await page.inner_text("main")
    assert (await (await web.visitor("relying_clerk")).goto("/staff/relying-parties")).status == 403
