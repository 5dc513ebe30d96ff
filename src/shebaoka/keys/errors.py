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
