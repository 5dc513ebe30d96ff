"""`shebaoka messages`: what an operator sees of messages, and mends."""

from __future__ import annotations

from datetime import datetime

import psycopg
import pytest
from tests.chain.command_line import bilingual, here, open_folder

from shebaoka import wiring
from shebaoka.kit.clock import SHANGHAI
from shebaoka.kit.settings import Settings

FILL = (
    "INSERT INTO message (person_id, message_id, event_id, about_id, channel, kind, version, parameters, urgent, status,"
    " reason, due_at, updated_at) SELECT n, n, n, n, 'sms', 'card_unopened', 1, '{\"days\": 14}', false, 'given_up',"
    " CASE WHEN n < 4 THEN 'no_answer' ELSE 'refused' END, %(now)s, %(now)s FROM generate_series(1, 5) AS x(n)"
)


@pytest.fixture(scope="module")
def home():
    """A city with five text messages that were given up; its server runs on, and commands join it."""
    with open_folder() as folder, wiring.ready_database(Settings(data_dir=str(folder))) as url:
        with psycopg.connect(url) as connection:
            connection.execute(FILL, {"now": datetime.now(SHANGHAI)})
        yield folder


def test_what_was_given_up_is_shown_and_queued_again(home):
    listed = here(home, "messages", "exceptions", "--json").did()["messages"]
    assert [one["message_id"] for one in listed] == ["1", "2", "3", "4", "5"]
    told = here(home, "messages", "exceptions", "--reason", "refused")
    assert [line.split()[0] for line in told.out.splitlines()] == ["4", "5"]
    assert here(home, "messages", "send-again", "--all", "no_answer", "--json").did() == {"queued": 3}
    assert here(home, "messages", "send-again", "4", "--json").did() == {"queued": 1}
    stands = here(home, "messages", "queue", "--json").did()
    assert (stands["standing"]["queued"], stands["standing"]["given_up"]) == (4, 1)
    told = here(home, "messages", "queue")
    assert "queued 4" in told.out
    assert bilingual(told.out)


def test_what_cannot_be_sent_again_is_refused_in_plain_words(home):
    refused = here(home, "messages", "send-again", "--all", "died")
    assert refused.code == 1
    assert "此消息不能重发" in refused.err
    assert here(home, "messages", "send-again", "999").code == 1
    for wrong in ((), ("1", "--all", "refused")):
        assert here(home, "messages", "send-again", *wrong).code == 2


def test_the_stage_says_that_the_gateway_is_down(home):
    ran = here(home, "jobs", "run", "messages", "--json", sms_url="http://127.0.0.1:9")
    assert ran.code == 1
    assert ran.document["stages"][0]["counts"]["partner_down"]
