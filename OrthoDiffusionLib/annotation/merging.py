"""The final version of a case: one reader's label map, or each structure from the reader who drew it best."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from OrthoDiffusionLib.annotation.case_folder import SEGMENTATION
from OrthoDiffusionLib.annotation.label_layers import CREATED_TAG, LabelLayers, SegmentRecord, settled
from OrthoDiffusionLib.annotation.layers_file import read_layers, write_layers
from OrthoDiffusionLib.annotation.one_lattice import grid_around, mask_on
from OrthoDiffusionLib.volumes import Volume
from OrthoDiffusionLib.volumes.files.atomic import write_text

RECORD = "final.json"


def merged(base: LabelLayers, others: Mapping[str, LabelLayers]) -> LabelLayers:
    """A segmentation with some structures taken from others.

    Args:
        base: gives the grid, which grows to hold all of the others, and every structure that is not named.
        others: structure's key -> the segmentation that it is taken from; one that has no such structure takes it out.

    Returns:
        uint8 layers. Structures of different readers may overlap; they lie in layers of their own then, so that
        nothing of either is lost.
    """
    arrays: list[np.ndarray] = []
    segments: list[SegmentRecord] = []
    grid = grid_around(base.geometry, [layers.geometry for layers in others.values()])
    made = {segment.tags.get(CREATED_TAG, "") for segment in base.segments}

    def add(source: LabelLayers, segment: SegmentRecord) -> None:
        mask = source.mask(segment).astype(np.uint8)
        if not source.geometry.is_same_grid(grid):
            mask = mask_on(Volume(mask, source.geometry), grid).astype(np.uint8)
        arrays.append(mask)
        tags = dict(segment.tags)
        if tags.get(CREATED_TAG) not in made:  # else what the base never had would pass for deleted
            tags.pop(CREATED_TAG, None)
        segments.append(replace(segment, layer=len(arrays) - 1, label=1, tags=tags))

    taken: set[str] = set()
    for key in (*(segment.key for segment in base.segments), *others):  # at last what the base does not have
        source = others.get(key, base)
        if key not in taken:
            taken.add(key)
            for segment in source.segments:
                if segment.key == key:
                    add(source, segment)
    wanted: dict[str, int] = {}
    for layers in (base, *others.values()):
        for one in layers.segments:
            wanted.setdefault(one.key, layers.segments_of(one.key)[0].label)
    return settled(LabelLayers(tuple(arrays), grid, _own_ids(segments)), wanted)


def write_final(base: Path, sources: Mapping[str, Path], folder: Path, record: Mapping[str, Any]) -> None:
    """Write the version that counts into a folder of its own.

    Args:
        base: the segmentation that gives what is not named.
        sources: structure's key -> the segmentation that it is taken from.
        folder: of the new final version.
        record: who made it final, when, and from whom; stands beside it.

    Raises:
        OrthoDiffusionError: if a segmentation cannot be read, or the folder not be written.
    """
    read = {path: read_layers(path) for path in {base, *sources.values()}}
    final = merged(read[base], {key: read[path] for key, path in sources.items()})
    write_text(folder / RECORD, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    write_layers(final, folder / SEGMENTATION, level=4)


def _own_ids(segments: list[SegmentRecord]) -> tuple[SegmentRecord, ...]:
    """No two the same: readers' own structures may have been given the same one."""
    taken: set[str] = set()
    unique = []
    for segment in segments:
        name, number = segment.id, 1
        while name in taken:
            number += 1
            name = f"{segment.id}_{number}"
        taken.add(name)
        unique.append(replace(segment, id=name))
    return tuple(unique)
