"""Why a volume serves a plane, and why another one serves none."""

from OrthoDiffusionLib.messages.sentence import Sentence

_GRID = "{slices} slices of {pixel_mm:× .2g} mm, {step_mm:.2g} mm apart"

CHOICE = {
    # what serves a plane
    "plane_served": Sentence("‘{name}’, " + _GRID + "{remarks:each}."),
    "plane_served.unnamed": Sentence(_GRID + "{remarks:each}."),
    "plane_not_served": Sentence("no volume in this plane."),
    "plane_not_served.does_not_fit": Sentence("no volume that fits the other planes{remarks:each}."),
    "plane_not_served.other_joint": Sentence("‘{name}’ shows the other {joint!w} and is not used."),
    "remark.by_hand": Sentence("chosen by hand"),
    "remark.reformatted": Sentence("reformatted from a 3D volume, as nothing better was acquired in this plane"),
    "remark.preferred": Sentence("preferred over ‘{name}’ because {reason}"),
    "remark.unmoved": Sentence("from another frame of reference, without movement between them"),
    "remark.registered": Sentence(
        "from another frame of reference, registered to the others (shifted by {shift_mm:.0f} mm and rotated by "
        "{degrees:.0f}°)"
    ),
    "remark.not_used": Sentence("‘{name}’ is not used: {reason}"),
    "remark.instead": Sentence("instead of ‘{name}’, which lies in another frame of reference"),
    # what a volume is like that could serve a plane, and why another one is preferred
    "candidate": Sentence(_GRID + ", {covered_mm:.0f} mm covered, {contrast!w}{remarks:each}"),
    "remark.thick": Sentence("slices {thickness_mm:.2g} mm thick"),
    "candidate.preferred": Sentence("‘{best}’ is preferred because {reason}"),
    # what speaks for one volume and against another, after "because"
    "better.localizer": Sentence("the other one looks like a localizer"),
    "better.image_kind": Sentence("the other one is {kind!w}"),
    "better.body_part": Sentence("the other one is marked as another body part"),
    "better.own_plane": Sentence("its slices were acquired in this plane"),
    "better.named_plane": Sentence("the other one is named after another plane"),
    "better.whole_joint": Sentence("the other one covers only a part of the joint"),
    "better.water": Sentence("it is the water image"),
    "better.not_in_phase": Sentence("the other one is the in-phase image"),
    "better.fluid": Sentence("its name says that it shows fluid best"),
    "better.frame": Sentence("it shares its frame of reference with the other planes"),
    "better.original": Sentence("the other one is a derived image"),
    "better.coverage": Sentence("it covers more of the joint"),
    "better.earlier": Sentence("it is the earlier echo or stack of its series"),
    "better.slices": Sentence("it has more slices"),
    "better.pixels": Sentence("its pixels are smaller"),
    "better.first": Sentence("it is listed first"),
    # why a volume serves no plane
    "left_out.other_exam": Sentence("it does not belong to the exam of the volumes chosen by hand"),
    "left_out.exam_without_joint": Sentence("its exam has no image of this joint, only localizers or other parts"),
    "left_out.exam_unknown": Sentence("it does not state its exam, while the others do"),
    "left_out.side": Sentence("it shows the {side!w} side"),
    "left_out.side_unknown": Sentence("it does not state its side, and there are series of both sides"),
    "left_out.both_sides_by_hand": Sentence("the volumes chosen by hand are of both sides"),
    "left_out.frame": Sentence(
        "it lies in another frame of reference than the other planes and could not be registered to them"
    ),
    "left_out.served": Sentence("‘{best}’ is used for the {plane!w} plane; {reason}"),
    "left_out.other_by_hand": Sentence("another one was chosen by hand"),
    "left_out.localizer": Sentence("it looks like a localizer"),
    "left_out.better_in_each": Sentence("there is a better volume for every plane"),
}
