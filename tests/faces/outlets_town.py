"""The town's outlets in their districts, with addresses and hours; and a crowd of them."""

from __future__ import annotations

from shebaoka.kit.actor import SYSTEM
from shebaoka.registry.outlets.commands import import_outlets

HOURS = "09:00-11:30 13:30-16:30"
HEAD = "outlet,address_zh,address_en,phone,mon,tue,wed,thu,fri,sat,sun\n"
DISTRICTS = (("310101", "黄浦区", "Huangpu"), ("310106", "静安区", "Jing'an"))


def told(code: str, n: int) -> str:
    """Give an outlet's line of outlets.csv."""
    week = ",".join([HOURS] * 5)
    return f'{code},黄浦区虚构路{n}号,"{n} Made-up Road, Huangpu",021-{n:08d},{week},,\n'


async def settled(town, folder, crowd: int = 0) -> None:
    """Put the town's outlets into 310101, tell of one of them; `crowd`: so many more community centres, told of too."""
    more = [f"C3101018{n:03d}" for n in range(crowd)]
    async with town.database.work(SYSTEM) as work:
        for row in DISTRICTS:
            await work.run(
                "INSERT INTO district VALUES (%(c)s, %(z)s, %(e)s)", dict(zip("cze", row, strict=True))
            )
        await work.run(
            "UPDATE institution SET district_code = '310101' WHERE kind IN ('community_centre', 'bank_outlet')"
        )
        await work.run("UPDATE institution SET instant = true WHERE code = 'BOSC0001'")
        await work.run(
            "INSERT INTO institution (institution_id, code, kind, name_zh, name_en, district_code, live_from, readiness, readiness_since)"
            " SELECT 5000 + n, code, 'community_centre', '虚构街道第' || n || '社区事务受理服务中心', 'Community centre ' || n, '310101',"
            " '2018-01-01', 'live', %(now)s FROM unnest(%(codes)s::text[]) WITH ORDINALITY AS new(code, n)",
            {"codes": more, "now": work.now},
        )  # fmt: skip
        lines = [told(code, n) for n, code in enumerate(["C310101002", *more], start=1)]
        (folder / "outlets.csv").write_text(HEAD + "".join(lines), "utf-8")
        (folder / "outlet_days.csv").write_text(
            "outlet,day,hours,reason_zh,reason_en\n,2019-10-01,,国庆节休息,National Day\n", "utf-8"
        )
        await import_outlets(work, folder)
