"""Pages of metrics served on loopback, one after another; the last one stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(pages: Sequence[str | bytes], status: int = 200) -> Iterator[str]:
    """The address of a server that gives these pages in turn."""
    left = [page.encode() if isinstance(page, str) else page for page in pages]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def vllm(
    stop: float, length: float, abort: float, prompt: float, generated: float, running: float = 1
) -> str:
    """A page such as vLLM's, with the families we read among others."""
    labels = 'engine="0",model_name="demo/petit-modele"'
    return f"""# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{{{labels}}} {running}
# HELP vllm:num_requests_waiting Number of requests waiting to be processed.
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{{{labels}}} 0.0
# HELP vllm:prompt_tokens_total Number of prefill tokens processed.
# TYPE vllm:prompt_tokens_total counter
vllm:prompt_tokens_total{{{labels}}} {prompt}
# TYPE vllm:prompt_tokens_created gauge
vllm:prompt_tokens_created{{{labels}}} 1.7636e+09
# HELP vllm:generation_tokens_total Number of generation tokens processed.
# TYPE vllm:generation_tokens_total counter
vllm:generation_tokens_total{{{labels}}} {generated}
# HELP vllm:request_success_total Count of successfully processed requests.
# TYPE vllm:request_success_total counter
vllm:request_success_total{{{labels},finished_reason="stop"}} {stop}
vllm:request_success_total{{{labels},finished_reason="length"}} {length}
vllm:request_success_total{{{labels},finished_reason="abort"}} {abort}
# TYPE vllm:iteration_tokens_total histogram
vllm:iteration_tokens_total_bucket{{{labels},le="1.0"}} 12.0
vllm:iteration_tokens_total_bucket{{{labels},le="+Inf"}} 1.5e+01
vllm:iteration_tokens_total_sum{{{labels}}} 400.0
"""


def tgi(success: float, inputs: float, outputs: float) -> str:
    """A page such as text-generation-inference's."""
    return f"""# TYPE tgi_request_count counter
tgi_request_count {success + 5}

# TYPE tgi_request_success counter
tgi_request_success {success}

# TYPE tgi_batch_current_size gauge
tgi_batch_current_size 4

# TYPE tgi_request_input_length histogram
tgi_request_input_length_bucket{{le="100"}} {success}
tgi_request_input_length_bucket{{le="+Inf"}} {success}
tgi_request_input_length_sum {inputs}
tgi_request_input_length_count {success}

# TYPE tgi_request_generated_tokens histogram
tgi_request_generated_tokens_bucket{{le="+Inf"}} {success}
tgi_request_generated_tokens_sum {outputs}
tgi_request_generated_tokens_count {success}
"""


def dcgm_page(*millijoules: float) -> str:
    """A page such as the DCGM exporter's: one GPU a value, each told once more for a MIG instance."""
    lines = ["# TYPE DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION counter"]
    for number, value in enumerate(millijoules):
        name = "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"
        labels = f'gpu="{number}",UUID="GPU-{number}",device="nvidia{number}",Hostname="secret-hote"'
        lines.append(f"{name}{{{labels}}} {value}")
        lines.append(f'{name}{{{labels},GPU_I_PROFILE="1g.10gb",GPU_I_ID="7"}} {value}')
    return "\n".join(lines) + "\n"
