"""WeChat's own interface, as far as the account needs it: access tokens and the menu."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from shebaoka.kit.partners import Partner, PartnerAnswerRefused
from shebaoka.kit.problems import Problem

TOKEN_ENDED: Final = frozenset({40001, 40014, 42001})
"""How WeChat says that an access token is none any more."""
NO_MENU: Final = 46003
EARLY_SECONDS: Final = 300.0


class WeChatRefused(Problem):
    """WeChat did not do what it was asked for."""

    slug = "wechat-refused"
    status = 502
    title_zh = "微信没有受理"
    title_en = "WeChat did not do it"
    remedy_zh = "请按明细中的 errcode 查微信公众平台的返回码说明；常见原因是 AppSecret 不对，或服务器地址不在 IP 白名单"
    remedy_en = (
        "Look the errcode up in WeChat's list of return codes; often the AppSecret is wrong, or the server's address is not "
        "on the account's IP list"
    )


class WeChat:
    """WeChat as one account calls it. Its access token is kept until it ends, and asked for once more when it is none."""

    def __init__(
        self, partner: Partner, app_id: str, secret: str, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._partner = partner
        self._app_id, self._secret = app_id, secret
        self._seconds = seconds
        self._token, self._until = "", 0.0

    async def menu(self) -> dict[str, Any] | None:
        """Give the menu that the account has now; None: it has none. WeChatRefused, PartnerUnavailable."""
        said = await self._ask(lambda token: self._partner.get("/cgi-bin/menu/get", access_token=token))
        if said.get("errcode") == NO_MENU:
            return None
        found: dict[str, Any] = _good(said)["menu"]
        return found

    async def put_menu(self, menu: dict[str, Any]) -> None:
        """Give the account a menu in place of the one it has; errors as in `menu`."""
        _good(
            await self._ask(
                lambda token: self._partner.post("/cgi-bin/menu/create", menu, access_token=token)
            )
        )

    async def _ask(self, call: Callable[[str], Any]) -> dict[str, Any]:
        said: dict[str, Any] = await call(await self._current())
        if said.get("errcode") in TOKEN_ENDED:
            self._until = 0.0
            said = await call(await self._current())
        return said

    async def _current(self) -> str:
        if self._seconds() >= self._until:
            asked = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
            # `stable_token`: the secret stands in no address, and asking again takes no other process's token away.
            said = _good(await self._partner.post("/cgi-bin/stable_token", asked))
            try:
                self._token, lasts = str(said["access_token"]), float(said["expires_in"])
            except (KeyError, TypeError, ValueError):
                raise PartnerAnswerRefused("wechat: no access token in the answer") from None
            self._until = self._seconds() + lasts - EARLY_SECONDS
        return self._token


def _good(said: dict[str, Any]) -> dict[str, Any]:
    if said.get("errcode", 0) != 0:
        raise WeChatRefused(f"errcode {said['errcode']}: {said.get('errmsg', '')}")
    return said
