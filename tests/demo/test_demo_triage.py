"""The experiment end to end on few letters: better than the rules, not perfect, measured under three phases."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sklearn")

from footprint.demo import mail_triage
from footprint.demo.mail_triage import confusions, corpus, scores


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> mail_triage.TriageResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTPRINT_HOME", str(tmp_path_factory.mktemp("triage")))
        patch.setenv("FOOTPRINT_CODECARBON", "0")
        patch.setattr(mail_triage, "GRID", {"classifier__C": [0.3]})
        return mail_triage.main(letters=480, seed=11)


def test_the_model_beats_the_rules_and_is_not_perfect(result: mail_triage.TriageResult) -> None:
    assert 0.75 < result.accuracy < 0.99
    assert result.accuracy > result.rules_accuracy + 0.1
    assert result.macro_f1 > result.rules_macro_f1
    assert result.confusions


def test_confusions_explain_the_accuracy(result: mail_triage.TriageResult) -> None:
    wrong = sum(count for _right, _wrong, count in result.confusions)
    assert 1 - wrong / 120 == pytest.approx(result.accuracy)


def test_three_runs_are_measured_under_their_own_phase(result: mail_triage.TriageResult) -> None:
    training, serving, baseline = result.runs
    assert [run.phase for run in result.runs] == ["training", "inference", "baseline"]
    assert {run.application for run in result.runs} == {"TRI-COURRIER"}
    assert training.model == serving.model == "tri-courrier:1.0"
    assert baseline.model is None
    assert training.requests is None
    assert serving.requests == baseline.requests == result.served == 3 * 480
    assert all(run.state == "complete" for run in result.runs)
    assert training.energy_kwh is not None
    assert training.energy_kwh > 0


def test_the_corpus_never_judges_on_what_it_learned() -> None:
    train, test, incoming = corpus(80, 5)
    assert (len(train), len(test), len(incoming)) == (60, 20, 240)
    assert not {letter.text for letter in train} & {letter.text for letter in test}


def test_scores_count_hand_sorting_as_wrong() -> None:
    assert scores(["carte", "retraite"], ["carte", "tri manuel"])[0] == 0.5


def test_confusions_come_most_frequent_first() -> None:
    truth = ["carte", "carte", "retraite", "carte"]
    given = ["retraite", "retraite", "carte", "carte"]
    assert confusions(truth, given) == (("carte", "retraite", 2), ("retraite", "carte", 1))


def test_the_report_says_it_in_both_languages(
    result: mail_triage.TriageResult, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    french = mail_triage.report(result)
    assert "sans IA" in french
    assert "entraînement — TRI-COURRIER" in french
    monkeypatch.setenv("FOOTPRINT_LANG", "en")
    assert "without AI" in mail_triage.report(result)
