from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

from sandbox_driver import PEOPLE, Sandbox, started

from shebaoka.records import s10

MANIFESTS = "/courier/v1/manifests"
DAY = "2019-03-01"


def parcels(prefix: str) -> list[dict[str, str]]:
    return [
        {
            "reference": s10.make(prefix, number), "recipient": one.name, "mobile": "10000000000",
            "address": "某路 1 号", "fallback_outlet": "静安社区中心",
        }
        for number, one in enumerate(PEOPLE)
    ]  # fmt: skip


def feed(sandbox: Sandbox, prefix: str, limit: int = 1000) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = sandbox.http.get("/courier/v1/events", params={"after": cursor, "limit": limit}).json()
        assert len(page["events"]) <= limit
        if not page["events"]:
            assert page["next"] == cursor
            return [event for event in events if event["waybill"].startswith(prefix)]
        assert int(page["next"]) > int(cursor or 0)
        events += page["events"]
        cursor = page["next"]


def kinds(events: list[dict[str, Any]]) -> dict[str, list[str]]:
    lives = defaultdict(list)
    for event in events:
        lives[event["waybill"]].append(event["kind"])
    return lives


def test_a_parcel_has_a_life(sandbox: Sandbox) -> None:
    answers = sandbox.ask(MANIFESTS, parcels("EA"), manifest="A", dispatched_on=DAY)
    assert {answer["outcome"] for answer in answers} == {"accepted"}
    events = feed(sandbox, "EA")
    lives = kinds(events)
    for parcel, person in zip(parcels("EA"), PEOPLE, strict=True):
        end = ["delivered"] if person.home else ["failed", "at_outlet"]
        assert lives[parcel["reference"]] == ["accepted", "in_transit", *end]
    assert len({event["event_id"] for event in events}) == len(events)
    assert "静安社区中心" in next(event["note"] for event in events if event["kind"] == "at_outlet")


def test_the_feed_is_the_same_whichever_call_came_first(sandbox: Sandbox) -> None:
    """A manifest goes in several calls side by side; where the pages of the feed break must not hang on their race."""
    halves = parcels("EY")[:250], parcels("EY")[250:]
    for half in reversed(halves):
        sandbox.ask(MANIFESTS, half, manifest="Y", dispatched_on=DAY)
    told = [(event["occurred_at"], event["event_id"]) for event in feed(sandbox, "EY")]
    assert told == sorted(told)


def test_events_happen_at_plausible_times(sandbox: Sandbox) -> None:
    sandbox.ask(MANIFESTS, parcels("EB"), manifest="B", dispatched_on=DAY)
    events = feed(sandbox, "EB")
    moments = [datetime.fromisoformat(event["occurred_at"]) for event in events]
    assert all(moment.utcoffset() == timedelta(hours=8) and 6 <= moment.hour < 18 for moment in moments)
    assert {moment.date() for moment in moments} == {
        date(2019, 3, 1) + timedelta(days=days) for days in range(1, 7)
    }
    assert moments == sorted(moments)


def test_the_feed_is_the_same_however_it_is_paged(sandbox: Sandbox) -> None:
    sandbox.ask(MANIFESTS, parcels("EC"), manifest="C", dispatched_on=DAY)
    assert feed(sandbox, "EC", limit=7) == feed(sandbox, "EC", limit=1000)
    for wrong in ({"after": "x"}, {"after": "-1"}, {"after": "9" * 30}, {"limit": 0}, {"limit": 1001}):
        assert sandbox.http.get("/courier/v1/events", params=wrong).status_code == 400


def test_a_parcel_sent_again_is_not_posted_again(sandbox: Sandbox) -> None:
    first = sandbox.ask(MANIFESTS, parcels("ED"), manifest="D1", dispatched_on=DAY)
    events = feed(sandbox, "ED")
    assert sandbox.ask(MANIFESTS, parcels("ED"), manifest="D1", dispatched_on=DAY) == first
    assert sandbox.ask(MANIFESTS, parcels("ED"), manifest="D2", dispatched_on="2019-04-01") == first
    assert feed(sandbox, "ED") == events


def test_refused_parcels_have_a_reason_and_no_life(sandbox: Sandbox) -> None:
    sandbox.faults("courier", refuse=0.3)
    wrong = parcels("EE")[0] | {"reference": "EE000000000CN"}
    answers = sandbox.ask(MANIFESTS, [*parcels("EE")[1:], wrong], manifest="E", dispatched_on=DAY)
    refused = {answer["reference"] for answer in answers if answer["outcome"] == "refused"}
    assert wrong["reference"] in refused
    assert 100 < len(refused) < 200
    assert all(answer["reason"] for answer in answers if answer["outcome"] == "refused")
    assert {event["waybill"] for event in feed(sandbox, "EE")} == {
        parcel["reference"] for parcel in parcels("EE")[1:]
    } - refused


