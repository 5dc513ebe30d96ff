"""Triple DES with two keys, written from the tables of FIPS 46-3: slow, and independent of every library."""

from __future__ import annotations

from typing import Final

P: Final = (16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10,
            2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25)  # fmt: skip
IP: Final = tuple(start - 8 * n for start in (58, 60, 62, 64, 57, 59, 61, 63) for n in range(8))
PC1: Final = (57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
              63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4)  # fmt: skip
PC2: Final = (14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
              41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32)  # fmt: skip
BOXES: Final = (
    "E4D12FB83A6C5907 0F74E2D1A6CB9538 41E8D62BFC973A50 FC8249175B3EA06D", "F18E6B34972DC05A 3D47F28EC01A69B5 0E7BA4D158C6932F D8A13F42B67C05E9",
    "A09E63F51DC7B428 D709346A285ECBF1 D6498F30B12C5AE7 1AD069874FE3B52C", "7DE3069A1285BC4F D8B56F03472C1AE9 A690CB7DF13E5284 3F06A1D8945BC72E",
    "2C417AB6853FD0E9 EB2C47D150FA3986 421BAD78F9C5630E B8C71E2D6F09A453", "C1AF92680D34E75B AF427C9561DE0B38 9EF528C3704A1DB6 432C95FABE17608D",
    "4B2EF08D3C975A61 D0B7491AE35C2F86 14BDC37EAF680592 6BD814A7950FE23C", "D2846FB1A93E50C7 1FD8A374C56B0E92 7B419CE206ADF358 21E74A8DFC90356B",
)  # fmt: skip
BOX: Final = tuple(tuple(tuple(int(digit, 16) for digit in row) for row in box.split()) for box in BOXES)
SHIFTS: Final = (1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1)
Bits = list[int]


def encipher(key: bytes, plain: bytes) -> bytes:
    """Give whole blocks of eight, enciphered one by one under a key of sixteen: encipher, decipher, encipher."""
    one, other = _rounds(key[:8]), _rounds(key[8:])
    blocks = (plain[start : start + 8] for start in range(0, len(plain), 8))
    return b"".join(_des(one, _des(other[::-1], _des(one, block))) for block in blocks)


def _des(rounds: list[Bits], block: bytes) -> bytes:
    bits = _taken(_bits(block), IP)
    left, right = bits[:32], bits[32:]
    for key in rounds:
        left, right = right, _xor(left, _mixed(right, key))
    whole = right + left
    back = [whole[IP.index(place)] for place in range(1, 65)]
    return int("".join(map(str, back)), 2).to_bytes(8, "big")


def _mixed(half: Bits, key: Bits) -> Bits:
    wide = _xor([half[(4 * six + n - 1) % 32] for six in range(8) for n in range(6)], key)
    found: Bits = []
    for six, box in enumerate(BOX):
        a, *middle, f = wide[6 * six : 6 * six + 6]
        value = box[2 * a + f][int("".join(map(str, middle)), 2)]
        found += [value >> 3 & 1, value >> 2 & 1, value >> 1 & 1, value & 1]
    return _taken(found, P)


def _rounds(key: bytes) -> list[Bits]:
    bits = _taken(_bits(key), PC1)
    left, right, rounds = bits[:28], bits[28:], []
    for shift in SHIFTS:
        left, right = left[shift:] + left[:shift], right[shift:] + right[:shift]
        rounds.append(_taken(left + right, PC2))
    return rounds


def _bits(raw: bytes) -> Bits:
    return [byte >> (7 - n) & 1 for byte in raw for n in range(8)]


def _taken(bits: Bits, places: tuple[int, ...]) -> Bits:
    return [bits[place - 1] for place in places]


def _xor(one: Bits, other: Bits) -> Bits:
    return [a ^ b for a, b in zip(one, other, strict=True)]
