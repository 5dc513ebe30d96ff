"""Clearings between provinces on the page, without script: what is owed, drawn up, noted as paid."""

from __future__ import annotations

from tests.web.clearings_town import CLERK, drawn
from tests.web.test_centre import click, go_to


async def test_a_clerk_settles_a_month(web):
    await drawn(web.town)
    page = await web.visitor(CLERK, script=False)
    shown = await go_to(page, "/staff/clearings")
    for said in ("江苏", "3,800.00", "-900.00", "应收", "应付"):
        assert said in shown, said
    await page.fill("#f-month", "2031-01")
    assert "该月尚未结束" in await click(page, "button:has-text('出具')")
    assert "已出具" in await click(page, "button:has-text('出具')"), "the month that is over stands there"
    await page.locator("summary:has-text('江苏')").click()
    await page.fill("#f-on-1", "2018-12-20")
    shown = await click(page, "details[open] button:has-text('登记付清')")
    assert "已登记付清并入账" in shown
    assert await page.locator("summary:has-text('江苏')").count() == 0
    auditor = await web.visitor("auditor")
    await go_to(auditor, "/staff/clearings")
    assert await auditor.locator("main form").count() == 0
