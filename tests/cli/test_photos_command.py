"""`shebaoka photos`: pictures are checked without sending them; who waits for one, and where those used came from."""

from __future__ import annotations

from datetime import datetime

import psycopg
import pytest
from tests.chain.command_line import bilingual, here, open_folder
from tests.issuing.photos.pictures import jpeg

from shebaoka import wiring
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.settings import Settings

FILL = """
INSERT INTO application (person_id, application_id, kind, channel, group_code, status, organisation_id, bank_id, bank_reason,
    fallback_outlet_id, sealed, reason, applied_at, updated_at, due_on)
SELECT n, n, 'exchange', 'online', 'everyone', 'needs_photo', 1, 2, 'chosen', 3, '', 'photo-none', %(now)s, %(now)s, '2019-02-01'
FROM generate_series(1, 3) AS x(n)
"""
USED = """
INSERT INTO photo (person_id, photo_id, source, received_at, digest, sealed) VALUES (1, 7, 'counter', %(now)s, '', '')
"""
USE = "INSERT INTO photo_use (person_id, application_id, photo_id, way, rule_id, used_at) VALUES (1, 1, 7, 'brought', 'brought', %(now)s)"


@pytest.fixture(scope="module")
def home():
    """A city in which three people wait for a photo; its server runs on, and commands join it."""
    with open_folder() as folder, wiring.ready_database(Settings(data_dir=str(folder))) as url:
        with psycopg.connect(url) as connection:
            for statement in (FILL, USED, USE):
                connection.execute(statement, {"now": datetime.now(SHANGHAI)})
        yield folder


def test_pictures_are_checked_by_the_rule_of_the_city(home, tmp_path):
    good, bad = tmp_path / "good.jpg", tmp_path / "bad.jpg"
    good.write_bytes(jpeg(dpi=0))
    bad.write_bytes(jpeg(wall="#556677", blur=4))
    told = here(home, "photos", "check", str(good), "--json").did()
    assert told["good"] is True
    assert [one["slug"] for one in told["files"][0]["findings"]] == ["photo-dpi"]
    assert told["files"][0]["face"] == "not_checked"
    refused = here(home, "photos", "check", str(good), str(bad))
    assert refused.code == 1
    assert bilingual(refused.out)
    assert "办法 What to do" in refused.out
    assert "目视确认" in refused.out
    told = here(home, "photos", "check", str(bad), "--json")
    assert (told.code, told.document["good"]) == (1, False)
    assert {one["slug"] for one in told.document["files"][0]["findings"]} == {
        "photo-background",
        "photo-blurred",
    }
    assert here(home, "photos", "check", str(tmp_path / "none.jpg")).code == 2


def test_who_waits_for_a_photo_and_where_photos_come_from(home):
    told = here(home, "photos", "exceptions", "--json").did()["applications"]
    assert [(one["application_id"], one["reason"]) for one in told] == [(n, "photo-none") for n in "321"]
    lines = here(home, "photos", "exceptions", "--limit", "2").out.splitlines()
    assert [line.split()[0] for line in lines] == ["3", "2"]
    counts = here(home, "photos", "figures", "--json").did()["counts"]
    assert counts == [{"way": "brought", "source": "counter", "uses": 1, "rejected": 0}]
    assert "counter" in here(home, "photos", "figures", "--days", "1").out


def test_the_step_that_destroys_has_nothing_to_do(home):
    ran = here(home, "jobs", "run", "pictures", "--json").did()
    assert ran["stages"][0]["counts"] == {"destroyed": 0}
