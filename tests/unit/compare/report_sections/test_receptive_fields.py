"""Measured receptive fields in a report, of samples that have channels."""

from pathlib import Path

import numpy as np

from ann import MLP, Classifier
from compare.experiment import Experiment
from compare.report.build import build
from compare.report.document import Figure
from compare.tasks import NpzFile


def test_fields_of_several_channels_are_drawn_as_their_mean(tmp_path: Path) -> None:
    X = np.random.default_rng(0).uniform(0, 1, (120, 2, 4, 4)).astype(np.float32)
    np.savez(tmp_path / "events.npz", X=X, y=np.arange(120) % 2)
    study = Experiment(
        question="What do neurons see of events of two polarities?",
        tasks=[NpzFile(str(tmp_path / "events.npz"))],
        learners={"MLP": Classifier(MLP((6,)), epochs=2)},
        inputs=["clean"],
        seeds=1,
        observe=[0, 100],
    ).run(tmp_path / "study")
    fields = study.runs(label="MLP")[0].arrays().receptive_field.to_numpy()
    assert fields.shape == (6, 2, 4, 4)
    figures = (block for section in build(study).sections for block in section.blocks if isinstance(block, Figure))
    (figure,) = (one for one in figures if one.anchor == "fig-receptive-fields")
    negative = [column.title for column in figure.data.columns].index("share negative")
    assert figure.data.rows[0][negative].value == (fields.mean(1) < 0).mean()
