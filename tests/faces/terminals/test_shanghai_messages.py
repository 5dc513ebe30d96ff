"""Shanghai's fifth-phase messages in their order: registration, clinic, purchase, stay, reversal, reconciliation; to the fen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.benefits.insurance.bills import PROGRAMME
from tests.benefits.settlement.clinic_town import PHARMACY, THIRD, D, old_number
from tests.faces.terminals.shanghai_hospital import (
    CATALOGUE,
    DEAR,
    DRUG,
    FEE,
    OWN,
    SHARED,
    ShanghaiHospital,
    card,
    line,
)

from shebaoka.benefits.insurance.commands import note_items, note_spell
from shebaoka.benefits.insurance.insured import Spell
from shebaoka.benefits.settlement import views
from shebaoka.cards import commands as cards
from shebaoka.cards.model import MadeCard
from shebaoka.cards.status_list.signing import signing_key
from shebaoka.kit.settings import Settings
from shebaoka.ledger.model import Balances
from shebaoka.records import card_number as card_numbers
from shebaoka.registry.senders import commands as senders
from shebaoka.service.credential.commands import show_ecard

Y = Decimal
CLINIC = (
    "curaccountpay",
    "zfdxjzfs",
    "zfdlnzhzfs",
    "tcdzhzfs",
    "tcdxjzfs",
    "tczfs",
    "fjdzhzfs",
    "fjdxjzfs",
    "fjzfs",
)
STAY = ("qfdzhzfs", "qfdxjzfs", "tcdzhzfs", "tcdxjzfs", "tczfs", "fjdzhzfs", "fjdxjzfs", "fjzfs")
BACK = (
    "curaccount",
    "hisaccount",
    "zfcash",
    "tchisaccount",
    "tccash",
    "tc",
    "dffjhisaccount",
    "dffjcash",
    "dffj",
)
REGISTRATION = {"zlxmdm": FEE, "totalexpense": 22, "ybjsfwfyze": 22, "fybjsfwfyze": 3, "yllb": "S11"}


def adds_up(told, parts=CLINIC) -> bool:
    accounts = sum(told[name] for name in ("zfdlnzhzfs", "tcdzhzfs", "fjdzhzfs") if name in told)
    return (
        told["totalexpense"] == sum(told[part] for part in parts)
        and told.get("hisaccountpay", accounts) == accounts
    )


@pytest.fixture
async def speaks(town):
    """Give institutions' systems that speak so, by institution; the catalogue has what they use."""
    await town.act(note_items, CATALOGUE)

    async def give(at: int = THIRD) -> ShanghaiHospital:
        code = {THIRD: "H3", PHARMACY: "P1"}.get(at, "H1")
        secret = await town.act(senders.make_key, at, f"sys-{code}")
        return ShanghaiHospital(town.http, town.clock, f"sys-{code}", secret, code)

    return give


async def paid(here, n, *lines, yllb="S11", **more):
    """Have a clinic's bill settled, and give the bill and what was settled."""
    bill = await here.bill(n, *lines, **more)
    asked = card(n, yllb=yllb, mxzdhs=[bill])
    quote = await here.did("SI11", asked)
    return bill, await here.did("SI12", asked | {"jssqxh": quote["jssqxh"]})


