"""Money is a whole number of fen. Only `split` and `share` divide, and the parts always sum to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NoReturn, Self


class Fen(int):
    """An amount in fen (1/100 yuan). It adds, subtracts, negates and compares with Fen only."""

    __slots__ = ()

    def __new__(cls, amount: int) -> Self:
        """Take a whole number of fen; TypeError for a bool, a float or a text."""
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise TypeError(f"fen are whole numbers, not {type(amount).__name__}")
        return super().__new__(cls, amount)

    def __add__(self, other: object) -> Fen:
        return Fen(int(self) + int(_fen(other)))

    def __sub__(self, other: object) -> Fen:
        return Fen(int(self) - int(_fen(other)))

    def __neg__(self) -> Fen:
        return Fen(-int(self))

    def __radd__(self, other: object) -> Fen:
        return self if other == 0 else _fen(other) + self  # 0 is where sum() starts

    def _no(self, _other: Any) -> NoReturn:
        raise TypeError("an amount is not multiplied or divided: use split() or share()")

    __mul__ = __rmul__ = __truediv__ = __floordiv__ = __mod__ = _no

    def split(self, weights: Sequence[int]) -> list[Fen]:
        """Split by weights (at least one above 0); what rounding leaves goes to the largest remainders, first first."""
        whole = sum(weights)
        if whole <= 0 or min(weights) < 0:
            raise ValueError("weights are whole numbers of at least 0, and not all 0")
        exact = [Fraction(int(self) * weight, whole) for weight in weights]
        parts = [part.__floor__() for part in exact]
        by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
        for i in by_remainder[: int(self) - sum(parts)]:
            parts[i] += 1
        return [Fen(part) for part in parts]

    def share(self, ratio: Fraction) -> Fen:
        """Give ratio × amount, half a fen rounded away from zero."""
        product = Fraction(int(self)) * ratio
        rounded = (abs(product) + Fraction(1, 2)).__floor__()
        return Fen(rounded if product >= 0 else -rounded)

    def yuan(self) -> str:
        """Give the amount as yuan with two decimals, such as -12.05."""
        sign, amount = ("-" if self < 0 else ""), abs(int(self))
        return f"{sign}{amount // 100}.{amount % 100:02d}"

    def grouped(self) -> str:
        """Give it as people read it: yuan with two decimals, thousands set apart, such as -1,234.05."""
        sign, amount = ("-" if self < 0 else ""), abs(int(self))
        return f"{sign}{amount // 100:,}.{amount % 100:02d}"


def _fen(other: object) -> Fen:
    if not isinstance(other, Fen):
        raise TypeError(f"fen go with fen only, not {type(other).__name__}")
    return other
