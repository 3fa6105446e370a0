"""What an analysis says of itself, of its findings and of its measurements."""

from OrthoDiffusionLib.messages.sentence import Sentence

_DO_NOT_USE = "Do not use this result, it is not plausible for {joint!a}: {reasons:;}"
_CHECK_VOLUMES = "Check that these are MR volumes of one {joint!w}, with correct spacing, orientation and side."

RESULTS = {
    "clinical_used": Sentence("Besides the images, the findings take account of {columns:and}"),
    "clinical_unused": Sentence(
        "This bundle was not trained with {columns:and}; the values given are not used",
        "`orthodiffusion finetune` makes bundles that do, from a table with such columns.",
    ),
    "side_from_anatomy": Sentence(
        "The side was not given; the anatomy looks like a {side!w} {joint!w}",
        "Check it, and give the side if it is wrong: medial and lateral depend on it.",
    ),
    "side_from_slices": Sentence(
        "The side was not given; by their place and the direction of their slices the images show a {side!w} {joint!w}",
        "Check it, and give the side if it is wrong: the planes and all outlines depend on it.",
    ),
    "side_unclear": Sentence(
        "The side was not given, and the images do not show clearly which it is",
        "Give the side; left and right, medial and lateral may be exchanged in these results.",
    ),
    "side_unknown": Sentence(
        "The side was not given, and the files do not state the orientation from which it could be found",
        "Give the side; left and right, medial and lateral may be exchanged in these results.",
    ),
    "implausible_result": Sentence(_DO_NOT_USE, _CHECK_VOLUMES),
    "implausible_result.or_other_side": Sentence(
        _DO_NOT_USE, _CHECK_VOLUMES + " If the side is marked wrong, analyse again as {other_side!w}."
    ),
    "unlike_training.scored": Sentence(
        "Unlike what the model was trained on: {views:;}",
        "Do not rely on findings, outlines or measurements. Check that these are MR volumes of one {joint!w} as they "
        "were acquired, with their slices in order, and read the images yourself.",
    ),
    "unlike_view": Sentence("{plane!w} view: {reasons:,}"),
    "likeness_unknown": Sentence(
        "This bundle cannot tell whether a study is unlike what it was trained on",
        "Use a newer bundle, or make it able to by `orthodiffusion reference`.",
    ),
    # why a view is unlike what the model was trained on
    "unlike.slice_distance": Sentence("slices {value:.1f} mm apart, usually {usual:.1f} mm"),
    "unlike.slice_order": Sentence("neighbouring slices do not continue each other, as if their order were wrong"),
    "unlike.background": Sentence("no dark air around the body, as if the contrast were inverted"),
    "unlike.brightness": Sentence("an unusual distribution of bright and dark, as if the contrast were inverted"),
    "unlike.hard_edges": Sentence("hard edges beside flat areas, as in computed tomography or a drawn image"),
    "unlike.smeared": Sentence("smeared or doubled edges, as after motion"),
    "unlike.ghosting": Sentence("the image repeats itself beside itself, as ghosts of motion do"),
    "unlike.void_rim": Sentence("a hole without signal and with a bright rim, as beside metal"),
    "unlike.certainty": Sentence(
        "outlines only {value:.0%} certain, usually {usual:.0%}: another joint, or images that the model cannot read"
    ),
    "unlike.features": Sentence("the encoder's features are far from those of the training"),
    "medial_lateral_exchanged": Sentence(
        "Medial and lateral look exchanged for a {side!w} joint: {structures!W:,}",
        "Check the side; if it is correct, do not rely on the results for medial and lateral.",
    ),
    "medial_lateral_pieces": Sentence(
        "Parts on the wrong side of the joint's middle were relabelled as their counterpart: {structures!W:,}"
    ),
    # why a result is not plausible
    "implausible.no_joint": Sentence("no {joint!w} was found in the volumes"),
    "implausible.not_found": Sentence("no {structure!w} was found"),
    "implausible.too_wide": Sentence("the {structure!w} is {value:.0f} mm wide, the possible maximum is {most:.0f} mm"),
    "implausible.too_narrow": Sentence(
        "the {structure!w} is {value:.1f} mm wide, the possible minimum is {least:.1f} mm"
    ),
    "implausible.too_large": Sentence(
        "the {structure!w} has a volume of {value:.0f} mL, the possible maximum is {most:.0f} mL"
    ),
    "implausible.too_small": Sentence(
        "the {structure!w} has a volume of {value:.1f} mL, the possible minimum is {least:.1f} mL"
    ),
    "implausible.upside_down": Sentence("the {upper!w} lies below the {lower!w}"),
    "implausible.behind": Sentence("the {structure!w} lies behind the {bone!w}"),
    "implausible.below_joint": Sentence("the {structure!w} lies below the joint"),
    "implausible.not_between": Sentence("not between {upper!w} and {lower!w}: {structures!w:,}"),
    "implausible.medial_side": Sentence("the {structure!w} lies on the medial side of a {side!w} joint"),
    "implausible.as_other_side": Sentence("the {structure!w} lies where a {side!w} joint has it"),
    "implausible.exchanged": Sentence("medial and lateral look exchanged for a {side!w} joint: {structures!W:,}"),
    "implausible.contradiction": Sentence(
        "the {one!w} and the {other!w} volume contradict each other (their bones agree to {percent:.0f} %)"
    ),
    # notes of findings
    "not_assessed.plane_missing": Sentence("The {planes!w:or} view, which this finding needs, is missing."),
    "not_assessed.bundle": Sentence("This bundle does not assess it: {reason}."),
    "not_assessed.unmeasured": Sentence("How well this bundle recognises this finding was not measured."),
    "not_assessed.chance": Sentence(
        "In the bundle's own evaluation this finding could not be distinguished from chance (AUROC {auroc:.2f}, "
        "interval {low:.2f} to {high:.2f})."
    ),
    # why a bundle was published without the calibration of a finding; manifests hold the English sentence
    "no_calibration.no_label": Sentence("the table's validation and held-out patients have no label of it"),
    "no_calibration.too_few_with": Sentence(
        "{count} of the table's {patients!w} {count:is|are} labelled as with it, at least {least} must be"
    ),
    "no_calibration.too_few_without": Sentence(
        "{count} of the table's {patients!w} {count:is|are} labelled as without it, at least {least} must be"
    ),
    "no_calibration.no_auroc": Sentence("its AUROC could not be measured"),
    "no_calibration.as_by_chance": Sentence(
        "its AUROC on the table's held-out patients is {auroc:.2f} ({low:.2f} to {high:.2f})"
    ),
    "no_calibration.adapted": Sentence(
        "the encoders were adapted to a site without labels, and the finding was not calibrated and evaluated again"
    ),
    "lower_confidence": Sentence(
        "The {planes!w:and} {count:view, which shows this best, is|views, which show this best, are} missing; "
        "confidence is lower."
    ),
    # notes of measurements
    "measured_in_part": Sentence(
        "The {structure!w} is cut off by the field of view; this is the mean of the part that is shown."
    ),
    "shallow_groove": Sentence(
        "The groove is only {depth_mm:.1f} mm deep: its floor, and with it this distance, may be off by 2 mm and more."
    ),
    "not_measured.not_found": Sentence("The {structure!w} was not found."),
    "not_measured.same_place": Sentence("Two points of it are at the same place."),
    "not_measured.no_plate": Sentence("The {structure!w} or its bone was not found."),
    "not_measured.cut_off": Sentence("The {structure!w} is cut off by the field of view where it is measured."),
    "not_measured.short_shaft": Sentence(
        "Only {seen_mm:.0f} mm of the {structure!w} are shown; its axis needs {needed_mm:.0f} mm."
    ),
    "not_measured.thick_slices": Sentence("The {plane!w} slices are {step_mm:.1f} mm apart, too far for it."),
    "not_measured.plane_missing": Sentence("The {plane!w} plane, which shows it, is missing."),
    "not_measured.side_unknown": Sentence("The side is unknown: medial cannot be told from lateral."),
    "not_measured.unclear": Sentence("The outline of the {structure!w} does not show the place that is measured."),
    "not_measured.not_attached": Sentence("The outline of the {structure!w} does not reach the {bone!w}."),
    "not_measured.flat_groove": Sentence(
        "The groove is only {depth_mm:.1f} mm deep: the place of its floor cannot be told."
    ),
    "not_measured.no_fluid_there": Sentence("No {structure!w} lies above the patella in the midline."),
    "not_measured.fluid_cut_off": Sentence(
        "The {structure!w} is cut off by the field of view; {seen_ml:.1f} mL of it are shown."
    ),
}
