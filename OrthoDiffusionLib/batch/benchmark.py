"""What a batch costs beside its analyses: reading and writing, a further worker, its memory, the start, a long run."""

from __future__ import annotations

import csv
import os
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.analysis.bundle_of_inputs import bundle_for
from OrthoDiffusionLib.batch.processes_below import Held, held_below
from OrthoDiffusionLib.batch.records.journal import JOURNAL, events
from OrthoDiffusionLib.batch.study_batch import Effort, StudyBatch
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.memory import SETTLED, growth, growth_lines
from OrthoDiffusionLib.progress import Progress
from OrthoDiffusionLib.resources import resource_path

BESIDE_AIM, SCALING_AIM = 0.15, 0.9
IDLE_AIM_MB, AT_WORK_AIM_MB, START_AIM_S = 400, 1300, 5.0

STUDIES = 6
"""For each worker that is timed."""

_STAGES_BESIDE = ("read", "select", "draw", "write")
_SECONDS_BETWEEN_SAMPLES = 0.5
_ROUND = 10  # studies for each entry of the long run's record


@dataclass
class _Watched:
    """A batch while it runs.

    Attributes:
        began, first, last: moments of the start, the first step of a study and the last row; seconds.
        peak_mb: the most that a worker held, shared pages by share.
        held: every few studies, what the recording process and all workers held, and their open files.
        rows: studies that ended.
        started_s, worked_s: processor time of template and workers until the first step, and until the last look.
    """

    began: float = 0.0
    first: float = 0.0
    last: float = 0.0
    peak_mb: float = 0.0
    held: list[Held] = field(default_factory=list)
    rows: int = 0
    started_s: float = 0.0
    worked_s: float = 0.0

    @property
    def seconds_a_study(self) -> float:
        """Processor time: what a study costs on a machine that does nothing else."""
        return (self.worked_s - self.started_s) / max(1, self.rows)


def batch_benchmark(
    exam: Sequence[Path] = (),
    *,
    bundle: str | None = None,
    side: str | None = None,
    count: int = STUDIES,
    long_run: int = 0,
) -> dict[str, Any]:
    """Measure batches of copies of one exam, on the processor, one thread for each worker.

    Args:
        exam: files or folders of the exam; empty for the sample exam.
        bundle: a bundle's folder or name; None for the default bundle.
        side: what to say about the exam's side.
        count: studies for each worker.
        long_run: studies of one more run, over which memory and open files are watched; 0 for none.

    Returns:
        "seconds" a study by stage, "beside" (reading, writing and drawing over the analysis in memory) as it is and as
        it shows where it overlaps, "scaling" of two workers over twice one, by the clock and by processor time,
        "studies_an_hour" and "processor_s" a study of one worker and of two, "idle_mb", "at_work_mb", "start_s" by the
        clock and "start_processor_s", and "long_run". By the clock means little where others use the machine.
    """
    paths = [path.absolute() for path in exam or [resource_path("SampleData", "knee_exam")]]
    opened = bundle_for(paths, bundle)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        idle = _idle_worker_mb(opened, home)
        one, one_seconds = _measured(opened, paths, side, home / "one", workers=1, count=count)
        two, _ = _measured(opened, paths, side, home / "two", workers=2, count=2 * count)
        long = long_batch(opened, paths, home / "long", side=side, count=long_run) if long_run else None
    analysis = one_seconds["analyse"]
    rates = [run.rows / (run.last - run.first) for run in (one, two)]
    return {
        "machine": f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "seconds": one_seconds,
        "beside": sum(one_seconds.get(stage, 0.0) for stage in _STAGES_BESIDE) / analysis,
        "beside_overlapped": 1.0 / rates[0] / analysis - 1.0,
        "scaling": rates[1] / (2.0 * rates[0]),
        "studies_an_hour": [3600.0 * rate for rate in rates],
        "processor_s": [one.seconds_a_study, two.seconds_a_study],
        "idle_mb": idle,
        "at_work_mb": max(one.peak_mb, two.peak_mb),
        "start_s": one.first - one.began,
        "start_processor_s": one.started_s,
        "long_run": long,
    }


