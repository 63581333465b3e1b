"""Sources of the methods that a report uses, and BibTeX of exactly what was used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reference:
    """A publication.

    Attributes:
        key: of BibTeX.
        authors: "Song, Le and Smola, Alex", as BibTeX has them.
        venue: journal, proceedings or publisher.
        kind: of BibTeX.
        doi: without https://doi.org/, or "".
        url: where there is no DOI.
    """

    key: str
    authors: str
    title: str
    venue: str
    year: int | None
    doi: str = ""
    kind: str = "article"
    url: str = ""

    @property
    def text(self) -> str:
        """ "Song et al. 2012" with a link where there is a DOI or an address; inline text."""
        names = [name.split(",")[0].strip() for name in self.authors.split(" and ")]
        two = len(names) == 2 and names[1] != "others"
        who = names[0] if len(names) == 1 else f"{names[0]} & {names[1]}" if two else f"{names[0]} et al."
        said = f"{who} {self.year}" if self.year else who
        target = f"https://doi.org/{self.doi}" if self.doi else self.url
        return f"[{said}]({target})" if target else said

    @property
    def bibtex(self) -> str:
        """The entry."""
        place = {"article": "journal", "inproceedings": "booktitle", "book": "publisher"}.get(self.kind, "howpublished")
        fields = {
            "author": self.authors, "title": f"{{{self.title}}}", place: self.venue, "year": str(self.year or ""),
            "doi": self.doi, "url": self.url,
        }  # fmt: skip
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
        return f"@{self.kind}{{{self.key},\n{lines}}}"


def _software(version: str) -> Reference:
    title = "neurocontrast: spiking and artificial networks on the same task" + (
        f", version {version}" if version else ""
    )
    return Reference("neurocontrast", "{The neurocontrast developers}", title, "software", None, kind="misc")


METHODS: dict[str, Reference] = {
    reference.key: reference
    for reference in (
        Reference("student1908", "Student", "The probable error of a mean", "Biometrika", 1908, "10.1093/biomet/6.1.1"),
        Reference("holm1979", "Holm, Sture", "A simple sequentially rejective multiple test procedure",
                  "Scandinavian Journal of Statistics", 1979, url="https://www.jstor.org/stable/4615733"),
        Reference("serlin1993", "Serlin, Ronald C.",
                  "Confidence intervals and the scientific method: a case for Holm on the range",
                  "Journal of Experimental Education", 1993, "10.1080/00220973.1993.10806596"),
        Reference("fisher1935", "Fisher, Ronald A.", "The design of experiments", "Oliver and Boyd", 1935, kind="book"),
        Reference("hedges1981", "Hedges, Larry V.",
                  "Distribution theory for Glass's estimator of effect size and related estimators",
                  "Journal of Educational Statistics", 1981, "10.3102/10769986006002107"),
        Reference("schuirmann1987", "Schuirmann, Donald J.",
                  "A comparison of the two one-sided tests procedure and the power approach for assessing the "
                  "equivalence of average bioavailability", "Journal of Pharmacokinetics and Biopharmaceutics", 1987,
                  "10.1007/BF01068419"),
        Reference("agarwal2021", "Agarwal, Rishabh and Schwarzer, Max and Castro, Pablo Samuel and "
                  "Courville, Aaron and Bellemare, Marc G.",
                  "Deep reinforcement learning at the edge of the statistical precipice",
                  "Advances in Neural Information Processing Systems 34", 2021, "10.48550/arXiv.2108.13264",
                  "inproceedings"),
        Reference("guo2017", "Guo, Chuan and Pleiss, Geoff and Sun, Yu and Weinberger, Kilian Q.",
                  "On calibration of modern neural networks", "International Conference on Machine Learning", 2017,
                  kind="inproceedings", url="https://arxiv.org/abs/1706.04599"),
        Reference("kornblith2019", "Kornblith, Simon and Norouzi, Mohammad and Lee, Honglak and Hinton, Geoffrey",
                  "Similarity of neural network representations revisited",
                  "International Conference on Machine Learning", 2019, kind="inproceedings", url="https://arxiv.org/abs/1905.00414"),
        Reference("song2012", "Song, Le and Smola, Alex and Gretton, Arthur and Bedo, Justin and Borgwardt, Karsten",
                  "Feature selection via dependence maximization", "Journal of Machine Learning Research", 2012,
                  url="https://jmlr.org/papers/v13/song12a.html"),
        Reference("szekely2014", "Székely, Gábor J. and Rizzo, Maria L.",
                  "Partial distance correlation with methods for dissimilarities", "The Annals of Statistics", 2014,
                  "10.1214/14-AOS1255"),
        Reference("kriegeskorte2008", "Kriegeskorte, Nikolaus and Mur, Marieke and Bandettini, Peter",
                  "Representational similarity analysis: connecting the branches of systems neuroscience",
                  "Frontiers in Systems Neuroscience", 2008, "10.3389/neuro.06.004.2008"),
        Reference("nili2014", "Nili, Hamed and Wingfield, Cai and Walther, Alexander and Su, Li and "
                  "Marslen-Wilson, William and Kriegeskorte, Nikolaus",
                  "A toolbox for representational similarity analysis", "PLOS Computational Biology", 2014,
                  "10.1371/journal.pcbi.1003553"),
        Reference("vandenbosch2025", "van den Bosch, Jasper J. F. and others",
                  "A Python toolbox for representational similarity analysis", "eLife", 2025, "10.7554/eLife.107828"),
        Reference("dowson1982", "Dowson, D. C. and Landau, B. V.",
                  "The Fréchet distance between multivariate normal distributions",
                  "Journal of Multivariate Analysis", 1982, "10.1016/0047-259X(82)90077-X"),
        Reference("heusel2017", "Heusel, Martin and Ramsauer, Hubert and Unterthiner, Thomas and Nessler, Bernhard and "
                  "Hochreiter, Sepp",
                  "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
                  "Advances in Neural Information Processing Systems 30", 2017, kind="inproceedings",
                  url="https://arxiv.org/abs/1706.08500"),
        Reference("naeem2020", "Naeem, Muhammad Ferjad and Oh, Seong Joon and Uh, Youngjung and Choi, Yunjey and "
                  "Yoo, Jaejun", "Reliable fidelity and diversity metrics for generative models",
                  "International Conference on Machine Learning", 2020, kind="inproceedings",
                  url="https://arxiv.org/abs/2002.09797"),
        Reference("lillicrap2016", "Lillicrap, Timothy P. and Cownden, Daniel and Tweed, Douglas B. and "
                  "Akerman, Colin J.",
                  "Random synaptic feedback weights support error backpropagation for deep learning",
                  "Nature Communications", 2016, "10.1038/ncomms13276"),
        Reference("alain2017", "Alain, Guillaume and Bengio, Yoshua",
                  "Understanding intermediate layers using linear classifier probes", "ICLR workshop", 2017,
                  kind="inproceedings", url="https://arxiv.org/abs/1610.01644"),
        Reference("hoerl1970", "Hoerl, Arthur E. and Kennard, Robert W.",
                  "Ridge regression: biased estimation for nonorthogonal problems", "Technometrics", 1970,
                  "10.1080/00401706.1970.10488634"),
        Reference("gao2017", "Gao, Peiran and Trautmann, Eric and Yu, Byron and Santhanam, Gopal and Ryu, Stephen and "
                  "Shenoy, Krishna and Ganguli, Surya",
                  "A theory of multineuronal dimensionality, dynamics and measurement", "bioRxiv", 2017,
                  "10.1101/214262"),
        Reference("rumelhart1986", "Rumelhart, David E. and Hinton, Geoffrey E. and Williams, Ronald J.",
                  "Learning representations by back-propagating errors", "Nature", 1986, "10.1038/323533a0"),
        Reference("gerstner2014", "Gerstner, Wulfram and Kistler, Werner M. and Naud, Richard and Paninski, Liam",
                  "Neuronal dynamics: from single neurons to networks and models of cognition",
                  "Cambridge University Press", 2014, "10.1017/CBO9781107447615", "book"),
        Reference("song2000", "Song, Sen and Miller, Kenneth D. and Abbott, L. F.",
                  "Competitive Hebbian learning through spike-timing-dependent synaptic plasticity",
                  "Nature Neuroscience", 2000, "10.1038/78829"),
        Reference("stigler1981", "Stigler, Stephen M.", "Gauss and the invention of least squares",
                  "The Annals of Statistics", 1981, "10.1214/aos/1176345451"),
        Reference("cox1958", "Cox, D. R.", "The regression analysis of binary sequences",
                  "Journal of the Royal Statistical Society, Series B", 1958, "10.1111/j.2517-6161.1958.tb00292.x"),
        Reference("minsky1969", "Minsky, Marvin and Papert, Seymour",
                  "Perceptrons: an introduction to computational geometry", "MIT Press", 1969, kind="book"),
        Reference("kingma2015", "Kingma, Diederik P. and Ba, Jimmy", "Adam: a method for stochastic optimization",
                  "International Conference on Learning Representations", 2015, "10.48550/arXiv.1412.6980",
                  "inproceedings"),
        Reference("hunter2007", "Hunter, John D.", "Matplotlib: a 2D graphics environment",
                  "Computing in Science & Engineering", 2007, "10.1109/MCSE.2007.55"),
    )
}  # fmt: skip
ENGINES: dict[str, Reference] = {
    "torch": Reference("paszke2019", "Paszke, Adam and others",
                       "PyTorch: an imperative style, high-performance deep learning library",
                       "Advances in Neural Information Processing Systems 32", 2019, kind="inproceedings",
                       url="https://arxiv.org/abs/1912.01703"),
    "scikit-learn": Reference("pedregosa2011", "Pedregosa, Fabian and others",
                              "Scikit-learn: machine learning in Python",
                              "Journal of Machine Learning Research", 2011,
                              url="https://jmlr.org/papers/v12/pedregosa11a.html"),
    "brian": Reference("stimberg2019", "Stimberg, Marcel and Brette, Romain and Goodman, Dan F. M.",
                       "Brian 2, an intuitive and efficient neural simulator", "eLife", 2019, "10.7554/eLife.47314"),
    "numba": Reference("lam2015", "Lam, Siu Kwan and Pitrou, Antoine and Seibert, Stanley",
                       "Numba: a LLVM-based Python JIT compiler", "LLVM in HPC", 2015, "10.1145/2833157.2833162",
                       "inproceedings"),
}  # fmt: skip
METHODS |= {reference.key: reference for reference in ENGINES.values()}  # a method may be an engine's


def of_learner(source: Any) -> Reference | None:
    """A learner's or a task's own source as a reference; None where it names nothing."""
    if not source:
        return None
    if not isinstance(source, dict):
        source = {"text": str(source)}
    text = str(source.get("text") or "")
    year = source.get("year") or next((int(found) for found in re.findall(r"\b(1[89]\d\d|20\d\d)\b", text)), None)
    authors = str(source.get("authors") or "") or (
        re.split(r"\s*\b1[89]\d\d|\s*\b20\d\d", text)[0].strip(" ,;") or "Anonymous"
    )
    title = str(source.get("title") or "") or text
    if not (title or authors):
        return None
    doi = str(source.get("doi") or "").removeprefix("https://doi.org/")
    kind = "article" if source.get("journal") else "misc"
    return Reference(
        _key(authors, year, title), _as_bibtex(authors), title, str(source.get("journal") or ""), year, doi, kind
    )


def _as_bibtex(authors: str) -> str:
    """Names joined by "and"; "A, B & C" of one line is split only where no comma stands inside a name."""
    return re.sub(r"\s*&\s*", " and ", authors.replace(", &", " &"))


def _key(authors: str, year: int | None, title: str) -> str:
    plain = unicodedata.normalize("NFKD", authors).encode("ascii", "ignore").decode().lower()
    first = next(iter(re.findall(r"[a-z]+", plain)), "anonymous")
    word = next((w for w in re.findall(r"[a-z]+", title.lower()) if len(w) > 4), "") if year is None else ""
    return f"{first}{year or word}"


def bibliography(references: Iterable[Reference], version: str) -> str:
    """BibTeX of the tool and of the references; one entry for each publication, keys made distinct."""
    entries: dict[str, Reference] = {}
    known: set[str] = set()
    for reference in references:
        identity = reference.doi.lower() or f"{reference.key}|{reference.title.lower()}"
        if identity in known:
            continue
        known.add(identity)
        key = reference.key
        for letter in "bcdefghijklmnopqrstuvwxyz":
            if key not in entries:
                break
            key = reference.key + letter
        entries[key] = reference
    texts = [_software(version).bibtex]
    texts += [ref.bibtex.replace(f"{{{ref.key},", f"{{{key},", 1) for key, ref in sorted(entries.items())]
    return "\n\n".join(texts)
