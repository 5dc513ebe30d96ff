"""What can go wrong between a program, a reader, a card and its holder. Each says what mends it."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class ReaderSupportMissing(Problem):
    """The library that talks to readers is not installed."""

    slug = "reader-support-missing"
    status = 503
    title_zh = "本机未安装读卡器支持"
    title_en = "Support for card readers is not installed here"
    remedy_zh = "请执行：sudo apt-get install pcscd libpcsclite-dev swig build-essential python3-dev，再执行 make setup（安装 pyscard）"
    remedy_en = "Run: sudo apt-get install pcscd libpcsclite-dev swig build-essential python3-dev, then make setup (it installs pyscard)"


class ReaderServiceMissing(Problem):
    """The system's PC/SC service does not run, or does not let this user in."""

    slug = "reader-service-missing"
    status = 503
    title_zh = "读卡器服务（pcscd）未运行"
    title_en = "The system's reader service (pcscd) does not run"
    remedy_zh = "请安装并启动：sudo apt-get install pcscd，再 sudo systemctl start pcscd.socket；拒绝访问时请将用户加入 pcscd 允许的组"
    remedy_en = (
        "Install and start it: sudo apt-get install pcscd, then sudo systemctl start pcscd.socket; where access is denied, let this "
        "user use it (polkit)"
    )


class ReaderMissing(Problem):
    """There is no reader, or none of that name."""

    slug = "reader-missing"
    status = 404
    title_zh = "没有找到读卡器"
    title_en = "There is no such reader"
    remedy_zh = "请接好读卡器；名称以 shebaoka card readers 列出的为准"
    remedy_en = "Plug the reader in; shebaoka card readers lists the names"


class ReaderChoice(Problem):
    """Several readers would do; one must be named."""

    slug = "reader-choice"
    status = 409
    title_zh = "有多个读卡器，请指明用哪一个"
    title_en = "There are several readers: name one"
    remedy_zh = "请用 --reader 指明 readers 中的一个"
    remedy_en = "Name one of those under readers with --reader"


class ReaderUnplugged(Problem):
    """The reader, or the service that drives it, went away in use."""

    slug = "reader-unplugged"
    status = 503
    title_zh = "读卡器已断开"
    title_en = "The reader was unplugged"
    remedy_zh = "请重新接好读卡器并重新放卡，再从头办理；断开前未完成的写入按“卡片被抽走”处理"
    remedy_en = (
        "Plug it in, place the card again and begin anew; for writing that was under way see card-torn"
    )


class ReaderInUse(Problem):
    """Another program holds the reader."""

    slug = "reader-in-use"
    status = 409
    title_zh = "读卡器正被另一程序占用"
    title_en = "Another program holds the reader"
    remedy_zh = "请在另一程序中结束读卡，或关闭它，然后重试"
    remedy_en = "End the card session in the other program, or close it, and try again"


class CardMissing(Problem):
    """No card lies in the reader."""

    slug = "card-missing"
    status = 404
    title_zh = "读卡器中没有卡"
    title_en = "There is no card in the reader"
    remedy_zh = "请将社保卡芯片朝上插入读卡器到底"
    remedy_en = "Insert the card, chip up, as far as it goes"


class CardSilent(Problem):
    """A card lies in the reader but does not answer."""

    slug = "card-silent"
    status = 409
    title_zh = "卡片没有应答"
    title_en = "The card does not answer"
    remedy_zh = "请检查卡片方向，擦净芯片后重新插入；仍不应答的，改用身份证件核实并建议换卡"
    remedy_en = (
        "Check which way up the card is, wipe the chip and insert it again; if it stays silent, use the ID document and advise a "
        "replacement"
    )


class CardTorn(Problem):
    """The card left the reader while it was being used."""

    slug = "card-torn"
    status = 409
    title_zh = "操作过程中卡片被抽走"
    title_en = "The card was pulled out while it was in use"
    remedy_zh = "请将同一张卡放回，从头再做一次；读卡、核验未改变卡片，写卡中断的卡仍为空白卡，可以重写"
    remedy_en = (
        "Put the same card back and begin anew. Reading and checking changed nothing; a card that was being written is still blank "
        "and is written again"
    )


