"""One list: how far it is, what it came to, and how it stands with everybody on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Template

from shebaoka.faces.web.files import handed_on
from shebaoka.faces.web.pages.lists.handing_in import FILE_BYTES_MAX, KINDS
from shebaoka.faces.web.showing import show
from shebaoka.faces.web.visiting import Ask, backend, page

FAULTS_SHOWN: Final = 50
OF_ROWS: Final = (
    ("to_mend", "退回待改正", "To be mended"), ("mended", "已改正重报", "Corrected and sent again"),
    ("repeated", "重复，无须办理", "Repeated, nothing to do"), ("elsewhere", "已通过其他渠道办理", "Done through another channel"),
)  # fmt: skip
"""What rows without an application of this list may be."""
ONE: Final = "/staff/lists/{list_id:int}"


@get(ONE, **page("staff", "list.read"))
async def one_list(request: Ask, list_id: FromPath[int]) -> Template:
    """Show how far a list is; when it is answered, what the two checks found and what to do next."""
    one = await backend(request).get(f"/api/lists/{list_id}")
    return show(
        request, "lists/one.html", one=one, kind=KINDS[one["kind"]], faults=one["faults"][:FAULTS_SHOWN],
        again=request.query_params.get("again") == "1", left=_left(one), bytes_max=FILE_BYTES_MAX,
    )  # fmt: skip


def _left(one: Mapping[str, Any]) -> int:
    """Give how many rows are still to be mended."""
    mended: int = (one["lineage"] or {}).get("mended_rows", 0)
    sent_back: int = one["rejected_rows"] or 0
    return max(sent_back - mended, 0)


@get(f"{ONE}/rows", **page("staff", "list.read"))
async def rows(request: Ask, list_id: FromPath[int]) -> Template:
    """Show how it stands with everybody on a list, page by page, or with those of one status."""
    asked = {"cursor": request.query_params.get("cursor"), "status": _status(request)}
    here = backend(request)
    one = await here.get(f"/api/lists/{list_id}")
    found = await here.get(f"/api/lists/{list_id}/rows", limit=50, **asked)
    made = [(each["status"], f"{each['zh']}（{each['rows']}）", each["en"]) for each in one["standing"]]
    return show(
        request, "lists/rows.html", one=one, found=found, statuses=[*made, *OF_ROWS], chosen=asked["status"] or "",
        started=asked["cursor"] is not None,
    )  # fmt: skip


@get(f"{ONE}/rows/file", no_page=True, **page("staff", "list.read"))
async def rows_file(request: Ask, list_id: FromPath[int]) -> Response[bytes]:
    """Give the same as a file that a spreadsheet opens."""
    asked = {name: value for name in ("cursor", "status") if (value := request.query_params.get(name))}
    return handed_on(await backend(request).ask("GET", f"/api/lists/{list_id}/rows/file", params=asked))


@get(f"{ONE}/rejects", no_page=True, **page("staff", "list.read"))
async def rejects(request: Ask, list_id: FromPath[int]) -> Response[bytes]:
    """Give the rows that are to be mended, with reason and remedy."""
    return handed_on(await backend(request).ask("GET", f"/api/lists/{list_id}/rejects"))


def _status(request: Ask) -> str | None:
    return request.query_params.get("status") or None


HANDLERS = (one_list, rows, rows_file, rejects)
