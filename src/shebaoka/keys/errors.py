"""Why a card key is not used. Each says what mends it; none says anything of a key."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class CardKeyNotHeld(Problem):
    """The key that is asked for is not among those that were given for this purpose."""

    slug = "card-key-not-held"
    status = 403
    title_zh = "没有为此用途取得该卡片密钥"
    title_en = "That card key was not given for this purpose"
    remedy_zh = "请核对用途与卡片算法：读卡只用读密钥，验卡只用内部认证密钥，个人化才用全部密钥；终端密钥文件只含读密钥"
    remedy_en = (
        "Check the purpose and the card's algorithm: reading uses the reading key only, checking the card's own, personalising "
        "all of them; a terminal's file holds the reading key only"
    )


class CardOfAnotherCity(Problem):
    """The card's factor names another city than the keys are of."""

    slug = "card-of-another-city"
    status = 409
    title_zh = "不是本市的卡片"
    title_en = "The card is another city's"
    remedy_zh = "本市密钥只适用于本市发行的卡；请改用身份证件核实持卡人，异地业务按异地就医办理"
    remedy_en = (
        "This city's keys fit this city's cards only; check the holder's ID document instead, and treat the matter as one of "
        "another city's holder"
    )


class CardKeysClosed(Problem):
    """The store of card keys does not open: there is none, it is locked, or its module does not answer."""

    slug = "card-keys-closed"
    status = 503
    title_zh = "卡片密钥库未打开，不能使用卡片密钥"
    title_en = "The store of card keys is not open, and no card key is used"
    remedy_zh = (
        "未做任何更改；请密钥管理员按 docs/keys.md 检查密钥库文件、两位管理员的口令文件和密码机，恢复后重试"
    )
    remedy_en = (
        "Nothing was changed; the key officers check the store's file, both officers' passphrase files and the module as "
        "docs/keys.md says, and then try again"
    )


class NoCardKeys(Problem):
    """There is no version of the card keys that may be used for this."""

    slug = "no-card-keys"
    status = 409
    title_zh = "没有可用于此的卡片密钥版本"
    title_en = "There is no version of the card keys that may be used for this"
    remedy_zh = (
        "请两位密钥管理员按 docs/keys.md 完成生成（或导入）、派生、启用；旧版本只用于已发出的卡，不用于制新卡"
    )
    remedy_en = (
        "Two key officers generate (or import), derive and put in force a version as docs/keys.md says; a former version is "
        "for cards in the field, never for new ones"
    )


class CardKeyLimit(Problem):
    """As many cards as the programme allows in a day were reached for this purpose."""

    slug = "card-key-limit"
    status = 429
    title_zh = "今日此用途的卡片密钥使用已达上限"
    title_en = "Today's limit of this use of card keys is reached"
    remedy_zh = "未做任何更改；请密钥管理员查明用量为何异常，确属需要的，加载放宽上限的新规则（card_key_limit）；否则明日再办"
    remedy_en = (
        "Nothing was changed; the key officers find out why so many, and load a new rule (card_key_limit) where it is right; "
        "else go on tomorrow"
    )


class SecondOfficerNeeded(Problem):
    """Nobody approves a ceremony that they opened."""

    slug = "second-officer-needed"
    status = 403
    title_zh = "须由另一位密钥管理员批准"
    title_en = "Another key officer must approve"
    remedy_zh = "请另一位密钥管理员用本人账号登录后批准；发起人只能撤回"
    remedy_en = "Another key officer logs in with an account of their own and approves; whoever opened it can only withdraw"


class CeremonyUnderWay(Problem):
    """Another ceremony of this algorithm is open."""

    slug = "ceremony-under-way"
    status = 409
    title_zh = "该算法已有一项密钥仪式未完成"
    title_en = "Another ceremony of this algorithm is open"
    remedy_zh = "请先批准或撤回那一项；超过期限未批准的会自动失效"
    remedy_en = "Approve or withdraw that one first; what nobody approves in time lapses by itself"


class CheckValueDiffers(Problem):
    """What was entered does not have the check value that was given with it."""

    slug = "check-value-differs"
    status = 422
    title_zh = "校验值不符"
    title_en = "The check value differs"
    remedy_zh = "请对照密钥信封逐组重输分量和校验值；分量无误而整钥校验值不符的，撤回后向发放单位核实，切勿改校验值凑数"
    remedy_en = (
        "Enter component and check value once more, group by group, from the key's envelope; where the components are right and "
        "the whole key's check value differs, withdraw and ask whoever issued it: never change a check value to make it fit"
    )


class ComponentNeeded(Problem):
    """Each officer enters one component of a key that is taken in, and nothing elsewhere."""

    slug = "component-needed"
    status = 422
    title_zh = "导入密钥须由两位管理员各输入一个分量"
    title_en = "Each of two officers enters one component of a key that is taken in"
    remedy_zh = "导入时请输入本人信封中的分量（32 位十六进制）和校验值（6 位）；其他仪式不要输入分量"
    remedy_en = (
        "When a key is taken in, enter the component of your own envelope (32 hex digits) and its check value (6); in other "
        "ceremonies enter none"
    )


class KeysHandedOut(Problem):
    """The bureau has keys for this batch already."""

    slug = "keys-handed-out"
    status = 409
    title_zh = "该批次的密钥已交付制卡中心"
    title_en = "The bureau has keys for this batch already"
    remedy_zh = "请使用已交付的密钥包；如制卡中心未收到，撤销该批次、另立新批次，不要为同一批次交付两次"
    remedy_en = (
        "Use the package that was handed out; where the bureau never got it, give the batch up and make another: keys are not "
        "handed out twice for one"
    )


class PackageRefused(Problem):
    """A package of keys cannot be opened, or is another batch's."""

    slug = "package-refused"
    status = 422
    title_zh = "密钥包无法打开，或不属于该批次"
    title_en = "The package of keys does not open, or is another batch's"
    remedy_zh = "请核对收件方 SM2 密钥和批次号；密钥包被改动或截断时请重新取文件"
    remedy_en = "Check the recipient's SM2 key and the batch; fetch the file again where the package was changed or cut"


class PassphraseRefused(Problem):
    """An officer's passphrase is too easily guessed, or the same as the other's."""

    slug = "passphrase-refused"
    status = 422
    title_zh = "口令不够强，或两位相同"
    title_en = "The passphrase is too easily guessed, or both are the same"
    remedy_zh = (
        "请用至少 16 个字符、不成词句的口令，两位各不相同；也可让 shebaoka card-keys init --generate 生成"
    )
    remedy_en = (
        "Use at least 16 characters that nobody guesses, another for each officer; or have them made: "
        "shebaoka card-keys init --generate"
    )
