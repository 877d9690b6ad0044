"""Counters of a served model (vLLM, text-generation-inference) and of GPU exporters, read over HTTP.

The text format of Prometheus, read with a small parser that keeps only the series asked for: anything else
is skipped, whatever it contains. Counters that fall were reset (the server restarted): what they show since
then is counted, what was lost between two readings is not, and the reset is told.

Names: vLLM "vllm:…" (":" becomes "_" behind some exporters), TGI "tgi_…" with or without "_total", NVIDIA
DCGM exporter "DCGM_FI_…".
"""

from __future__ import annotations

import math
import re
import time
import urllib.request
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from urllib.parse import urlsplit

from collectors.records import CollectorError

Series = tuple[str, tuple[tuple[str, str], ...]]
"""Name and sorted labels."""

MOST_BYTES = 16 * 2**20
TIMEOUT_S = 10.0
_LONGEST_LINE = 8192
_NAME = re.compile(r"[a-zA-Z_:][\w:]*")
_SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)\s*(?:\{(.*)\})?\s+(\S+)(?:\s+\S+)?")
_LABEL = re.compile(r'\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?')
_START = "process_start_time_seconds"
_NOT_SERVED = frozenset({"abort", "error"})

QUANTITIES = ("requests", "tokens_in", "tokens_out")
SPELLINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "vllm": {
        "requests": ("vllm:request_success_total", "vllm_request_success_total", "vllm:request_success"),
        "tokens_in": ("vllm:prompt_tokens_total", "vllm_prompt_tokens_total", "vllm:prompt_tokens"),
        "tokens_out": ("vllm:generation_tokens_total", "vllm_generation_tokens_total",
                       "vllm:generation_tokens"),
        "running": ("vllm:num_requests_running", "vllm_num_requests_running"),
    },
    "tgi": {
        "requests": ("tgi_request_success", "tgi_request_success_total"),
        "tokens_in": ("tgi_request_input_length_sum",),
        "tokens_out": ("tgi_request_generated_tokens_sum",),
        "running": ("tgi_batch_current_size",),
    },
}  # fmt: skip
"""Server -> quantity -> names of its counter; the first one present counts."""
DCGM_ENERGY = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"
DCGM_REFRESH_S = 30.0
"""Seconds between two readings of the GPUs by dcgm-exporter, by default (its option --collect-interval)."""
MOST_GPU_W = 5000.0
"""Mean power above which the energy of one GPU is impossible (own rule): the largest take a third of it."""
_MJ = 1000.0


class LlmError(CollectorError):
    """Root of the errors about language models."""


class ServingUnreadable(LlmError):
    """An address of metrics that gives nothing usable."""

    def __init__(self, url: str, fr: str, en: str) -> None:
        super().__init__(f"Métriques illisibles à {url} : {fr}", f"Metrics at {url} can't be read: {en}")


@dataclass(slots=True)
class Increase:
    """What counters gained over an interval; `resets`: times one of them fell back.

    Of counters of energy only: `late`, those first seen after the first reading, whose energy before is not
    known; `refused`, gains left out because no GPU draws that much.
    """

    totals: dict[str, float | None] = field(default_factory=dict)
    resets: int = 0
    late: int = 0
    refused: int = 0


