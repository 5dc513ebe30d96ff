"""What became of everybody, so that two lives of one city can be compared: identifiers and moments stay out."""

from __future__ import annotations

from typing import Any

import psycopg

# By the keyed digest of the ID number: all test databases share their keys.
EVERYBODY = """
SELECT encode(p.id_digest, 'hex'), a.status, a.channel, a.group_code, a.kind, bank.code, a.bank_reason, a.reason,
    a.applied_at::date, a.photo_id IS NOT NULL, parcel.status, outlet.code,
    (SELECT count(*) FROM application x WHERE x.person_id = p.person_id),
    (SELECT count(*) FROM bank_account x WHERE x.person_id = p.person_id AND x.status = 'open'),
    (SELECT array_agg(c.generation || ' ' || c.social || ' ' || c.financial ORDER BY c.generation DESC, c.social)
     FROM card c WHERE c.person_id = p.person_id),
    (SELECT array_agg(o.status ORDER BY o.status) FROM production_order o WHERE o.person_id = p.person_id),
    (SELECT array_agg(m.kind || ' ' || replace(m.status, 'sent', 'delivered') ORDER BY m.kind, m.status)
     FROM message m WHERE m.person_id = p.person_id AND m.channel = 'sms')
FROM person p
LEFT JOIN application a USING (person_id)
LEFT JOIN institution bank ON bank.institution_id = a.bank_id
LEFT JOIN parcel ON parcel.person_id = p.person_id AND parcel.application_id = a.application_id
LEFT JOIN institution outlet ON outlet.institution_id = parcel.outlet_id
"""
FIELDS = (
    "digest", "status", "channel", "group", "kind", "bank", "bank_reason", "reason", "applied_on", "photo", "parcel",
    "outlet", "applications", "accounts", "cards", "orders", "texts",
)  # fmt: skip
# Things of which there must be exactly as many however often somebody was killed.
THINGS = """
SELECT (SELECT count(*) FROM list_file), (SELECT count(*) FROM list_file WHERE answered_at IS NOT NULL),
    (SELECT sum(total_rows) FROM list_file), (SELECT sum(accepted_rows) FROM list_file),
    (SELECT sum(rejected_rows) FROM list_file), (SELECT count(*) FROM list_reject),
    (SELECT count(*) FROM photo), (SELECT count(*) FROM bank_account), (SELECT count(*) FROM card),
    (SELECT count(*) FROM card_directory), (SELECT count(*) FROM production_order), (SELECT count(*) FROM parcel),
    (SELECT count(*) FROM parcel_directory), (SELECT count(*) FROM courier_event), (SELECT count(*) FROM outbox),
    (SELECT count(*) FROM event_handled), (SELECT count(*) FROM guardian_tie)
"""
# Each opening with its audit fact and its event, and none of these without an opening.
STRAY = """
SELECT
    (SELECT count(*) FROM card c WHERE c.generation = 'new' AND c.social_opened_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM audit_fact f WHERE f.person_id = c.person_id AND f.action = 'card.opened'
        AND f.subject = c.card_id::text AND f.detail -> 'functions' ? 'social')),
    (SELECT count(*) FROM card c WHERE c.generation = 'new' AND c.social_opened_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM outbox e WHERE e.person_id = c.person_id AND e.topic = 'card.social_opened'
        AND (e.payload ->> 'card_id')::bigint = c.card_id)),
    (SELECT count(*) FROM audit_fact f WHERE f.action = 'card.opened' AND f.detail -> 'functions' ? 'social'
        AND NOT EXISTS (SELECT FROM card c WHERE c.person_id = f.person_id AND c.card_id::text = f.subject
        AND c.social_opened_at IS NOT NULL)),
    (SELECT count(*) FROM outbox e WHERE e.topic = 'card.social_opened' AND NOT EXISTS (
        SELECT FROM card c WHERE c.person_id = e.person_id AND c.card_id = (e.payload ->> 'card_id')::bigint
        AND c.social_opened_at IS NOT NULL)),
    (SELECT count(*) FROM (SELECT subject FROM audit_fact WHERE action = 'card.opened'
        GROUP BY person_id, subject, detail HAVING count(*) > 1) AS twice),
    (SELECT count(*) FROM (SELECT person_id FROM card WHERE social IN ('open', 'suspended')
        GROUP BY person_id HAVING count(*) > 1) AS two_live)
"""


def everybody(url: str) -> dict[str, dict[str, Any]]:
    """Give what became of each person, by the digest of the ID number."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(EVERYBODY).fetchall()
    found = {row[0]: dict(zip(FIELDS, row, strict=True)) for row in rows}
    assert len(found) == len(rows), "somebody has two applications"
    return found


def things(url: str) -> tuple[Any, ...]:
    """Give how many there are of everything."""
    with psycopg.connect(url) as connection:
        row = connection.execute(THINGS).fetchone()
    assert row
    return row


def stray(url: str) -> tuple[int, ...]:
    """Count openings without their fact or event, facts and events without their opening, doubles, two live cards."""
    with psycopg.connect(url) as connection:
        row = connection.execute(STRAY).fetchone()
    assert row
    return row


def differences(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> list[str]:
    """List, person by person, what became of them otherwise."""
    assert set(one) == set(other)
    return [
        f"{digest[:6]} {field}: {one[digest][field]} / {other[digest][field]}"
        for digest in sorted(one)
        for field in FIELDS
        if one[digest][field] != other[digest][field]
    ]
