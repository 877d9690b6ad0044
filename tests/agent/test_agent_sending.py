from __future__ import annotations

import threading

from footprint.agent.sending import Sender


def test_back_off_and_one_line_a_change_of_state() -> None:
    told: list[str] = []
    outcomes: list[Exception | list[str]] = [
        [], *[OSError("coupé")] * 8, [], ["r1 : trop vieux"], ["r1 : trop vieux"], [],
    ]  # fmt: skip
    turns = iter(outcomes)

    def push() -> list[str]:
        outcome = next(turns)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    sender = Sender(push, told.append, chance=lambda: 1.0)
    waits = [sender.turn() for _ in outcomes]
    assert waits == [300, 30, 60, 120, 240, 480, 900, 900, 900, 300, 300, 300, 300]
    assert told == [
        "Envoi impossible, les mesures attendent ici : coupé",
        "L’envoi a repris.",
        "Le serveur refuse 1 mesure, gardée ici : r1 : trop vieux",
    ]


def test_agents_do_not_all_try_together() -> None:
    assert Sender(lambda: [], print, chance=lambda: 0.0).turn() == 240.0
    assert Sender(lambda: [], print, chance=lambda: 0.5).turn() == 270.0


def test_it_sends_in_the_background_and_stops() -> None:
    sent = threading.Event()
    sender = Sender(lambda: sent.set() or [], print, every_s=60.0)  # type: ignore[func-returns-value]
    sender.start()
    assert sent.wait(60)
    sender.stop()
    sender.join(60)
    assert not sender.is_alive()
