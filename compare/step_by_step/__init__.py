"""Learning with every number shown: what happens in one update, as data. `from compare.step_by_step import collect`.

`collect(seed)` gathers it all; the report's section, the page in docs/ and experiments/learn_step_by_step.py are made
from what it gives and from nothing else.
"""

from __future__ import annotations

from compare.step_by_step.collect import collect as collect
from compare.step_by_step.kept import FILE as FILE
from compare.step_by_step.kept import read as read
from compare.step_by_step.kept import write as write

__all__ = ["FILE", "collect", "read", "write"]
