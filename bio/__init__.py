"""Write the biology once: neurons as equations, encoders of spikes, and networks that learn with spikes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ann.source import Source as Source
    from bio.connectivity import AllButSelf as AllButSelf
    from bio.connectivity import Dense as Dense
    from bio.connectivity import Nearby as Nearby
    from bio.connectivity import OneToOne as OneToOne
    from bio.connectivity import Random as Random
    from bio.encoders import DeltaModulation as DeltaModulation
    from bio.encoders import DirectCurrent as DirectCurrent
    from bio.encoders import Poisson as Poisson
    from bio.encoders import PopulationCode as PopulationCode
    from bio.encoders import Regular as Regular
    from bio.encoders import TimeToFirstSpike as TimeToFirstSpike
    from bio.equations import NeuronModel as NeuronModel
    from bio.learners.conversion import ConvertedClassifier as ConvertedClassifier
    from bio.learners.diehl_cook import DiehlCook as DiehlCook
    from bio.learners.reward_stdp import RewardSTDP as RewardSTDP
    from bio.models.snntorch_mlp import SnnTorchMLP as SnnTorchMLP
    from bio.models.spiking_cnn import SpikingCNN as SpikingCNN
    from bio.models.spiking_mlp import SpikingMLP as SpikingMLP
    from bio.models.spiking_rnn import SpikingRNN as SpikingRNN
    from bio.network import Network as Network
    from bio.network import Population as Population
    from bio.network import Projection as Projection
    from bio.plasticity_rule import PlasticityRule as PlasticityRule
    from bio.rate_rule import RateRule as RateRule
    from bio.rules.eprop import EProp as EProp
    from bio.rules.local import LocalRule as LocalRule
    from bio.rules.local import as_learning_rule as as_learning_rule
    from bio.spiketrains import SpikeTrains as SpikeTrains
    from bio.weights import Constant as Constant
    from bio.weights import Normal as Normal
    from bio.weights import Uniform as Uniform

# Importing a name imports its module only then: torch, Brian2 and Numba cost seconds each.
_WHERE = {
    "AllButSelf": "bio.connectivity",
    "Constant": "bio.weights",
    "ConvertedClassifier": "bio.learners.conversion",
    "DeltaModulation": "bio.encoders",
    "Dense": "bio.connectivity",
    "EProp": "bio.rules.eprop",
    "DiehlCook": "bio.learners.diehl_cook",
    "DirectCurrent": "bio.encoders",
    "LocalRule": "bio.rules.local",
    "Nearby": "bio.connectivity",
    "Network": "bio.network",
    "NeuronModel": "bio.equations",
    "Normal": "bio.weights",
    "OneToOne": "bio.connectivity",
    "PlasticityRule": "bio.plasticity_rule",
    "Poisson": "bio.encoders",
    "Population": "bio.network",
    "PopulationCode": "bio.encoders",
    "Projection": "bio.network",
    "Random": "bio.connectivity",
    "RateRule": "bio.rate_rule",
    "Regular": "bio.encoders",
    "RewardSTDP": "bio.learners.reward_stdp",
    "SnnTorchMLP": "bio.models.snntorch_mlp",
    "Source": "ann.source",
    "SpikeTrains": "bio.spiketrains",
    "SpikingCNN": "bio.models.spiking_cnn",
    "SpikingMLP": "bio.models.spiking_mlp",
    "SpikingRNN": "bio.models.spiking_rnn",
    "TimeToFirstSpike": "bio.encoders",
    "Uniform": "bio.weights",
    "as_learning_rule": "bio.rules.local",
}
_ROOMS = (
    "decoders", "encoders", "engines", "fitting", "homeostasis", "learners", "models", "neurons", "plasticity",
    "rules", "spiketrains", "synapses",
)  # fmt: skip
__all__ = [
    "AllButSelf",
    "Constant",
    "ConvertedClassifier",
    "DeltaModulation",
    "Dense",
    "DiehlCook",
    "DirectCurrent",
    "EProp",
    "LocalRule",
    "Nearby",
    "Network",
    "NeuronModel",
    "Normal",
    "OneToOne",
    "PlasticityRule",
    "Poisson",
    "Population",
    "PopulationCode",
    "Projection",
    "Random",
    "RateRule",
    "Regular",
    "RewardSTDP",
    "SnnTorchMLP",
    "Source",
    "SpikeTrains",
    "SpikingCNN",
    "SpikingMLP",
    "SpikingRNN",
    "TimeToFirstSpike",
    "Uniform",
    "as_learning_rule",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f"bio.{name}")
    if name not in _WHERE:
        raise AttributeError(f"bio has no {name}. It has {', '.join(__all__)}.")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return [*__all__, *_ROOMS]
