"""The page on one's own data: its experiments work on such files as it describes."""

import re
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from compare.execute import execute
from compare.experiment import Experiment
from compare.specs import build

PAGE = (Path(__file__).parents[4] / "docs" / "your_data.md").read_text(encoding="utf-8")
EXPERIMENTS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
SCRIPT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
MANY = 40


@pytest.fixture
def data(tmp_path, monkeypatch) -> Path:
    """A data folder with all the files that the page speaks of."""
    draw = np.random.default_rng(0)
    for number in range(MANY):
        pet, gesture = (tmp_path / "pets" / ("cat", "dog")[number % 2], tmp_path / "gestures" / "ab"[number % 2])
        for folder in (pet, gesture):
            folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw.integers(0, 256, (40, 50, 3)).astype(np.uint8)).save(pet / f"{number}.png")
        events = zip(
            draw.integers(0, 128, (90, 2)).tolist(), np.sort(draw.integers(0, 10**6, 90)).tolist(), strict=True
        )
        words = b"".join(struct.pack(">Ii", y << 8 | x << 1, t) for (x, y), t in events)
        (gesture / f"{number}.aedat").write_bytes(b"#!AER-DAT2.0\r\n" + words)
    cells = [f"{n},{x:.3f},{('benign', 'malignant')[n % 2]}" for n, x in enumerate(draw.random(MANY))]
    (tmp_path / "tumours.csv").write_text("\n".join(["patient,radius,diagnosis", *cells]))
    cells = [f"{x:.3f},{n}" for n, x in enumerate(draw.random(MANY))]
    (tmp_path / "progression.csv").write_text("\n".join(["before,after one year", *cells]))
    monkeypatch.setenv("NEUROCONTRAST_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    exec(compile(SCRIPT, "docs/your_data.md", "exec"), {})
    return tmp_path


@pytest.mark.parametrize("text", EXPERIMENTS, ids=range(len(EXPERIMENTS)))
def test_an_experiment_of_the_page_runs(data, text):
    path = data / "own.toml"
    path.write_text(text)
    labels = re.findall(r"^\[(learners\..*)\]$", text, re.MULTILINE)
    experiment = Experiment.from_toml(path, overrides=[f"{label}.epochs=1" for label in labels])
    assert experiment.refusals() == {}
    for run in experiment.plan()[: len(labels)]:
        job = run.to_dict() | {"given": {}, "device": "cpu", "plugins": [], "encoding": experiment.encoder_spec}
        facts = execute(job | {"observe": [0]}, lambda seen, of: None)["run.json"].decode()
        assert '"status": "done"' in facts, facts


def test_the_page_names_every_task_that_reads_own_files():
    for task in ("image_folder", "csv_file", "npz_file", "event_folder"):
        assert f"`{task}`" in PAGE
        assert build({"type": task}, "task").name == task


@pytest.mark.parametrize(("task", "duration", "dt"), [("shd", "1.4 s", "14 ms"), ("n_mnist", "300 ms", "20 ms")])
def test_the_encoding_that_the_page_gives_a_published_set_fits_it(task, duration, dt):
    from bio.encoders import Events

    assert f'duration = "{duration}", dt = "{dt}"' in PAGE
    shape = build({"type": task}, "task").facts().shape
    assert Events(duration=duration, dt=dt).neuron_shape(shape) == shape[1:]
