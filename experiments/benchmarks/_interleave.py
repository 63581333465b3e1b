"""Times several functions in turn, so that a noisy machine disturbs all of them alike."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def interleaved(contestants: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Wall seconds of every contestant, `repeats` rounds after one warm-up round that compiles and fills caches."""
    for contestant in contestants.values():
        contestant()
    samples: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(repeats):
        for name, contestant in contestants.items():
            start = time.perf_counter()
            contestant()
            samples[name].append(time.perf_counter() - start)
    return samples


def report(workload: str, samples: dict[str, list[float]], per: float, unit: str, **facts: object) -> None:
    """Print medians and ratios to the first contestant, and append them to results/<workload>.jsonl."""
    medians = {name: statistics.median(values) * per for name, values in samples.items()}
    first = next(iter(medians.values()))
    print(f"\n{workload}")
    for name, median in medians.items():
        print(f"  {name:36s} {median:10.3f} {unit}   {median / first:7.2f} x")
    record = {
        "workload": workload,
        "unit": unit,
        "medians": medians,
        "ratios_to_first": {name: median / first for name, median in medians.items()},
        "all": {name: [value * per for value in values] for name, values in samples.items()},
        "machine": platform.machine(),
        "date": datetime.now(UTC).date().isoformat(),
        **facts,
    }
    RESULTS.mkdir(exist_ok=True)
    with (RESULTS / f"{workload}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
