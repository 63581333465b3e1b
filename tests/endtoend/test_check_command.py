"""`neurocontrast check` as a user types it: a file of one's own parts, one of them with a fault."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PARTS = '''"""Parts of my own."""
from dataclasses import replace

import ann
from bio import NeuronModel, RateRule, Source
from bio.neurons import LIF

SLOW_LIF = replace(LIF, name="slow_lif", parameters={**LIF.parameters, "tau_m": "30 ms"})
RATE_RULE = RateRule("my_rule", "dw = rate*pre*post", parameters={"rate": "0.1"}, source=Source("me"))


class Wide(ann.MLP):
    """A perceptron."""

    name = "wide"
'''
FAULT = """
UNSTABLE = replace(LIF, name="unstable", start={"v": "-60 mV"})
LAWLESS = replace(LIF, name="lawless", laws=())


class Needy(ann.Classifier):
    \"\"\"A learner that must be told something.\"\"\"

    name = "needy"

    def __init__(self, model: ann.contract.Model, depth: int):
        self.depth = depth
        super().__init__(model)
"""


def check(path: Path, code: int) -> str:
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "compare", "check", str(path)], capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": root, "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_a_file_whose_parts_all_keep_their_promises_is_told_so(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PARTS)
    said = check(path, code=0)
    assert "3 of 3 parts passed." in said
    for name, kit in (("slow_lif", "check_neuron"), ("my_rule", "check_plasticity"), ("wide", "check_model")):
        line = next(line for line in said.splitlines() if f" {name} " in line)
        assert line.split()[0] == "ok"
        assert kit in line


def test_a_fault_is_told_in_a_sentence_and_ends_with_code_1(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PARTS + FAULT)
    said = check(path, code=1)
    assert "4 of 6 parts passed, 1 failed." in said
    unstable = next(line for line in said.splitlines() if " unstable " in line)
    assert unstable.split()[0] == "NO"
    lawless = next(line for line in said.splitlines() if " lawless " in line)
    assert lawless.split()[0] == "ok"
    assert "not tested:" in lawless
    assert "unstable declares that its start is a fixed point, but v moves by" in unstable
    needy = next(line for line in said.splitlines() if " needy " in line)
    assert needy.split()[0] == "-"
    assert "not checked: depth has no default. Call compare.testing.check_learner" in needy


def test_a_file_without_a_part_and_one_that_is_not_there_end_with_code_3(tmp_path):
    path = tmp_path / "empty.py"
    path.write_text("X = 1\n")
    assert "holds no part" in check(path, code=3)
    assert "cannot be read" in check(tmp_path / "absent.py", code=3)
