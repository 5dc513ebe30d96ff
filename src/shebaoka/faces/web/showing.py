"""Pages from templates: what every page is given, and how refusals are shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar.response import Redirect, Template
from markupsafe import Markup

from shebaoka.faces.web.backend import Refused, new_key
from shebaoka.faces.web.district_map import DISTRICTS
from shebaoka.faces.web.visiting import Ask, Visitor, back_to, logged_in, wants_elder
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.money import Fen

STATIC: Final = files("shebaoka.faces.web") / "static"
TEMPLATES: Final = files("shebaoka.faces.web") / "templates"
SEE_OTHER: Final = 303
KEPT_TO_ITSELF: Final = "＊＊＊"


def environment() -> Environment:
    """Give the templates' environment: everything is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=PackageLoader("shebaoka.faces.web"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals.update(asset=asset, new_key=new_key, districts=DISTRICTS)
    made.filters.update(day=day, moment=moment, yuan=_amount)
    return made


@cache
def asset(name: str) -> str:
    """Give the address of a file of ours; it changes with the file, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def show(
    request: Ask, template: str, *, status: int = 200, refused: Refused | None = None, **given: Any
) -> Template:
    """Give a page. `refused`: what was refused just now; it stands at the head of the page, and sets its status."""
    found: Visitor | None = request.scope["state"].get("visitor")
    context = {
        "visitor": found,
        "elder": found.elder if found else wants_elder(request),
        "path": request.scope["path"],
        "resident_in": bool(logged_in(request, "resident")),
        "here": back_to(request),
        "refused": refused.problem if refused else None,
        "errors": _errors(refused),
    }
    return Template(template, context=context | given, status_code=refused.status if refused else status)


def picture(text: str, title: str) -> Markup:
    """Draw a code (QR) for a camera, as part of the page."""
    drawn = segno.make(text, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=5, border=4, title=title))  # noqa: S704 - drawn by a library, which escapes the title


def go(path: str) -> Redirect:
    """Send the browser on after a form: a reload does not send it again."""
    return Redirect(path, status_code=SEE_OTHER)


def _errors(refused: Refused | None) -> Mapping[str, str]:
    """Give what is wrong with which field, as far as the refusal says."""
    said = refused.problem.get("errors", ()) if refused else ()
    return {one["field"]: one["message"] for one in said if isinstance(one, Mapping) and "field" in one}


def day(text: str | None) -> str:
    """Write a date (ISO 8601) as people read it."""
    return f"{text[:4]}年{int(text[5:7])}月{int(text[8:10])}日" if text else "—"


def moment(text: str | None) -> str:
    """Write an instant (ISO 8601) as people in Shanghai read it."""
    if not text:
        return "—"
    there = datetime.fromisoformat(text).astimezone(SHANGHAI)
    return f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}"


@pass_context
def _amount(page: Context, fen: int) -> str:
    """Write an amount, unless the page keeps amounts to itself until it is asked for them."""
    return KEPT_TO_ITSELF if page.get("hidden") else Fen(fen).grouped()
