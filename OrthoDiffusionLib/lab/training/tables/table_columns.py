"""The columns that a table of cases may have beside its findings."""

from __future__ import annotations

from OrthoDiffusionLib.heads.clinical import COLUMNS as CLINICAL_COLUMNS
from OrthoDiffusionLib.volumes import Plane

WORLD = "world"
PLANES = tuple(plane.value for plane in Plane)
IMAGE_COLUMNS = ("folder", *PLANES)
LABEL_COLUMNS = tuple(f"{name}_labels" for name in (*PLANES, WORLD))
FACTS = ("case", "patient", "side", "joint", "split", *IMAGE_COLUMNS, *LABEL_COLUMNS, "covers")
RESERVED = (*FACTS, *CLINICAL_COLUMNS)
"""Names that no finding may have."""
