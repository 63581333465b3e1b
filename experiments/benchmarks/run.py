"""Runs every benchmark of this folder, one after another, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    scripts = sorted(p for p in HERE.glob("*.py") if p.name != "run.py" and not p.name.startswith("_"))
    codes = [
        subprocess.run([sys.executable, str(p)], env=os.environ | one_thread, check=False).returncode for p in scripts
    ]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
