"""Invented names and telephone numbers; no one of them belongs to a real person."""

from __future__ import annotations

from random import Random

_SURNAMES = "韦黄覃莫陆蒙潘廖秦唐阳蒋邓欧全陶白苏卢申龙毛粟石周李张王刘陈杨赵吴"
_FIRST = "建国秀志明桂海春永文立丽玉小晓思雨家伟佳宏素雅金德光少红月嘉一子"
_SECOND = "兰英华强军芳娟梅林辉平生霞敏静涛鹏燕玲斌波宁莉洁琳宇轩妮婷峰超勇"


def person_name(rng: Random) -> str:
    """A surname with one or two given characters."""
    given = rng.choice(_SECOND)
    if rng.random() < 0.72:
        given = rng.choice(_FIRST) + given
    return rng.choice(_SURNAMES) + given


def phone_number(index: int) -> str:
    """A number of the series 138 0000 xxxx, which stands for "no real telephone" here."""
    return f"1380000{index % 10_000:04d}"
