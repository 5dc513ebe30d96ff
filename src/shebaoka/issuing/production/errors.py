"""What can go wrong between us and the card bureau. Each says what an operator can do."""

from __future__ import annotations

from shebaoka.kit.problems import Problem


class ExchangeFolderUnusable(Problem):
    """The folder shared with the card bureau cannot be read or written."""

    slug = "exchange-folder-unusable"
    status = 503
    title_zh = "与制卡中心交换文件的目录不能读写"
    title_en = "The folder shared with the card bureau cannot be read or written"
    remedy_zh = (
        "请检查 SHEBAOKA_BUREAU_DIR 所指目录是否存在、可写、有剩余空间，然后再次运行同一命令；订单都还在"
    )
    remedy_en = (
        "Check that the folder SHEBAOKA_BUREAU_DIR names exists, is writable and has space left, then run the same "
        "command again; every order is still there"
    )


class BureauKeyUnusable(Problem):
    """The key shared with the card bureau is missing, unreadable, or not a key."""

    slug = "bureau-key-unusable"
    status = 500
    title_zh = "与制卡中心共享的密钥不可用"
    title_en = "The key shared with the card bureau cannot be used"
    remedy_zh = "请检查 SHEBAOKA_BUREAU_KEY_FILE 指向的文件：应为与制卡中心约定的 32 位十六进制、仅属主可读；订单都还在"
    remedy_en = (
        "Check the file that SHEBAOKA_BUREAU_KEY_FILE names: the 32 hex digits agreed with the bureau, readable by its "
        "owner only; every order is still there"
    )


class ReturnRefused(Problem):
    """A return file of the bureau does not belong to anything we sent, or contradicts one taken before."""

    slug = "return-refused"
    status = 422
    title_zh = "回盘文件未被采用"
    title_en = "The bureau's return file was not taken"
    remedy_zh = "请按明细与制卡中心核对批次和文件名；更正后的文件放回 from-bureau 目录即可"
    remedy_en = "Settle batch and file name with the bureau as the detail says; put the corrected file back into from-bureau"


class RecordsMoved(Problem):
    """Rows changed under a step that had counted on them; the whole step was taken back."""

    slug = "records-moved"
    status = 409
    title_zh = "数据在处理过程中被另一进程改动，本步骤已全部撤回"
    title_en = "Another process changed the records meanwhile; this whole step was taken back"
    remedy_zh = "请再次运行同一命令，它会从现在的状态继续"
    remedy_en = "Run the same command again; it goes on from the present state"


class NotAnException(Problem):
    """Only the last attempt of a card, when it has failed for good, can be ordered once more by hand."""

    slug = "not-an-exception"
    status = 409
    title_zh = "该订单不在制卡异常清单中，不能手工重新下单"
    title_en = "The order is not on the exception list and cannot be ordered again by hand"
    remedy_zh = "请查看该申请的最新制卡状态；在制或已制成的卡无需重新下单"
    remedy_en = "Look at the present state of this card; one being made or made already needs no new order"
