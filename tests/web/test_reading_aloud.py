"""Reading aloud: what an old woman hears of a page, and that she can stop it. A pretended voice keeps what it is given."""

from __future__ import annotations

import re

from tests.web.browsing import PHONE

VOICE = """
  window.heard = [];
  class Spoken { constructor(text) { this.text = text; } }
  Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: Spoken });
  Object.defineProperty(window, 'speechSynthesis', { value: {
    speak: (one) => { heard.push(one); }, cancel: () => { heard.push({ text: 'CANCELLED' }); },
  }});
"""


async def heard(page):
    return await page.evaluate("heard.map(one => one.text)")


async def test_the_chinese_of_a_page_is_read_piece_by_piece_and_stops(web):
    page = await web.visitor(size=PHONE, elder=True)
    await page.add_init_script(VOICE)
    await page.goto("/when?group=retirees&district=310115")
    button = page.locator("[data-aloud]")
    await button.click()
    said = await heard(page)
    assert said[0] == "什么时候、去哪里、选哪家银行"
    assert await page.evaluate("heard.every(one => one.lang === 'zh-CN')")
    assert any("退休" in one for one in said)
    assert not [one for one in said if re.search(r"[A-Za-z]{4,} [A-Za-z]{2,}", one)], (
        "the English is not read"
    )
    closed = await page.locator("details:not([open]) p").first.text_content()
    assert not set(closed.split()) & set(" ".join(said).split()), "what is folded away is not read"
    assert max(map(len, said)) < 300, "a browser's voice stops midway in a long text"
    assert "停止" in await button.inner_text()
    await button.click()
    assert (await heard(page))[-1] == "CANCELLED"
    assert "停止" not in await button.inner_text()
    await button.click()
    await page.evaluate("heard.at(-1).onend()")
    assert "停止" not in await button.inner_text(), "the page has been read to its end"
