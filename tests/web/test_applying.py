"""Applying online, as people do it: on a telephone, without scripts, in large print, on two devices, and for somebody else's child."""

from __future__ import annotations

import re

import pytest
from tests.faces.api_town import person
from tests.issuing.photos.pictures import jpeg
from tests.web.applying import (
    BORN,
    CHILD,
    LITTLE,
    MOTHER,
    SMALL,
    STRANGER,
    draft,
    filled_draft,
    handed_in,
    settle,
)
from tests.web.browsing import DESKTOP, PHONE

from shebaoka.kit.actor import SYSTEM


@pytest.fixture
async def mother(web):
    return await settle(web)


async def on(page):
    """Press what goes on, and give the heading of the next page."""
    async with page.expect_navigation():
        await page.click("main form button:not([type=button]):not(.second)")
    return await page.inner_text("h1")


@pytest.mark.parametrize(
    ("size", "script", "elder"),
    [(PHONE, False, False), (PHONE, True, True), (DESKTOP, True, False), (PHONE, False, True)],
)
async def test_the_whole_journey(web, mother, size, script, elder):
    page = await web.visitor("resident", mother, size=size, script=script, elder=elder)
    loads = []
    page.on(
        "response",
        lambda seen: (
            seen.status == 200 and seen.request.resource_type == "document" and loads.append(seen.url)
        ),
    )
    await page.goto("/apply")
    await page.locator("main input[name=person_id]").first.check()
    assert "银行" in await on(page)
    await page.check("input[value=BOSC]")
    assert "相片" in await on(page)
    await page.check("input[value=shared]")
    assert "仅用于制作社会保障卡" in await page.inner_text("main")
    assert "寄到" in await on(page)
    shown = await page.content()
    assert person(MOTHER).mobile not in shown
    assert person(MOTHER).address not in shown
    assert "154****0001" in shown
    await page.select_option("#f-fallback_outlet", "C310101002")
    assert "核对" in await on(page)
    assert "BOSC" in await page.inner_text("main")
    assert "回执" in await on(page)
    assert len(loads) == 6, loads
    assert "已提交" in await page.inner_text("main")
    assert await page.locator("svg.segno").count() == 1
    number = re.search(r"/apply/receipt/(\d+)", page.url)[1]
    view = (await web.town.call("GET", f"/api/applications/{number}", "resident", mother)).json()
    assert (view["status"], view["bank"]["code"], view["channel"]) == ("submitted", "BOSC", "online")
    contact = await web.town.post(
        f"/api/applications/{number}/identity", "resident", mother, key=None, json={"reason": "核对寄送地址"}
    )
    assert (contact.json()["mobile"], contact.json()["address"]) == (
        person(MOTHER).mobile,
        person(MOTHER).address,
    )


async def test_a_picture_of_the_telephone_is_cut_and_brought(web, mother):
    page = await web.visitor("resident", mother, size=PHONE, script=False)
    await page.goto("/apply")
    await page.locator("main input[name=person_id]").first.check()
    await on(page)
    await page.check("input[value=BOSC]")
    await on(page)
    await page.check("input[value=own]")
    await on(page)
    assert "还没有选择相片" in await page.inner_text("#refusal")
    dark = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": jpeg(size=(1074, 1323), light=0.1)}
    await page.set_input_files("#f-taken", dark)
    await on(page)
    assert "面部过暗" in await page.inner_text("#refusal")
    assert await page.is_checked("input[value=own]")
    large = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": jpeg(size=(1074, 1323), quality=95, dpi=72)}
    await page.set_input_files("#f-picked", large)
    assert "寄到" in await on(page), await page.inner_text("main")
    await page.select_option("#f-fallback_outlet", "C310101002")
    await on(page)
    assert "使用刚才提交的相片" in await page.inner_text("main")
    await on(page)
    number = re.search(r"/apply/receipt/(\d+)", page.url)[1]
    history = (await web.town.call("GET", f"/api/applications/{number}/photo", "resident", mother)).json()
    assert [one["source"] for one in history["photos"]] == ["online"]


async def test_the_camera_in_the_page_gives_hints_and_a_picture(web, mother):
    own = await draft(web, MOTHER, bank="BOSC")
    page = await web.visitor("resident", mother, size=PHONE)
    await page.goto(f"{own}/photo")
    await page.click("[data-open]")
    await page.wait_for_selector(".says:not(:empty)")
    await page.click("[data-take]")
    await page.wait_for_selector("canvas", state="visible")
    assert await page.evaluate("document.querySelector('#f-taken').files.length") == 1
    assert await page.is_checked("input[value=own]")
    await on(page)
    assert "相片不符合标准" in await page.inner_text("#refusal"), (
        "the browser's pretended camera shows no white wall"
    )


