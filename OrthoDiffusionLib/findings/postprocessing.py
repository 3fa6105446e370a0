"""What a network's labels need before people see them: islands, holes, and the sense of medial and lateral."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.anatomy import Side, Structure
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings.label_boxes import Box, box_between, label_boxes, padded, union
from OrthoDiffusionLib.volumes import Volume

_BLOCK = 4  # ours: voxels a side
_SPARSE = 12  # ours: a box of this many times its structure's voxels is rid of far specks first


@dataclass(frozen=True)
class Component:
    """One connected piece of a structure.

    Attributes:
        voxels: how many.
        centre_ijk: (3,) mean voxel index in the whole array.
    """

    number: int
    voxels: int
    centre_ijk: np.ndarray


def postprocess(
    labels: Volume,
    structures: Sequence[Structure],
    *,
    side: Side | None = None,
    smallest_mm3: float = 20.0,
    smallest_share: float = 0.04,
) -> tuple[Volume, tuple[Notice, ...]]:
    """Removes what is not anatomy.

    Bones keep their largest piece, and its holes are filled. Of every other structure all pieces stay that
    are large enough by both measures (a cartilage thinned to the bone and a torn ligament are truly in
    several pieces). A piece of a medial structure that lies lateral, or the other way round, becomes part of
    its counterpart, unless whole pairs are exchanged: then the side is in doubt, nothing is relabelled, and
    a notice says so. What is removed becomes background.

    Args:
        labels: (I, J, K) uint8 on an isotropic grid, RAS geometry of any orientation.
        structures: which label is what.
        side: of the joint; None leaves medial and lateral alone.
        smallest_mm3: pieces below this volume go, except a bone's only piece (the default is ours).
        smallest_share: pieces below this share of their structure's largest go (the default is ours).

    Returns:
        A new Volume, and notices with the codes "medial_lateral_exchanged" or "medial_lateral_pieces".
    """
    array = np.array(labels.array, order="C")
    voxel_mm3 = labels.geometry.voxel_volume_mm3
    smallest = max(1, int(np.ceil(smallest_mm3 / voxel_mm3)))
    by_label = {s.label: s for s in structures}
    boxes: dict[int, Box] = {}
    for label, box in label_boxes(array).items():
        if label not in by_label:
            array[box][array[box] == label] = 0
            continue
        kept = _without_far_specks(array, label, box, smallest)
        if kept is not None:
            boxes[label] = kept
    notices: tuple[Notice, ...] = ()
    if side is not None:
        notices = _settle_medial_and_lateral(array, labels, structures, side, boxes)
    for label, box in boxes.items():
        if by_label[label].is_bone:
            _keep_one_solid_piece(array, label, box)
        else:
            _keep_large_pieces(array, label, box, smallest, smallest_share)
    return labels.with_array(array), notices


def _components(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Face-connected pieces: numbers (1..n, 0 outside; same shape), and voxels of each number."""
    from scipy.ndimage import label

    numbers, _ = label(mask)
    return numbers, np.bincount(numbers.ravel())


