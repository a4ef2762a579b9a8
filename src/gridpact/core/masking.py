"""Masks of personal data (rules: codes/masking_rules.csv)."""

from __future__ import annotations

import re

_DOUBLE_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容")
_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)")
_DOOR = re.compile(
    r"(\d{1,3}\s*(?:栋|幢|号楼|座))\s*(?:\d{1,2}\s*单元)?\s*-?\s*\d{2,4}\s*(?:室|号|房)?"
)
_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z])[·\s]?[A-Z0-9]{4,5}([A-Z0-9])"
)


def mask_name(name: str) -> str:
    """`张三` → `张*`; a double surname keeps both signs; a latin word keeps its first letter."""
    if not name:
        return ""
    keep = 2 if name[:2] in _DOUBLE_SURNAMES and len(name) > 2 else 1
    return name[:keep] + ("**" if keep == 2 else "*" * min(max(len(name) - 1, 1), 2))


def mask_phone(phone: str) -> str:
    """`13800001234` → `138****1234`; a landline keeps its area code and last three digits."""
    digits = re.sub(r"\D", "", phone)
    if not digits:
        return ""
    if len(digits) == 11 and digits[0] == "1":
        return f"{digits[:3]}****{digits[-4:]}"
    if digits[0] == "0" and len(digits) >= 10:
        return f"{digits[:4]}-****{digits[-3:]}"
    return "*" * max(len(digits) - 2, 1) + digits[-2:]


def mask_id_number(number: str) -> str:
    """First and last sign stay, the rest is hidden."""
    return number[:1] + "*" * max(len(number) - 2, 0) + number[-1:] if len(number) > 1 else "*"


def mask_numbers(text: str) -> str:
    """Replace id numbers and phones in free text by ***, for staff who must read the place."""
    return _LANDLINE.sub("***", _PHONE.sub("***", _ID.sub("***", text)))


def mask_text(text: str) -> str:
    """Replace id numbers, phones, door numbers and plates in free text by ***."""
    text = _PLATE.sub(r"\1****\2", mask_numbers(text))
    return _DOOR.sub(r"\1***", text)


def mask_address(address: str) -> str:
    """Keep an address down to the building; unit and door are hidden."""
    masked = _DOOR.sub(r"\1***", address)
    return re.sub(r"\d+\s*单元.*$", "***", masked)