async def test_a_registration_and_a_clinic(town, speaks):
    """Active, 38, third level, 280.00 on the account: 22.00 for the registration, then 1,000.00 class A and 100.05 class B (10 %
    first: 10.005, half a fen up), 30.00 own, and one item of 50.00 limited to 40.00.

    In scope 1,000 + 90.04 + 40 = 1,130.04: 258.00 from the account, 872.04 of the deductible of 1,500.
    """
    here = await speaks()
    told = await here.did("SM01", card(1))
    assert (told["curaccountamt"], told["rationpay"], told["beinqf"], told["tcfdx"]) == (
        280,
        1500,
        1500,
        510_000,
    )
    assert (told["totalmzzfdpay"], told["qfxsfdxxfylj"], told["accountattr"][0]) == (0, 0, "1")
    quote = await here.did("SH01", card(1) | REGISTRATION)
    assert (quote["curaccountpay"], quote["totalexpense"], quote["fybjsfwfyze"], quote["curaccountamt"]) == (
        22,
        22,
        3,
        280,
    )
    begun = await here.did("SH02", {"jssqxh": quote["jssqxh"]})
    assert begun["curaccountamt"] == 258
    assert adds_up(begun)
    lines = (line(1, DRUG, "1000"), line(2, SHARED, "100.05"), line(3, OWN, "30"), line(4, DEAR, "50"))
    bill, done = await paid(here, 1, *lines, jzdyh=begun["jzdyh"])
    assert (bill["totalexpense"], bill["ybjsfwfyze"], bill["fybjsfwfyze"]) == (Y("1130.04"), Y("1140.05"), 40)
    assert (done["curaccountpay"], done["zfdxjzfs"], done["fjzfs"], done["curaccountamt"]) == (
        258,
        Y("872.04"),
        0,
        0,
    )
    assert adds_up(done)
    assert await town.held(1) == Balances(0, 0)
    assert (await town.standing(1, "2019-01-02")).state.deductible_used_fen == 87_204
    assert (await here.did("SM01", card(1)))["totalmzzfdpay"] == Y("872.04")
    assert await town.owed(THIRD) == 28_000
    assert await town.adds_up()


async def test_a_historic_account_pays_the_deductible_first(town, speaks):
    """Retired, 78: 1,260.00 in 2018, which are historic in August; 1,890.00 in 2019. Of 6,630.00 the account pays 1,890.00, the deductible is
    700.00, of 4,040.00 the fund pays 75 % = 3,030.00. The historic account: 700.00, then 560.00 of the own 1,010.00; cash 450.00.
    """
    here = await speaks()
    await here.did("SM01", card(2))
    town.noon("2019-08-01")
    told = await here.did("SM01", card(2))
    assert (told["curaccountamt"], told["hisaccountamt"], told["accountattr"][0]) == (1890, 1260, "2")
    _, done = await paid(here, 2, line(1, DRUG, "6630"))
    assert [done[name] for name in CLINIC] == [1890, 0, 700, 0, 0, 0, 560, 450, 3030]
    assert (done["hisaccountpay"], done["curaccountamt"], done["hisaccountamt"]) == (1260, 0, 0)
    back = await here.did("SK01", card(2, translsh=done["lsh"], totalexpense=6630))
    assert [back[name] for name in BACK] == [1890, 700, 0, 0, 0, 0, 560, 450, 3030]
    assert (back["curaccountamt"], back["hisaccountamt"]) == (1890, 1260)


async def test_a_resident_pays_through_the_pooled_fund(town, speaks):
    """A resident of 40: 500.00 deductible, then 50 % at the third level: of 1,000.00 the pooled fund pays 250.00."""
    here = await speaks()
    _, done = await paid(here, 3, line(1, DRUG, "1000"))
    assert (done["zfdxjzfs"], done["tczfs"], done["tcdxjzfs"], done["fjzfs"], done["fjdxjzfs"]) == (
        500,
        250,
        250,
        0,
        0,
    )
    assert adds_up(done)


async def test_a_purchase_needs_no_registration(town, speaks):
    here = await speaks(PHARMACY)
    _, done = await paid(here, 1, line(1, DRUG, "35.50", 2))
    assert (done["curaccountpay"], done["curaccountamt"]) == (Y("35.5"), Y("244.5"))
    visit = (await town.act(views.visits, town.ids[1]))[0]
    assert (visit.kind, visit.institution_id) == ("pharmacy", PHARMACY)


