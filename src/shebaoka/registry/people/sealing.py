"""How a person's data are sealed and digested."""

from __future__ import annotations

from typing import Any

import msgspec

from shebaoka.kit.vault import Vault
from shebaoka.registry.people.model import Identity, PersonRow

_IDENTITY = msgspec.json.Decoder(Identity)
_ENCODER = msgspec.json.Encoder()


def id_digest(vault: Vault, id_number: str) -> bytes:
    """Give the digest by which a person is found."""
    return vault.digest("id_number", id_number)


def content_digest(vault: Vault, row: PersonRow) -> bytes:
    """Give the digest of everything a row says about the person; ties are compared by themselves."""
    *content, _, _, _ = msgspec.structs.astuple(row)
    return vault.digest("person_content", _ENCODER.encode(content).decode())


def columns(vault: Vault, person_id: int, content: bytes, row: PersonRow) -> tuple[Any, ...]:
    """Give the columns of a person as `store.CHANGING` names them."""
    return (
        person_id, vault.digest("name", row.name), content, seal(vault, person_id, row.identity()), row.sex,
        row.birth_date, row.hukou, row.district_code, row.insured, row.insured_status, row.insured_since,
        row.employer_id, row.school_id, row.school_stage, row.pension_bank, row.died_on,
    )  # fmt: skip


def seal(vault: Vault, person_id: int, identity: Identity) -> bytes:
    """Seal an identity for its person."""
    return vault.seal(_ENCODER.encode(identity), place(person_id))


def unseal(vault: Vault, person_id: int, sealed: bytes) -> Identity:
    """Open the identity of a person; SealBroken when it was changed or belongs to another."""
    return _IDENTITY.decode(vault.open(sealed, place(person_id)))


def place(person_id: int) -> str:
    """Give the place that a person's seal is bound to."""
    return f"person:{person_id}"
