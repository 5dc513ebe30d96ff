"""An order travels as text, and is the same in the end."""

from __future__ import annotations

import msgspec
import pytest
from tests.chip.cards import blank, order

from shebaoka.chip.ordering import OrderText, as_text, of_text


def ordered(chip, **more):
    return order(chip, elsewhere=None, **more)


@pytest.mark.parametrize(
    "more", [{}, {"expires_on": None, "photo": b"", "pin": "", "ethnicity": "", "keys": {}}]
)
def test_an_order_is_the_same_after_its_journey(more):
    wanted = ordered(blank(), **more)
    text = msgspec.json.encode(as_text(wanted))
    assert of_text(msgspec.json.decode(text, type=OrderText)) == wanted