async def test_a_stay_over_the_cap(town, speaks):
    """Active: 1,500.00 deductible, then 85 % up to 510,000.00 of the year, 80 % above. Of 700,000.00: within 510,000, above 188,500."""
    here = await speaks()
    begun = await here.did("SJ11", card(1, djtype="3", djno="Z-1", startdate="2019-01-02"))
    first = await here.bill(1, line(1, DRUG, "600000"), jzdyh=begun["jzdyh"], jslxbz="610")
    asked = card(1, yllb="S21", cyjsbz="0", jzdyh=begun["jzdyh"], mxzdhs=[first])
    estimate = await here.did("SI51", asked)
    assert "在院期间不结算" in await here.not_done("SI52", asked | {"jssqxh": estimate["jssqxh"]})
    leaving = asked | {"cyjsbz": "1", "jsjsrq": "2019-01-02"}
    await here.did("SI51", leaving)
    second = await here.bill(1, line(1, DRUG, "100000"), jzdyh=begun["jzdyh"])
    assert "未列全" in await here.not_done("SI51", leaving)
    leaving["mxzdhs"] = [first, second]
    quote = await here.did("SI51", leaving)
    assert (quote["qfdxjzfs"], quote["tczfs"], quote["fjzfs"]) == (1_500, 433_500, 150_800)
    assert (quote["tcdxjzfs"], quote["fjdxjzfs"]) == (76_500, 37_700)
    assert adds_up(quote, STAY)
    done = await here.did("SI52", leaving | {"jssqxh": quote["jssqxh"]})
    assert {name: done[name] for name in STAY} == {name: quote[name] for name in STAY}
    assert "没有未结算的住院登记" in await here.not_done("SJ21", card(1, cxtype="3"))
    await town.act(note_spell, town.ids[1], Spell(D("2019-01-02"), "none", "none"))
    assert "未参加医疗保险" in await here.not_done("SM01", card(1))
    back = await here.did("SK01", card(1, translsh=done["lsh"], totalexpense=done["totalexpense"]))
    assert sum(back[part] for part in BACK) == done["totalexpense"]
    assert await town.owed(THIRD) == 0
    await here.did("SJ21", card(1, cxtype="3"))
    assert (await town.act(views.visits, town.ids[1]))[0].status == "cancelled"


async def test_what_is_taken_back_and_asked_for_after_a_time_out(town, speaks):
    here, other = await speaks(), await speaks(PHARMACY)
    bill = await here.bill(1, line(1, DRUG, "100"))
    asked = card(1, mxzdhs=[bill])
    quote = await here.did("SI11", asked)
    confirm, msgid = asked | {"jssqxh": quote["jssqxh"]}, "H3000000000" + "20190102" + "900000001"
    assert await here.did("SI91", {"ymsgid": msgid}) == {"jyzt": "0"}
    done = await here.did("SI12", confirm, msgid)
    assert await here.did("SI12", confirm, msgid) == done, "sent again, the same answer"
    assert "已用于另一笔" in await here.not_done("SI12", confirm | {"deptid": "2"}, msgid)
    told = await here.did("SI91", {"ymsgid": msgid})
    assert (told["jyzt"], told["lsh"], told["totalexpense"]) == ("1", done["lsh"], 100)
    assert (await other.did("SI91", {"ymsgid": msgid}))["jyzt"] == "0", "a message is its sender's"
    back = card(1, translsh=done["lsh"], totalexpense=100)
    assert "没有此笔结算" in await other.not_done("SK01", back)
    assert "应为 100.00" in await here.not_done("SK01", back | {"totalexpense": 99})
    assert "不符" in await here.not_done("SK01", back | card(2))
    given = await here.did("SK01", back)
    assert (given["curaccount"], given["curaccountamt"]) == (100, 280)
    assert "只能冲正一次" in await here.not_done("SK01", back)
    assert (await here.did("SI91", {"ymsgid": msgid}))["jyzt"] == "2"
    again = await here.did("SI11", asked)
    assert again["curaccountpay"] == 100
    assert await town.held(1) == Balances(28_000, 0)


