"""Which learns handwritten digits better: backprop, a surrogate gradient or STDP?"""

import ann
import bio
from compare import Experiment, Report


def main() -> None:
    experiment = Experiment(
        question=str(__doc__),
        tasks=["digits"],
        learners={
            "logistic regression": ann.Classifier(ann.Logistic()),
            "MLP": ann.Classifier(ann.MLP(hidden=(64,)), ann.Backprop(learning_rate=3e-3)),
            "surrogate gradient": ann.Classifier(bio.SnnTorchMLP(hidden=(64,)), ann.Backprop(learning_rate=3e-3)),
            "STDP": bio.DiehlCook(neurons=64, passes=1),
        },
        contrasts=[("MLP", "surrogate gradient"), ("MLP", "STDP")],
        seeds=3,
    )
    study = experiment.run("studies/quickstart", jobs=2)  # the same command again goes on where it stopped
    for path in Report(study).write("reports/quickstart").values():
        print(path)


if __name__ == "__main__":
    main()
