"""Does a neuron of my own learn digits as well as an ordinary network does?

A neuron model is twelve lines. Here it runs on two engines with the same input, and is then trained by a surrogate
gradient and by STDP in a comparison with a multilayer perceptron. The report's section on the learners shows its
fidelity certificate: every engine beside Brian2, spike for spike. Takes about three minutes.
"""

import ann
import bio
from compare import Experiment, Report

MY_LIF = bio.NeuronModel(
    name="my_lif",
    equations="dv/dt = (v_rest - v + R*I)/tau_m : volt (unless refractory)",
    threshold="v > v_threshold",
    reset="v = v_reset",
    refractory="2 ms",
    parameters={"tau_m": "20 ms", "R": "100 Mohm", "v_rest": "-65 mV", "v_threshold": "-50 mV", "v_reset": "-65 mV"},
    start={"v": "v_rest"},
    drive="I",  # the variable that input current enters through, in ampere
    source=bio.Source("Lapicque 1907; Gerstner et al. 2014, Neuronal Dynamics, eq. 1.5"),
)


def comparison() -> Experiment:
    fast = ann.Backprop(learning_rate=3e-3)
    return Experiment(
        question="Does a neuron of my own learn digits as well as an ordinary network does?",
        tasks=["digits"],
        learners={
            "MLP": ann.Classifier(ann.MLP(hidden=(64,)), fast, epochs=8),
            "my neuron, surrogate gradient": ann.Classifier(bio.SpikingMLP(MY_LIF, hidden=(64,)), fast, epochs=8),
            "my neuron, STDP": bio.DiehlCook(64, neuron=MY_LIF, passes=1),
            "my neuron, untrained": bio.DiehlCook(64, neuron=MY_LIF, passes=0),
        },
        contrasts=[
            ("MLP", "my neuron, surrogate gradient"),
            ("my neuron, surrogate gradient", "my neuron, STDP"),
            ("my neuron, STDP", "my neuron, untrained"),
        ],
        seeds=3,
        observe=[0, 300, 1000, 3000],
    )


def main() -> None:
    from bio.testing import compare_engines

    print(f"{MY_LIF.name} on Brian2 and torch:", compare_engines(MY_LIF, dt_s=5e-4))
    study = comparison().run("studies/my-neuron", jobs=2)  # the same command again goes on where it stopped
    for path in Report(study).write("reports/my-neuron").values():
        print(path)


if __name__ == "__main__":
    main()
