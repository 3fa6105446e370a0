"""The page of an experiment: words that a person wrote, and between two marks the tables that the command writes."""

from __future__ import annotations

from pathlib import Path

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.volumes.files.atomic import write_text

BEGIN = "<!-- written by `orthodiffusion experiment`; what stands between these marks is replaced -->"
END = "<!-- end of what the command writes -->"


def update_page(path: Path, experiment: Experiment, generated: str) -> None:
    """Put new tables into a page and leave its other words alone; a missing page is begun.

    Raises:
        OrthoDiffusionError: if the page has lost its marks.
        OutputError: if the page cannot be written.
    """
    block = f"{BEGIN}\n\n{generated}\n\n{END}"
    if not path.exists():
        write_text(path, f"# {experiment.title}\n\n{experiment.question}\n\n{block}\n")
        return
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise OrthoDiffusionError(
            "The markers for the tables are missing from the page",
            where=str(path),
            remedy=f"Put these two lines back where the tables belong: {BEGIN} and {END}",
        )
    write_text(path, before + block + after)
