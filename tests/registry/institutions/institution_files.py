"""A small city's institutions as they come in files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from shebaoka.records.uscc import invented

FIRM, SHOP = invented(1), invented(2)
DISTRICTS = "code,name_zh,name_en\n310101,黄浦区,Huangpu\n310106,静安区,Jing'an\n"
INSTITUTIONS = (
    "code,kind,name_zh,name_en,parent,district,uscc,live_from\n"
    "ICBC-1,bank_outlet,工行一支行,ICBC One,ICBC,310101,,2019-01-02\n"
    "ICBC,bank,工商银行,ICBC,,,,\n"
    "CCB,bank,建设银行,CCB,,,,\n"
    f"FIRM,employer,甲公司,Firm,,310106,{FIRM},\n"
    f"SHOP,employer,乙商店,Shop,,310106,{SHOP},\n"
)
PAYROLL_BANKS = f"employer,rank,bank_code,bank_name\n{FIRM},1,,某外地银行\nFIRM,2,ICBC,工商银行\nFIRM,3,CCB,建设银行\nSHOP,1,,某外地银行\n"

Write = Callable[..., Path]
