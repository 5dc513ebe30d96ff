"""The citizens' pages as an app: what a telephone needs to install them, and what it keeps for when there is no network."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from typing import Any, Final

from litestar import Response, get
from litestar.response import Template

from shebaoka.faces.web.showing import STATIC, TEMPLATES, asset, show
from shebaoka.faces.web.visiting import Ask, page

WORKER: Final = "js/app-worker.js"
FILES: Final = ("css/base.css", "css/when.css", "js/base.mjs", "js/app.mjs", "img/icon.svg")
PAGES: Final = ("/when", "/offline")
"""What is kept, as somebody who has not logged in sees it. The first page is not: without a network its doors lead nowhere."""
MADE_OF: Final = ("base.html", "macros.html", "when/when.html", "app/offline.html")
OTHERS: Final = ("/staff", "/field", "/api", "/oauth", "/schema", "/wechat")
"""Addresses that are none of the app's."""
BRAND: Final = "#0b4f8a"
JAVASCRIPT: Final = "text/javascript; charset=utf-8"
MANIFEST: Final = "application/manifest+json"
ASKED_ANEW: Final = {"cache-control": "no-cache"}


@get("/app.webmanifest", no_page=True, **page("everybody"))
async def manifest() -> Response[bytes]:
    """Say how the pages look as an app (W3C Web Application Manifest)."""
    document = {
        "id": "/", "start_url": "/", "scope": "/", "display": "standalone", "lang": "zh-Hans", "dir": "ltr",
        "name": "社保卡", "short_name": "社保卡", "description": "申请换卡、查进度、开通、挂失 · Your social-security card",
        "theme_color": BRAND, "background_color": "#ffffff",
        "icons": [
            _icon("img/icon-192.png", "192x192"), _icon("img/icon-512.png", "512x512"),
            _icon("img/icon-maskable-512.png", "512x512", "maskable"),
        ],
        "shortcuts": [_shortcut("我的卡", "/mine"), _shortcut("挂失", "/mine/loss"), _shortcut("申请新卡", "/apply")],
    }  # fmt: skip
    text = json.dumps(document, ensure_ascii=False).encode()
    return Response(text, media_type=MANIFEST, headers=ASKED_ANEW)


@get("/app-worker.js", no_page=True, **page("everybody"))
async def worker() -> Response[str]:
    """Give the worker that answers when the network does not; it is another one as soon as anything that it keeps is."""
    return Response(_worker(), media_type=JAVASCRIPT, headers=ASKED_ANEW)


@get("/offline", kept=True, **page("everybody"))
async def offline(request: Ask) -> Template:
    """Say what one can do without a network."""
    return show(request, "app/offline.html")


@cache
def _worker() -> str:
    files = [asset(name) for name in FILES]
    shell = {"version": _version(files), "files": files, "pages": PAGES, "others": OTHERS}
    return f"const SHELL = {json.dumps(shell)};\n{(STATIC / WORKER).read_text('utf-8')}"


def _version(files: list[str]) -> str:
    """Give a name for all that is kept, made of its contents."""
    made = sha256(" ".join(files).encode())
    for name in MADE_OF:
        made.update((TEMPLATES / name).read_bytes())
    return made.hexdigest()[:12]


def _icon(name: str, sizes: str, purpose: str = "any") -> dict[str, str]:
    return {"src": asset(name), "sizes": sizes, "type": "image/png", "purpose": purpose}


def _shortcut(name: str, url: str) -> dict[str, str]:
    return {"name": name, "url": url}


HANDLERS: tuple[Any, ...] = (manifest, worker, offline)
