"""Which volumes belong together: one patient, one exam (DICOM: study), one side. Never a mixture of two.

Files that say nothing of patient and exam, as NIfTI, are taken to belong together among themselves; beside files that
do say it they are left out, as nothing shows that they belong to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.errors import Notice, OrthoDiffusionError, StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.selection.image_kind import kinds_of
from OrthoDiffusionLib.volumes.selection.plane_choice import is_localizer, is_other_body_part
from OrthoDiffusionLib.volumes.selection.stated_side import stated_side
from OrthoDiffusionLib.volumes.selection.two_places import sides_by_place
from OrthoDiffusionLib.volumes.volume import Volume

_Exam = tuple[str, str]
"""Patient and study."""

_Exams = dict[_Exam, list[Volume]]


@dataclass
class Belonging:
    """The volumes to choose from, and those left out.

    Attributes:
        kept: candidates of one patient, exam and side.
        left_out: (volume, why) for all others.
        notices: what the user should know.
    """

    kept: list[Volume]
    left_out: list[tuple[Volume, Message]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def that_belong_together(
    candidates: Sequence[Volume], by_hand: Sequence[Volume], *, side: Side | None, joint: Joint
) -> Belonging:
    """Choose among exams and sides, if there are several.

    What the user chose by hand rules: the rest is taken from its exam and its side. Else the user's side decides, and
    an exam of which nothing can be used (localizers alone, another part of the body) is left out.

    Args:
        candidates: usable volumes, in any order.
        by_hand: the volumes that the user chose for a plane.
        side: the side that the user says.
        joint: what is imaged.

    Raises:
        StudyError: with code ``several_studies`` if it is not clear which exam or which side is meant.
    """
    found = Belonging(list(candidates))
    everything = [*candidates, *by_hand]
    exam_of = {id(volume): _exam_of(volume, everything) for volume in everything}
    _check_by_hand(by_hand, exam_of, found)
    _one_exam(found, exam_of, by_hand, side, joint)
    _one_side(found, by_hand, side, joint)
    return found


def shows_both_joints(error: OrthoDiffusionError) -> bool:
    """Whether a refusal means that the right and the left joint of one person may be analysed as a study each.

    Not where there are several persons, or exams of one side: each side alone might then be taken of another one.
    """
    if error.code == "several_studies":
        return error.message is not None and error.message.key in ("study.two_exams", *_BOTH_SIDES)
    return error.code == "two_joints"


_UNKNOWN = ("", "")

_BOTH_SIDES = ("study.both_sides", "study.both_places")


def _exam_of(volume: Volume, volumes: Sequence[Volume]) -> _Exam:
    """(patient, study), the same in all volumes of one exam; ("", "") if a volume does not say it.

    A volume that says its study alone is of the patient that the others of this study name.
    """
    patient, study = volume.origin.patient, volume.origin.study
    named = {v.origin.patient for v in volumes if v.origin.study == study and v.origin.patient} if study else set()
    return (named.pop() if not patient and len(named) == 1 else patient), study


def _check_by_hand(by_hand: Sequence[Volume], exam_of: Mapping[int, _Exam], found: Belonging) -> None:
    """The user's own choice is used, but never without a word if it is of two exams or two sides."""
    exams = {exam_of[id(volume)] for volume in by_hand}
    if len(exams) > 1:
        unknown = _UNKNOWN in exams
        patients = {patient for patient, _ in exams if patient}
        if len(patients) > 1:
            notice = Notice("several_studies", "patients_by_hand", where=_names(by_hand))
        elif unknown:
            notice = Notice("several_studies", "unknown_by_hand", where=_names(by_hand))
        else:
            notice = Notice("several_studies", "exams_by_hand", where=_names(by_hand))
        found.notices.append(notice)


def _one_exam(
    found: Belonging, exam_of: Mapping[int, _Exam], by_hand: Sequence[Volume], side: Side | None, joint: Joint
) -> None:
    exams: _Exams = {}
    for volume in found.kept:
        exams.setdefault(exam_of[id(volume)], []).append(volume)
    anchors = [exam_of[id(volume)] for volume in by_hand]
    if anchors:
        left = _leave(found, exams, [anchors[0]], Message("left_out", "other_exam"))
        if left:
            found.notices.append(Notice("several_studies", "other_than_by_hand", where=_names(left)))
        return
    if len(exams) < 2:
        return
    patients = {patient for patient, _ in exams if patient}
    useful = [exam for exam, volumes in exams.items() if any(_shows(volume, joint) for volume in volumes)]
    if useful and len(patients) < 2:
        left = _leave(found, exams, useful, Message("left_out", "exam_without_joint"))
        if left:
            values = {"joint": joint.name}
            found.notices.append(Notice("several_studies", "without_joint", where=_names(left), values=values))
    if _UNKNOWN in exams and len(exams) > 1:
        known = [exam for exam in exams if exam != _UNKNOWN]
        left = _leave(found, exams, known, Message("left_out", "exam_unknown"))
        found.notices.append(Notice("several_studies", "unknown", where=_names(left)))
    if side is not None:
        _leave_other_side(found, exams, side, several_patients=len(patients) > 1)
    if len(exams) > 1:
        raise _several(exams, side, joint)


