"""One spelling for what is written in many: widths, dashes, numbers in characters."""

import re
import unicodedata

_DASHES = re.compile(r"[‐-―−﹣~_]+")
_SPACES = re.compile(r"\s+")
_OFFICES = re.compile(
    r"社区居民委员会|社区居委会|社区村委会|居民委员会|居委会|街道办事处|"
    r"村村民委员会|村村委会|村民委员会|村委会|行政村"
)
# The committee stands for its territory.
_TERRITORY = {
    "社区居民委员会": "社区",
    "社区居委会": "社区",
    "社区村委会": "社区",
    "居民委员会": "社区",
    "居委会": "社区",
    "街道办事处": "街道",
    "村村民委员会": "村",
    "村村委会": "村",
    "村民委员会": "村",
    "村委会": "村",
    "行政村": "村",
}
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100}

# No address is longer; a text that is must not keep the patterns busy.
_LONGEST = 200
# A number as buildings, units and doors bear it.
NUMBER = r"(?:\d{1,4}[A-Z]?|[A-Z]\d{0,3}|[零〇一二两三四五六七八九十百]{1,4}|[甲乙丙丁])"

_GRID = re.compile(rf"第?(?P<grid>{NUMBER})号?网格")


def plain(text: str) -> str:
    """Return text in half width and capitals, without spaces, offices and grids in one spelling.

    Only the first 200 characters are read.
    """
    text = _SPACES.sub("", unicodedata.normalize("NFKC", text[:_LONGEST])).upper()
    text = _DASHES.sub("-", text)
    if "网格" in text:
        text = _GRID.sub(lambda found: f"第{arabic(found['grid'])}网格", text)
    if "委" in text or "办事处" in text or "行政村" in text:
        text = _OFFICES.sub(lambda found: _TERRITORY[found[0]], text)
    return text


def arabic(number: str) -> str:
    """Return a number in digits without leading zeros: 十二 → 12, 五〇二 → 502, 03A → 3A."""
    if number[0] in "123456789":
        return number
    if number[0].isascii():
        return number.lstrip("0") or "0"
    if not all(sign in _DIGITS or sign in _TENS for sign in number):
        return number
    if not any(sign in _TENS for sign in number):
        return "".join(str(_DIGITS[sign]) for sign in number).lstrip("0") or "0"
    total, digit = 0, 0
    for sign in number:
        if sign in _TENS:
            # 十二 has no 一 before the ten.
            total, digit = total + (digit or 1) * _TENS[sign], 0
        else:
            digit = _DIGITS[sign]
    return str(total + digit)