async def test_bills_are_settled_in_the_sets_that_are_named(town, speaks):
    here = await speaks()
    begun = await here.did("SH02", {"jssqxh": (await here.did("SH01", card(1) | REGISTRATION))["jssqxh"]})
    first, second, third = [
        await here.bill(1, line(1, DRUG, yuan), jzdyh=begun["jzdyh"]) for yuan in ("10", "20", "40")
    ]
    more = await here.bill(1, line(2, DRUG, "5"), mxzdh=first["mxzdh"])
    assert more["mxzdh"] == first["mxzdh"], "another package of the same bill"
    assert "应为 15.00" in await here.not_done("SI11", card(1, mxzdhs=[first]))
    first = first | {"totalexpense": 15, "ybjsfwfyze": 15}
    both = card(1, mxzdhs=[first, second])
    quote = await here.did("SI11", both)
    assert quote["totalexpense"] == 35
    assert "请重新预结算" in await here.not_done("SI12", card(1, mxzdhs=[second], jssqxh=quote["jssqxh"]))
    alone = await here.did("SI11", card(1, mxzdhs=[second]))
    await here.did("SI12", card(1, mxzdhs=[second], jssqxh=alone["jssqxh"]))
    assert "已经结算" in await here.not_done("SI11", both)
    assert "已经结算" in await here.not_done("SN02", card(1, mxzdh=second["mxzdh"]))
    assert await here.did("SN02", card(1, mxzdh=third["mxzdh"])) == {}
    assert "已撤销" in await here.not_done("SI11", card(1, mxzdhs=[third]))
    fourth = await here.bill(1, line(1, DRUG, "8"), jzdyh=begun["jzdyh"])
    together = card(1, mxzdhs=[first, fourth])
    quote = await here.did("SI11", together)
    done = await here.did("SI12", together | {"jssqxh": quote["jssqxh"]})
    more = card(1, bcmxylfyze=1, mxxms=[line(9, DRUG, "1")], mxzdh=first["mxzdh"])
    assert "已经结算" in await here.not_done("SN01", more), "it was settled together with another"
    await here.did("SK01", card(1, translsh=done["lsh"], totalexpense=23))
    await here.did("SN01", more)
    assert (await here.did("SI11", card(1, mxzdhs=[first | {"totalexpense": 16, "ybjsfwfyze": 16}])))[
        "totalexpense"
    ] == 16
    assert await town.adds_up()


async def test_the_catalogue_divides_whatever_the_message_says(town, speaks):
    here = await speaks()
    lines = [
        line(1, SHARED, "100", mxxmjyfy=100, mxxmybjsfwfy=100),
        line(2, DRUG, "10", mxxmjyfy=10, mxxmybjsfwfy=10),
    ]
    told = await here.did("SN01", card(1, bcmxylfyze=110, mxxms=lines))
    assert [one["clbz"] for one in told["mxxms"]] == ["1", "0"]
    assert told["mxxms"][0]["mxxmjyfy"] == 90
    unlisted = await here.did("SN01", card(1, bcmxylfyze=10, mxxms=[line(1, "NO", "10", mxxmjyfy=10)]))
    assert (unlisted["mxxms"][0]["mxxmybjsfwfy"], unlisted["mxxms"][0]["clbz"]) == (0, "1"), (
        "it is the patient's own"
    )
    said = card(1, bcmxylfyze=10)
    for wrong, sentence in (
        ([line(1, DRUG, "10", 2, mxxmdj=4)], "应为 8.00"), ([line(1, DRUG, "11")], "不等于各明细金额之和"),
        ([line(1, DRUG, "-10"), line(2, DRUG, "20")], "须不小于零"), ([line(1, DRUG, "5"), line(1, DRUG, "5")], "序号）重复"),
        ([line(n, DRUG, "0") for n in range(51)], "最多50条"),
    ):  # fmt: skip
        assert sentence in await here.not_done("SN01", said | {"mxxms": wrong})
    assert "应为 22.00" in await here.not_done("SH01", card(1) | REGISTRATION | {"totalexpense": 21})


