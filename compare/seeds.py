"""A study's seed has named children, so that data, spikes and learners draw their chance apart from each other.

The child of a name does not depend on which other names exist; a name that is added later changes no old run.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np

CHILDREN = ("data", "encoder", "learner")


def child(seed: int, name: str) -> int:
    """The seed of one purpose, in [0, 2**31), from numpy's SeedSequence([seed, crc32(name)]).

    Example:
        >>> child(0, "encoder") == child(0, "encoder"), child(0, "encoder") == child(0, "learner")
        (True, False)

    Raises:
        ValueError: the seed is negative.
    """
    if seed < 0:
        raise ValueError(f"seed = {seed} is negative. Give 0, 1, 2, ...")
    state = np.random.SeedSequence([seed, crc32(name.encode())]).generate_state(1, np.uint32)
    return int(state[0] >> 1)


def children(seed: int) -> dict[str, int]:
    """All named children of a study's seed."""
    return {name: child(seed, name) for name in CHILDREN}
