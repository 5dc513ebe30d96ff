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
    """Our own key, or the card bureau's public one, is missing, unreadable, or not a key."""

    slug = "bureau-key-unusable"
    status = 500
    title_zh = "与制卡中心交换文件的密钥不可用"
    title_en = "A key of the exchange with the card bureau cannot be used"
    remedy_zh = (
        "请检查 SHEBAOKA_PRODUCTION_KEY_FILE（本市 SM2 私钥，仅属主可读，可由 shebaoka production key 生成）和 "
        "SHEBAOKA_BUREAU_PUBLIC_KEY_FILE（制卡中心的 SM2 公钥）所指的文件；订单都还在"
    )
    remedy_en = (
        "Check the files that SHEBAOKA_PRODUCTION_KEY_FILE (our SM2 secret key, readable by its owner only; shebaoka production "
        "key makes one) and SHEBAOKA_BUREAU_PUBLIC_KEY_FILE (the bureau's SM2 public key) name; every order is still there"
    )


class ProductionFileLost(Problem):
    """A production file that was written and not handed over yet is gone, or is not what was written."""

    slug = "production-file-lost"
    status = 500
    title_zh = "已写好的制卡文件不见了或被改动，未交给制卡中心"
    title_en = "A production file that was written is gone or was changed; it was not handed to the bureau"
    remedy_zh = "请恢复 to-bureau 目录中以点开头的该文件后重跑；无法恢复的，撤回该批次（shebaoka production call-off），其中的卡进入下一批"
    remedy_en = (
        "Restore the file, whose name begins with a dot, in the folder to-bureau and run again; if that cannot be done, call the "
        "batch off (shebaoka production call-off): its cards go into the next one"
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
