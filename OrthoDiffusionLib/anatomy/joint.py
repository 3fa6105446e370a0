"""Joint: everything the programs need to know of one joint, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from OrthoDiffusionLib.anatomy.abnormality import Abnormality
from OrthoDiffusionLib.anatomy.body_part import EITHER, general_part
from OrthoDiffusionLib.anatomy.coding import Code, private_code
from OrthoDiffusionLib.anatomy.compartment import Compartment
from OrthoDiffusionLib.anatomy.measurement_definition import MeasurementDefinition
from OrthoDiffusionLib.anatomy.side import Side
from OrthoDiffusionLib.anatomy.side_words import plain_words
from OrthoDiffusionLib.anatomy.size_range import SizeRange
from OrthoDiffusionLib.anatomy.structure import Structure

Vector = tuple[float, float, float]
Axes = tuple[Vector, Vector, Vector]

BODY_AXES: Axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def mirrored_axes(axes: Axes) -> Axes:
    """Those of the other side's joint: mirrored at x = 0; the first still points to the patient's right."""
    right, front, up = axes
    return (right[0], -right[1], -right[2]), (-front[0], front[1], front[2]), (-up[0], up[1], up[2])


@dataclass(frozen=True)
class SideRule:
    """Which structure lies lateral of which: what tells a right joint from a left one.

    Attributes:
        lateral: name of the structure that lies lateral.
        of: name of the structure that it lies lateral of.
    """

    lateral: str
    of: str


@dataclass(frozen=True)
class Layout:
    """How the parts of a joint lie in everybody, by names of structures. What contradicts it is no result.

    Attributes:
        upper, lower: the two bones that any stack through the joint shows, the upper one nearer to the head.
        in_front: a bone that lies in front of the upper one; empty if there is none.
        between: structures between the two bones, in height.
        in_notch: those of them that lie between the outer sides of the upper bone, too.
    """

    upper: str
    lower: str
    in_front: str = ""
    between: tuple[str, ...] = ()
    in_notch: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "between", tuple(self.between))
        object.__setattr__(self, "in_notch", tuple(self.in_notch))


@dataclass(frozen=True)
class Display:
    """Which slices show a joint best.

    Attributes:
        shown_through: plane key -> structures; a picture passes through the first that was found.
        joint_line: structures whose middle is that of the joint; empty for all structures.
        everywhere: structures that any slice shows, so that no slice is chosen for them.
    """

    shown_through: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    joint_line: tuple[str, ...] = ()
    everywhere: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shown = {plane: tuple(names) for plane, names in self.shown_through.items()}
        object.__setattr__(self, "shown_through", shown)
        object.__setattr__(self, "joint_line", tuple(self.joint_line))
        object.__setattr__(self, "everywhere", tuple(self.everywhere))


@dataclass(frozen=True)
class Joint:
    """One joint. Its structures and abnormalities are defaults: what a bundle knows stands in its manifest.

    Attributes:
        name: word for machines.
        title: word for people.
        code: its body region.
        structures: what is outlined; empty where nothing is yet.
        abnormalities: what is looked for.
        body_parts: values of DICOM's Body Part Examined that fit.
        axes: the right joint's own axes in RAS, unit vectors: to its right (lateral), to its front, upwards. Planes
            are sagittal, coronal and axial with respect to these. A left joint's are the mirror image.
        side_rule: what tells right from left; None if nothing does.
        layout: how its parts lie; None if nothing is known that could be checked.
        sizes: usual and possible sizes of its structures.
        display: which slices show it best.
        compartments: the headings of a report on it, in their order. They belong to the program: a bundle does not
            bring them, and of a joint without them everything stands under one heading.
        urgency: its abnormalities, the most urgent first: the order of a report's impression.
        measurements: what a report measures of it, beside the thickness of each cartilage. They belong to the program:
            a bundle does not bring them.
        whole: structures that a usual field of view shows in full. They belong to the program, too.
        words: what it is called in other languages than English, in lower case without accents; of the program, too.
        beside_trunk: whether the trunk lies between the two of a person, and no air as between legs; of the program,
            too.

    Raises:
        ValueError: if a rule names a structure that the joint does not have, or the axes are not three perpendicular
            unit vectors.
    """

    name: str
    title: str
    code: Code
    structures: tuple[Structure, ...] = ()
    abnormalities: tuple[Abnormality, ...] = ()
    body_parts: tuple[str, ...] = ()
    axes: Axes = BODY_AXES
    side_rule: SideRule | None = None
    layout: Layout | None = None
    sizes: tuple[SizeRange, ...] = ()
    display: Display = field(default_factory=Display)
    compartments: tuple[Compartment, ...] = ()
    urgency: tuple[str, ...] = ()
    measurements: tuple[MeasurementDefinition, ...] = ()
    whole: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    beside_trunk: bool = False

    def __post_init__(self) -> None:
        for name in ("structures", "abnormalities", "body_parts", "sizes", "measurements", "whole", "words"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "axes", _axes(self.axes, self.name))
        for number, one in enumerate(self.axes):
            for other_number, other in enumerate(self.axes):
                product = sum(a * b for a, b in zip(one, other, strict=True))
                if not abs(product - (number == other_number)) <= 1e-3:  # also refuses NaN
                    raise ValueError(f"the axes of the {self.name} must be perpendicular unit vectors, got {self.axes}")

    @property
    def is_oblique(self) -> bool:
        """Whether its planes are not those of the body."""
        return self.axes != BODY_AXES

    def fits_body_part(self, part: str) -> bool:
        """Whether DICOM's Body Part Examined may be of it, in any of its languages; one that says nothing may."""
        part = part.strip().upper()
        general = general_part(part)
        if general is not None:
            # An upper extremity is an extremity, too, but not one of the knee.
            parts = [known for known in self.body_parts if known != EITHER]
            return not parts or any(general in known or known in part for known in parts)
        if not self.body_parts or any(known in part or part in known for known in self.body_parts):
            return True
        return not plain_words(part).isdisjoint(self.words)

    @property
    def primary_structures(self) -> tuple[Structure, ...]:
        """Those that are not auxiliary."""
        return tuple(part for part in self.structures if not part.auxiliary)

    @property
    def not_looked_for(self) -> tuple[str, ...]:
        """Keys of what a reader would look for and the program never does, each once, in the compartments' order."""
        return tuple(dict.fromkeys(one for part in self.compartments for one in part.not_looked_for))

    def missed_by(self, findings: Iterable[str]) -> tuple[str, ...]:
        """Keys of what a reader would look for in this joint, and an analysis with these findings did not."""
        looked_for = set(findings)
        known = (*(one.name for one in self.abnormalities), *self.not_looked_for)
        return tuple(name for name in known if name not in looked_for)

    @property
    def bones(self) -> tuple[Structure, ...]:
        """Those that are bone, the primary ones first in their order."""
        return tuple(part for part in self.structures if part.is_bone)

    def axes_of(self, side: Side | None) -> Axes:
        """The axes of one side's joint, in RAS: to the patient's right, to its front, upwards.

        Args:
            side: None is taken as right.
        """
        return mirrored_axes(self.axes) if side is Side.LEFT else self.axes

    def rules(self) -> dict[str, object]:
        """What it knows beside its vocabulary, as it stands in a bundle's manifest."""
        return {
            "title": self.title,
            "code": self.code.as_dict(),
            "body_parts": list(self.body_parts),
            "axes": [list(axis) for axis in self.axes],
            "side_rule": None if self.side_rule is None else asdict(self.side_rule),
            "layout": None if self.layout is None else asdict(self.layout),
            "sizes": [asdict(size) for size in self.sizes],
            "display": asdict(self.display),
        }

    @classmethod
    def from_rules(
        cls, name: str, rules: Mapping, structures: tuple[Structure, ...], abnormalities: tuple[Abnormality, ...]
    ) -> Joint:
        """Read what `rules` wrote.

        Raises:
            KeyError, TypeError, ValueError: if it is not that.
        """
        side_rule, layout = rules["side_rule"], rules["layout"]
        return cls(
            name=name,
            title=str(rules["title"]),
            code=Code(**rules["code"]),
            structures=structures,
            abnormalities=abnormalities,
            body_parts=tuple(str(part) for part in rules["body_parts"]),
            axes=_axes(rules["axes"], name),
            side_rule=None if side_rule is None else SideRule(**side_rule),
            layout=None if layout is None else Layout(**layout),
            sizes=tuple(SizeRange(**size) for size in rules["sizes"]),
            display=Display(**rules["display"]),
        )


def _axes(rows: Iterable[Iterable[float]], joint: str) -> Axes:
    try:
        right, front, up = (_vector(row) for row in rows)
    except ValueError:
        raise ValueError(f"the axes of the {joint} must be three vectors of three numbers, got {rows}") from None
    return right, front, up


def _vector(row: Iterable[float]) -> Vector:
    x, y, z = (float(value) for value in row)
    return x, y, z


UNKNOWN_JOINT = Joint("joint", "Joint", private_code("joint", "Joint"))
"""Of which nothing is known: where there is no bundle that could say it."""
