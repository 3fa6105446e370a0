"""How each study of a batch is analysed: plain values that any process can be given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side


@dataclass(frozen=True)
class BatchSettings:
    """What a worker has to know beside the case.

    Attributes:
        out: the folder of results; on a shared disk where several machines work.
        bundle: the folder of the weights; sha256: of its manifest, so that all work with the same ones.
        run: a word that no other run has, for names of what is not complete yet.
        side: of all studies, if the user says it; a case's own goes before it.
        overwrite: replace older results.
        device: "auto", "cpu" or "cuda"; precision: "auto", "bfloat16" or "float32".
        threads: of the processor for each worker; 0 for as many as torch takes by itself.
        dicom: write DICOM objects of each study as well.
        language: code, of the reports; tables stay English.
    """

    out: Path
    bundle: Path
    sha256: str
    run: str
    side: Side | None = None
    overwrite: bool = False
    device: str = "auto"
    precision: str = "auto"
    threads: int = 0
    dicom: bool = False
    language: str = "en"
