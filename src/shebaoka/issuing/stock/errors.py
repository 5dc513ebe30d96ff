"""Why blank cards do not move. Each says what the clerk can do."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class StockExhausted(Problem):
    """There is no blank left to take at this outlet; members `balance` and `in_hand` say what is there."""

    slug = "stock-exhausted"
    status = 409
    title_zh = "本网点空白卡已用完"
    title_en = "This outlet has no blank card left"
    remedy_zh = "请告知申请人可转为制卡邮寄，或到其他即时补换网点办理；并向卡中心补领，到货后登记领用"
    remedy_en = (
        "Let the card be made and sent by post, or send the holder to another outlet that issues on the spot; ask the "
        "card centre for more and book them when they come"
    )


class StockBelowZero(Problem):
    """More blanks would leave than there are; members `asked` and `balance` say how many."""

    slug = "stock-below-zero"
    status = 409
    title_zh = "空白卡数量不足，登记后将为负数"
    title_en = "There are not so many blank cards: the stock would fall below zero"
    remedy_zh = "请核对数量；如实际张数与账面不符，请先盘点并由另一人登记差额"
    remedy_en = "Check the number; where the drawer holds others than the books say, count it and have a second person book the difference"


class BlanksNotHere(Problem):
    """This institution does not issue on the spot and keeps no blank cards."""

    slug = "blanks-not-here"
    status = 422
    title_zh = "该机构不是即时补换网点，不领用空白卡"
    title_en = "This institution does not issue on the spot and receives no blank cards"
    remedy_zh = "请核对收货网点；如该网点应当办理即时补换，请卡中心在机构文件的 instant 列中填1后导入"
    remedy_en = "Check where the box belongs; if this outlet is to issue on the spot, the card centre writes 1 into column instant and imports the file"


class BoxReceived(Problem):
    """This box of the shipment was booked already; member `movement_id` names the entry."""

    slug = "box-received"
    status = 409
    title_zh = "该箱空白卡已登记领用"
    title_en = "This box of blank cards was received already"
    remedy_zh = "不必再次登记；如数量有误，请由另一人更正原登记"
    remedy_en = "Nothing to do; where the number is wrong, a second person corrects that entry"


class SerialsUnfit(Problem):
    """The serial numbers of a box and the number of its blanks do not belong together."""

    slug = "serials-unfit"
    status = 422
    title_zh = "芯片号段与张数不符"
    title_en = "The range of serials and the number of blanks do not fit"
    remedy_zh = (
        "请核对箱签：起止号均为芯片序列号（八位十六进制），止号减起号加一应等于张数；无号段的两项都不填"
    )
    remedy_en = "Check the label: both are chips' serial numbers (eight hex digits), and last less first plus one is the number; leave both out where there are none"


class SerialsElsewhere(Problem):
    """These numbers, or some of them, do not lie where they are to leave from."""

    slug = "serials-elsewhere"
    status = 409
    title_zh = "号段中有的芯片不在应发出的一方"
    title_en = "Not all of these serial numbers lie where they would leave from"
    remedy_zh = "领用：卡中心须先登记厂家到货号段，且该号段未发给他处；作废或退回：只能是本网点库存中未写过的号段。请核对号段，或查询该芯片的流转"
    remedy_en = "To receive, the card centre has booked the maker's delivery and not handed these numbers to anybody; to spoil or return, they are blanks of this outlet that nobody has begun. Check the range, or look where the chip went"


class SerialsNeeded(Problem):
    """Blanks that came with their numbers leave by their numbers."""

    slug = "serials-needed"
    status = 422
    title_zh = "这些空白卡按号段领用，须填写号段"
    title_en = "These blanks came with their serial numbers: say which ones leave"
    remedy_zh = "请填写首张与末张的芯片序列号；不连续的分次登记"
    remedy_en = "Give the first and the last serial number; book ranges that are apart one by one"


class KeysNotKnown(Problem):
    """The city has no keys of this version."""

    slug = "keys-not-known"
    status = 422
    title_zh = "没有这一版本的卡片密钥"
    title_en = "The city has no card keys of this version"
    remedy_zh = "请核对送货单上的运输密钥版本；各版本见“卡片密钥”页"
    remedy_en = "Check the version of the transport key on the delivery note; the page of the card keys lists the versions"


class DeliveryBooked(Problem):
    """This delivery, or one of its numbers, was booked already."""

    slug = "delivery-booked"
    status = 409
    title_zh = "该批到货或其中的号码已登记"
    title_en = "This delivery, or some of its serial numbers, were booked already"
    remedy_zh = "请核对送货单号与号段；已登记的不必再登记，号段重叠的请向厂家查明"
    remedy_en = "Check shipment and range; what is booked need not be booked again, and where ranges overlap ask the maker"


class ChipNotOfStock(Problem):
    """This chip is none of the outlet's blanks; member `serial` is its number."""

    slug = "chip-not-of-stock"
    status = 409
    title_zh = "此芯片不是本网点库存中的空白卡"
    title_en = "This chip is no blank of this outlet's stock"
    remedy_zh = "未做任何更改；请取出此卡封存并告知卡中心（查询该芯片的流转），另取一张本网点的空白卡"
    remedy_en = "Nothing was changed: put this card aside and tell the card centre, which can look where the chip went; take a blank of your own drawer"


class BlankKeysDiffer(Problem):
    """The blank's transport key is of another version of the city's keys than the card is to get."""

    slug = "blank-keys-differ"
    status = 409
    title_zh = "此空白卡的运输密钥版本与现用卡片密钥不同"
    title_en = "This blank's transport key is of another version than the keys that cards get now"
    remedy_zh = "未做任何更改；请将该号段退回卡中心，领用现用版本的空白卡"
    remedy_en = (
        "Nothing was changed: return these blanks to the card centre, and take some of the version in force"
    )


class SecondPersonNeeded(Problem):
    """A correction, or the difference of a stock-take, is booked by somebody else than who recorded it."""

    slug = "second-person-needed"
    status = 403
    title_zh = "须由另一人登记"
    title_en = "A second person must book this"
    remedy_zh = "请另一位有权限的人员登录后核实并登记"
    remedy_en = "Somebody else with the permission logs in, checks it and books it"


class MovementNotCorrectable(Problem):
    """This entry of the ledger cannot be corrected, or not in this way; the detail says why."""

    slug = "movement-not-correctable"
    status = 409
    title_zh = "该笔流水不能这样更正"
    title_en = "This entry cannot be corrected in this way"
    remedy_zh = "领用、库存作废和退回可更正一次，且张数须有变化；其余差异请盘点后登记"
    remedy_en = "Receipts, blanks spoiled in the drawer and returns are corrected once, to another number; for any other difference count the drawer"
