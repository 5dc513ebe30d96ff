"""Make the app's icons (PNG) from the one drawing, static/img/icon.svg, with the tests' browser.

Run after the drawing has changed: .venv/bin/python -m tools.make_icons
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parents[1] / "src" / "shebaoka" / "faces" / "web" / "static" / "img"
CHROMIUM = "/usr/bin/chromium"
BRAND = "#0b4f8a"
SAFE = 0.8
"""What a launcher may cut off a maskable icon lies outside this share of its width (W3C: a circle of 40 % radius)."""
ICONS = {"icon-192.png": (192, False), "icon-512.png": (512, False), "icon-maskable-512.png": (512, True)}
COLOURS = 32


def drawn(page: Page, size_px: int, *, maskable: bool) -> bytes:
    """Give the drawing in a size; a maskable one fills its square to the edge and keeps the drawing in the middle."""
    inner = round(size_px * SAFE) if maskable else size_px
    ground = BRAND if maskable else "transparent"
    drawing = (
        (IMAGES / "icon.svg").read_text("utf-8").replace("<svg ", f'<svg width="{inner}" height="{inner}" ')
    )
    page.set_viewport_size({"width": size_px, "height": size_px})
    page.set_content(
        f"<body style='margin:0;height:100vh;display:grid;place-items:center;background:{ground}'>{drawing}"
    )
    return page.screenshot(omit_background=True)


def small(picture: bytes) -> bytes:
    """Give the same with as few colours as it has."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Make all of them."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        for name, (size_px, maskable) in ICONS.items():
            (IMAGES / name).write_bytes(small(drawn(page, size_px, maskable=maskable)))
        browser.close()


if __name__ == "__main__":
    main()