def test_events_twice_lost_and_out_of_order(sandbox: Sandbox) -> None:
    sandbox.ask(MANIFESTS, parcels("EF"), manifest="F", dispatched_on=DAY)
    whole = feed(sandbox, "EF")
    sandbox.faults("courier", duplicate=0.3, lose=0.2, reorder=0.2)
    sandbox.ask(MANIFESTS, parcels("EG"), manifest="G", dispatched_on=DAY)
    events = feed(sandbox, "EG")
    told = Counter(event["event_id"] for event in events)
    assert 0.7 < len(told) / len(whole) < 0.9
    assert 0.2 < sum(times == 2 for times in told.values()) / len(told) < 0.4
    assert set(told.values()) == {1, 2}
    assert len({str(event) for event in events}) == len(told), "a repeated event says the same"
    orders = {pair for life in kinds(events).values() for pair in pairwise(life)}
    assert ("delivered", "accepted") in orders
    assert orders & set(permutations(("failed", "at_outlet"))) == set(permutations(("failed", "at_outlet")))


def test_delivery_may_be_told_before_the_dispatch_is_known(sandbox: Sandbox) -> None:
    sandbox.faults("courier", delivery_before_dispatch=True)
    manifest = {"manifest": "H", "dispatched_on": DAY, "items": parcels("EH")}
    assert sandbox.http.post(MANIFESTS, json=manifest).status_code == 504
    events = feed(sandbox, "EH")
    assert "delivered" in {event["kind"] for event in events}
    assert len(sandbox.ask(MANIFESTS, parcels("EH"), manifest="H", dispatched_on=DAY)) == len(PEOPLE)
    assert feed(sandbox, "EH") == events


def test_the_feed_outlives_the_process(own_folder: Path) -> None:
    with started(own_folder) as sandbox:
        sandbox.ask(MANIFESTS, parcels("EJ"), manifest="J", dispatched_on=DAY)
        events = feed(sandbox, "EJ")
        sandbox.process.kill()
    with started(own_folder) as sandbox:
        assert feed(sandbox, "EJ") == events
        sandbox.ask(MANIFESTS, parcels("EJ"), manifest="J", dispatched_on=DAY)
        assert feed(sandbox, "EJ") == events


def test_down_tells_nothing(sandbox: Sandbox) -> None:
    sandbox.faults("courier", down=True)
    assert sandbox.http.get("/courier/v1/events").status_code == 503
    assert (
        sandbox.http.post(
            MANIFESTS, json={"manifest": "K", "dispatched_on": DAY, "items": parcels("EK")}
        ).status_code
        == 503
    )
    sandbox.http.delete("/_faults")
    assert feed(sandbox, "EK") == []


REDIRECTS = "/courier/v1/redirects"


def wishes(prefix: str, sent: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {
            "reference": f"{prefix}{number}", "waybill": one["reference"],
            **{name: one[name] for name in ("recipient", "mobile", "fallback_outlet")}, "address": "新址 1 号",
        }
        for number, one in enumerate(sent)
    ]  # fmt: skip


def test_a_parcel_goes_elsewhere_until_it_has_arrived(sandbox: Sandbox) -> None:
    sent = parcels("EV")
    sandbox.ask(MANIFESTS, sent, manifest="V", dispatched_on=DAY)
    early, late = sandbox.ask(REDIRECTS, wishes("RV", sent[:2]), asked_on=DAY)
    assert (early["outcome"], late["outcome"]) == ("accepted", "accepted")
    after = sandbox.ask(REDIRECTS, wishes("RW", sent[:2]), asked_on="2019-04-01")
    assert {answer["outcome"] for answer in after} == {"too_late"}
    again = sandbox.ask(REDIRECTS, wishes("RV", sent[:2]), asked_on="2019-04-01")
    assert [answer["outcome"] for answer in again] == ["accepted", "accepted"], "the first answer stays"
    stranger = wishes("RX", [sent[0] | {"reference": s10.make("EZ", 1)}])
    assert sandbox.ask(REDIRECTS, stranger, asked_on=DAY)[0]["outcome"] == "refused"
    sandbox.faults("courier", refuse=1.0)
    assert sandbox.ask(REDIRECTS, wishes("RY", sent[:1]), asked_on=DAY)[0]["outcome"] == "refused"
    sandbox.faults("courier")


def test_a_worn_label_is_misread_and_its_check_digit_shows_it(sandbox: Sandbox) -> None:
    sandbox.faults("courier", misprint=1.0)
    sandbox.ask(MANIFESTS, parcels("EU"), manifest="U", dispatched_on=DAY)
    sandbox.faults("courier")
    events = feed(sandbox, "EU")
    wrong = [event for event in events if event["event_id"].endswith("-misread")]
    assert len(wrong) * 2 == len(events)
    assert not any(s10.is_valid(event["waybill"]) for event in wrong)
