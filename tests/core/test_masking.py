"""Masks by the rules of codes/masking_rules.csv."""

from __future__ import annotations

import pytest

from gridpact.core import masking


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("陈小明", "陈**"), ("欧阳小明", "欧阳**"), ("李", "李*"), ("", "")],
)
def test_names_keep_the_surname(name: str, masked: str) -> None:
    assert masking.mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13800001234", "138****1234"), ("138 0000 1234", "138****1234"),
     ("0773-1234567", "0773-****567"), ("12345", "***45"), ("", "")],
)  # fmt: skip
def test_phones_keep_both_ends(phone: str, masked: str) -> None:
    assert masking.mask_phone(phone) == masked


def test_free_text_loses_what_names_a_person() -> None:
    text = "我住5栋2单元301室，电话13800001234，身份证450312199001011234，车牌桂C12345"
    masked = masking.mask_text(text)
    for secret in ("301", "13800001234", "450312199001011234", "C12345"):
        assert secret not in masked
    assert "5栋" in masked


def test_addresses_end_at_the_building() -> None:
    masked = masking.mask_address("金水路18号致和苑3栋2单元501")
    assert masked.startswith("金水路18号致和苑3栋")
    assert "501" not in masked
    assert "2单元" not in masked
