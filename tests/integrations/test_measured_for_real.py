"""Decorated and scikit-learn programs, measured by the recorder; what is absent costs nothing."""

from __future__ import annotations

import json

import pytest

import footprint
from tests.measuring.measuring_bench import Bench

BUSY = """
import time

def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass

"""
LIBRARIES = ("transformers", "torch", "lightning", "pytorch_lightning", "keras", "tensorflow", "mlflow",
             "IPython", "sklearn", "numpy", "pandas", "psutil", "codecarbon")  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Nommez l’application"), ("en", "Name the application")]
)
def test_misuse_is_said_when_the_module_is_read(
    monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("FOOTPRINT_LANG", language)
    with pytest.raises(TypeError, match=said):
        footprint.measured(lambda: None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="colour"):
        footprint.measured("TRI", colour="blue")  # type: ignore[call-arg]


def test_decorated_functions_are_measured(bench: Bench) -> None:
    code = BUSY + (
        "import asyncio, json\n"
        "import footprint\n"
        "@footprint.measured('TRI', model='tri:1.0', phase='training', requests=3)\n"
        "def train(): work(0.3); return 'trained'\n"
        "@footprint.measured('TRI', phase='evaluation')\n"
        "async def evaluate(): work(0.2); return 'evaluated'\n"
        "@footprint.measured('TRI')\n"
        "def raise_mine():\n    work(0.05)\n    raise KeyError('mine')\n"
        "assert train() == 'trained'\n"
        "assert asyncio.run(evaluate()) == 'evaluated'\n"
        "try: raise_mine()\n"
        "except KeyError as error: assert error.args == ('mine',)\n"
        "print(json.dumps([f.footprint_run.result for f in (train, evaluate, raise_mine)]))\n"
    )
    trained, evaluated, raised = json.loads(bench.run(code))
    assert [r["state"] for r in (trained, evaluated, raised)] == ["complete", "complete", "interrupted"]
    assert (trained["application"], trained["model"], trained["phase"], trained["requests"]) == (
        "TRI", "tri:1.0", "training", 3,
    )  # fmt: skip
    assert trained["cpu_s"] == pytest.approx(0.3, abs=0.1)
    assert evaluated["cpu_s"] == pytest.approx(0.2, abs=0.1)
    assert raised["reason"] == "exception"
    assert min(r["energy_kwh"] for r in (trained, evaluated, raised)) > 0


def test_a_loop_that_counts_from_zero_is_forecast(bench: Bench) -> None:
    """`progress(0, n)` is a first word like another: the recorder lives through it."""
    code = BUSY + (
        "import footprint\n"
        "seen = None\n"
        "with footprint.measure('TRI', 'tri:1.0', 'training') as run:\n"
        "    for step in range(4):\n"
        "        work(0.4)\n"
        "        run.progress(step, 4)\n"
        "        seen = run.now() or seen\n"
        "assert (seen.done, seen.total) == (3.0, 4.0)\n"
        "assert seen.forecast_kwh > 0\n"
        "print(run.state, [w.code for w in run.warnings if w.code == 'enregistreur_perdu'])\n"
    )
    assert bench.run(code) == "complete []\n"


@pytest.mark.slow
def test_scikit_learn_workers_are_counted(bench: Bench) -> None:
    """Work of the loky processes of `n_jobs=2`: at least 90 % of what the system counted for them."""
    pytest.importorskip("sklearn")
    code = """
import json, sys
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
import footprint

def spent():
    import psutil
    me = psutil.Process()
    trees = [me.cpu_times(), *(child.cpu_times() for child in me.children(recursive=True))]
    return sum(t.user + t.system + t.children_user + t.children_system for t in trees)

if __name__ == "__main__":
    x, y = make_classification(600, 30, random_state=0)
    search = GridSearchCV(LogisticRegression(max_iter=400), {"C": [0.1, 1.0, 10.0]}, cv=4, n_jobs=2)
    before = spent()
    with footprint.measure("TRI", "tri:1.0", "training") as run:
        search.fit(x, y)
        after = spent()
    print(json.dumps({"counted": after - before, **run.result}))
"""
    shown = json.loads(bench.run(code, PYTHONWARNINGS="default"))
    assert shown["state"] == "complete"
    assert shown["counted"] > 1.0  # two interpreters were started and worked
    assert shown["cpu_s"] >= 0.9 * shown["counted"]
    assert shown["cpu_s"] <= 1.1 * shown["counted"]


def test_importing_footprint_loads_no_library(bench: Bench) -> None:
    code = (
        "import sys\n"
        "import footprint, footprint.integrations, footprint.integrations.following\n"
        "footprint.measure, footprint.measured, footprint.Run, footprint.load_ipython_extension\n"
        f"print([name for name in {LIBRARIES} if name in sys.modules])\n"
    )
    assert bench.run(code) == "[]\n"


@pytest.mark.parametrize(
    ("module", "library", "package"),
    [
        ("huggingface", "transformers", "transformers"),
        ("lightning", "lightning", "lightning"),
        ("keras", "keras", "keras"),
        ("mlflow", "mlflow", "mlflow-skinny"),
    ],
)
def test_an_absent_library_is_named(bench: Bench, module: str, library: str, package: str) -> None:
    code = (
        "import sys\n"
        f"for name in ('{library}', 'pytorch_lightning'): sys.modules[name] = None\n"
        "from footprint.errors import FootprintError\n"
        f"try: import footprint.integrations.{module}\n"
        "except ImportError as error:\n"
        "    assert isinstance(error, FootprintError)\n"
        "    print(error); print(error.en)\n"
    )
    french, english = bench.run(code).splitlines()
    assert "n’est pas installé ici" in french
    assert "is not installed here" in english
    assert f"pip install {package}" in french
    assert f"pip install {package}" in english


def test_a_fault_inside_an_installed_library_is_its_own(bench: Bench) -> None:
    bench.folder.joinpath("mlflow.py").write_text("import not_there_at_all\n", encoding="utf-8")
    code = (
        "try: import footprint.integrations.mlflow\nexcept ModuleNotFoundError as error: print(error.name)\n"
    )
    assert bench.run(code) == "not_there_at_all\n"
