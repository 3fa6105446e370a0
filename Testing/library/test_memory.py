"""A process that works for hours holds no more memory than after its first minutes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.memory import (
    GROWTH_AIM_MB,
    KEPT,
    check_long_run,
    give_back,
    giving_back,
    growth,
    growth_lines,
    shown_mb,
)

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
        pytest.param("import OrthoDiffusionLib.batch.workers.worker", marks=pytest.mark.long),
        pytest.param(
            "from OrthoDiffusionLib.service.worker_analysis import WarmAnalysis; WarmAnalysis().prepare()",
            marks=pytest.mark.long,
        ),
        pytest.param("import OrthoDiffusionLib.lab.training.pretraining.pretrain", marks=pytest.mark.long),
        pytest.param("import OrthoDiffusionLib.lab.training.tables.table_finetune", marks=pytest.mark.long),
        pytest.param("import OrthoDiffusionLib.lab.experiments.fixed_images.published_recipe", marks=pytest.mark.long),
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
from OrthoDiffusionLib.memory import give_back, resident_mb
from OrthoDiffusionLib.precision import autocast
torch.set_num_threads(1)
layer, held = torch.nn.Linear(96, 64), []
with torch.inference_mode(), autocast(precision="bfloat16"):
    for rows in range(2000, 2900):
        layer(torch.zeros(rows, 96))
        give_back()  # what is kept counts, not what the C library has not given back yet
        held.append(resident_mb())
print(held[-1] - held[500])
"""


@needs_proc
@pytest.mark.long
def test_products_of_ever_new_sizes_are_not_all_kept():
    """As the fine outlines ask at another number of points each time. Without a bound it is 0.6 MB each."""
    assert float(in_a_fresh_process(PRODUCTS)) < 30


BLOCK = """
from OrthoDiffusionLib.memory import peak_mb, resident_mb
before = resident_mb()
block = b"1" * 200_000_000
held, peak = resident_mb(), peak_mb()
del block
print([held - before, peak - held, resident_mb() - before])
"""


@needs_proc
def test_memory_is_measured_in_megabytes():
    """In a process of its own: in one that has run a thousand tests, a block may be kept for the next one."""
    held, peak_above, freed = json.loads(in_a_fresh_process(BLOCK))
    assert 150 < held < 250
    assert peak_above >= -1
    assert freed < 100


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


TRIMMED = """
from OrthoDiffusionLib import memory
before = memory.resident_mb()
blocks = [bytes(100_000) for _ in range(2000)]
kept = bytes(100_000)
del blocks
held = []
for memory.TORN_MB in (300, 100):
    memory.trim_fragmented_heap()
    held.append(memory.resident_mb() - before)
print(held)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc can be asked to give memory back")
def test_the_heap_is_repaired_only_where_it_is_torn():
    whole, torn = json.loads(in_a_fresh_process(TRIMMED))
    assert whole > 100
    assert torn < 30


def test_a_piece_of_work_keeps_its_name_and_its_answer():
    @giving_back
    def added(first: int, *, second: int) -> int:
        """Their sum."""
        return first + second

    assert added(1, second=2) == 3
    assert (added.__name__, added.__doc__) == ("added", "Their sum.")
    give_back()  # does no harm where nothing is to be given


def test_growth_is_what_the_most_since_the_tenth_is_above_the_most_before():
    numbers = growth([500, *[700] * 8, 800, 830, 810])
    assert numbers == {"count": 12, "settled": 10, "settled_mb": 800, "end_mb": 810, "growth_mb": 30}
    table = "\n".join(growth_lines(numbers, "analyses of varied size"))
    assert "memory over 12 analyses of varied size" in table
    assert "after 10" in table and "800 MB" in table and "810 MB" in table and "30 MB (aim: below 100 MB)" in table
    assert growth([800.0] * 10 + [600.0])["growth_mb"] == 0


def test_a_measure_that_is_missing_is_said_as_such():
    numbers = growth([None] * 12)
    assert numbers["growth_mb"] is None and numbers["settled_mb"] is None
    assert growth_lines(numbers, "steps") == ["memory over 12 steps: cannot be measured on this system"]
    assert "cannot be measured" in shown_mb(None)


def test_a_long_run_that_is_too_short_to_tell_is_refused():
    assert check_long_run(0) == 0 and check_long_run(11) == 11
    with pytest.raises(OrthoDiffusionError, match="shows none") as caught:
        check_long_run(10)
    assert "11 or more" in caught.value.remedy


ANALYSES = """
import json
from OrthoDiffusionLib import Analyzer
from OrthoDiffusionLib.analysis.benchmark import memory_of_analyses
from OrthoDiffusionLib.memory import growth
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.analysis.study_inputs import read_study
study = read_study([resource_path("SampleData", "knee_exam", "S09_sag_fs.nii.gz")], side="right", joint="knee")
print(json.dumps(growth(memory_of_analyses(study, Analyzer("orthodiffusion-knee"), 200, shares=(0.3, 0.45)))))
"""

STEPS = """
import json, tempfile
from pathlib import Path
from OrthoDiffusionLib.memory import growth
from OrthoDiffusionLib.lab.phantom.datasets.shards import write_shards
from OrthoDiffusionLib.lab.training.phantoms.cost import memory_of_steps
from OrthoDiffusionLib.lab.training.engine.recipe import DataRecipe, FinetuneRecipe, Recipe
network = dict(kind="orthodiffusion-1", channels=[8, 8, 16, 16], stem_channels=8, embedding=16, sigma=0.1,
               sigma_data=0.5, width=8, detail=True)
data = DataRecipe(crop=(8, 32, 32), detail_crop=32, fusion_size=9, fine_points=2048)
steps = FinetuneRecipe(steps=300, steps_alone=0, steps_outlines_first=0, warmup=10)
if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        write_shards(folder, 1, 0, joint="knee", pixel_mm=0.8)
        recipe = Recipe(in_plane_mm=0.8, network=network, data=data, finetune=steps)
        print(json.dumps(growth(memory_of_steps(Path(folder), recipe), 20)))
"""


@needs_proc
@pytest.mark.long
@pytest.mark.parametrize(("code", "count"), [(ANALYSES, 200), (STEPS, 300)], ids=["200 analyses", "300 steps"])
def test_a_long_run_grows_by_less_than_the_aim(code, count):
    """Windows and networks are small: what is kept depends on how many shapes there were. 1 thread, for busy cores."""
    numbers = json.loads(in_a_fresh_process(code, OMP_NUM_THREADS="1").splitlines()[-1])
    assert numbers["count"] == count
    assert numbers["growth_mb"] < GROWTH_AIM_MB, numbers
