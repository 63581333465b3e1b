"""The arrays that a kernel works on, as they are before the first step."""

from __future__ import annotations

import numpy as np

from bio.engines.native._population import PopulationCode
from bio.engines.native._projection import ProjectionCode
from bio.wiring import Wiring

Arrays = dict[str, np.ndarray]


def of_neurons(code: PopulationCode, size: int, dtype: str) -> Arrays:
    """What a population of `size` neurons needs."""
    name, program, arrays = code.name, code.program, {}
    for state, start in zip(program.states, program.start, strict=True):
        arrays[f"{name}_{state}"] = np.full(size, start, dtype)
        arrays[f"{name}_record_{state}"] = np.zeros((0, size), dtype)
    arrays[f"{name}_wait"] = np.zeros(size, np.int32)
    arrays[f"{name}_flag"] = np.zeros(-(-size // 8) * 8, np.uint8)  # read eight at a time
    arrays[f"{name}_fired"] = np.zeros(size, np.int32)
    arrays[f"{name}_spikes"] = np.zeros(1, np.int64)
    if code.drowsy:
        arrays[f"{name}_awake"] = np.ones(size, np.uint8)
        arrays[f"{name}_driven"] = np.zeros(size, np.uint8)
        arrays[f"{name}_list"] = np.arange(-1, size, dtype=np.int32)
    return arrays


def of_travelling_spikes(name: str, size: int, longest: int) -> Arrays:
    """What remembers a population's spikes for `longest` steps."""
    return {f"{name}_past": np.zeros((longest + 1, size), np.int32), f"{name}_past_n": np.zeros(longest + 1, np.int64)}


def of_variables(code: ProjectionCode, wiring: Wiring, dtype: str) -> Arrays:
    """Variable -> its values, "w" first, by synapse or, where it belongs to neurons, by neuron."""
    n, m = wiring.shape
    shape, weights = _shape(code, wiring), wiring.weights.astype(dtype)
    own = {"w": weights.reshape(shape) if code.one_weight is None else weights}
    own["w"].flags.writeable = code.one_weight is None
    for variable, start in zip(code.program.variables[1:], code.program.start, strict=True):
        size = n if variable in code.pre else m if variable in code.post else shape
        own[variable] = np.full(size, start, dtype)
    return own


def of_synapses(code: ProjectionCode, wiring: Wiring, order: np.ndarray | None, dtype: str, scalable: bool) -> Arrays:
    """What a projection needs besides its variables; `order` is that of rows."""
    name, m, arrays = code.name, wiring.shape[1], {}
    if code.timed:
        arrays[f"{name}_since"] = np.zeros(_shape(code, wiring), np.int64)
    if code.fading and code.fading.factors:
        arrays[code.fading.scale] = np.ones(len(code.fading.factors), dtype)
    if order is not None:
        arrays |= _of_rows(code, wiring, order)
    if code.sparse:
        arrays[f"{name}_list"] = np.zeros(m + 1, np.int32)
        arrays[f"{name}_moved"] = np.zeros(m, np.int32)
        for flag in ("listed", "outside", "dirty"):
            arrays[f"{name}_{flag}"] = np.zeros(m, np.uint8)
    if scalable:
        arrays[f"{name}_sums"] = np.zeros(m, dtype)
    return arrays


def row_order(code: ProjectionCode, wiring: Wiring) -> np.ndarray:
    """(synapse,) place in the wiring of each synapse in memory: rows are by source neuron and delay, the wiring is by
    source and target."""
    return np.lexsort((wiring.post, _delay_place(code, wiring), wiring.pre))


def _shape(code: ProjectionCode, wiring: Wiring) -> tuple[int, ...]:
    n, m = wiring.shape
    return {"matrix": (n, m), "diagonal": (n,), "rows": (wiring.pre.size,)}.get(code.layout, (0,))


def _delay_place(code: ProjectionCode, wiring: Wiring) -> np.ndarray:
    return np.searchsorted(code.delays, wiring.delay)


def _of_rows(code: ProjectionCode, wiring: Wiring, order: np.ndarray) -> Arrays:
    """Where rows begin and end, and the neurons at the ends of their synapses."""
    name, arrays = code.name, {}
    row = wiring.pre[order].astype(np.int64) * len(code.delays) + _delay_place(code, wiring)[order]
    edges = np.searchsorted(row, np.arange(wiring.shape[0] * len(code.delays) + 1))
    starts = np.empty((wiring.shape[0], len(code.delays) + 1), np.int64)
    starts[:, :-1] = edges[:-1].reshape(wiring.shape[0], -1)
    starts[:, -1] = np.append(starts[1:, 0], wiring.pre.size)
    arrays[f"{name}_rows"] = starts
    if len(code.delays) > 1:
        arrays[f"{name}_delays"] = np.array(code.delays, np.int64)
    arrays[f"{name}_posts"] = wiring.post[order].astype(np.int32)
    if code.program.on_post:  # walked by target
        by_target = np.argsort(arrays[f"{name}_posts"], kind="stable")
        arrays[f"{name}_pres"] = wiring.pre[order].astype(np.int32)
        arrays[f"{name}_order"] = by_target.astype(np.int64)
        edges = np.searchsorted(arrays[f"{name}_posts"][by_target], np.arange(wiring.shape[1] + 1))
        arrays[f"{name}_columns"] = edges.astype(np.int64)
    return arrays
