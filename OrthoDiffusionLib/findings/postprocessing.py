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
    known: dict[int, _Pieces] = {}
    if side is not None:
        notices = _settle_medial_and_lateral(array, labels, structures, side, boxes, known)
    for label, box in boxes.items():
        if by_label[label].is_bone:
            if _keep_one_solid_piece(array, label, box):
                known.clear()  # a structure that lay within the bone is no longer what it was
        else:
            part = array[box]
            pieces = known.get(label) or _Pieces.of(part == label)
            _keep_large_pieces(pieces, part, smallest, smallest_share)
    return labels.with_array(array), notices


@dataclass(frozen=True, eq=False)
class _Pieces:
    """The face-connected pieces of a structure in its box.

    Attributes:
        mask: (I, J, K) bool, the structure.
        numbers: of the pieces, same shape: 1 and more, 0 outside.
        sizes: (pieces + 1,) voxels of each number; 0 of number 0.
    """

    mask: np.ndarray
    numbers: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, mask: np.ndarray) -> _Pieces:
        from scipy.ndimage import label

        numbers, count = label(mask)
        return cls(mask, numbers, np.bincount(numbers[mask], minlength=count + 1))

    def remove(self, gone: np.ndarray, part: np.ndarray, *, becomes: int = 0) -> None:
        """Gives the voxels of some pieces, (pieces + 1,) bool, another label in `part`, of the shape of the mask."""
        if gone.any():
            part[self.mask] = np.where(gone[self.numbers[self.mask]], becomes, part[self.mask])

    def components(self, box: Box) -> list[Component]:
        """Every piece and its place in the whole array, of which `box` is the part."""
        where = np.nonzero(self.mask)
        owner = self.numbers[where]
        sums = [np.bincount(owner, weights=axis, minlength=len(self.sizes)) for axis in where]
        with np.errstate(invalid="ignore"):  # number 0 has no voxels
            centres = np.stack(sums, axis=1) / self.sizes[:, None] + [side.start for side in box]
        return [Component(number, int(self.sizes[number]), centres[number]) for number in range(1, len(self.sizes))]


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


def _keep_one_solid_piece(array: np.ndarray, label: int, box: Box) -> bool:
    """Removes all other pieces of a bone and fills its holes; whether other structures lay in them."""
    part = array[padded(box, 1, array.shape)]
    pieces = _Pieces.of(part == label)
    gone = np.arange(len(pieces.sizes)) != pieces.sizes.argmax()
    gone[0] = False
    pieces.remove(gone, part)
    holes = _holes(part == label)
    taken = bool(part[holes].any())
    part[holes] = label
    return taken


def _holes(mask: np.ndarray) -> np.ndarray:
    """What the mask encloses: voxels outside it from which no way over faces leads to the array's border.

    scipy's `binary_fill_holes` finds the same in several times as long.
    """
    from scipy.ndimage import label

    numbers, count = label(~mask)
    enclosed = np.ones(count + 1, dtype=bool)
    enclosed[0] = False
    for axis in range(mask.ndim):
        for border in (0, -1):
            enclosed[np.take(numbers, border, axis=axis)] = False
    return enclosed[numbers] if enclosed.any() else np.zeros_like(mask)


def _keep_large_pieces(pieces: _Pieces, part: np.ndarray, smallest: int, share: float) -> None:
    gone = pieces.sizes < max(smallest, share * pieces.sizes.max())
    gone[0] = False
    pieces.remove(gone, part)


def medial_lateral_pairs(structures: Sequence[Structure]) -> list[tuple[Structure, Structure]]:
    """(medial, lateral) structures that are each other's counterpart, by their names."""
    by_name = {s.name: s for s in structures}
    return [
        (s, by_name["lateral_" + name.removeprefix("medial_")])
        for name, s in by_name.items()
        if name.startswith("medial_") and "lateral_" + name.removeprefix("medial_") in by_name
    ]


def structures_of_a_side(structures: Sequence[Structure]) -> set[str]:
    """Names of those that only a known side tells from their counterpart."""
    return {one.name for pair in medial_lateral_pairs(structures) for one in pair}


def _settle_medial_and_lateral(
    array: np.ndarray,
    labels: Volume,
    structures: Sequence[Structure],
    side: Side,
    boxes: dict[int, Box],
    known: dict[int, _Pieces],
) -> tuple[Notice, ...]:
    """Gives stray pieces to their counterpart, in `array`, and grows the counterpart's box in `boxes`.

    What was found of the pieces of structures that stay as they are is left in `known`.
    """
    pairs = [p for p in medial_lateral_pairs(structures) if p[0].label in boxes and p[1].label in boxes]
    if not pairs:
        return ()
    # In RAS x grows to the patient's right, which is lateral for a right joint.
    outward = 1.0 if side is Side.RIGHT else -1.0

    def lateral_mm(ijk: np.ndarray) -> float:
        return outward * float(labels.geometry.to_ras(ijk)[0])

    known.update({s.label: _Pieces.of(array[boxes[s.label]] == s.label) for pair in pairs for s in pair})
    components = {label: pieces.components(boxes[label]) for label, pieces in known.items()}
    centres = {
        label: sum(p.voxels * lateral_mm(p.centre_ijk) for p in found) / sum(p.voxels for p in found)
        for label, found in components.items()
    }
    exchanged = [m.title for m, lateral in pairs if centres[m.label] >= centres[lateral.label]]
    if exchanged:
        values = {"side": side, "structures": exchanged}
        return (Notice("medial_lateral_exchanged", values=values),)

    middle = float(np.mean(list(centres.values())))
    before, settled = dict(boxes), dict(known)  # the pieces are numbered in these boxes
    moved = []
    for pair in pairs:
        for own, twin, wrong in ((*pair, 1.0), (*pair[::-1], -1.0)):
            found = components[own.label]
            largest = max(piece.voxels for piece in found)
            strays = [
                piece.number
                for piece in found
                if piece.voxels < largest and wrong * (lateral_mm(piece.centre_ijk) - middle) > 3.0
            ]
            if strays:
                pieces = settled[own.label]
                gone = np.isin(np.arange(len(pieces.sizes)), strays)
                pieces.remove(gone, array[before[own.label]], becomes=twin.label)
                for changed in (own, twin):
                    known.pop(changed.label, None)
                boxes[twin.label] = union([boxes[twin.label], boxes[own.label]])
                moved.append(own.title)
    if moved:
        return (Notice("medial_lateral_pieces", values={"structures": moved}),)
    return ()
