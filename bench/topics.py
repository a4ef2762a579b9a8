"""Hot topics of 10,000 invented messages: seconds and memory (bars: 20 s on 2 cores)."""

from __future__ import annotations

import resource
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from gridpact.topics.clusters import Said, find_topics

MATTERS = (
    "路灯坏了晚上看不清路",
    "垃圾桶满了没人清气味很大",
    "楼道堆放杂物挡住消防通道",
    "夜里施工噪音吵得睡不着",
    "电动车在楼道充电很危险",
    "下水道堵了污水冒到路面",
    "健身器材松动孩子玩着危险",
    "公交站牌看不清班次",
    "占道停车救护车进不来",
    "楼上漏水天花板发霉",
    "想问医保缴费的时间",
    "宠物不牵绳吓到老人",
    "广告牌松动刮风时作响",
    "小广告贴满楼道",
    "物业收费不公开",
    "公园的厕所没有水",
)
TAILS = ("已经几个月了", "请尽快处理", "多次反映没有结果", "家里有老人", "谢谢", "希望给个答复")
SIGNS = "东西南北锦云柳岸梧桐青石望江听雨金水和平新华建设光明团结向阳红星长安永乐"


def messages(count: int, seed: int = 7) -> list[Said]:
    """Matters at some 400 places, one of them at one place by many people."""
    rng = Random(seed)
    places = ["".join(rng.sample(SIGNS, 2)) + end for end in ("小区", "路") for _ in range(200)]
    start = datetime(2026, 1, 1)
    said = []
    for _number in range(count):
        hot = rng.random() < 0.01
        place = "锦云小区" if hot else rng.choice(places)
        matter = MATTERS[3] if hot else rng.choice(MATTERS)
        extra = "".join(rng.choices(SIGNS, k=rng.randrange(4, 30)))
        text = f"{place}{matter}，{rng.choice(TAILS)}，{extra}"
        at = start + timedelta(minutes=rng.randrange(60 * 24 * 90))
        said.append(Said(text, at, f"p{rng.randrange(count)}", title=f"{place}{matter[:6]}"))
    return said


def main() -> None:
    """Print seconds, topics and the peak of memory."""
    rows = messages(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    began, cpu = time.perf_counter(), time.process_time()
    topics = find_topics(rows)
    took, used = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(rows)} texts: {took:.1f} s ({used:.1f} s of CPU), {peak} MiB")
    print(f"{len(topics)} topics, hottest: {topics[0].name} ({topics[0].people} people)")


if __name__ == "__main__":
    main()
