"""Pictures of the main pages for docs/screens, from the tests' town and its invented people. Not a test: `make screens` runs it.

Every page and who looks at it come from WALK; a picture is as small as its words stay sharp.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from tests.web.browsing import DESKTOP, PHONE
from tests.web.walk import WALK

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
BYTES_MAX = 60_000
QUALITIES = (85, 75, 65, 55, 45, 35, 25)
ASKED = "button:has-text('显示金额')"
"""Where amounts are masked until asked: the pictures show them."""
PICTURES = {
    "home-phone": ("/", PHONE, False),
    "home-elder": ("/", PHONE, True),
    "when-phone": ("/when", PHONE, False),
    "mine-phone": ("/mine", PHONE, False),
    "medical-phone": ("/mine/medical", PHONE, False),
    "bill-phone": ("/mine/medical/bills/{settlement_id}", PHONE, False),
    "calculator-desktop": ("/calculator", DESKTOP, False),
    "outlets-phone": ("/outlets", PHONE, False),
    "apply-phone": ("/apply/{draft_id}/check", PHONE, False),
    "loss-elder": ("/mine/loss", PHONE, True),
    "counter-desktop": ("/staff/counter/people/{person_id}", DESKTOP, False),
    "hotline-desktop": ("/staff/hotline/calls/{call_id}", DESKTOP, False),
    "lists-desktop": ("/staff/lists/{list_id}", DESKTOP, False),
    "centre-desktop": ("/staff/centre", DESKTOP, False),
    "dashboard-desktop": ("/staff/dashboard", DESKTOP, False),
    "outlets-desktop": ("/outlets", DESKTOP, False),
}


@pytest.mark.parametrize("name", PICTURES)
async def test_take(web, name):
    path, size, elder = PICTURES[name]
    look = WALK[path]
    address = look.address if isinstance(look.address, str) else await look.address(web)
    page = await web.visitor(look.role, look.at, size=size, elder=elder)
    await page.goto(address, wait_until="networkidle")
    if await page.locator(ASKED).count():
        await page.click(ASKED)
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.webp").write_bytes(small(await page.screenshot()))


def small(picture: bytes) -> bytes:
    """Give a picture as WebP, in the best quality that fits."""
    with Image.open(io.BytesIO(picture)) as image:
        for quality in QUALITIES:
            out = io.BytesIO()
            image.convert("RGB").save(out, "WEBP", quality=quality, method=6)
            if out.tell() <= BYTES_MAX:
                return out.getvalue()
    raise AssertionError("too much to be shown small")
