"""A network as a program in C++ that Brian2 wrote (cpp_standalone).

Brian2 has one device a process, so the program is built and run by a process of its own (`_elsewhere`); a call is one
run of the program, with its start, its files and its wiring.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable
from typing import Any

from _elsewhere import serve


def serve_standalone(make: Callable[[], tuple[Any, Any, Any]]) -> None:
    """Builds the network that `make` gives with a spike monitor and a duration, and runs it for every line read.

    It tells the spikes and the seconds of the loop over time steps alone.
    """
    import brian2 as b2

    b2.set_device("cpp_standalone", build_on_run=False)
    net, counter, duration = make()
    net.run(duration)
    with tempfile.TemporaryDirectory() as folder:
        b2.device.build(directory=folder, compile=True, run=False, debug=False)

        def run() -> tuple[float, float]:
            b2.device.run(folder, with_output=False, run_args=[])
            return int(counter.num_spikes), b2.device._last_run_time

        serve(run, resource.RUSAGE_CHILDREN)
