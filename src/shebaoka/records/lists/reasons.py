"""Every reason a row can be refused, and every repair that is noted. Adding one is adding a row."""

from __future__ import annotations

from typing import Final

from shebaoka.records.id_number import REASONS as ID_REASONS
from shebaoka.records.reason import Reason

_AS_TEXT_ZH: Final = "请把整列设为“文本”格式后重新录入该单元格"
_AS_TEXT_EN: Final = "Format the column as text and type the cell again"

REASONS: Final = ID_REASONS | {
    "missing": Reason("必填项为空", "The cell is empty", "请补填", "Fill it in"),
    "digits-lost": Reason(
        "长数字被Excel当作数值保存，末尾几位已丢失",
        "Excel kept the long number as a figure and lost its last digits",
        _AS_TEXT_ZH,
        _AS_TEXT_EN,
    ),
    "formula": Reason(
        "内容以 = + - @ 开头，像公式",
        "The text begins like a formula",
        "请改为普通文字",
        "Type it as plain text",
    ),
    "too-long": Reason("内容过长（{detail}）", "The text is too long ({detail})", "请缩短", "Shorten it"),
    "characters-lost": Reason(
        "有文字因编码问题丢失（出现问号或方框）",
        "Characters were lost by a wrong encoding",
        "请补全文字，另存为.xlsx后上传",
        "Type the characters again and save as .xlsx",
    ),
    "too-many-cells": Reason(
        "该行的单元格比表头多，各列可能已错位",
        "The row has more cells than the header: its columns may have shifted",
        "请检查地址等内容中的逗号，或改用.xlsx",
        "Look for commas inside a cell, or send .xlsx",
    ),
    "name-form": Reason(
        "姓名只能是汉字、字母和间隔号，2至50字",
        "A name has 2 to 50 Chinese or Latin letters, dots and spaces",
        "请按身份证件填写姓名，不加称谓和备注",
        "Write the name as on the document, without title or remark",
    ),
    "mobile-form": Reason(
        "手机号码应为11位，以1开头",
        "A mobile number has 11 digits and begins with 1",
        "请填写本人或监护人的手机号码",
        "Give the person's or guardian's mobile number",
    ),
    "text-short": Reason(
        "内容过短（{detail}）", "The text is too short ({detail})", "请填写完整", "Write it in full"
    ),
    "code-form": Reason(
        "代码格式不符（{detail}）",
        "The code has another form ({detail})",
        "请按代码表填写",
        "Take it from the code list",
    ),
    "choice": Reason("只能填：{detail}", "One of: {detail}", "请改为所列的一项", "Choose one of these"),
    "date-form": Reason(
        "日期无法识别",
        "The date cannot be read",
        "请写成2019-05-06的样子",
        "Write it like 2019-05-06",
    ),
    "date-future": Reason("日期晚于今天", "The date is in the future", "请核对日期", "Check the date"),
    "number-form": Reason("应为数字", "A number is needed", "请填数字", "Give a number"),
    "uscc-form": Reason(
        "统一社会信用代码有误",
        "The unified social credit code is not right",
        "请对照营业执照重新填写18位代码",
        "Type the 18 characters again from the licence",
    ),
    "card-number-form": Reason(
        "社保卡号应为9位数字或字母",
        "A card number has 9 digits or letters",
        "请对照卡面填写",
        "Copy it from the face of the card",
    ),
    "duplicate-same": Reason(
        "与第{detail}行重复",
        "The same as row {detail}",
        "不必再报，该人已按第{detail}行受理",
        "Nothing to do: row {detail} counts",
    ),
    "duplicate-differs": Reason(
        "证件号码与第{detail}行相同，但其他内容不一致",
        "The same ID number as row {detail}, but other cells differ",
        "已按第{detail}行受理；如该行有误，请更正后另行提交",
        "Row {detail} counts; if that one is wrong, correct it and send it again",
    ),
}

NOTES: Final = {
    "blanks": ("去掉了多余的空格或不可见字符", "Blanks and invisible characters were removed"),
    "full-width": ("全角字符改为半角", "Full-width characters were made ordinary ones"),
    "number-cell": ("数值单元格还原为文本", "Figures were read as text"),
    "zeros-restored": ("补回了编码前面的零", "Leading zeros of codes were restored"),
    "id-upgraded": ("15位旧证件号码升为18位", "Old 15-digit ID numbers were lengthened to 18"),
    "dot-unified": ("姓名间隔号统一为“·”", "The dot in names was unified"),
    "date-read": ("日期写法统一", "Dates were read from another notation"),
    "prefix-dropped": ("去掉了手机号码前的+86", "The +86 before mobile numbers was dropped"),
    "merged-filled": ("合并单元格的内容已填入各行", "Merged cells were filled into their rows"),
    "column-ignored": ("该列重复，只采用了第一个", "The column stands twice: only the first was read"),
    "rows-ignored": ("跳过了空行、合计行和示例行", "Blank lines, footers and the example were skipped"),
}