def long_batch(bundle: Bundle, exam: Sequence[Path], home: Path, *, side: str | None, count: int) -> dict[str, Any]:
    """A batch of so many copies of one exam on two workers, over which memory and open files are watched.

    Args:
        bundle: the weights.
        exam: files or folders of the exam.
        home: folder to make; the results go there.
        side: what to say about the exam's side.
        count: studies.

    Returns:
        "studies" that ended, "seconds_a_study" by the clock, `memory.growth` of the process that records ("recording")
        and of the largest worker ("workers"), and "files": the most that were open in the first rounds, and at all.
    """
    watched, _ = _measured(bundle, exam, side, home, workers=2, count=count)
    settled = min(SETTLED, max(1, len(watched.held) // 2))
    return {
        "studies": watched.rows,
        "seconds_a_study": (watched.last - watched.first) / max(1, watched.rows),
        "recording": growth([held.own_mb for held in watched.held], settled),
        "workers": growth([held.largest_worker_mb for held in watched.held], settled),
        "files": (max(h.files for h in watched.held[:settled]), max(h.files for h in watched.held)),
    }


def batch_table(numbers: Mapping[str, Any]) -> str:
    """The numbers of `batch_benchmark` for a person, each with its aim."""
    lines = [numbers["machine"], f"{'stage of a study':<24}{'seconds':>9}"]
    lines += [f"{stage:<24}{seconds:9.2f}" for stage, seconds in numbers["seconds"].items() if "." not in stage]
    hour, worked = numbers["studies_an_hour"], numbers["processor_s"]
    start = numbers["start_processor_s"]
    lines += [
        "",
        f"beside the analysis     {100 * numbers['beside']:8.0f} % (reading, choosing, drawing, writing, one by one)",
        f"  with overlap          {100 * numbers['beside_overlapped']:8.0f} % (aim: below {100 * BESIDE_AIM:.0f} %)",
        f"two workers / twice one {numbers['scaling']:9.2f} (aim: {SCALING_AIM} or more)",
        f"studies an hour         {hour[0]:9.0f} by one worker of one thread, {hour[1]:.0f} by two",
        f"processor time a study  {worked[0]:9.1f} s with one worker, {worked[1]:.1f} s with two",
        f"a further idle worker   {numbers['idle_mb']:9.0f} MB (aim: below {IDLE_AIM_MB} MB; shared pages by share)",
        f"a worker at work        {numbers['at_work_mb']:9.0f} MB (aim: below {AT_WORK_AIM_MB} MB)",
        f"start to first study    {numbers['start_s']:9.1f} s (aim: below {START_AIM_S:.0f} s)",
        f"  processor time        {start:9.1f} s",
    ]
    long = numbers["long_run"]
    if long is not None:
        lines += growth_lines(long["recording"], f"rounds of {_ROUND} studies, the process that records")
        lines += growth_lines(long["workers"], f"rounds of {_ROUND} studies, the largest worker")
        lines.append(
            f"open files              {long['files'][0]:9d} after the first rounds, {long['files'][1]} at most"
        )
        lines.append(f"studies                 {long['studies']:9d}, {long['seconds_a_study']:.2f} s each")
    return "\n".join(lines)


def _measured(
    bundle: Bundle, exam: Sequence[Path], side: str | None, home: Path, *, workers: int, count: int
) -> tuple[_Watched, dict[str, float]]:
    """One batch of copies of an exam; and the mean seconds of its stages."""
    home.mkdir()
    table = home / "cases.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("name", "path"))
        rows.writerows((f"copy_{number:05d}", ";".join(map(str, exam))) for number in range(count))
    watched, stop = _Watched(began=time.monotonic()), threading.Event()

    def on_row(_number: int, _count: int, _row: Mapping[str, str]) -> None:
        watched.rows += 1
        watched.last = time.monotonic()
        if watched.rows % _ROUND == 0:
            watched.held.append(held_below(os.getpid()))

    def on_step(step: Progress) -> None:
        if step.stage not in ("find", "study", "done") and not watched.first:
            watched.first = time.monotonic()
            watched.started_s = held_below(os.getpid()).worked_s

    def sample() -> None:
        while not stop.wait(_SECONDS_BETWEEN_SAMPLES):
            held = held_below(os.getpid())
            watched.peak_mb = max(watched.peak_mb, held.largest_worker_mb)
            watched.worked_s = max(watched.worked_s, held.worked_s)

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    try:
        StudyBatch(
            table, home / "out", bundle, side=side, on_row=on_row, progress=on_step,
            effort=Effort(workers=workers, threads=1, device="cpu"),
        ).run()  # fmt: skip
    finally:
        stop.set()
        sampler.join()
    return watched, _mean_seconds(home / "out" / JOURNAL)


def _mean_seconds(journal: Path) -> dict[str, float]:
    """Stage -> mean seconds of a study, without the first one, which warms the worker up."""
    found = [entry["seconds"] for entry in events(journal) if entry.get("event") == "study" and entry.get("seconds")]
    counted = found[1:] or found
    stages = dict.fromkeys(stage for one in counted for stage in one)
    return {stage: sum(one.get(stage, 0.0) for one in counted) / len(counted) for stage in stages}


def _idle_worker_mb(bundle: Bundle, home: Path) -> float:
    """What a second worker holds that has done nothing yet."""
    from OrthoDiffusionLib.batch.settings import BatchSettings
    from OrthoDiffusionLib.batch.workers.processes import WorkerProcesses

    settings = BatchSettings(home, bundle.folder, bundle.sha256, "00000000", device="cpu", threads=1)
    workers = WorkerProcesses(settings, 2)
    try:
        workers.start_all()
        time.sleep(1.0)
        return held_below(os.getpid()).largest_worker_mb
    finally:
        workers.close()
