"""A plain PyTorch loop, and its data loader's processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch: make test-frameworks")

Train = Callable[..., dict[str, Any]]


def test_a_plain_loop_says_its_epochs(train: Train) -> None:
    shown = train("""
import torch
import footprint
torch.set_num_threads(1)
model = torch.nn.Sequential(torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(2000, 64), torch.randn(2000, 1)
live = None
with footprint.measure("TRI", "tri:1.0", "training") as run:
    began = time.process_time()
    for epoch in range(8):
        end = time.process_time() + 0.4
        while time.process_time() < end:
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x), y).backward()
            optimizer.step()
        run.progress(epoch + 1, 8)
        if epoch == 3:
            time.sleep(1.1)
            live = run.now()
    spent = time.process_time() - began
show(run=about(run), spent=spent, done=live.done, total=live.total, forecast=live.forecast_kwh)
""")
    assert shown["status"] == 0, shown["stderr"]
    run = shown["run"]
    assert run["state"] == "complete"
    assert run["cpu_s"] == pytest.approx(shown["spent"], rel=0.1)
    assert (shown["done"], shown["total"]) == (4, 8)
    assert shown["forecast"] == pytest.approx(run["energy_kwh"], rel=0.6)


def test_the_processes_of_a_data_loader_are_counted(train: Train) -> None:
    shown = train("""
import os, torch
import footprint

class Costly(torch.utils.data.Dataset):
    def __len__(self): return 16
    def __getitem__(self, index):
        work(0.15)
        return torch.ones(4) * os.getpid()

with footprint.measure("TRI") as run:
    seen = {int(row[0]) for batch in torch.utils.data.DataLoader(Costly(), batch_size=2, num_workers=2)
            for row in batch}
show(run=about(run), workers=len(seen), own=os.getpid() in seen)
""")
    assert shown["status"] == 0, shown["stderr"]
    assert (shown["workers"], shown["own"]) == (2, False)
    assert shown["run"]["cpu_s"] >= 0.9 * 16 * 0.15
