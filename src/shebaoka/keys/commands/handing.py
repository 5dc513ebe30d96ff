"""Keys that leave us: for one batch at the card bureau, which gives word of having destroyed them, and for a terminal."""

from __future__ import annotations

from datetime import timedelta

import structlog

from shebaoka.chip.versions import SM4
from shebaoka.keys import recording
from shebaoka.keys.errors import KeysHandedOut, NoCardKeys, SecondOfficerNeeded
from shebaoka.keys.keeping.passphrases import check
from shebaoka.keys.model import HandedOut, Purpose, Version
from shebaoka.keys.package import Package, sealed
from shebaoka.keys.states import HAND_OUT_NEXT, USABLE, Answer, HandOut, KeySet, after
from shebaoka.keys.store import SQL
from shebaoka.keys.terminal_file import sealed as sealed_for_terminal
from shebaoka.keys.using import PERCENT, Keys
from shebaoka.kit.actor import Actor
from shebaoka.kit.problems import NotFound
from shebaoka.kit.sm import sm3
from shebaoka.kit.sm2 import PublicKey
from shebaoka.kit.work import Work
from shebaoka.registry.programme.views import load

log = structlog.get_logger()


async def hand_out(
    work: Work, keys: Keys, batch_id: int, cards: int, recipient: PublicKey, *, algorithm: int = SM4
) -> bytes:
    """Give the application keys in force for one batch, sealed for the bureau's own SM2 key; `keys.package` opens it there.

    Raises KeysHandedOut when the batch has some already, and what `Keys.using` raises.
    """
    ring = await keys.using(work, Purpose.BUREAU, cards=cards, algorithm=algorithm)
    package = sealed(Package(batch_id, cards, ring), recipient)
    custody = (await load(work)).card_key_custody(work.present_day)
    due_on = work.present_day + timedelta(days=custody.destroyed_days)
    digests = {"recipient": sm3(recipient.to_bytes()), "package": sm3(package)}
    added = await work.run(SQL["add_hand_out"], digests | {
        "batch_id": batch_id, "algorithm": algorithm, "version": ring.version, "cards": cards, "now": work.now,
        "due_on": due_on,
    })  # fmt: skip
    if not added:
        raise KeysHandedOut(f"{batch_id}")
    await recording.add(work, "handed_out", {
        "batch": str(batch_id), "cards": cards, "algorithm": algorithm, "version": ring.version, "due_on": due_on,
    } | {name: digest.hex() for name, digest in digests.items()})  # fmt: skip
    return package


async def confirm_destroyed(work: Work, batch_id: int, used: int) -> HandOut:
    """Note that the bureau has destroyed the keys of a batch after making `used` cards, spoiled ones counted.

    More cards than the batch and the spoilage that the rules allow explain are noted as such, and raise the alarm. Raises NotFound,
    and TransitionRefused for a batch that was confirmed before.
    """
    found = await work.row(SQL["hold_hand_out"], {"batch_id": batch_id}, HandedOut)
    if found is None:
        raise NotFound(f"{batch_id}")
    custody = (await load(work)).card_key_custody(work.present_day)
    explained = found.cards + found.cards * custody.spoilage_percent // PERCENT
    answer = Answer.CONFIRM if used <= explained else Answer.CONFIRM_TOO_MANY
    status = after(HAND_OUT_NEXT, HandOut(found.status), answer)
    await work.run(
        SQL["confirm_hand_out"], {"batch_id": batch_id, "status": status, "used": used, "now": work.now}
    )
    if status is HandOut.OVERUSED:
        log.error("keys.overused", batch=batch_id, used=used, explained=explained)
    facts = {"batch": str(batch_id), "used": used, "cards": found.cards, "became": status}
    await recording.add(work, "bureau_confirmed", facts)
    return status


async def export_terminal_keys(
    work: Work, keys: Keys, terminal: str, passphrase: str, reason: str, *, opened_by: Actor
) -> bytes:
    """Give a terminal's key file: reading keys of all versions in the field, those in force first; `terminal_file` opens it.

    The acting officer is the second one. Raises SecondOfficerNeeded, PassphraseRefused, NoCardKeys, CardKeysClosed.
    """
    if opened_by.name == work.actor.name:
        raise SecondOfficerNeeded
    check([passphrase])
    versions = await work.rows(SQL["versions"], {}, Version)
    usable = [one for one in versions if one.status in USABLE]
    if not usable:
        raise NoCardKeys(terminal)
    usable.sort(key=lambda one: one.status != KeySet.IN_FORCE)
    rings = [
        await keys.using(work, Purpose.READ, algorithm=one.algorithm, version=one.version) for one in usable
    ]
    file = sealed_for_terminal(terminal, rings, passphrase)
    await recording.add(work, "terminal_exported", {
        "terminal": terminal, "reason": reason, "opened_by": opened_by.name, "file": sm3(file).hex(),
        "versions": [f"{one.algorithm}.{one.version}" for one in usable],
    })  # fmt: skip
    return file
