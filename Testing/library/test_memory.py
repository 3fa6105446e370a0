"""A process that works for hours holds no more memory than after its first minutes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from OrthoDiffusionLib.memory import KEPT, give_back, giving_back, peak_mb, resident_mb

ROOT = Path(__file__).parents[2]
NAMES = [name for names in KEPT for name in names]

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="memory is measured through Linux's /proc"
)


def in_a_fresh_process(code: str, **environment: str) -> str:
    """What a Python of its own prints, whose settings are those given here alone."""
    inherited = {name: value for name, value in os.environ.items() if name not in NAMES}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**inherited, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


SETTINGS = f"import os; print([os.environ.get(name) for name in {NAMES}])"


@pytest.mark.parametrize(
    "entry",
    [
        "from OrthoDiffusionLib import Analyzer",
        "import OrthoDiffusionLib.batch",
        "from OrthoDiffusionLib.cli.worker_analysis import WarmAnalysis; WarmAnalysis().prepare()",
        "import OrthoDiffusionLib.training.pretrain",
        "import OrthoDiffusionLib.training.table_finetune",
        "import OrthoDiffusionLib.experiments.published_recipe",
    ],
)
def test_whatever_computes_has_bounded_what_torch_keeps(entry):
    assert in_a_fresh_process(f"{entry}\n{SETTINGS}") == str(["384", None, "96"])


def test_what_the_user_has_set_stays():
    own = {"DNNL_PRIMITIVE_CACHE_CAPACITY": "7", "LRU_CACHE_CAPACITY": "8"}
    assert in_a_fresh_process(f"import OrthoDiffusionLib.precision\n{SETTINGS}", **own) == str([None, "7", "8"])


def test_a_program_that_only_reads_volumes_keeps_its_settings():
    """3D Slicer, say, whose other extensions have a torch of their own."""
    assert in_a_fresh_process(f"from OrthoDiffusionLib import read_volume\n{SETTINGS}") == str([None] * 3)


PRODUCTS = """
import torch
from OrthoDiffusionLib.memory import resident_mb
from OrthoDiffusionLib.precision import autocast
torch.set_num_threads(1)
layer, held = torch.nn.Linear(96, 64), []
with torch.inference_mode(), autocast(precision="bfloat16"):
    for rows in range(2000, 2900):
        layer(torch.zeros(rows, 96))
        held.append(resident_mb())
print(held[-1] - held[500])
"""


@needs_proc
def test_products_of_ever_new_sizes_are_not_all_kept():
    """As the fine outlines ask at another number of points each time. Without a bound it is 0.6 MB each."""
    assert float(in_a_fresh_process(PRODUCTS)) < 30


@needs_proc
def test_memory_is_measured_in_megabytes():
    before = resident_mb()
    block = b"1" * 200_000_000
    assert 150 < resident_mb() - before < 250
    assert peak_mb() >= resident_mb() - 1
    del block
    assert resident_mb() - before < 100


FREED = """
from OrthoDiffusionLib.memory import giving_back, resident_mb
class Told(Exception): pass
@giving_back
def work():
    blocks = [bytes(100_000) for _ in range(2000)]  # below the size from which each is returned on its own
    kept.append(bytes(100_000))
    del blocks
    raise Told
kept, before = [], resident_mb()
try:
    work()
except Told:
    print(resident_mb() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc can be asked to give memory back")
def test_what_was_freed_is_given_back_though_something_above_it_is_kept():
    assert float(in_a_fresh_process(FREED)) < 30


def test_a_piece_of_work_keeps_its_name_and_its_answer():
    @giving_back
    def added(first: int, *, second: int) -> int:
        """Their sum."""
        return first + second

    assert added(1, second=2) == 3
    assert (added.__name__, added.__doc__) == ("added", "Their sum.")
    give_back()  # does no harm where nothing is to be given
