"""The lock of production: an AES key that never leaves a cryptographic module (PKCS#11 2.40), and seals the card keys there.

The module need not know SM4. It keeps the card keys safe at rest; while one is used it is in this process's memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock as Mutex
from typing import Any, Final, TypeVar

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PinIncorrect, PinInvalid, PinLenRange, PinLocked, PKCS11Error

from shebaoka.keys.errors import CardKeysClosed
from shebaoka.keys.keeping.locks import ByModule, SecretsRefused

T = TypeVar("T")
NONCE_BYTES: Final = 12
TAG_BITS: Final = 128
AES_BITS: Final = 256
KEY_LABEL: Final = "shebaoka-card-keys"
NEVER_OUT: Final = {
    Attribute.TOKEN: True, Attribute.PRIVATE: True, Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False,
    Attribute.MODIFIABLE: False, Attribute.ENCRYPT: True, Attribute.DECRYPT: True, Attribute.WRAP: False,
    Attribute.UNWRAP: False, Attribute.SIGN: False, Attribute.VERIFY: False, Attribute.DERIVE: False,
}  # fmt: skip
"""What the key in the module may do: seal and open, and never leave."""
BAD_PIN: Final = (PinIncorrect, PinInvalid, PinLenRange, PinLocked)


class Module:
    """A session on a token. `library`: path of the maker's PKCS#11 library; `pin`: both officers' parts, one after the other.

    `new`: make the key in the module. Raises CardKeysClosed.
    """

    def __init__(self, library: str, text: ByModule, pin: str, *, new: bool = False) -> None:
        self._library_path = library
        self._text = text
        self._pin = pin
        self._turn = Mutex()
        self._session: pkcs11.Session | None = None
        if new:
            self._asked("生成主密钥 · make the key", self._make_key)
        else:
            self._asked("打开 · open", self._key)

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Seal with AES-GCM in the module, for one place."""
        nonce = os.urandom(NONCE_BYTES)
        how = GCMParams(nonce, place, TAG_BITS)
        sealed: bytes = self._asked(
            "加密 · encrypt",
            lambda: self._key().encrypt(plain, mechanism=Mechanism.AES_GCM, mechanism_param=how),
        )
        return nonce + sealed

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Open what was sealed for this place; CardKeysClosed, whether it was changed or the module is gone."""
        how = GCMParams(sealed[:NONCE_BYTES], place, TAG_BITS)
        plain: bytes = self._asked(
            "解密 · decrypt",
            lambda: self._key().decrypt(
                sealed[NONCE_BYTES:], mechanism=Mechanism.AES_GCM, mechanism_param=how
            ),
        )
        return plain

    def random(self, length: int) -> bytes:
        """Give bytes of the module's generator."""
        return self._asked("随机数 · random", lambda: self._open_session().generate_random(8 * length))

    def _make_key(self) -> None:
        """Make the key where there is none: one that is there may have sealed what is still needed."""
        session = self._open_session()
        if list(session.get_objects({Attribute.LABEL: self._text.key})):
            raise CardKeysClosed(f"密码机中已有 · the token has already: {self._text.key}")
        session.generate_key(KeyType.AES, AES_BITS, label=self._text.key, store=True, template=NEVER_OUT)

    def _key(self) -> Any:
        """Find the key anew each time: a handle outlives neither a restart of the module nor a token that was taken away."""
        return self._open_session().get_key(
            object_class=ObjectClass.SECRET_KEY, key_type=KeyType.AES, label=self._text.key
        )

    def _open_session(self) -> pkcs11.Session:
        if self._session is None:
            token = pkcs11.lib(self._library_path).get_token(token_label=self._text.token)
            self._session = token.open(rw=True, user_pin=self._pin)
        return self._session

    def _asked(self, what: str, does: Callable[[], T]) -> T:
        """Ask the module, one thread at a time; once more in a new session when it failed, and then no more."""
        with self._turn:
            try:
                return self._tried(does)
            except RuntimeError:
                self._forget_session()
            try:
                return self._tried(does)
            except RuntimeError as error:
                self._forget_session()
                raise CardKeysClosed(f"密码机：{what}: {type(error).__name__} · the module") from error

    def _tried(self, does: Callable[[], T]) -> T:
        """Do it; a PIN that was refused is not tried again, for that is how tokens are blocked."""
        try:
            return does()
        except BAD_PIN as error:
            raise SecretsRefused(
                f"密码机拒绝口令 · the module refuses the PIN: {type(error).__name__}"
            ) from error

    def _forget_session(self) -> None:
        self._session = None
        try:
            pkcs11.lib(self._library_path).reinitialize()
        except PKCS11Error:
            return
