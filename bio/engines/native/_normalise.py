"""Weights onto each target that are scaled to a sum, all of them or those that can have changed."""

from __future__ import annotations

from bio.engines.native._projection import ProjectionCode
from bio.plasticity_rule import WEIGHT


def normalise(code: ProjectionCode) -> str:
    """Scales the weights onto each target to a sum of `total`; those that cannot have changed are left alone."""
    w = f"{code.name}_{WEIGHT}"
    if not code.sparse:
        return f"""@_compiled
def {code.name}_normalise(K, I, total, {", ".join(code.arrays())}):
    for j in range({w}.shape[1]):
        {code.name}_sums[j] = _ZERO
    for i in range({w}.shape[0]):
        for j in range({w}.shape[1]):
            {code.name}_sums[j] += {w}[i, j]
    for j in range({w}.shape[1]):
        {code.name}_sums[j] = total / {code.name}_sums[j] if {code.name}_sums[j] > _ZERO else _ZERO
    for i in range({w}.shape[0]):
        for j in range({w}.shape[1]):
            {w}[i, j] *= {code.name}_sums[j]
"""
    assert code.depression is not None
    low, high = (code.number(bound) for bound in code.depression)
    return f"""@_compiled
def {code.name}_normalise(K, I, total, {", ".join(code.arrays())}):
    n = 0
    for j in range({w}.shape[1]):
        if {code.name}_dirty[j]:
            {code.name}_moved[n] = j
            {code.name}_sums[n] = _ZERO
            {code.name}_outside[j] = 0
            {code.name}_dirty[j] = 0
            n += 1
    for i in range({w}.shape[0]):
        for k in range(n):
            {code.name}_sums[k] += {w}[i, {code.name}_moved[k]]
    for k in range(n):
        {code.name}_sums[k] = total / {code.name}_sums[k] if {code.name}_sums[k] > _ZERO else _ZERO
    for i in range({w}.shape[0]):
        for k in range(n):
            j = {code.name}_moved[k]
            scaled = {w}[i, j] * {code.name}_sums[k]
            {w}[i, j] = scaled
            if scaled > {high} or scaled < {low}:
                {code.name}_outside[j] = 1
    for k in range(n):
        j = {code.name}_moved[k]
        if {code.name}_outside[j] and {code.name}_listed[j] == 0:
            {code.name}_listed[j] = 1
            {code.name}_list[0] += 1
            {code.name}_list[{code.name}_list[0]] = j
"""
