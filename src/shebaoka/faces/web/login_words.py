"""What residents are told when a log-in does not succeed, in plain words; and which failure is which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Failure:
    """Why somebody was not let in, and what they can do."""

    title_zh: str
    title_en: str
    remedy_zh: str
    remedy_en: str

    def problem(self) -> dict[str, Any]:
        """Give it as the pages show refusals."""
        return {
            "title_zh": self.title_zh, "title": self.title_en, "remedy_zh": self.remedy_zh, "remedy_en": self.remedy_en,
        }  # fmt: skip


AGAIN: Final = "请点下面的按钮重新登录", "Press the button below to log in again"
LATER: Final = (
    "您没有做错什么。请过几分钟再试，或拨打 962222",
    "You did nothing wrong. Try again in some minutes, or call 962222",
)
COUNTER: Final = "带上身份证，到社区事务受理服务中心"
FAILURES: Final[Mapping[str, Failure]] = {
    "ended": Failure(
        "您已退出登录",
        "You have been logged out",
        "十五分钟没有操作，或满两小时，会自动退出。请点下面的按钮重新登录，接着办理",
        "This happens after fifteen idle minutes, or two hours. Press the button below to log in again and go on",
    ),
    "cancelled": Failure("登录已取消", "The log-in was cancelled", *AGAIN),
    "expired": Failure("这次登录已过期（超过十分钟，或已用过）", "This log-in has expired (after ten minutes, or it was used)", *AGAIN),
    "down": Failure("实名认证系统暂时没有应答", "The identity service does not answer just now", *LATER),
    "untrusted": Failure("实名认证的结果无法核实，没有让任何人登录", "The identity service's answer could not be verified; nobody was let in", *LATER),
    "system": Failure("登录服务暂时不可用", "Logging in is not possible just now", *LATER),
    "not-open": Failure("网上登录尚未开通", "Logging in online is not open yet", f"请{COUNTER}办理，或拨打 962222", "Come to a community centre with your ID card, or call 962222"),
    "unverified": Failure("您的账号还没有实名认证", "Your account is not tied to your ID card yet", "请先在实名认证平台完成认证，再回来登录", "Finish the verification with the identity service, then log in again"),
    "person-unknown": Failure("社保登记里还没有您", "The social-security register does not have you yet", f"新参保、新落户的人请过几天再试；或{COUNTER}查询", "If you were insured or registered lately, try again in some days; or ask at a community centre with your ID card"),
    "name-differs": Failure("认证的姓名与社保登记的姓名不一致", "The verified name is not the one in the social-security register", f"请{COUNTER}更正，也可拨打 12333", "Have it corrected at a community centre, with your ID card, or call 12333"),
    "person-deceased": Failure("登记显示此人已去世，不能登录", "The register says that this person has died; there is no log-in", "如登记有误，请到公安户籍窗口更正；办理身后事项请拨打 12333", "If the register is wrong, have it corrected at the household registration desk; for what is to be done after a death call 12333"),
}  # fmt: skip
SAME: Final[Mapping[str, str]] = {
    "assertion-used": "expired", "id-number-refused": "person-unknown", "institution-not-live": "not-open",
}  # fmt: skip
"""Refusals of the interface that mean the same to whoever logs in."""


def failure_of(slug: str) -> str:
    """Give the failure that a refusal of the interface is; what concerns nobody's person is the system's own."""
    known = SAME.get(slug, slug)
    return known if known in FAILURES else "system"
