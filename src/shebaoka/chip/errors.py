"""What can be wrong with a chip's bytes, with a value that is to be written, and with what a card answers."""

from __future__ import annotations

from typing import Final

from shebaoka.kit.problems import Problem

MEANING: Final = {
    0x6200: ("卡片返回警告", "a warning without more"),
    0x6281: ("读出的数据可能有误", "part of the data may be corrupt"),
    0x6282: ("已到文件末尾", "the end of the file was reached"),
    0x6283: ("所选文件已失效", "the selected file is invalidated"),
    0x6300: ("认证未通过", "authentication failed"),
    0x6581: ("写入失败，卡片存储损坏", "writing failed: the card's memory"),
    0x6700: ("长度错误", "wrong length"),
    0x6981: ("命令与文件类型不符", "the command does not fit the file's kind"),
    0x6982: ("未满足安全条件，须先通过认证", "authenticate first"),
    0x6983: ("密码或密钥已锁定", "the PIN or key is blocked"),
    0x6984: ("随机数已失效，须重新取得", "get a new challenge first"),
    0x6985: ("使用条件不满足", "not possible in this state of the card"),
    0x6988: ("安全报文错误", "the message authentication code is wrong"),
    0x6A80: ("数据有误", "the data are wrong"),
    0x6A81: ("卡片不支持此功能，或已锁定", "not supported, or the card is blocked"),
    0x6A82: ("文件不存在", "no such file"),
    0x6A83: ("记录不存在", "no such record"),
    0x6A84: ("文件空间不足", "no room in the file"),
    0x6A86: ("参数错误", "wrong parameters"),
    0x6A88: ("密钥不存在", "no such key"),
    0x6B00: ("偏移超出文件", "the offset lies outside the file"),
    0x6D00: ("卡片不识别此命令", "the card does not know this command"),
    0x6E00: ("卡片不识别此类别", "the card does not know this class"),
    0x9303: ("应用已永久锁定", "the application is blocked for good"),
}
"""Status words as ISO/IEC 7816-4 and PBOC cards use them."""
WRONG_TRIES_LEFT: Final = 0x63C0


def meaning(status_word: int) -> tuple[str, str]:
    """Say in words what a card means by a status word, in Chinese and in English."""
    if status_word & 0xFFF0 == WRONG_TRIES_LEFT:
        left = status_word & 0x0F
        return f"验证未通过，还可再试 {left} 次", f"wrong; {left} more tries"
    return MEANING.get(status_word, ("含义未知", "meaning not known"))


class ChipUnreadable(Problem):
    """What stands on the chip is not as the specification says."""

    slug = "chip-unreadable"
    status = 422
    title_zh = "卡片芯片内容不符合规范"
    title_en = "What stands on the chip is not as the specification says"
    remedy_zh = "请重新放卡再读一次；仍不符时不要凭此卡办理，改用身份证件核实，并建议持卡人换卡"
    remedy_en = (
        "Place the card again and read once more. If it is still so, do not act on this card: check the holder's ID document "
        "instead and advise a replacement"
    )


class ChipValueRefused(Problem):
    """A value cannot be written as its field on the chip is laid out."""

    slug = "chip-value-refused"
    status = 422
    title_zh = "该内容无法写入芯片的字段"
    title_en = "The value does not fit its field on the chip"
    remedy_zh = "请按明细更正该字段的内容后重新下单；姓名中有字库以外的字时，请按公安登记的替代写法处理"
    remedy_en = (
        "Correct the field as the detail says and order again; a name with characters outside the character set is written as "
        "the register's substitute has it"
    )


class ChipRefused(Problem):
    """The card refused a command."""

    slug = "chip-refused"
    status = 409
    title_zh = "卡片拒绝了操作"
    title_en = "The card refused"
    remedy_zh = "请按明细处理；卡片状态未因被拒绝的命令改变"
    remedy_en = "Act on the detail; the refused command changed nothing on the card"

    def __init__(self, what: str, status_word: int) -> None:
        zh, en = meaning(status_word)
        super().__init__(
            f"{what}: {status_word:04X} {zh} · {en}",
            status_word=f"{status_word:04X}",
            meaning_zh=zh,
            meaning_en=en,
        )
        self.status_word = status_word


class ChipDiffers(Problem):
    """What was read back is not what was ordered."""

    slug = "chip-differs"
    status = 409
    title_zh = "写卡后读回的内容与订单不符"
    title_en = "What was read back from the card is not what was ordered"
    remedy_zh = "请勿发出此卡：按作废处理并换一张空白卡重新写入；连续出现请停用该读写器"
    remedy_en = "Do not hand this card out: count it as spoiled and write another blank. If it goes on, stop using this reader"
