"""Refusals of this room."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class Forbidden(Problem):
    """The actor's role does not allow this."""

    slug = "forbidden"
    status = 403
    title_zh = "您的角色无权办理此项业务"
    title_en = "Your role does not allow this"
    remedy_zh = "如确需办理，请联系本单位的系统管理员调整角色"
    remedy_en = "If your work needs it, ask the administrator for another role"


class TokenRefused(Problem):
    """The token is unknown, has expired or was revoked."""

    slug = "token-refused"
    status = 401
    title_zh = "登录已失效"
    title_en = "The session or token is not valid any more"
    remedy_zh = "请重新登录；机构系统请重新领取令牌"
    remedy_en = "Log in again; systems of institutions take a new token"


class LogInRefused(Problem):
    """Account and password, or client and secret, do not fit. It does not say which is wrong."""

    slug = "log-in-refused"
    status = 401
    title_zh = "账号或密码不正确"
    title_en = "Account and password do not fit"
    remedy_zh = "请核对后重试；忘记密码请联系系统管理员重置"
    remedy_en = "Check both and try again; the administrator can set a new password"


class AssertionUsed(Problem):
    """The identity provider's word has opened a session before; it does so once."""

    slug = "assertion-used"
    status = 409
    title_zh = "该认证凭据已使用过"
    title_en = "This assertion has been used already"
    remedy_zh = "请让市民重新登录认证，再以新的凭据换取会话"
    remedy_en = "Let the resident authenticate again, and exchange the new assertion"


class TooManyFailures(Problem):
    """The account, or the source, failed too often; member `retry_after_seconds` says how long to wait."""

    slug = "too-many-failures"
    status = 429
    title_zh = "失败次数过多，请稍后再试"
    title_en = "Too many failures, try again later"
    remedy_zh = "请等待所示秒数后再试；如非本人操作，请告知系统管理员"
    remedy_en = "Wait as many seconds as shown; tell the administrator if it was not you"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"请等待 {seconds} 秒 · wait {seconds} seconds", retry_after_seconds=seconds)
        self.retry_after_seconds = seconds


class PasswordRefused(Problem):
    """The new password is too easy to guess."""

    slug = "password-refused"
    status = 422
    title_zh = "密码不符合要求"
    title_en = "The password is not good enough"
    remedy_zh = "密码为12至128个字符，至少含6种不同字符，且不包含账号"
    remedy_en = "Use 12 to 128 characters, at least 6 different ones, without the account's name in it"


class AccountNameRefused(Problem):
    """The name of the account cannot be used."""

    slug = "account-name-refused"
    status = 422
    title_zh = "账号名称不可用"
    title_en = "The name of the account cannot be used"
    remedy_zh = "账号为3至64个小写字母、数字、点、下划线或连字符，且未被占用"
    remedy_en = "Use 3 to 64 small letters, digits, dots, underscores or hyphens, a name that nobody has"


class RoleUnfit(Problem):
    """The role does not exist, or not in such an institution."""

    slug = "role-unfit"
    status = 422
    title_zh = "该机构不能设置此角色"
    title_en = "This role does not fit the institution"
    remedy_zh = "请按 docs/problems/role-unfit.md 中的角色与机构类别对照选择"
    remedy_en = "docs/problems/role-unfit.md lists which roles fit which kinds of institution"


class AdministratorExists(Problem):
    """The first administrator was made before."""

    slug = "administrator-exists"
    status = 409
    title_zh = "已有系统管理员"
    title_en = "There is an administrator already"
    remedy_zh = "请由现有系统管理员创建新的账号；忘记密码时用 shebaoka staff reset-password 重设"
    remedy_en = "Let that administrator create further accounts; a forgotten password is set anew by shebaoka staff reset-password"


class CardCentreMissing(Problem):
    """There is no card centre for the first administrator to belong to."""

    slug = "card-centre-missing"
    status = 409
    title_zh = "机构中没有卡中心"
    title_en = "There is no card centre among the institutions"
    remedy_zh = "请先导入含 card_centre 的机构文件"
    remedy_en = "Import the institutions first, one of them of kind card_centre"
