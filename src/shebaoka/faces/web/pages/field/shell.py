"""The shell of the field app: one page without anything personal, its modules, its manifest, and the worker that keeps them.

The modules lie under an address that changes with any of them, so that they name each other by plain relative paths and a
browser never mixes two versions.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template

from shebaoka.faces.web.showing import STATIC, asset, show
from shebaoka.faces.web.visiting import YEAR_SECONDS, Ask, page

SCOPE: Final = "/field"
SCRIPT: Final = "text/javascript"
HERE: Final = STATIC / "js" / "field"
TEMPLATES: Final = files("shebaoka.faces.web") / "templates"
ICONS: Final = (("img/icon-192.png", "192x192", "any"), ("img/icon-512.png", "512x512", "any"), ("img/icon-maskable-512.png", "512x512", "maskable"))  # fmt: skip
MADE_OF: Final = ("css/base.css", "css/field.css", "img/icon.svg", "img/icon-192.png")
EVERYBODY: Final = page("everybody")
FILE: Final[dict[str, Any]] = {"opt": {**EVERYBODY["opt"], "plain": True, "no_page": True}}
MANIFEST: Final[dict[str, Any]] = {
    "id": SCOPE, "start_url": SCOPE, "scope": SCOPE, "name": "社保卡外勤 · Card field work", "short_name": "社保卡外勤",
    "lang": "zh-Hans", "display": "standalone", "background_color": "#ffffff", "theme_color": "#0b4f8a",
}  # fmt: skip


def modules() -> list[str]:
    """Give the names of the app's modules; the worker is none of them."""
    return sorted(one.name for one in HERE.iterdir() if one.name.endswith(".mjs"))


@cache
def version() -> str:
    """Give a name for all that the shell is made of, which changes with any of it."""
    made_of: list[Traversable] = [
        *(HERE / name for name in (*modules(), "worker.js")), *(STATIC / name for name in MADE_OF),
        TEMPLATES / "macros.html", *sorted((TEMPLATES / "field").iterdir(), key=lambda one: one.name),
    ]  # fmt: skip
    digest = hashlib.sha256()
    for one in made_of:
        digest.update(one.read_bytes())
    return digest.hexdigest()[:12]


def _address(name: str) -> str:
    return f"{SCOPE}/files/{version()}/{name}"


@get(SCOPE, **EVERYBODY)
async def field(request: Ask) -> Template:
    """Show the app; whose it is and what it holds, the device knows."""
    return show(request, "field/shell.html", app=_address("app.mjs"), version=version())


@get("/field.webmanifest", **FILE)
async def manifest() -> Response[bytes]:
    """Give what a browser installs the app by."""
    icons = [
        {"src": asset(name), "sizes": size, "type": "image/png", "purpose": why} for name, size, why in ICONS
    ]
    told = json.dumps(MANIFEST | {"icons": icons}, ensure_ascii=False)
    return Response(told.encode(), media_type="application/manifest+json")


@get("/field-worker.js", **FILE)
async def worker() -> Response[bytes]:
    """Give the worker, which names what belongs to this version; browsers ask for it anew each time."""
    shell = [SCOPE, "/field.webmanifest", *map(asset, MADE_OF), *map(_address, modules())]
    head = f"const VERSION = {json.dumps(version())};\nconst SHELL = {json.dumps(shell)};\n"
    return Response(
        head.encode() + (HERE / "worker.js").read_bytes(),
        media_type=SCRIPT,
        headers={"cache-control": "no-cache"},
    )


@get("/field/files/{of:str}/{name:str}", **FILE)
async def module(of: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Give a module of this version; what belongs to another is not there, so that no two are mixed."""
    if of != version() or name not in modules():
        raise NotFoundException
    kept = {"cache-control": f"public, max-age={YEAR_SECONDS}, immutable"}
    return Response((HERE / name).read_bytes(), media_type=SCRIPT, headers=kept)


HANDLERS: Final = (field, manifest, worker, module)
