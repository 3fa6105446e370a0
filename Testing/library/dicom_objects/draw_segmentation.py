"""Draws segmentations over their source series from the DICOM files alone: EXAM DICOM OUT.png are the arguments."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pydicom
from highdicom.color import CIELabColor
from PIL import Image

TILE = 460


def tile(seg: pydicom.Dataset, images: dict[str, pydicom.Dataset]) -> Image.Image:
    """The source slice that shows most structures, with the outlines of its frames in their own colours."""
    frames: dict[str, list[tuple[int, int]]] = {}
    for number, frame in enumerate(seg.PerFrameFunctionalGroupsSequence):
        uid = frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        segment = frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        frames.setdefault(uid, []).append((number, segment))
    uid = max(frames, key=lambda one: len(frames[one]))
    source = images[uid].pixel_array.astype(float)
    grey = np.clip(source / np.percentile(source, 99.5), 0, 1) * 200
    picture = np.repeat(grey[..., None], 3, axis=2)
    masks, colours = seg.pixel_array, {}
    for segment in seg.SegmentSequence:
        colours[segment.SegmentNumber] = CIELabColor.from_dicom_value(segment.RecommendedDisplayCIELabValue).to_rgb()
    for number, segment in frames[uid]:
        mask = masks[number].astype(bool)
        inner = mask.copy()
        for axis in (0, 1):
            for step in (1, -1):
                inner &= np.roll(mask, step, axis)
        picture[mask] = 0.75 * picture[mask] + 0.25 * np.array(colours[segment])
        picture[mask & ~inner] = colours[segment]
    rows, columns = (float(mm) for mm in images[uid].PixelSpacing)
    height, width = rows * picture.shape[0], columns * picture.shape[1]
    scale = TILE / max(height, width)
    return Image.fromarray(picture.astype(np.uint8)).resize((round(width * scale), round(height * scale)))


def main(exam: Path, objects: Path, out: Path) -> None:
    images = {d.SOPInstanceUID: d for d in map(pydicom.dcmread, sorted(exam.rglob("*.dcm")))}
    segs = [pydicom.dcmread(path) for path in sorted(objects.glob("seg_*.dcm"))]
    sheet = Image.new("RGB", (TILE * len(segs) + 10 * (len(segs) - 1), TILE))
    for column, seg in enumerate(segs):
        sheet.paste(tile(seg, images), (column * (TILE + 10), 0))
    sheet.save(out, optimize=True)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
