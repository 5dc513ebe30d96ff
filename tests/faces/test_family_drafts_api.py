"""Drafts begun from the family's page: by the family's own numbers, like a sibling's application, with a picture."""

from datetime import date

from tests.faces.test_residents_api import (
    BORN,
    CHILD,
    FATHER,
    FILLED,
    LITTLE,
    MOTHER,
    SMALL,
    SON,
    STRANGER,
    filled,
    handed_in,
    home,
    resident,
)  # fmt: skip
from tests.issuing.photos.pictures import jpeg

from shebaoka.kit.actor import SYSTEM

__all__ = ["home"]
GROWN = date(2000, 5, 5)


async def test_a_second_child_is_like_the_first(home):
    mother = await resident(home, MOTHER)
    first = (await handed_in(mother, await filled(mother))).json()
    little = str(await home.person_id(LITTLE, SMALL))
    asked = {"person_id": little, "like": first["application_id"]}
    begun = (await mother.post("/api/family/drafts", json=asked)).json()
    draft = (await mother.get(f"/api/drafts/{begun['draft_id']}")).json()
    assert {name: draft[name] for name in FILLED} == FILLED
    assert draft["missing"] == []
    assert (await handed_in(mother, begun)).status_code == 201
    assert [fact[3] for fact in await home.facts("contact.reused")] == [first["application_id"]]


async def test_what_was_filled_in_stays(home):
    mother = await resident(home, MOTHER)
    first = (await handed_in(mother, await filled(mother))).json()
    little = str(await home.person_id(LITTLE, SMALL))
    begun = (await mother.post("/api/family/drafts", json={"person_id": little})).json()
    typed = {"version": 1, "mobile": "15400000001"}
    await mother.post(f"/api/drafts/{begun['draft_id']}", json=typed)
    asked = {"person_id": little, "like": first["application_id"]}
    again = (await mother.post("/api/family/drafts", json=asked)).json()
    assert (again["draft_id"], again["version"]) == (begun["draft_id"], 2)
    assert (await mother.get(f"/api/drafts/{begun['draft_id']}")).json()["mobile"] == "15400000001"


async def test_nobody_of_another_family_is_found(home):
    mother, stranger = await resident(home, MOTHER), await resident(home, STRANGER)
    of_mother = (await handed_in(mother, await filled(mother))).json()["application_id"]
    own = str(await home.person_id(STRANGER))
    others = [(CHILD, BORN), (SON, GROWN), (FATHER, date(1980, 1, 1))]
    asked = [{"person_id": str(await home.person_id(*one))} for one in others]
    for body in (*asked, {"person_id": "1"}, {"person_id": own, "like": of_mother}):
        refused = await stranger.post("/api/family/drafts", json=body)
        assert (refused.status_code, refused.json()["type"]) == (404, "/problems/not-found"), body
    assert (await stranger.get("/api/drafts")).json()["items"] == [], "nothing is left of what was refused"


async def test_a_picture_is_kept_with_the_draft_and_brought_with_it(home):
    phone, desk = await resident(home, MOTHER), await resident(home, MOTHER)
    draft = await filled(phone)
    path = f"/api/drafts/{draft['draft_id']}"
    sent = {"files": {"photo": ("p.jpg", jpeg())}, "data": {"version": "2"}}
    dark = {"files": {"photo": ("p.jpg", jpeg(light=0.1))}, "data": {"version": "2"}}
    refused = await phone.post(f"{path}/photo", **dark)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/photo-refused")
    kept = (await phone.post(f"{path}/photo", **sent)).json()
    late = await desk.post(f"{path}/photo", **sent)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/draft-changed-meanwhile")
    saved = (await phone.post(path, json=FILLED | {"version": kept["version"], "shared_photo": False})).json()
    assert (await phone.get(path)).json()["photo"] is True, "saving the rest does not lose it"
    made = (await handed_in(phone, saved)).json()
    history = (await phone.get(f"/api/applications/{made['application_id']}/photo")).json()
    assert [(one["source"], one["way"]) for one in history["photos"]] == [("online", "brought")]
    assert history["consent"] is False
    async with home.database.work(SYSTEM) as work:
        assert await work.value("SELECT count(*) FROM draft WHERE sealed IS NOT NULL") == 0


async def test_a_shared_photo_takes_the_pictures_place(home):
    mother = await resident(home, MOTHER)
    draft = await filled(mother)
    path = f"/api/drafts/{draft['draft_id']}"
    sent = {"files": {"photo": ("p.jpg", jpeg())}, "data": {"version": "2"}}
    kept = (await mother.post(f"{path}/photo", **sent)).json()
    await mother.post(path, json=FILLED | {"version": kept["version"], "shared_photo": True})
    found = (await mother.get(path)).json()
    assert (found["photo"], found["shared_photo"]) == (False, True)


async def test_the_family_is_told_which_bank_and_why(home):
    mother = await resident(home, MOTHER)
    items = (await mother.get("/api/family")).json()["items"]
    child = next(one for one in items if one["group"] == "pupils")
    assert child["bank"]["chooser"] == "guardian"
    assert child["bank_why"]["rule_id"] == child["bank"]["rule"] == "guardian_chooses"
    standard = (await mother.get("/api/photos/consent")).json()["standard"]
    assert (standard["width_px"], standard["height_px"]) == (358, 441)
