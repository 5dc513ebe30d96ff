"""The same care through the national interface and through Shanghai's messages comes to the same fen, part by part."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.benefits.settlement.clinic_town import THIRD
from tests.faces.terminals import contents as c
from tests.faces.terminals.shanghai_hospital import ShanghaiHospital, card, line

from shebaoka.benefits.insurance.catalogue import Listed
from shebaoka.benefits.insurance.commands import note_items
from shebaoka.benefits.settlement import views
from shebaoka.benefits.settlement.model import Sums
from shebaoka.registry.senders import commands as senders

SINCE = date(2018, 1, 1)
CATALOGUE = [
    Listed(c.DRUG, SINCE, "甲类药", "full", "09"), Listed(c.SHARED, SINCE, "乙类药", "shared", "09"),
    Listed(c.DEAR, SINCE, "有限价的项目", "full", "03", Decimal("50.000000")),
]  # fmt: skip
CARE = ((c.DRUG, "2100.01"), (c.SHARED, "100.05"), (c.OWN, "80.00"), (c.DEAR, "80.00"))
TOTAL = "2360.06"


async def national(town, here) -> None:
    """Go to a clinic, then stay, as the first."""
    psn_no = str(town.ids[1])
    lines = [c.line(str(n), item, amount) for n, (item, amount) in enumerate(CARE, 1)]
    visit = (await here.done("2201", c.registering(psn_no)))["data"]["mdtrt_id"]
    await here.done("2203A", c.visit_told(psn_no, visit))
    await here.done("2204", c.fees(psn_no, visit, *lines))
    quoted = await here.done("2206", c.quoting(psn_no, visit, TOTAL))
    await here.done("2207", c.settling(psn_no, visit, quoted["setlinfo"]))
    stay = (await here.done("2401", c.admitting(psn_no)))["result"]["mdtrt_id"]
    await here.done("2301", c.stay_fees(psn_no, stay, *lines))
    await here.done("2402", c.discharging(psn_no, stay, "2019-01-02"))
    settling = c.stay_settling(psn_no, stay, TOTAL, 1, ("80.00", "30.00", "10.01", "2240.05"))
    await here.done("2303", settling)
    await here.done("2304", settling)


async def shanghai(here) -> None:
    """Go to a clinic, then stay, as the fourth, who is as the first."""
    lines = [line(n, item, amount) for n, (item, amount) in enumerate(CARE, 1)]
    bill = {"mxzdhs": [await here.bill(4, *lines)]}
    quote = await here.did("SI11", card(4) | bill)
    await here.did("SI12", card(4) | bill | {"jssqxh": quote["jssqxh"]})
    begun = await here.did("SJ11", card(4, djtype="3", djno="IP-1", startdate="2019-01-02"))
    bill = {"mxzdhs": [await here.bill(4, *lines, jzdyh=begun["jzdyh"])]}
    leaving = card(4, jzdyh=begun["jzdyh"], cyjsbz="1", jsjsrq="2019-01-02") | bill
    quote = await here.did("SI51", leaving)
    await here.did("SI52", leaving | {"jssqxh": quote["jssqxh"]})


async def test_the_same_care_comes_to_the_same_fen(town):
    await town.act(note_items, CATALOGUE)
    secret = await town.act(senders.make_key, THIRD, "sys-local")
    await national(town, await town.hospital(THIRD))
    await shanghai(ShanghaiHospital(town.http, town.clock, "sys-local", secret, "H3"))
    first, fourth = [
        [
            [getattr(one, name) for name in Sums.__struct_fields__]
            for one in await town.act(views.settlements, town.ids[n])
        ]
        for n in (1, 4)
    ]
    assert first == fourth
    assert [one[0] for one in first] == [236_006, 236_006]
    assert all(one[5] + one[6] > 0 for one in first), (
        "a fund pays of both, so that shares are rounded on the way"
    )
    assert await town.held(1) == await town.held(4)
    assert (await town.standing(1, "2019-01-02")).state == (await town.standing(4, "2019-01-02")).state
    assert await town.adds_up()