async def test_an_electronic_card_stands_for_the_card_for_a_day_at_one_institution(town, speaks, tmp_path):
    here, other = await speaks(), await speaks(PHARMACY)
    number = card_numbers.from_serial(1)
    made = MadeCard(town.ids[1], 10_001, number, 55, D("2019-01-01"), None, "AB", "CD")
    await town.act(cards.take_made_cards, [made])
    await town.open_new(1, made.card_id)
    key = signing_key(Settings(data_dir=str(tmp_path)))
    shown = await town.act(show_ecard, PROGRAMME, key, "3100", town.ids[1])
    told = await here.did("SE01", {"ecQrCode": shown.text})
    token = {"cardtype": "3", "carddata": told["ecToken"]}
    assert "别处出示过" in await other.not_done("SE01", {"ecQrCode": shown.text})
    assert "不是本机构用 SE01 换得的令牌" in await other.not_done("SM01", token)
    town.noon("2019-01-02")
    bill = await here.did("SN01", token | {"bcmxylfyze": 10, "mxxms": [line(1, DRUG, "10")]})
    named = {"mxzdh": bill["mxzdh"], "totalexpense": 10, "ybjsfwfyze": 10, "fybjsfwfyze": 0}
    quote = await here.did("SI11", token | {"mxzdhs": [named]})
    assert (quote["cardtype"], quote["cardid"]) == ("3", number)
    await here.did("SI12", token | {"mxzdhs": [named], "jssqxh": quote["jssqxh"]})
    assert "不能用于结算" in await here.not_done("SM01", card(1)), "the old card died when the new one opened"
    town.noon("2019-01-03")
    assert "令牌已过期" in await here.not_done("SM01", token)


async def test_whose_card_it_is_and_what_is_not_offered(town, speaks):
    here = await speaks()
    who = await here.did("S000", card(1))
    assert (who["kh"], who["xm"], who["xb"], who["xzqh"]) == (old_number(1), "测试", "1", "310000")
    assert "lxdh" not in who
    await town.lose(1, "formal")
    assert "不能用于结算" in await here.not_done("SM01", card(1))
    assert "查无此卡" in await here.not_done("S000", card(77))
    assert "磁卡不经此接口" in await here.not_done("SM01", card(2, cardtype="0"))
    assert "工伤病人" in await here.not_done("SH01", card(2, persontype="1", gsrdh="1") | REGISTRATION)
    assert "特殊人员" in await here.not_done("SH01", card(2, personspectag="1") | REGISTRATION)
    assert "家床建床不经此接口" in await here.not_done("SJ11", card(2, djtype="1", startdate="2019-01-02"))
    assert "没有交易 SJ31" in await here.not_done("SJ31", {})
    assert "发卡地 330000 不在本市" in await here.not_done("SM01", card(2), xzqhdm="330000")
    assert "与密钥所属机构不符" in await here.not_done("SM01", card(2), jgdm="P1")
    assert "不是本系统给出的编号" in await here.not_done("SH02", {"jssqxh": "1'--"})


async def test_a_day_is_held_against_ours(town, speaks):
    here = await speaks()
    _, done = await paid(here, 1, line(1, DRUG, "300"), line(2, SHARED, "10"), line(3, OWN, "5"))
    _, gone = await paid(here, 3, line(1, DRUG, "7"))
    await here.did("SK01", card(3, translsh=gone["lsh"], totalexpense=7))
    day = {
        "daycollate": "2019-01-02", "daycount": 3, "totalcuraccpay": 280, "totalhisaccpay": 0, "totalcashpay": 29,
        "totaltcpay": 0, "totaldffjpay": 0, "totalflzf": 1, "totalfybjsfw": 5,
    }  # fmt: skip
    assert done["totalexpense"] == 309
    assert (await here.did("SL01", day | {"totalflzf": 5, "totalfybjsfw": 1}))["resultcollate"] == "0", (
        "part by part"
    )
    town.noon("2019-01-03")
    assert (await here.did("SL01", day | {"daycount": 2}))["resultcollate"] == "0"
    msgid = here.wrapped("SL01", day)["msgid"]
    assert (await here.did("SL01", day, msgid))["resultcollate"] == "4"
    assert (await here.did("SL01", day, msgid))["resultcollate"] == "4", "sent again, the same answer"
    assert (await here.did("SL01", day))["resultcollate"] == "3"
    empty = dict.fromkeys(day, 0) | {"daycollate": "2019-01-03"}
    assert (await here.did("SL01", empty))["resultcollate"] == "2"
    assert "日期不晚于今天" in await here.not_done("SL01", empty | {"daycollate": "2019-01-04"})
    assert (await town.act(views.day_compared, THIRD, D("2019-01-02"))).agreed
