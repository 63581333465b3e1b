"""Conformance kits: what every task, metric, measure and learner promises, for a part of your own as well.

Plain functions that raise AssertionError with a sentence.

Example:
    >>> from compare.tasks import XOR
    >>> check_task(XOR())
"""

from compare.testing.learners import check_learner
from compare.testing.measures import check_description, check_similarity
from compare.testing.metrics import check_metric
from compare.testing.tasks import check_task

__all__ = ["check_description", "check_learner", "check_metric", "check_similarity", "check_task"]