def _without_far_specks(array: np.ndarray, label: int, box: Box, smallest: int) -> Box | None:
    """Removes specks that lie apart, so that the box of what remains is small; None if nothing remains.

    One speck in a far corner makes the box of a small structure as large as the grid, and all that follows
    as slow. Voxels are gathered in blocks of `_BLOCK` a side; blocks that do not touch hold separate pieces.
    """
    from scipy.ndimage import generate_binary_structure
    from scipy.ndimage import label as connected

    part = array[box]
    shape, mask = part.shape, part == label
    if np.prod(shape) < _SPARSE * np.count_nonzero(mask):
        return box
    where = np.stack(np.unravel_index(np.flatnonzero(mask), shape))
    blocks = tuple(where // _BLOCK)
    occupied = np.zeros([-(-size // _BLOCK) for size in shape], dtype=bool)
    occupied[blocks] = True
    owner = connected(occupied, generate_binary_structure(3, 3))[0][blocks]
    gone = np.bincount(owner)[owner] < smallest
    part[tuple(where[:, gone])] = 0
    kept = where[:, ~gone]
    if kept.shape[1] == 0:
        return None
    starts = np.array([side.start for side in box])
    return box_between(kept.min(axis=1) + starts, kept.max(axis=1) + starts + 1)


def _keep_one_solid_piece(array: np.ndarray, label: int, box: Box) -> None:
    from scipy.ndimage import binary_fill_holes

    part = array[padded(box, 1, array.shape)]
    mask = part == label
    numbers, sizes = _components(mask)
    if len(sizes) > 2:
        largest = numbers == int(sizes[1:].argmax()) + 1
        part[mask & ~largest] = 0
        mask = largest
    part[binary_fill_holes(mask)] = label


def _keep_large_pieces(array: np.ndarray, label: int, box: Box, smallest: int, share: float) -> None:
    part = array[box]
    mask = part == label
    numbers, sizes = _components(mask)
    sizes[0] = 0
    gone = sizes < max(smallest, share * sizes.max())
    gone[0] = False
    if gone.any():
        part[gone[numbers]] = 0


def medial_lateral_pairs(structures: Sequence[Structure]) -> list[tuple[Structure, Structure]]:
    """(medial, lateral) structures that are each other's counterpart, by their names."""
    by_name = {s.name: s for s in structures}
    return [
        (s, by_name["lateral_" + name.removeprefix("medial_")])
        for name, s in by_name.items()
        if name.startswith("medial_") and "lateral_" + name.removeprefix("medial_") in by_name
    ]


def _settle_medial_and_lateral(
    array: np.ndarray, labels: Volume, structures: Sequence[Structure], side: Side, boxes: dict[int, Box]
) -> tuple[Notice, ...]:
    """Gives stray pieces to their counterpart, in `array`, and grows the counterpart's box in `boxes`."""
    pairs = [p for p in medial_lateral_pairs(structures) if p[0].label in boxes and p[1].label in boxes]
    if not pairs:
        return ()
    # In RAS x grows to the patient's right, which is lateral for a right joint.
    outward = 1.0 if side is Side.RIGHT else -1.0

    def lateral_mm(ijk: np.ndarray) -> float:
        return outward * float(labels.geometry.to_ras(ijk)[0])

    pieces = {s.label: _pieces(array, s.label, boxes[s.label]) for pair in pairs for s in pair}
    centres = {
        label: sum(p.voxels * lateral_mm(p.centre_ijk) for p in found) / sum(p.voxels for p in found)
        for label, (_, found) in pieces.items()
    }
    exchanged = [m.title for m, lateral in pairs if centres[m.label] >= centres[lateral.label]]
    if exchanged:
        values = {"side": side, "structures": exchanged}
        return (Notice("medial_lateral_exchanged", values=values),)

    middle = float(np.mean(list(centres.values())))
    before = dict(boxes)  # the pieces are numbered in these
    moved = []
    for pair in pairs:
        for own, twin, wrong in ((*pair, 1.0), (*pair[::-1], -1.0)):
            numbers, found = pieces[own.label]
            largest = max(piece.voxels for piece in found)
            strays = [
                piece.number
                for piece in found
                if piece.voxels < largest and wrong * (lateral_mm(piece.centre_ijk) - middle) > 3.0
            ]
            if strays:
                part = array[before[own.label]]
                part[np.isin(numbers, strays)] = twin.label
                boxes[twin.label] = union([boxes[twin.label], boxes[own.label]])
                moved.append(own.title)
    if moved:
        return (Notice("medial_lateral_pieces", values={"structures": moved}),)
    return ()


def _pieces(array: np.ndarray, label: int, box: Box) -> tuple[np.ndarray, list[Component]]:
    from scipy.ndimage import center_of_mass

    mask = array[box] == label
    numbers, sizes = _components(mask)
    start = np.array([side.start for side in box])
    centres = center_of_mass(mask, numbers, range(1, len(sizes)))
    found = [Component(number, int(sizes[number]), centre + start) for number, centre in enumerate(centres, 1)]
    return numbers, found
