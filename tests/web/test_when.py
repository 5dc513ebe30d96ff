"""When, where, with which bank and why, for anybody: as the dated rules have it."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.web.browsing import DESKTOP, PHONE

from shebaoka.kit.clock import SHANGHAI


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
async def test_a_retiree_learns_when_where_and_why(web, size):
    web.town.database.clock.at = datetime(2019, 3, 1, 12, tzinfo=SHANGHAI)
    page = await web.visitor(size=size, script=False)
    await page.goto("/")
    await page.click("a:has-text('什么时候')")
    assert "中小幼人员" in await page.inner_text("main"), "without a group, all groups"
    await page.check("input[value=retirees]")
    await page.click("main form button")
    told = await page.inner_text(".told")
    assert "2019年1月1日至2019年6月30日，今天即可办理" in told
    assert "养老金代发银行" in told
    assert "退休人员主要到11家服务银行网点办理" in told
    assert "不收费" in told
    await page.click("summary:has-text('卡丢了')")
    await page.click("a:has-text('现在申请')")
    assert "/login?next=%2Fapply" in page.url


async def test_the_rules_of_the_day_decide(web):
    page = await web.visitor(script=False)
    seen = []
    for at, district in ((datetime(2018, 8, 1, 12, tzinfo=SHANGHAI), "310115"), (datetime(2018, 8, 1, 12, tzinfo=SHANGHAI), "310101"),
                         (datetime(2021, 6, 1, 12, tzinfo=SHANGHAI), "310101")):  # fmt: skip
        web.town.database.clock.at = at
        await page.goto(f"/when?group=pupils&district={district}")
        seen.append(await page.inner_text(".told"))
    assert "2018年7月1日" in seen[0]
    assert "2019年4月1日" in seen[1]
    assert "随时可以申领" in seen[2]


async def test_an_address_that_makes_no_sense_shows_everything(web):
    page = await web.visitor(script=False)
    answer = await page.goto("/when?group=<b>&district=x")
    assert answer.status == 200
    assert await page.locator(".told").count() == 0