async def test_a_draft_goes_on_on_another_device(web, mother):
    phone = await web.visitor("resident", mother, size=PHONE)
    await phone.goto("/apply")
    await phone.locator("main input[name=person_id]").first.check()
    await on(phone)
    await phone.check("input[value=ICBC]")
    await on(phone)
    desk = await web.visitor("resident", mother, size=DESKTOP)
    await desk.goto("/family")
    await desk.click("button:has-text('继续填写')")
    assert desk.url == phone.url, "where the telephone stopped"
    await desk.check("input[value=shared]")
    await on(desk)
    await desk.fill("#f-mobile", "15400000077")
    await desk.fill("#f-address", "静安区另一条虚构路7号")
    await desk.select_option("#f-fallback_outlet", "C310101003")
    assert "核对" in await on(desk)


async def test_two_devices_at_once_lose_nothing(web, mother):
    own = await draft(web, MOTHER, bank="BOSC", shared_photo=True, mobile="15400000001", address="虚构路1号")
    phone, desk = [
        await web.visitor("resident", mother, script=False, size=size) for size in (PHONE, DESKTOP)
    ]
    for page in (phone, desk):
        await page.goto(f"{own}/contact")
        await page.select_option("#f-fallback_outlet", "C310101002")
    await desk.fill("#f-mobile", "15400000088")
    await on(desk)
    await phone.fill("#f-mobile", "15400000099")
    await on(phone)
    told = await phone.inner_text("main")
    assert "草稿已在另一台设备上修改" in told
    assert "154****0088" in told, "what the other device saved"
    assert await phone.input_value("#f-mobile") == "15400000099", "what was typed here"
    await on(phone)
    assert "154****0099" in await phone.inner_text("main")
    await on(desk)
    assert "另一台设备改过这份草稿" in await desk.inner_text("main")
    assert "154****0099" in await desk.inner_text("main")
    assert "回执" in await on(desk)
    await phone.goto(f"{own}/bank")
    assert "/apply/receipt/" in phone.url, "what is handed in is not filled in again"


async def test_an_answer_is_changed_from_the_check(web, mother):
    own = await draft(
        web,
        MOTHER,
        bank="BOSC",
        shared_photo=True,
        mobile="15400000001",
        address="虚构路1号",
        fallback_outlet="C310101002",
    )
    page = await web.visitor("resident", mother, size=PHONE, script=False)
    await page.goto(f"{own}/check")
    await page.locator("a.change").first.click()
    await page.check("input[value=ICBC]")
    assert "核对" in await on(page)
    assert "ICBC" in await page.inner_text("main")
    await page.click("main a:has-text('删除草稿')")
    await page.click("button:has-text('删除草稿')")
    assert page.url.endswith("/apply")
    await page.goto(f"{own}/check")
    assert page.url.endswith("/apply")


async def test_a_wrong_number_keeps_what_was_typed(web, mother):
    own = await draft(web, MOTHER, bank="BOSC", shared_photo=True)
    page = await web.visitor("resident", mother, size=PHONE, script=False)
    await page.goto(f"{own}/contact")
    await page.fill("#f-mobile", "12345")
    await page.fill("#f-address", "静安区新地址1号")
    await page.select_option("#f-fallback_outlet", "C310101003")
    await on(page)
    assert "手机号码不对" in await page.inner_text("#refusal")
    assert await page.input_value("#f-address") == "静安区新地址1号"
    assert await page.input_value("#f-fallback_outlet") == "C310101003"


async def test_a_receipt_holds_nothing_personal_in_its_code_and_is_withdrawn(web):
    address = await handed_in(web)
    page = await web.visitor("resident", size=PHONE, script=False)
    await page.goto(address)
    number = address.rpartition("/")[2]
    assert number in await page.inner_text("main")
    assert person(98).name not in await page.content()
    await page.click("main a:has-text('撤回')")
    assert "撤回这份申请" in await page.inner_text("h1")
    await page.click("main button")
    assert "已撤回" in await page.inner_text("main")
    await page.goto(f"{address}/withdraw")
    await page.click("main button")
    assert await page.locator("#refusal").count() == 1
    await page.emulate_media(media="print")
    await page.goto(address)
    assert not await page.is_visible("header")
    assert await page.is_visible("svg.segno")


