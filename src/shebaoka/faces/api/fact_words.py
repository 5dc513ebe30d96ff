"""What audit facts tell, in plain words, for whoever searches the log."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from shebaoka.faces.api.looking import LOOKS

FACTS: Final = MappingProxyType(
    {
        "access.refused": ("越权访问被拒绝", "reached for what is not theirs and was refused"),
        "audit.facts_seen": ("检索与某人有关的审计日志", "searched the audit log about a person"),
        "audit.searched": ("检索审计日志", "searched the audit log"),
        "audit.verdict_read": ("查看审计链核验结果", "read the verdict on the audit chain"),
        "bank_account.opened": ("银行开立账户", "the bank opened an account"),
        "bank_account.refused": ("银行拒绝开户", "the bank refused an account"),
        "card.financial_noted": ("记录金融功能变动", "noted what the bank did to the financial function"),
        "card.lift_asked": ("办理解挂", "asked for a loss report to be lifted"),
        "card.loss_asked": ("办理挂失", "asked for a loss report"),
        "card.loss_lapsed": ("口头挂失到期解除", "a temporary loss report lapsed"),
        "card.loss_lifted": ("解除挂失", "lifted a loss report"),
        "card.loss_reported": ("挂失", "reported a card lost"),
        "card.opened": ("开通卡片", "opened a card"),
        "card.opening_asked": ("办理开通", "asked for a card to be opened"),
        "card.chip_seen": ("核验芯片", "checked a card's chip"),
        "card.proof_given": ("向卡片证明终端", "proved a terminal to a card"),
        "card.replacement_asked": ("办理补换", "asked for a replacement"),
        "card.seen": ("监护人查看卡片", "a guardian looked at cards"),
        "card.ticket_given": ("发放读写卡凭证", "gave a ticket for one card"),
        "card.voided": ("注销卡片", "voided a card"),
        "client.created": ("新建机构客户端", "made an institution client"),
        "client.deactivated": ("停用机构客户端", "closed an institution client"),
        "client.secret_rotated": ("更换客户端密钥", "gave a client a new secret"),
        "client.token_issued": ("机构系统领取令牌", "an institution's system took a token"),
        "family.seen": ("监护人查看办理情况", "a guardian looked at how far a ward is"),
        "guardian.tied": ("登记监护关系", "tied a guardian"),
        "guardian.untied": ("解除监护关系", "untied a guardian"),
        "help.answered": ("热线答复咨询", "a hotline answered a question about a person"),
        "identity.asked_about": ("核验持卡人身份", "asked who a holder is"),
        "identity.code_given": ("出示身份码", "showed a code to consent to a request"),
        "identity.purpose_registered": ("登记核验用途", "registered a purpose of a relying party"),
        "identity.purpose_withdrawn": ("撤销核验用途", "withdrew a purpose of a relying party"),
        "identity.requests_forgotten": ("删除到期的核验记录", "removed requests that are kept no longer"),
        "identity.requests_seen": ("监护人查看核验记录", "a guardian looked at who asked who a ward is"),
        "institutions.imported": ("导入机构", "imported institutions"),
        "insurance.contributed": ("收到医保缴费", "took in a contribution"),
        "insurance.contribution_taken_back": ("退回医保缴费", "took a contribution back"),
        "insurance.followed": ("参保信息变动", "took over a change of insurance from the register"),
        "insurance.life_noted": ("登记参加工作、退休等信息", "noted what else the rates go by"),
        "insurance.spell_noted": ("登记参保信息", "noted in what somebody is insured"),
        "key.rotated": ("轮换数据密钥", "rotated a data key"),
        "keys.alarmed": ("卡片密钥使用量报警", "card keys are used unusually often"),
        "keys.bureau_confirmed": ("制卡中心确认销毁密钥", "the bureau confirmed that keys are destroyed"),
        "keys.ceremony_approved": ("批准密钥仪式", "approved a ceremony of card keys"),
        "keys.ceremony_lapsed": ("密钥仪式逾期失效", "a ceremony of card keys lapsed"),
        "keys.ceremony_opened": ("发起密钥仪式", "opened a ceremony of card keys"),
        "keys.ceremony_withdrawn": ("撤回密钥仪式", "withdrew a ceremony of card keys"),
        "keys.handed_out": ("向制卡中心交付密钥", "handed card keys to the bureau"),
        "keys.terminal_exported": ("导出终端读卡密钥", "gave a terminal its reading keys"),
        "keys.used": ("使用卡片密钥", "used card keys"),
        "ledger.posted": ("记账", "booked an entry of the ledger"),
        "list.answered": ("名册处理完毕", "answered a list"),
        "list.received": ("收到名册", "received a list"),
        "list.refused": ("退回名册", "refused a list"),
        "list.rows_seen": ("查看名册明细", "looked at the rows of a list"),
        "log_in.failed": ("登录失败", "a log-in failed"),
        "message.queued": ("生成消息", "queued a message"),
        "message.sent_again": ("重发消息", "sent a message again"),
        "parcel.collected": ("交付卡片", "handed a card over"),
        "parcel.dispatched": ("交寄卡片", "sent a card"),
        "people.resealed": ("重新加密个人信息", "sealed personal data anew"),
        "person.asked_about": (
            "按证件号码办理业务，未办成",
            "asked about a person by ID number; nothing was done",
        ),
        "person.looked_up": ("按证件号码查找", "found a person by ID number"),
        "person.registered": ("登记人员", "registered a person"),
        "person.updated": ("更新人员信息", "updated a person"),
        "photo.brought": ("提交相片", "brought a photo"),
        "photo.destroyed": ("销毁相片", "destroyed a photo"),
        "photo.rejected": ("剔除相片", "rejected a photo"),
        "photo.reused": ("沿用相片", "used a photo again"),
        "production_batch.accepted": ("采用回盘", "accepted the bureau's answer"),
        "production_batch.called_off": ("撤回制卡批次", "called a batch off"),
        "production_batch.handed": ("制卡文件交给制卡中心", "handed a batch to the bureau"),
        "production_batch.held": ("停办制卡批次", "stopped a batch"),
        "production_batch.released": ("放行制卡批次", "let a stopped batch go on"),
        "production_batch.returned": ("收到回盘", "had the bureau's answer"),
        "production_batch.taken": ("制卡中心签收", "the bureau took a batch"),
        "production_batch.written": ("写成制卡文件", "wrote a batch's file"),
        "programme.explained": ("查询换卡安排", "asked when and where a person changes the card"),
        "proxy_acts.seen": ("查看代办记录", "looked at what others did for a person"),
        "proxy.acted": ("代为办理", "acted for somebody"),
        "resident.logged_in": ("市民登录", "a resident logged in"),
        "resident.logged_out": ("结束市民登录", "logged a resident out"),
        "staff.created": ("新建账号", "made an account"),
        "staff.deactivated": ("停用账号", "closed an account"),
        "staff.logged_in": ("工作人员登录", "a member of staff logged in"),
        "staff.other_sessions_ended": ("结束自己的其他登录", "ended their other sessions"),
        "staff.password_changed": ("更换自己的密码", "changed their password"),
        "staff.password_given": ("密码正确，等待下一步", "gave the right password; a further step followed"),
        "staff.password_set": ("重置密码", "set somebody's password"),
        "staff.reactivated": ("重新启用账号", "opened an account again"),
        "staff.recovery_code_used": ("使用恢复码", "used a recovery code"),
        "staff.role_changed": ("更换角色", "gave somebody another role"),
        "staff.second_factor_begun": ("开始设置两步验证", "began to set a second factor up"),
        "staff.second_factor_given_up": ("关闭两步验证", "switched their second factor off"),
        "staff.second_factor_reset": ("重置两步验证", "reset somebody's second factor"),
        "staff.second_factor_set": ("启用两步验证", "set a second factor up"),
        "staff.session_ended": ("结束登录", "ended a session"),
        "staff.unlocked": ("解除登录限制", "let somebody try to log in again"),
        "status_list.published": ("发布状态名单", "published the status list"),
        "token.revoked": ("退出登录或交还令牌", "logged out, or gave a token back"),
    }
)
"""By action, in Chinese and English; looks at a person have their own words (`looking.LOOKS`)."""
AREAS: Final = MappingProxyType(
    {
        "access": ("访问", "access"), "applicant": ("申请人", "applicant"), "application": ("申请", "application"),
        "audit": ("审计", "audit"), "bank_account": ("银行账户", "bank account"), "capture": ("离线受理", "offline work"),
        "card": ("卡片", "card"), "city": ("城市", "city"), "client": ("机构客户端", "client"), "collection": ("集中采集", "collection"),
        "conformance": ("联调测试", "conformance test"), "contact": ("联系方式", "contact"), "device": ("设备", "device"),
        "draft": ("草稿", "draft"), "employer": ("单位", "employer"), "family": ("家庭", "family"), "guardian": ("监护关系", "guardian"),
        "help": ("热线", "hotline"), "identity": ("身份信息", "identity"), "instant": ("即时补换", "instant issue"), "insurance": ("医保", "medical insurance"),
        "institutions": ("机构", "institutions"), "key": ("密钥", "key"), "keys": ("卡片密钥", "card keys"), "ledger": ("账", "ledger"), "list": ("名册", "list"), "log_in": ("登录", "log-in"),
        "looks": ("查询记录", "looks"), "message": ("消息", "message"), "order": ("制卡", "order"), "outlet": ("网点", "outlet"), "outlets": ("网点", "outlets"),
        "parcel": ("寄送", "parcel"), "people": ("人员", "people"), "person": ("人员", "person"), "photo": ("相片", "photo"),
        "production": ("制卡", "production"), "production_batch": ("制卡批次", "batch"),
        "production_file": ("制卡文件", "bureau's file"), "programme": ("规则", "programme"),
        "proxy": ("代办", "proxy"), "proxy_acts": ("代办记录", "acts of proxies"), "pupil": ("学生", "pupil"),
        "readiness": ("上线", "readiness"), "resident": ("市民", "resident"), "return_file": ("回盘文件", "bureau's answer"),
        "site": ("服务点", "site"), "staff": ("账号", "account"), "status_list": ("状态名单", "status list"), "stock": ("空白卡", "blank cards"), "token": ("令牌", "token"),
        "visit": ("上门服务", "visit"),
    }
)  # fmt: skip
"""What facts are about that have no words of their own, by what their action begins with."""


def words(action: str) -> tuple[str, str]:
    """Give what a fact tells, in Chinese and English."""
    known = FACTS.get(action) or LOOKS.get(action)
    if known:
        return known
    area, _, rest = action.partition(".")
    zh, en = AREAS.get(area, (area, area))
    return f"{zh}：{rest}", f"{en}: {rest.replace('_', ' ')}"
