"""Ways to the counter's pages, and who looks at them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.web.browsing import Web

Way = Callable[[Web], Awaitable[str]]
COUNTER = "/staff/counter"


def person(path: str = "") -> Way:
    async def way(web: Web) -> str:
        await web.town.cards(5)
        return f"{COUNTER}/people/{await web.town.person_id(5)}{path}"

    return way


def card(path: str) -> Way:
    async def way(web: Web) -> str:
        await web.town.cards(5)
        number = await web.town.person_id(5)
        asked = {"person_id": str(number), "reason": "测试页面"}
        found = await web.town.post("/api/people/search", "community_clerk", json=asked, key=None)
        return f"{COUNTER}/people/{number}/cards/{found.json()['cards'][-1]['card_id']}{path}"

    return way


def application(path: str = "", status: str | None = None) -> Way:
    async def way(web: Web) -> str:
        return (
            f"{COUNTER}/applications/{await web.town.applied(6 + next(web.town.keys), status=status)}{path}"
        )

    return way


def parcel(path: str) -> Way:
    async def way(web: Web) -> str:
        await web.town.parcel_waiting(60 + next(web.town.keys))
        listed = (await web.town.call("GET", "/api/parcels/waiting", "community_clerk")).json()["items"]
        return f"{COUNTER}/applications/{listed[0]['parcel']['application_id']}{path}"

    return way


async def queue(web: Web) -> str:
    await web.town.parcel_waiting(50, status="recalled")
    await web.town.applied(51, status="needs_photo")
    return f"{COUNTER}/queue"


async def stock(web: Web) -> str:
    await web.town.counter()
    await web.town.counted(7)
    return f"{COUNTER}/stock"


def instant(path: str = "", status: str = "blank_taken") -> Way:
    async def way(web: Web) -> str:
        await web.town.counter(blanks=5)
        number = await web.town.at_the_counter(110, status, "account_opened")
        return f"{COUNTER}/instant/{number}{path}"

    return way


async def instant_list(web: Web) -> str:
    await instant()(web)
    return f"{COUNTER}/instant"


LOOKS: dict[str, tuple[str, str | Way]] = {
    COUNTER: ("bank_clerk", COUNTER),
    f"{COUNTER}/people/{{person_id}}": ("community_clerk", person()),
    f"{COUNTER}/people/{{person_id}}/apply": ("community_clerk", person("/apply?by=agent&replace=1")),
    f"{COUNTER}/people/{{person_id}}/cancellation": ("community_clerk", person("/cancellation")),
    f"{COUNTER}/people/{{person_id}}/visit": ("community_clerk", person("/visit")),
    **{
        f"{COUNTER}/people/{{person_id}}/cards/{{card_id}}/{deed}": ("community_clerk", card(f"/{deed}"))
        for deed in ("opening", "loss", "lift", "receipt")
    },
    f"{COUNTER}/apply": ("bank_clerk", f"{COUNTER}/apply"),
    f"{COUNTER}/opening": ("bank_clerk", f"{COUNTER}/opening"),
    f"{COUNTER}/account": ("bank_clerk", f"{COUNTER}/account"),
    f"{COUNTER}/applications/{{application_id}}": ("community_clerk", application()),
    **{
        f"{COUNTER}/applications/{{application_id}}/{deed}": (
            "community_clerk",
            application(f"/{deed}", status),
        )
        for deed, status in (
            ("receipt", None),
            ("bank", "bank_refused"),
            ("destination", None),
            ("withdrawal", None),
            ("sending-again", "at_centre"),
            ("photo", "needs_photo"),
        )
    },
    f"{COUNTER}/applications/{{application_id}}/hand-over": (
        "community_clerk",
        parcel("/hand-over?by=agent"),
    ),
    f"{COUNTER}/applications/{{application_id}}/hand-over/receipt": (
        "community_clerk",
        parcel("/hand-over/receipt"),
    ),
    f"{COUNTER}/instant": ("community_clerk", instant_list),
    f"{COUNTER}/instant/new": ("bank_clerk", f"{COUNTER}/instant/new"),
    f"{COUNTER}/instant/{{application_id}}": ("community_clerk", instant()),
    **{
        f"{COUNTER}/instant/{{application_id}}/{deed}": ("community_clerk", instant(f"/{deed}", status))
        for deed, status in (
            ("spoilage", "blank_taken"),
            ("giving-up", "blank_taken"),
            ("hand-over", "made"),
            ("opening", "handed_over"),
        )
    },
    f"{COUNTER}/queue": ("community_clerk", queue),
    f"{COUNTER}/stock": ("community_clerk", stock),
}
"""By the path of the route: the role, and the address or what makes one."""
