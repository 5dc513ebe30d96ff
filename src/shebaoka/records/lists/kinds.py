"""The kinds of list, each a table of columns. Adding a column is adding a row."""

from __future__ import annotations

from typing import Final

from shebaoka.records.lists import checkers as c
from shebaoka.records.lists.model import Column, ListKind

_OUTLET = c.code(r"[A-Z0-9]{4,16}", "如 C310101002")
_BANK = c.text(2, 30)
_OLD_CARD = c.code("[0-9A-Z]{9}", "9位", width=9, fault="card-number-form")
"""The check character of old cards is not public: only the form is judged."""
_GRADES: Final = ("幼儿园", "小学", "初中", "高中")

_SEQUENCE = Column("sequence", "序号", c.number, ("编号", "No", "No."))
_NAME = Column("name", "姓名", c.name, ("员工姓名", "姓名全称", "Name"), required=True, example="张示例")
_ID_NUMBER = Column(
    "id_number",
    "证件号码",
    c.id_number,
    ("身份证号", "身份证号码", "证件号", "社会保障号码", "社会保障号", "公民身份号码", "ID number"),
    required=True,
    example="100101199001010013",
)
_MOBILE = Column(
    "mobile",
    "手机号码",
    c.mobile,
    ("手机", "手机号", "联系电话", "移动电话", "联系手机", "Mobile"),
    required=True,
    example="15400000000",
)
_ADDRESS = Column(
    "address",
    "邮寄地址",
    c.text(5, 120),
    ("地址", "通讯地址", "联系地址", "收件地址", "邮寄详细地址", "Address"),
    required=True,
    shared=True,
    example="黄浦区南京东路街道示例路1弄2号301室",
)
_FALLBACK = Column(
    "fallback_outlet",
    "备用网点代码",
    _OUTLET,
    ("备用网点", "备用领卡网点", "自领网点代码", "自领社区受理网点", "Fallback outlet"),
    required=True,
    shared=True,
    example="C310101002",
)
_BANK_CODE = Column(
    "bank_code", "银行代码", _BANK, ("银行", "服务银行", "服务银行代码", "Bank"), shared=True, example="BOSC"
)
_SCHOOL_CODE = Column(
    "school_code",
    "学校代码",
    c.code(r"[0-9]{10}", "10位数字", width=10),
    ("学校标识码", "School"),
    shared=True,
    example="0310101001",
)
_GUARDIAN_ID = Column(
    "guardian_id_number",
    "监护人证件号码",
    c.other_id_number,
    ("监护人身份证号", "监护人身份证号码", "家长证件号码", "监护人/代办人证件号码", "Guardian ID number"),
    example="10010119600101001X",
)

EMPLOYER_ROSTER: Final = ListKind(
    "employer-roster",
    "单位名册",
    "Employer roster",
    (
        _SEQUENCE,
        _NAME,
        _ID_NUMBER,
        _MOBILE,
        _ADDRESS,
        _FALLBACK,
        _BANK_CODE,
        Column(
            "staff_number", "工号", c.text(1, 40), ("员工编号", "职工编号", "Staff number"), example="0001"
        ),
    ),
)

SCHOOL_LIST: Final = ListKind(
    "school-list",
    "学生名单",
    "School list",
    (
        _SEQUENCE,
        _NAME,
        _ID_NUMBER,
        _SCHOOL_CODE,
        Column(
            "stage",
            "学段",
            c.choice(*_GRADES),
            ("年级", "年级/学段", "Stage"),
            required=True,
            shared=True,
            example="小学",
        ),
        Column(
            "guardian_name", "监护人姓名", c.name, ("家长姓名", "Guardian"), required=True, example="张大例"
        ),
        Column(
            "guardian_id_number",
            "监护人证件号码",
            c.other_id_number,
            _GUARDIAN_ID.aliases,
            required=True,
            example="10010119600101001X",
        ),
        Column(
            "guardian_mobile",
            "监护人手机号码",
            c.mobile,
            ("监护人手机", "家长手机", "家长手机号码", "监护人联系电话", "Guardian's mobile"),
            required=True,
            example="15400000000",
        ),
    ),
)

INTAKE_LIST: Final = ListKind(
    "intake-list",
    "受理清单",
    "Intake list",
    (
        _SEQUENCE,
        _NAME,
        _ID_NUMBER,
        _MOBILE,
        _ADDRESS,
        _FALLBACK,
        Column(
            "bank_code", "银行代码", _BANK, _BANK_CODE.aliases, required=True, shared=True, example="BOSC"
        ),
        Column(
            "outlet_code",
            "受理网点代码",
            _OUTLET,
            ("受理网点", "受理点代码", "Outlet"),
            required=True,
            shared=True,
            example="C310101002",
        ),
        Column(
            "taken_on",
            "受理日期",
            c.day(),
            ("申请日期", "办理日期", "Date"),
            required=True,
            shared=True,
            example="2019-05-06",
        ),
        _GUARDIAN_ID,
        Column(
            "authorisation",
            "代办委托",
            c.choice("书面委托", "公证委托"),
            ("委托方式", "Authorisation"),
        ),
    ),
)

REGISTER_EXTRACT: Final = ListKind(
    "register-extract",
    "人口参保信息",
    "Register extract",
    (
        _ID_NUMBER,
        _NAME,
        Column("sex", "性别", c.choice("男", "女"), required=True, example="男"),
        Column("birth_date", "出生日期", c.day(), required=True, example="1990-01-01"),
        Column("hukou", "户籍", c.choice("本市", "外地"), required=True, example="本市"),
        Column("district_code", "区代码", c.code(r"[0-9]{6}", "6位数字"), required=True, example="310101"),
        Column("street_code", "街镇", c.code(r"[0-9]{9}", "9位数字"), required=True, example="310101002"),
        Column("address", "住址", c.text(5, 120), required=True, example=_ADDRESS.example),
        Column("mobile", "手机号码", c.mobile, example="15400000000"),
        Column("insurance", "参保类型", c.choice("职工", "居民", "无"), required=True, example="职工"),
        Column("insured_status", "参保状态", c.choice("在职", "退休", "无"), required=True, example="在职"),
        Column("insured_from", "参保起始日期", c.day(), example="2015-01-01"),
        Column(
            "employer_code",
            "单位代码",
            c.social_credit_code,
            ("统一社会信用代码",),
            example="9110990599000005X8",
        ),
        Column("pension_bank", "养老金代发银行", _BANK),
        Column("school_code", "学校代码", _SCHOOL_CODE.check),
        Column("stage", "学段", c.choice(*_GRADES, "大学")),
        Column("guardian_id_number", "监护人证件号码", c.other_id_number),
        Column("guardian_tie", "监护关系", c.text(1, 20)),
        Column("second_guardian_id_number", "监护人2证件号码", c.other_id_number, newer=True),
        Column("second_guardian_tie", "监护关系2", c.text(1, 20), newer=True),
        Column("old_card_number", "老卡卡号", _OLD_CARD, example="0007CLZI3"),
        Column("old_card_issued_on", "老卡发卡日期", c.day(), example="2010-01-01"),
        Column("died_on", "死亡日期", c.day()),
    ),
    whole=True,
)

KINDS: Final = {kind.slug: kind for kind in (EMPLOYER_ROSTER, SCHOOL_LIST, INTAKE_LIST, REGISTER_EXTRACT)}
