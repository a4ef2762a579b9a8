"""Learning from 100,000 decided orders: seconds of one core and memory; one suggestion's time."""

from __future__ import annotations

import argparse
import csv
import random
import resource
import statistics
import time
from importlib.resources import files

from gridpact.learning.feature_model import Facts
from gridpact.learning.fitting import fit_facts, fit_text

MOST_SECONDS, MOST_MB, MOST_MS = 300.0, 2048, 20.0
_TAILS = (
    "已经有些日子了",
    "邻居们都盼着",
    "麻烦尽快安排",
    "之前向物业反映过",
    "家里有老人",
    "谢谢",
)
_SIGNS = "东西南北中一二三四五六七八九十甲乙丙丁春夏秋冬和安福祥瑞康泰明新园苑里巷路街坊楼栋"


def matters() -> list[dict[str, str]]:
    """The demo's matters."""
    text = files("gridpact.demo").joinpath("data/matters.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def rows(count: int, rng: random.Random) -> list[tuple[str, dict[str, str], Facts]]:
    """Invented orders: text, labels by field, facts for the handler."""
    found = matters()
    made = []
    for _n in range(count):
        matter = rng.choice(found)
        place = "".join(rng.choices(_SIGNS, k=rng.randint(3, 9))) + f"{rng.randint(1, 99)}号"
        extra = "，".join(rng.sample(_TAILS, rng.randint(0, 4)))
        other = rng.choice(found)["text"].replace("{place}", "")[: rng.randint(0, 20)]
        text = f"{matter['title']}\n{matter['text'].replace('{place}', place)}{extra}。{other}"
        code, cell = matter["category"], f"c{rng.randint(1, 120)}"
        label = {"klass": matter["klass"], "area": code[:3], "category": code}
        label["handler"] = f"org:{matter['org'] or cell}"
        facts = {
            "klass": matter["klass"], "kind": matter["kind"], "category": code, "area": code[:3],
            "community": cell, "township": f"t{len(cell)}", "channel": rng.choice("ABCD"),
        }  # fmt: skip
        made.append((text, label, facts))
    return made


def main() -> None:
    """Print each figure with its bar; exit 1 when one is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    orders = rows(given.rows, random.Random(1))
    before, start = _peak(), time.process_time()
    models = {}
    for field in ("klass", "area", "category"):
        begun = time.process_time()
        told = [(text, label[field]) for text, label, _facts in orders]
        fit_text(told[: len(told) * 4 // 5])  # the one that is measured on the newest orders
        models[field] = fit_text(told)
        size = len(models[field].to_bytes())
        print(f"{field:10}{time.process_time() - begun:7.1f} s  {size:>10,} bytes", flush=True)
    begun = time.process_time()
    seen = [(facts, label["handler"]) for _text, label, facts in orders]
    fit_facts(seen[: len(seen) * 4 // 5])
    handler = fit_facts(seen)
    print(
        f"{'handler':10}{time.process_time() - begun:7.1f} s  {len(handler.to_bytes()):>10,} bytes"
    )
    seconds, peak = time.process_time() - start, _peak()
    took = []
    for text, _label, facts in orders[:200]:
        begun = time.process_time()
        for model in models.values():
            model.words(text, model.guess(text)[0].label)
        handler.reasons(facts, handler.guess(facts)[0].label)
        took.append(1000 * (time.process_time() - begun))
    ms = statistics.quantiles(took[1:], n=20)[18]
    good = (
        _line("training", seconds, MOST_SECONDS, "s")
        & _line("memory", peak, MOST_MB, "MB")
        & _line("suggestion (p95)", ms, MOST_MS, "ms")
    )
    print(f"memory with the orders alone: {before} MB")
    raise SystemExit(0 if good else 1)


def _line(name: str, value: float, bar: float, unit: str) -> bool:
    print(f"{name:20}{value:9.1f} {unit} of {bar:.0f}  ratio {value / bar:.2f}")
    return value <= bar


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
