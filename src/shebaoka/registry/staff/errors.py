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
    remedy_zh = (
        "密码为12至128个字符，至少含6种不同字符，不包含账号，也不是常见密码，例如几个不相干的词连在一起"
    )
    remedy_en = (
        "Use 12 to 128 characters, at least 6 different ones, without the account's name in it and not a common "
        "password: such as a few unrelated words in a row"
    )


class PasswordWrong(Problem):
    """The present password, asked for again, is another one."""

    slug = "password-wrong"
    status = 422
    title_zh = "当前密码不正确"
    title_en = "The present password is wrong"
    remedy_zh = "请重新输入登录用的密码；十次不正确须等一刻钟"
    remedy_en = "Give the password that you log in with; after ten wrong ones you wait a quarter of an hour"


class CodeRefused(Problem):
    """The code is wrong, too old, or was used before."""

    slug = "code-refused"
    status = 422
    title_zh = "验证码不正确或已用过"
    title_en = "The code is wrong or was used before"
    remedy_zh = "请等验证器显示下一个验证码再输入，并核对手机时间；手机不在身边时输入一个未用过的恢复码"
    remedy_en = (
        "Wait for the next code and give that one; check the telephone's clock. Without the telephone give a "
        "recovery code that was not used yet"
    )


class EnrolmentNotBegun(Problem):
    """There is no secret that a code could confirm."""

    slug = "enrolment-not-begun"
    status = 409
    title_zh = "尚未开始设置验证器"
    title_en = "No second factor is being set up"
    remedy_zh = "请重新开始设置，扫描新的二维码后再输入验证码"
    remedy_en = "Begin again, scan the new picture, and give a code then"


class SecondFactorNeeded(Problem):
    """The role must have a second factor; it can be replaced and not taken away."""

    slug = "second-factor-needed"
    status = 409
    title_zh = "您的角色须使用两步验证，不能关闭"
    title_en = "Your role needs the second factor: it cannot be switched off"
    remedy_zh = "换手机时请重新设置验证器"
    remedy_en = "With a new telephone set it up again"


class LogInLapsed(Problem):
    """The log-in took too long, was finished, or the account has changed meanwhile."""

    slug = "log-in-lapsed"
    status = 401
    title_zh = "本次登录已过期"
    title_en = "This log-in has lapsed"
    remedy_zh = "请从账号和密码重新开始登录"
    remedy_en = "Begin again with account and password"


class OwnAccount(Problem):
    """Administrators change others' accounts; their own is changed by another administrator, or by them as everybody's is."""

    slug = "own-account"
    status = 409
    title_zh = "不能在此更改自己的账号"
    title_en = "Nobody changes his own account here"
    remedy_zh = "角色、停用请由另一位系统管理员办理；密码和两步验证请在“我的账号”中办理"
    remedy_en = "Ask another administrator; your password and second factor are changed on your own page"


class LastAdministrator(Problem):
    """Without this account nobody could manage accounts any more."""

    slug = "last-administrator"
    status = 409
    title_zh = "这是最后一位系统管理员"
    title_en = "This is the last administrator"
    remedy_zh = "请先新建另一位系统管理员并确认其能够登录"
    remedy_en = "Make another administrator first, and see that they can log in"


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
