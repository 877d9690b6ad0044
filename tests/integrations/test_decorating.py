"""Decorated functions: what they are, return, yield and raise is theirs; each call is a run."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from footprint import measured
from footprint.integrations import decorating


class Quick:
    """A run without a recorder: these tests are about the wrapping."""

    made: list[Quick]

    def __init__(self, *args: Any, **options: Any) -> None:
        self.args, self.options = args, options
        self.states: list[str] = []
        Quick.made.append(self)

    def start(self) -> Quick:
        self.states.append("started")
        return self

    def stop(self, complete: bool = True) -> Quick:
        self.states.append("complete" if complete else "interrupted")
        return self

    def __enter__(self) -> Quick:
        return self.start()

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.stop(complete=kind is None)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    Quick.made = []
    monkeypatch.setattr(decorating, "measure", Quick)


def states() -> list[list[str]]:
    """What happened to each run that was started."""
    return [run.states for run in Quick.made if run.states]


def test_a_function_returns_raises_and_is_named_as_before() -> None:
    @measured("TRI", "tri:1.0", "training", zone="FR", budget_kwh=2.0)
    def train(first: int, *, second: int = 2) -> int:
        """Doc."""
        if first < 0:
            raise KeyError("mine")
        return first + second

    assert train.footprint_run is None
    assert (train.__name__, train.__doc__) == ("train", "Doc.")
    assert str(inspect.signature(train)) == "(first: 'int', *, second: 'int' = 2) -> 'int'"
    assert train(1, second=4) == 5
    with pytest.raises(KeyError) as caught:
        train(-1)
    assert caught.value.args == ("mine",)
    assert caught.value.__context__ is None
    assert states() == [["started", "complete"], ["started", "interrupted"]]
    last = train.footprint_run
    assert last is Quick.made[-1]
    assert last.args == ("TRI", "tri:1.0", "training")
    assert last.options == {"on_budget": "mark", "zone": "FR", "budget_kwh": 2.0}


def test_methods_static_and_class_methods() -> None:
    class Job:
        base = 10

        @measured("TRI")
        def bare(self, x: int) -> int:
            return self.base + x

        @measured("TRI")
        @staticmethod
        def over_static(x: int) -> int:
            return x

        @staticmethod
        @measured("TRI")
        def under_static(x: int) -> int:
            return x

        @measured("TRI")
        @classmethod
        def over_class(cls, x: int) -> int:
            return cls.base + x

        @classmethod
        @measured("TRI")
        def under_class(cls, x: int) -> int:
            return cls.base + x

    job = Job()
    assert (job.bare(1), job.over_static(2), job.under_static(3)) == (11, 2, 3)
    assert (Job.over_class(4), job.over_class(5), Job.under_class(6)) == (14, 15, 16)
    assert states() == [["started", "complete"]] * 6
    assert job.bare.footprint_run.states == Job.over_class.footprint_run.states == ["started", "complete"]


def test_a_generator_stays_one() -> None:
    @measured("TRI")
    def numbers() -> Iterator[Any]:
        received = yield 1
        try:
            yield received
        except ValueError as error:
            yield str(error)
        return "end"

    assert inspect.isgeneratorfunction(numbers)
    made = numbers()
    assert states() == []  # nothing runs before the first item
    assert next(made) == 1
    assert states() == [["started"]]
    assert made.send("sent") == "sent"
    assert made.throw(ValueError("thrown")) == "thrown"
    with pytest.raises(StopIteration) as ended:
        next(made)
    assert ended.value.value == "end"
    assert states() == [["started", "complete"]]
    left = numbers()
    next(left)
    left.close()
    assert states()[1] == ["started", "interrupted"]


def test_async_calls_each_have_their_run() -> None:
    @measured("TRI")
    async def work(x: int) -> int:
        await asyncio.sleep(0.01 * x)
        if x == 2:
            raise LookupError("mine")
        return x

    async def all_of_them() -> list[Any]:
        return await asyncio.gather(*(work(x) for x in range(4)), return_exceptions=True)

    assert inspect.iscoroutinefunction(work)
    first, second, third, fourth = asyncio.run(all_of_them())
    assert (first, second, fourth) == (0, 1, 3)
    assert type(third) is LookupError
    assert sorted(states()) == [["started", "complete"]] * 3 + [["started", "interrupted"]]


def test_a_cancelled_or_closed_coroutine_ends_its_run() -> None:
    @measured("TRI")
    async def forever() -> None:
        await asyncio.sleep(60)

    async def cancelled() -> None:
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())

    class Pause:
        def __await__(self) -> Iterator[None]:
            yield

    @measured("TRI")
    async def without_asyncio() -> str:
        await Pause()
        return "done"

    closed = without_asyncio()
    closed.send(None)
    closed.close()
    ended = without_asyncio()
    ended.send(None)
    with pytest.raises(StopIteration) as result:
        ended.send(None)
    assert result.value.value == "done"
    assert states() == [["started", "interrupted"]] * 2 + [["started", "complete"]]


def test_the_end_of_a_run_does_not_hold_up_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(self: Quick, complete: bool = True) -> Quick:
        time.sleep(0.3)
        self.states.append("complete")
        return self

    monkeypatch.setattr(Quick, "stop", slow)
    beats: list[str] = []

    @measured("TRI")
    async def work() -> None:
        beats.append("worked")

    async def beside() -> None:
        task = asyncio.create_task(work())
        while not beats:
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        beats.append("ended" if task.done() else "still going")
        await task

    asyncio.run(beside())
    assert beats == ["worked", "still going"]
    assert states() == [["started", "complete"]]


def test_an_async_generator_stays_one() -> None:
    @measured("TRI")
    async def numbers() -> AsyncIterator[Any]:
        received = yield 1
        try:
            yield received
        except ValueError as error:
            yield str(error)

    async def use() -> None:
        made = numbers()
        assert await made.__anext__() == 1
        assert await made.asend("sent") == "sent"
        assert await made.athrow(ValueError("thrown")) == "thrown"
        assert [item async for item in made] == []
        assert [item async for item in numbers()] == [1, None]
        left = numbers()
        await left.__anext__()
        await left.aclose()

    assert inspect.isasyncgenfunction(numbers)
    asyncio.run(use())
    assert states() == [["started", "complete"]] * 2 + [["started", "interrupted"]]
