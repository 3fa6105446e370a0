"""Volume nodes → the folder that the worker reads, in small steps."""

import json
import os
from dataclasses import asdict

import numpy as np

from OrthoDiffusionLib.errors import OutputError, StudyError
from OrthoDiffusionLib.volumes.files.study_folder import FILE_NAME, SCHEMA_VERSION
from OrthoDiffusionSlicer.scene.StudyReader import MADE_BY_US, arrayOf, outlineFromNode

# Bytes checked and written in one step.
_CHUNK = 4 << 20


class StudySender:
    """Writes the voxels and places of the chosen nodes; the worker takes them from there.

    Args:
        folder: an empty folder.
        nodes: plane name → volume node; one node may serve several planes.
        side: Side that the user says, None for automatic.
        byHand: names of the planes whose volume a person chose; None for all. The others are chosen anew by the worker,
            which sees the voxels: it may register or leave out what does not fit, and never what a person chose.
    """

    def __init__(self, folder, nodes, side=None, byHand=None):
        self.folder, self.nodes, self.side = folder, nodes, side
        self.byHand = set(nodes) if byHand is None else set(byHand)

    def steps(self):
        """Write; yields after every few milliseconds.

        Raises:
            OrthoDiffusionError: if a volume cannot be analyzed, or the disk is full.
        """
        try:
            yield from self._write()
        except OSError as error:
            raise OutputError(
                f"The volumes cannot be handed to the worker: {error.strerror or error}",
                where=str(self.folder),
                remedy="Free some disk space, or choose another temporary folder in Slicer's settings.",
            ) from error

    def _write(self):
        entries, written = [], {}
        for plane, node in self.nodes.items():
            if node.GetAttribute(MADE_BY_US):
                raise StudyError(
                    "The volume is a result of an analysis and no image",
                    where=f"volume ‘{node.GetName()}’",
                    remedy="Choose the MR volume instead.",
                )
            outline = outlineFromNode(node)
            if node not in written:
                written[node] = f"{len(written)}.npy"
                yield from self._writeArray(os.path.join(self.folder, written[node]), node)
            entries.append(
                {
                    "array": written[node],
                    "affine": outline.geometry.affine.tolist(),
                    "name": outline.name,
                    "plane": plane if plane in self.byHand else None,
                    "side": outline.side.value if outline.side else None,
                    "modality": outline.modality,
                    "body_part": outline.body_part,
                    "description": outline.description,
                    "study_description": outline.study_description,
                    "origin": asdict(outline.origin),
                }
            )
        study = {
            "schema_version": SCHEMA_VERSION,
            "joint": None,  # that of the bundle which analyses it
            "side": self.side.value if self.side else None,
            "volumes": entries,
        }
        with open(os.path.join(self.folder, FILE_NAME), "w", encoding="utf-8") as file:
            json.dump(study, file, ensure_ascii=False)

    def _writeArray(self, path, node):
        """The node's (K, J, I) memory as it lies, declared as (I, J, K) in Fortran order: nothing is copied."""
        array = arrayOf(node)
        flat = array.ravel()
        header = {"descr": np.lib.format.dtype_to_descr(array.dtype), "fortran_order": True}
        with open(path, "wb") as file:
            np.lib.format.write_array_header_1_0(file, {**header, "shape": array.shape[::-1]})
            count = max(1, _CHUNK // array.itemsize)
            for start in range(0, flat.size, count):
                part = flat[start : start + count]
                if part.dtype.kind == "f" and not np.isfinite(part).all():
                    raise StudyError(
                        "The volume holds values that are not numbers (NaN or infinite)",
                        where=f"volume ‘{node.GetName()}’",
                        remedy="Load it again, or repair it, before analyzing.",
                    )
                file.write(part.data)
                yield