class ReaderFailed(Problem):
    """The reader gave an error that has no better name."""

    slug = "reader-failed"
    status = 502
    title_zh = "读卡器出错"
    title_en = "The reader failed"
    remedy_zh = "请重新放卡再试；仍出错时重新插拔读卡器，并将明细中的代码告知运维人员"
    remedy_en = (
        "Place the card again; then plug the reader in anew, and give operations the code in the detail"
    )


class CardCopied(Problem):
    """The identification code on the card is another chip's."""

    slug = "card-copied"
    status = 409
    title_zh = "卡识别码不属于这枚芯片"
    title_en = "The identification code is another chip's"
    remedy_zh = "疑为复制卡：请勿凭此卡办理，核对持卡人身份证件，并按规定报告卡中心"
    remedy_en = "It may be a copy: do nothing on this card, check the holder's ID document, and report it to the card centre"


class CardUnproved(Problem):
    """The card could not prove that it is the card that it says it is."""

    slug = "card-unproved"
    status = 409
    title_zh = "卡片未能证明自己是真卡"
    title_en = "The card could not prove that it is genuine"
    remedy_zh = "请勿凭此卡办理，核对持卡人身份证件，并按规定报告卡中心"
    remedy_en = "Do nothing on this card, check the holder's ID document, and report it to the card centre"


class PinWrong(Problem):
    """The holder's number was wrong."""

    slug = "pin-wrong"
    status = 403
    title_zh = "密码不正确"
    title_en = "The PIN is wrong"
    remedy_zh = "请持卡人重新输入；剩余次数见 tries_left，用完即锁定"
    remedy_en = "Let the holder try again; tries_left says how often, then it is blocked"


class PinBlocked(Problem):
    """The holder's number was wrong too often."""

    slug = "pin-blocked"
    status = 403
    title_zh = "密码已锁定"
    title_en = "The PIN is blocked"
    remedy_zh = "请持卡人带身份证件到服务网点重置密码；本次可改为当面核对身份证件"
    remedy_en = "The holder has it reset at an outlet, with an ID document; this time check the ID document face to face"


class HolderDiffers(Problem):
    """The document shown is not the card holder's."""

    slug = "holder-differs"
    status = 409
    title_zh = "证件号码与卡内号码不符"
    title_en = "The document is not the card holder's"
    remedy_zh = "请核对是否拿错了卡或证件；他人持卡的按代办规定办理"
    remedy_en = "Check for a mix-up of cards or documents; who acts for the holder shows an authority"


class HolderUnverified(Problem):
    """Something is asked for that only comes after the holder was verified."""

    slug = "holder-unverified"
    status = 409
    title_zh = "尚未核验持卡人"
    title_en = "The holder has not been verified"
    remedy_zh = "请先核验密码或当面核对身份证件，再结算；卡片重新插入后须重新核验"
    remedy_en = "Verify the PIN or the ID document first; once the card was out it is done again"


class HolderUnread(Problem):
    """This terminal has no key by which the holder's part is read."""

    slug = "holder-unread"
    status = 403
    title_zh = "未读取持卡人信息：终端没有读卡密钥"
    title_en = "The holder was not read: this terminal has no key for it"
    remedy_zh = "请用 --keys 指明密钥文件，或向本市服务申请凭据（ticket）后再读"
    remedy_en = "Name a key file with --keys, or read with a ticket of the city's service"


class OrderOfAnotherCard(Problem):
    """The order is for another chip than lies in the reader."""

    slug = "order-of-another-card"
    status = 409
    title_zh = "订单不是这张空白卡的"
    title_en = "The order is for another card"
    remedy_zh = "未写入任何内容：请放回订单所取用的那张空白卡，或为这张卡重新取得订单"
    remedy_en = (
        "Nothing was written: place the blank that the order was made for, or get an order for this one"
    )


class CardNotBlank(Problem):
    """The card is somebody's already, and not the one of this order."""

    slug = "card-not-blank"
    status = 409
    title_zh = "这不是空白卡"
    title_en = "This is no blank card"
    remedy_zh = "未写入任何内容：请取出这张卡，换一张空白卡；已写好的卡请按其卡号核对归属"
    remedy_en = "Nothing was written: take the card out and use a blank; whose it is its card number tells"