async def test_a_missing_photo_is_sent(web):
    address = await handed_in(web, "needs_photo")
    page = await web.visitor("resident", size=PHONE, script=False)
    await page.goto(address)
    await page.click("main a:has-text('提交相片')")
    await page.set_input_files("#f-picked", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    await on(page)
    assert "等待银行开户" in await page.inner_text("main")


async def test_another_bank_is_chosen_where_one_has_refused(web):
    await handed_in(web, "bank_refused")
    page = await web.visitor("resident", size=PHONE, script=False)
    await page.goto("/family")
    await page.click("main a:has-text('另选银行')")
    assert await page.locator("input[value=BOSC]").count() == 0, "not the one that refused"
    await page.check("input[value=ICBC]")
    await on(page)
    assert "等待银行开户" in await page.inner_text("main")
    assert "ICBC" in await page.inner_text("main")
    await page.goto("/mine")
    assert await page.locator("main a:has-text('另选银行')").count() == 0


async def test_who_cannot_apply_now_reads_why_when_and_where(web, mother):
    page = await web.visitor("resident", mother, size=PHONE, script=False)
    found = (await web.town.call("GET", "/api/family", "resident", mother)).json()["items"]
    await page.goto("/family")
    waiting = [one for one in found if one["next"] not in ("nothing", "open_card")]
    assert waiting
    for one, section in zip(found, await page.locator("section.card").all(), strict=True):
        told = await section.text_content()
        if one in waiting:
            assert all(said in told for said in one["sentences_zh"])
            assert await section.locator("details").get_attribute("open") == (
                "" if one["next"] == "ask_at_centre" else None
            )


async def test_the_second_child_takes_three_pages(web, mother):
    page = await web.visitor("resident", mother, size=PHONE, script=False)
    child, little = [await web.town.person_id(*one) for one in ((CHILD, BORN), (LITTLE, SMALL))]
    begun = (
        await web.town.post("/api/family/drafts", "resident", mother, json={"person_id": str(child)})
    ).json()
    filled = {
        "version": 1,
        "mobile": "15400000001",
        "address": "黄浦区虚构路1号",
        "fallback_outlet": "C310101003",
        "bank": "ICBC",
    }
    path = f"/api/drafts/{begun['draft_id']}"
    assert (await web.town.post(path, "resident", mother, json=filled)).status_code == 200
    assert (
        await web.town.post(f"{path}/submission", "resident", mother, json={"version": 2})
    ).status_code == 201
    loads = []
    page.on(
        "response",
        lambda seen: (
            seen.status == 200 and seen.request.resource_type == "document" and loads.append(seen.url)
        ),
    )
    await page.goto("/family")
    await page.click("section:has-text('3岁') button:has-text('同样的银行')")
    assert "ICBC" in await page.inner_text("main")
    assert "回执" in await on(page)
    assert len(loads) == 3, loads
    async with web.town.database.work(SYSTEM) as work:
        found = await work.rows(
            "SELECT person_id, bank_id, fallback_outlet_id FROM application ORDER BY application_id"
        )
    assert [one[0] for one in found] == [child, little]
    assert found[0][1:] == found[1][1:]


async def test_nobody_elses_draft_or_child_is_found(web, mother):
    own = await filled_draft(web)
    child = await web.town.person_id(CHILD, BORN)
    stranger = await web.town.person_id(STRANGER)
    page = await web.visitor("resident", stranger, script=False)
    for path in ("", "/bank", "/photo", "/contact", "/check", "/discard"):
        assert (await page.goto(f"{own}{path}")).status == 404, path
    await page.goto("/apply")
    sent = await page.request.post(
        "/apply",
        form={"person_id": str(child), "key": "a-key-of-a-stranger", "_csrf_token": await token_of(page)},
    )
    assert sent.status == 404
    assert "虚" not in re.sub(r"虚\*", "", await sent.text())
    receipt = await handed_in(web)
    for path in ("", "/withdraw", "/photo", "/bank"):
        assert (await page.goto(f"{receipt}{path}")).status == 404, path


async def test_whoever_has_not_logged_in_is_led_there(web):
    page = await web.visitor()
    for path in ("/apply", "/family", "/apply/1/bank"):
        await page.goto(path)
        assert "/login?next=" in page.url, path


async def token_of(page):
    return await page.locator("main input[name=_csrf_token]").first.input_value()