def _leave_other_side(found: Belonging, exams: _Exams, side: Side, *, several_patients: bool) -> None:
    """Take the exams away that are of the other side alone, unless all are."""
    fitting = [exam for exam, volumes in exams.items() if stated_sides(volumes) != {side.opposite}]
    if not fitting or len(fitting) == len(exams):
        return
    left = _leave(found, exams, fitting, Message("left_out", "side", {"side": side.opposite}))
    where, values = _names(left), {"side": side.opposite}
    if several_patients:
        found.notices.append(Notice("several_studies", "patients_of_other_side", where=where, values=values))
    else:
        found.notices.append(Notice("several_studies", "exams_of_other_side", where=where, values=values))


def _leave(found: Belonging, exams: _Exams, keep: Sequence[_Exam], why: Message) -> list[Volume]:
    """Take the exams that are not to be kept away; returns their volumes."""
    left = [volume for exam, volumes in exams.items() if exam not in keep for volume in volumes]
    for exam in [exam for exam in exams if exam not in keep]:
        del exams[exam]
    gone = set(map(id, left))
    found.left_out += [(volume, why) for volume in left]
    found.kept = [volume for volume in found.kept if id(volume) not in gone]
    return left


def _shows(volume: Volume, joint: Joint) -> bool:
    """Whether there is anything of the joint to see, as far as words, slices and body part show."""
    kind = kinds_of([volume])[0]
    return not is_localizer(volume) and not is_other_body_part(volume, joint) and kind.penalty < 2


def stated_sides(volumes: Sequence[Volume]) -> set[Side]:
    """The sides that the images of a group state; a localizer of both joints states none beside other images."""
    own = [volume for volume in volumes if not is_localizer(volume)] or list(volumes)
    return {stated for volume in own if (stated := stated_side(volume)) is not None}


def _several(exams: _Exams, side: Side | None, joint: Joint) -> StudyError:
    sides = {exam: stated_sides(volumes) for exam, volumes in exams.items()}
    patients = {patient for patient, _ in exams if patient}
    where = Message("exams", values={"exams": [_exam(volumes, sides[exam]) for exam, volumes in exams.items()]})
    different_sides = len(patients) < 2 and side is None and sorted(map(len, sides.values())) == [1, 1]
    if different_sides and len(set().union(*sides.values())) == 2:
        return StudyError(Message("study", "two_exams", {"joint": joint.name}), where=where, code="several_studies")
    if len(patients) > 1:
        several = Message("study", "several_patients", {"count": len(patients)})
    else:
        several = Message("study", "several_exams", {"count": len(exams)})
    return StudyError(several, where=where, code="several_studies")


def _exam(volumes: Sequence[Volume], sides: set[Side]) -> Message | str:
    """For example "right, 2024-01-01: ‘PD FS SAG’, ‘PD FS COR’"."""
    day = min((v.origin.acquired[:8] for v in volumes if len(v.origin.acquired) >= 8), default="")
    date, names = f"{day[:4]}-{day[4:6]}-{day[6:8]}", _names(volumes)
    known = sorted(side.value for side in sides)
    if known and day:
        return Message("exam", "side_and_day", {"sides": known, "day": date, "names": names})
    if known:
        return Message("exam", "side", {"sides": known, "names": names})
    return f"{date}: {names}" if day else names


def _names(volumes: Sequence[Volume]) -> str:
    names = list(dict.fromkeys(f"‘{volume.name}’" for volume in volumes))
    return ", ".join(names[:6]) + (f", … (+{len(names) - 6})" if len(names) > 6 else "")


def _one_side(found: Belonging, by_hand: Sequence[Volume], side: Side | None, joint: Joint) -> None:
    stated = stated_sides(found.kept)
    side_of = {id(volume): stated_side(volume) for volume in (*found.kept, *by_hand)}
    by_place = sides_by_place([volume for volume in (*found.kept, *by_hand) if _shows(volume, joint)])
    side_of |= by_place
    chosen = {one for volume in by_hand if (one := side_of[id(volume)]) is not None}
    if len(chosen | stated | set(by_place.values())) < 2:
        return
    wanted = side if side is not None else next(iter(chosen)) if len(chosen) == 1 else None
    if wanted is None and len(chosen) < 2:
        right, left = ([v for v in found.kept if side_of[id(v)] is one] for one in (Side.RIGHT, Side.LEFT))
        both = Message("study", "both_sides" if len(stated) > 1 else "both_places", {"joint": joint.name})
        where = Message("exam", "both_sides", {"right": _names(right), "left": _names(left)})
        raise StudyError(both, where=where, code="several_studies")
    if wanted is None:  # the user chose volumes of both sides: nothing else is added to that
        wanted_ones = []
    else:
        wanted_ones = [volume for volume in found.kept if side_of[id(volume)] is wanted]
        if not wanted_ones and not by_hand:
            return  # all say the other side: the user rules, and the disagreement is noticed
    kept = set(map(id, wanted_ones))
    gone = [volume for volume in found.kept if id(volume) not in kept]
    found.left_out += [(volume, _why_other_side(side_of[id(volume)], wanted)) for volume in gone]
    found.kept = wanted_ones
    others = [volume for volume in gone if not is_localizer(volume)]
    if others:
        found.notices.append(Notice("several_studies", "both_sides", where=_names(others)))


def _why_other_side(shown: Side | None, wanted: Side | None) -> Message:
    if shown is None:
        return Message("left_out", "side_unknown")
    if shown is not wanted:
        return Message("left_out", "side", {"side": shown})
    return Message("left_out", "both_sides_by_hand")
