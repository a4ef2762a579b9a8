"""Texts as counts of their character n-grams: one 64-bit number for each run of 1 to 3 signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Counts = NDArray[np.int64]

MAX_SIGNS = 2000  # of one text; what follows is not read
MAX_FEATURES = 1 << 17
_SHIFT = np.uint64(21)  # a code point has 21 bits, so three of them are exact
_CHUNK = 4000  # texts whose n-grams are held at once
_BLANK = re.compile(r"\s+")
# Traditional and simplified signs that complaints are written with, in pairs.
_PAIRS = (
    "個个們们這这來来時时說说為为會会過过後后沒没對对還还問问題题請请謝谢給给讓让從从與与應应該该當当"
    "樓楼層层單单戶户區区鎮镇鄉乡縣县門门牆墙窗窗頂顶漏漏電电燈灯線线車车輛辆場场樹树葉叶風风聲声"
    "響响噪噪鄰邻處处理理辦办務务報报警警費费錢钱買买賣卖業业產产證证書书醫医療疗護护養养兒儿學学"
    "園园環环衛卫垃垃圾圾臭臭髒脏蟲虫鼠鼠貓猫狗狗飼饲鷄鸡鴨鸭魚鱼飯饭館馆餐餐廳厅廚厨煙烟霧雾塵尘"
    "開开關关閉闭鎖锁鐵铁鋼钢銹锈橋桥樁桩溝沟渠渠壩坝湯汤滿满溫温濕湿氣气熱热凍冻災灾險险隱隐"
    "發发動动靜静變变壞坏損损裝装維维護护檢检查查測测試试驗验認认識识記记錄录計计劃划設设備备"
    "農农勞劳動动員员隊队團团組组織织幹干部部導导領领選选舉举誰谁麼么裏里裡里邊边遠远進进連连運运"
    "達达遲迟違违規规標标準准歲岁歷历歸归總总幾几見见覺觉親亲觀观視视訴诉訪访調调談谈論论議议"
    "資资質质賠赔償偿賬账購购貨货貼贴減减價价優优傷伤傳传債债億亿儀仪側侧兩两內内冊册凈净劑剂"
    "勢势勝胜匯汇協协卻却參参號号嗎吗嚴严圍围圖图壓压壽寿夢梦夠够奪夺婦妇媽妈實实審审寫写寬宽"
    "寶宝將将專专尋寻屬属島岛巖岩幣币幫帮廠厂廣广廢废張张強强彈弹慣惯態态懷怀戰战擁拥擋挡擔担"
    "據据擠挤擾扰攝摄攤摊敗败斷断於于暫暂術术機机權权條条構构樣样檔档歡欢殘残殺杀漢汉漲涨潔洁澆浇"
    "濟济無无爐炉爭争爺爷牽牵狀状獨独獲获現现畫画異异痛痛盤盘監监眾众碼码確确禮礼種种稱称穩稳"
    "積积競竞筆笔節节範范築筑簡简籌筹糧粮緊紧約约級级純纯紙纸細细終终結结絕绝統统網网緣缘編编練练"
    "縮缩績绩繳缴續续罰罚羅罗職职聯联聽听肅肃脫脱腳脚膠胶臨临舊旧艱艰節节莊庄華华萬万蓋盖藥药"
    "蘇苏蘭兰虧亏補补複复訊讯討讨訓训許许詢询話话詳详語语誤误課课講讲譯译讀读豐丰貝贝負负財财"
    "責责貪贪貧贫貴贵費费賓宾賞赏贈赠趕赶趙赵跡迹踐践軌轨軍军軟软載载輕轻輔辅輪轮輸输轉转農农"
    "適适郵邮釋释針针鈴铃銀银鋪铺錯错鍋锅鍵键鎮镇鏡镜鐘钟鑰钥長长間间閑闲閱阅闊阔陣阵陰阴陳陈"
    "陸陆陽阳隨随隻只雖虽雙双雜杂難难雲云靈灵韓韩頁页項项順顺須须預预頭头頻频顏颜願愿類类顧顾飛飞"
    "騎骑騙骗驚惊髮发鬧闹麗丽麥麦黃黄點点黨党齊齐齡龄龍龙"
)
_SIMPLE = str.maketrans(_PAIRS[0::2], _PAIRS[1::2])


def plain(text: str) -> str:
    """The text as it is counted: one form of each sign, small letters, single blanks, cut."""
    cut = unicodedata.normalize("NFKC", text[: 2 * MAX_SIGNS]).lower()
    return _BLANK.sub(" ", cut.translate(_SIMPLE)).strip()[:MAX_SIGNS]


def grams(text: str) -> list[Keys]:
    """The 1-, 2- and 3-grams of a plain text, each in the order of its signs."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    pairs = (codes[:-1] << _SHIFT) | codes[1:]
    triples = (pairs[:-1] << _SHIFT) | codes[2:] if len(codes) > 2 else pairs[:0]
    return [codes, pairs, triples]


def counted(text: str) -> tuple[Keys, NDArray[np.int64]]:
    """The distinct n-grams of a plain text and how often each stands in it."""
    return np.unique(np.concatenate(grams(text)), return_counts=True)


def vocabulary(
    texts: Sequence[str], *, least: int = 2, most: int = MAX_FEATURES
) -> tuple[Keys, Counts]:
    """N-grams that stand in at least `least` of the plain texts, and in how many; sorted.

    Of more than `most` the commonest stay, of equally common ones those with smaller numbers.
    """
    keys, held = np.empty(0, np.uint64), np.empty(0, np.int64)
    for start in range(0, len(texts), _CHUNK):
        found = [counted(text)[0] for text in texts[start : start + _CHUNK]]
        fresh, times = np.unique(np.concatenate(found), return_counts=True)
        keys, held = _merged(keys, held, fresh, times)
    often = held >= least
    keys, held = keys[often], held[often]
    if len(keys) > most:
        kept = np.sort(np.lexsort((keys, -held))[:most])
        keys, held = keys[kept], held[kept]
    return keys, held


def _merged(
    keys: Keys, held: NDArray[np.int64], fresh: Keys, times: NDArray[np.int64]
) -> tuple[Keys, NDArray[np.int64]]:
    both, where = np.unique(np.concatenate([keys, fresh]), return_inverse=True)
    total = np.zeros(len(both), np.int64)
    np.add.at(total, where, np.concatenate([held, times]))
    return both, total


def placed(keys: Keys, wanted: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where each of `wanted` stands in the sorted `keys`, and whether it stands there at all."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    where = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return where, keys[where] == wanted


def weighed(text: str, keys: Keys, idf: NDArray[np.float32]) -> tuple[Counts, NDArray[np.float32]]:
    """Features of a plain text: their places in `keys`, and their weights of length 1 together.

    A weight is (1 + ln count) times how rare the n-gram is.
    """
    found, times = counted(text)
    where, known = placed(keys, found)
    where = where[known]
    values = ((1 + np.log(times[known])) * idf[where]).astype(np.float32)
    length = float(np.sqrt(np.sum(values * values)))
    return where, values / length if length else values


def rarity(held: NDArray[np.int64], texts: int) -> NDArray[np.float32]:
    """The smoothed inverse share of texts that hold an n-gram."""
    return (np.log((1 + texts) / (1 + held)) + 1).astype(np.float32)


def once(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Every (text, label) once, sorted: a copied text weighs no more than one."""
    return sorted(set(rows))
