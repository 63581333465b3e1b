"""A trained network as an ONNX file, which other programs run without torch.

ONNX (https://onnx.ai) is an open format of networks as graphs of operators. The file answers as the learner does, in
float32: probabilities of classes, values in the targets' own measure, reconstructions, or samples of codes.
"""

from __future__ import annotations

import io
import json
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from sklearn.utils.validation import check_is_fitted

from ann.losses import ClassLoss

__all__ = ["export_onnx"]

_OPERATORS = 18  # the version of ONNX's operators; onnxruntime 1.14 and later run it
_ROWS = 2  # of the example that is traced; the file takes any number


def export_onnx(learner: Any, path: str | Path) -> Path:
    """Write a fitted learner's network to `path`; gives the path back.

    The file's input is "x", (sample, *shape), or for a Generator "code", (sample, code). Its output is "probability"
    (sample, class), "value" (sample, value), "reconstruction" or "sample" (sample, *shape). Its metadata name the
    learner, the model, the rule and, as JSON, the classes in order.

    Args:
        learner: an ann.Classifier, Regressor, SequenceClassifier, SequenceRegressor, Autoencoder or Generator that was
            fitted and reads values.
        path: of the file, "network.onnx"; it is replaced.

    Raises:
        ValueError: if it is not fitted, or reads spikes or their counts: an ONNX file has no encoder.
        ImportError: without the package onnx.
    """
    onnx = _package()
    check_is_fitted(learner)
    if not hasattr(learner, "_reading_"):
        raise ValueError(
            f"{type(learner).__name__} is no network of values that was trained here; it has none to write."
        )
    if learner._reading_.spikes or learner.encoder is not None:
        raise ValueError(
            f"This {type(learner).__name__} reads {learner._reading_.text()}, and an ONNX file has no encoder. Train "
            "it on the values themselves: a model of values, encoder = None."
        )
    graph = onnx.load_from_string(_traced(learner))
    told = {"learner": learner.name, "model": learner._reading_.model.name, "rule": learner._rule_.name}
    told |= {"neurocontrast": version("neurocontrast")}
    if hasattr(learner, "classes_"):
        told["classes"] = json.dumps(learner.classes_.tolist())
    onnx.helper.set_model_props(graph, told)
    onnx.checker.check_model(graph, full_check=True)
    path = Path(path)
    path.write_bytes(graph.SerializeToString())
    return path


def _package() -> Any:
    try:
        import onnx
        import onnx.checker
        import onnx.helper
    except ImportError as error:
        raise ImportError("Writing ONNX files needs the package onnx: pip install onnx") from error
    return onnx


def _traced(learner: Any) -> bytes:
    place = learner._reading_.device
    codes = hasattr(learner, "sample")
    shape = (learner.network_.latent,) if codes else learner._read_shape_
    example = torch.rand(_ROWS, *shape, generator=torch.Generator().manual_seed(0)).to(place)
    names = ("code" if codes else "x", _output(learner))
    file = io.BytesIO()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer doubts shapes that do not depend on the samples
        torch.onnx.export(
            _Answer(learner).eval(),
            (example,),
            file,  # type: ignore[arg-type]
            dynamo=False,  # the other exporter needs a package more
            opset_version=_OPERATORS,
            input_names=[names[0]],
            output_names=[names[1]],
            dynamic_axes={name: {0: "samples"} for name in names},
        )
    return file.getvalue()


def _output(learner: Any) -> str:
    if hasattr(learner, "sample"):
        return "sample"
    if hasattr(learner, "classes_"):
        return "probability"
    return "value" if hasattr(learner, "target_mean_") else "reconstruction"


class _Answer(torch.nn.Module):
    """What the learner makes of what its network says."""

    def __init__(self, learner: Any) -> None:
        super().__init__()
        self.network = learner.network_
        self._rule, self._state, self._kind = learner._rule_, learner._rule_state_, _output(learner)
        self._shape = learner._shape_
        if self._kind == "probability":
            self._loss = ClassLoss(learner.loss)
        if self._kind == "value":
            for name in ("mean", "scale"):
                value = torch.as_tensor(getattr(learner, f"target_{name}_"), dtype=torch.float32)
                self.register_buffer(name, value.to(learner._reading_.device))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self._kind == "sample":
            return self.network.generate(x)  # type: ignore[operator]
        answer = self._rule.output(self.network, x, self._state)
        if self._kind == "probability":
            return self._loss.probability(answer)
        if self._kind == "value":
            return answer * self.scale + self.mean
        return answer.unflatten(1, self._shape)
