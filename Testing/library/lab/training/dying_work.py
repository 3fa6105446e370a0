"""Work that a process of its own can be asked to do in a test, and that ends it."""

from __future__ import annotations

import os

from OrthoDiffusionLib.lab.training.pretraining.archive import ArchiveStudy
from OrthoDiffusionLib.lab.training.pretraining.archive_views import StudyViews


def dies_on_the_third(study: ArchiveStudy) -> StudyViews:
    """As the system's killer of processes out of memory does: without a word."""
    if study.bucket == 2:
        os._exit(9)
    return StudyViews()
