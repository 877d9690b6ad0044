"""`@measured(application="TRI-COURRIER")`: each call of a function is a measured run. Standard library only.

Functions, async functions, generators and async generators stay what they are; what they return, yield,
receive and raise is theirs. The run of the last call begun is at `function.footprint_run`. Each call starts
a recorder, so decorate a job (a training, a batch), not a function called a thousand times a second.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, ParamSpec, TypeVar, Unpack, cast

from footprint.measuring import Run, measure
from footprint.measuring.given import RunOptions
from footprint.texts import say

P = ParamSpec("P")
R = TypeVar("R")


def measured(
    application: str,
    model: str | None = None,
    phase: str | None = None,
    *,
    on_budget: str = "mark",
    **options: Unpack[RunOptions],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator that measures each call; arguments: see `measure`.

    Wraps functions, methods (over or under @staticmethod and @classmethod), async functions, generators
    (from the first item to the last one taken) and async generators. Raises TypeError here, when the
    module is read, on an argument `measure` does not know; nothing at the calls.
    """
    if callable(application):
        raise TypeError(
            say(
                'Nommez l’application : @footprint.measured(application="CODE").',
                'Name the application: @footprint.measured(application="CODE").',
            )
        )

    def begin() -> Run:
        return measure(application, model, phase, on_budget=on_budget, **options)

    begin()  # an argument that does not exist is said here, not at the first call

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if isinstance(function, staticmethod | classmethod):
            return cast("Callable[P, R]", type(function)(decorate(function.__func__)))
        return cast("Callable[P, R]", _wrapped(function, begin))

    return decorate


def _wrapped(function: Callable[..., Any], begin: Callable[[], Run]) -> Any:
    """The function with a run around each call, of the same nature as itself."""
    import inspect  # slow to load: only where something is decorated

    if inspect.iscoroutinefunction(function):
        make = _coroutine
    elif inspect.isasyncgenfunction(function):
        make = _async_generator
    elif inspect.isgeneratorfunction(function):
        make = _generator
    else:
        make = _plain

    def next_run() -> Run:
        wrapper.footprint_run = begin()
        return cast("Run", wrapper.footprint_run)

    wrapper: Any = functools.wraps(function)(make(function, next_run))
    wrapper.footprint_run = None
    return wrapper


def _plain(function: Callable[..., Any], next_run: Callable[[], Run]) -> Any:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with next_run():
            return function(*args, **kwargs)

    return wrapper


def _generator(function: Callable[..., Any], next_run: Callable[[], Run]) -> Any:
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        with next_run():
            return (yield from function(*args, **kwargs))

    return wrapper


def _coroutine(function: Callable[..., Any], next_run: Callable[[], Run]) -> Any:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        run = next_run().start()
        try:
            result = await function(*args, **kwargs)
        except Exception:
            await _stop_aside(run, complete=False)
            raise
        except BaseException as error:  # cancelled or closed: nothing can be waited for any more
            run.__exit__(type(error), error, None)
            raise
        await _stop_aside(run, complete=True)
        return result

    return wrapper


async def _stop_aside(run: Run, *, complete: bool) -> None:
    """End the run without holding up the other tasks of an asyncio loop."""
    import asyncio  # slow to load: an async program has it already

    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # another library's loop
        run.stop(complete)
        return
    await loop.run_in_executor(None, run.stop, complete)


def _async_generator(function: Callable[..., Any], next_run: Callable[[], Run]) -> Any:
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with next_run():
            inner = function(*args, **kwargs)
            step = inner.__anext__()
            while True:
                try:
                    item = await step
                except StopAsyncIteration:
                    return
                try:
                    received = yield item
                except GeneratorExit:
                    await inner.aclose()
                    raise
                except BaseException as error:
                    step = inner.athrow(error)
                else:
                    step = inner.asend(received)

    return wrapper