class Exporter:
    """One address of metrics, and what its counters gained since the first reading.

    `names`: quantity -> spellings of its counter. A quantity whose counter was never seen stays None.
    `energy`: the counters hold mJ since the driver was loaded, not since the exporter started.
    """

    def __init__(
        self,
        url: str,
        names: dict[str, tuple[str, ...]],
        energy: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._energy = energy
        self._clock = clock
        self._seen_at: dict[Series, float] = {}
        self._names = {quantity: found for quantity, found in names.items() if quantity != "running"}
        self._gauge = names.get("running", ())
        self._last: dict[Series, float] = {}
        self._gained = Increase(dict.fromkeys(self._names))
        self._running: list[float] = []
        self._started: float | None = None
        self._read_once = False

    def read(self) -> None:
        """Read the counters once more. Raises ServingUnreadable; what was counted before stands."""
        spellings = {name for found in self._names.values() for name in found}
        series = parse(fetch(self._url), {*spellings, *self._gauge, _START})
        # The exporter may restart: the counters of the GPUs go on.
        restarted = self._restarted(series) and not self._energy
        for quantity, found in self._names.items():
            name = next((one for one in found if any(key[0] == one for key in series)), None)
            if name is not None:
                self._count(quantity, name, series, restarted)
        running = [value for key, value in series.items() if key[0] in self._gauge]
        self._running += [sum(running)] if running else []
        self._read_once = True

    def require(self, quantity: str) -> None:
        """Raise ServingUnreadable, with the names looked for, unless this quantity was seen."""
        if self._gained.totals.get(quantity) is None:
            names = ", ".join(self._names[quantity])
            raise ServingUnreadable(
                self._url,
                f"aucun compteur {names}. Est-ce la bonne adresse, le bon type de serveur (--server) ? Un "
                "compteur n'apparaît parfois qu'après une première requête : envoyez-en une.",
                f"no counter {names}. Is it the right address, the right kind of server (--server)? Some "
                "counters appear only after a first request: send one.",
            )

    def gained(self) -> Increase:
        """What each counter gained since the first reading."""
        return replace(self._gained, totals=dict(self._gained.totals))

    def running(self) -> float | None:
        """Mean number of requests being served, over the readings; None when not exposed."""
        return sum(self._running) / len(self._running) if self._running else None

    def _restarted(self, series: dict[Series, float]) -> bool:
        started = next((value for key, value in series.items() if key[0] == _START), None)
        restarted = None not in (started, self._started) and started != self._started
        self._started = started if started is not None else self._started
        return restarted

    def _count(self, quantity: str, name: str, series: dict[Series, float], restarted: bool) -> None:
        gained = self._gained.totals[quantity] or 0.0
        for key, value in series.items():
            if key[0] != name or dict(key[1]).get("finished_reason") in _NOT_SERVED:
                continue
            before = self._last.get(key)
            self._last[key] = value
            if self._energy:
                gained += self._joined(key, before, value)
            elif before is None:
                # A label seen for the first time began at 0 since the last reading.
                gained += value if self._read_once else 0.0
            else:
                fell = value < before or restarted
                self._gained.resets += fell
                gained += value if fell else value - before
        self._gained.totals[quantity] = gained

    def _joined(self, key: Series, before: float | None, value: float) -> float:
        """Energy a GPU's counter gained, in mJ. What it held when first seen was used before, not meanwhile."""
        now = self._clock()
        seconds = now - self._seen_at.get(key, now)
        self._seen_at[key] = now
        if before is None:
            self._gained.late += self._read_once
            return 0.0
        gain = value if value < before else value - before
        # The counter moves once a refresh: a short interval may show the energy of a whole one.
        if gain > MOST_GPU_W * _MJ * (seconds + DCGM_REFRESH_S):
            self._gained.refused += 1
            return 0.0
        self._gained.resets += value < before
        return gain


def dcgm(url: str, clock: Callable[[], float] = time.monotonic) -> Exporter:
    """The GPU energy of a DCGM exporter: quantity "energy", in mJ, summed over its GPUs."""
    return Exporter(url, {"energy": (DCGM_ENERGY,)}, energy=True, clock=clock)


def parse(text: str, names: Collection[str]) -> dict[Series, float]:
    """Values of the series of these names. A line that is not a sample, or whose value is not a finite
    number at or above 0, is skipped; the last of two identical series counts.

    The same GPU told several times (once an instance, MIG) counts once: labels of instances are dropped.
    """
    wanted = frozenset(names)
    found: dict[Series, float] = {}
    for line in _lines(text):
        name = _NAME.match(line)
        match = _SAMPLE.fullmatch(line) if name and name[0] in wanted else None
        if match is None:
            continue
        labels = _labels(match[2] or "")
        value = _number(match[3])
        if labels is not None and value is not None:
            found[match[1], labels] = value
    return found


def fetch(url: str, timeout_s: float = TIMEOUT_S) -> str:
    """Body of a page of metrics, 16 MiB and `timeout_s` seconds at most. Raises ServingUnreadable.

    No proxy: metrics are on one's own network.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ServingUnreadable(
            url, "donnez une adresse http:// ou https://.", "give an http:// or https:// address."
        )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + timeout_s
    try:
        with opener.open(url, timeout=timeout_s) as answer:
            body = b""
            while more := answer.read1(65536):
                body += more
                if len(body) > MOST_BYTES or time.monotonic() > deadline:
                    raise ServingUnreadable(
                        url, "réponse trop longue ou trop lente.", "answer too long or too slow."
                    )
    except (OSError, ValueError, HTTPException) as error:
        reason = str(getattr(error, "code", "") or getattr(error, "reason", "") or error)[:200]
        raise ServingUnreadable(url, reason, reason) from error
    return body.decode("utf-8", errors="replace")


def _lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        if line and not line.startswith("#") and len(line) <= _LONGEST_LINE:
            yield line.strip()


def _labels(text: str) -> tuple[tuple[str, str], ...] | None:
    labels: dict[str, str] = {}
    at = 0
    while at < len(text.rstrip()):
        match = _LABEL.match(text, at)
        if match is None:
            return None
        labels[match[1]] = match[2]
        at = match.end()
    if "UUID" in labels:
        labels = {"UUID": labels["UUID"]}
    return tuple(sorted(labels.items()))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
