"""A fair fight, told honestly: tasks, learners and seeds in; records, statistics and a report out.

Importing this package costs nothing: a name below is imported when it is first used.

Example:
    >>> from compare import Experiment, Report                                # doctest: +SKIP
    >>> study = Experiment.from_toml("experiments/digits.toml").run("studies/digits", jobs=2)
    ...                                                                       # doctest: +SKIP
    >>> Report(study).write("reports/digits")                                 # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compare.contract import Evidence, Facts, Split
    from compare.errors import NeurocontrastError
    from compare.experiment import Experiment
    from compare.report.write import Report
    from compare.store import Study

__all__ = ["Evidence", "Experiment", "Facts", "NeurocontrastError", "Report", "Split", "Study"]

_HOME = {
    "Evidence": "compare.contract",
    "Experiment": "compare.experiment",
    "Facts": "compare.contract",
    "NeurocontrastError": "compare.errors",
    "Report": "compare.report.write",
    "Split": "compare.contract",
    "Study": "compare.store",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
