"""The sentences of a report on one study: short and plain, to be pasted and to be read aloud."""

from OrthoDiffusionLib.messages.sentence import Sentence

_SENTENCES = {
    # what the report is about
    "report.title": Sentence("{side!W} {joint!w}, MRI"),
    "report.title_without_side": Sentence("{joint!W}, MRI, side unknown"),
    "report.research_use": Sentence("Research use only, not a diagnosis"),
    "report.analysed": Sentence("Analysed on {date} by the networks {bundle} {version}"),
    "report.analysed_undated": Sentence("Analysed by the networks {bundle} {version}"),
    "report.side": Sentence("The side was {source!w}"),
    "report.volumes": Sentence("Volumes: {volumes:,}"),
    "report.volume": Sentence("{plane!w} {name!q}"),
    "report.reviewed": Sentence("A reader has reviewed {count} of {total} findings"),
    "report.unreviewed": Sentence("No reader has reviewed these findings"),
    # one finding; the reader's word rules, and the model's is said
    "report.positive": Sentence("{finding!W}: positive, probability {probability:.2f} (threshold {threshold:.2f})"),
    "report.negative": Sentence(
        "{finding!W}: negative, probability {probability:.{digits}f} (threshold {threshold:.{digits}f})"
    ),
    "report.not_called": Sentence("{finding!W}: probability {probability:.2f}; the bundle names no threshold"),
    "report.ruled": Sentence(
        "{finding!W}: {word!w}, says the reader; the model gives a probability of {probability:.2f} and no threshold"
    ),
    "report.not_assessed": Sentence("{finding!W}: not assessed"),
    "report.accepted": Sentence(
        "{finding!W}: {word!w}; the reader agrees with the model (probability {probability:.2f})"
    ),
    "report.rejected": Sentence(
        "{finding!W}: {word!w}, says the reader; the model says {model!w} (probability {probability:.2f})"
    ),
    "report.unsure": Sentence(
        "{finding!W}: the reader is unsure; the model says {model!w} (probability {probability:.2f})"
    ),
    "report.added": Sentence("{finding!W}: {word!w}, says the reader; the model did not assess it"),
    "report.unsure_alone": Sentence("{finding!W}: the reader is unsure; the model did not assess it"),
    "report.earlier": Sentence(
        "The reader decided on an earlier result ({date}), in which the model said {model!w}",
    ),
    "report.reader": Sentence("Reader: {reader}"),
    "report.note": Sentence("Reader's note: {note}"),
    "report.planes_disagree": Sentence("The planes disagree: {planes:,}"),
    "report.plane": Sentence("{plane!w} {probability:.2f}"),
    # the impression
    "report.model_left_out": Sentence("What the model says of findings is left out here for this reason"),
    "report.nothing_positive": Sentence("None of the findings looked for is positive"),
    "report.negatives": Sentence("Negative: {findings!w:,}"),
    "report.only_probabilities": Sentence("The bundle names no threshold; probabilities: {findings:,}"),
    "report.probability": Sentence("{finding!w} {probability:.2f}"),
    "report.outside": Sentence("Outside the usual range: {measurements:,}"),
    "report.outside_one": Sentence("{measurement!w} {value:in {unit} {digits}}"),
    "report.none_assessed": Sentence("Not assessed: {findings!w:,}"),
    # structures and measurements
    "report.structure": Sentence("{structure!W} {volume:.1f} mL"),
    "report.structure_cut_off": Sentence("{structure!W} cut off by the field of view, {volume:.1f} mL of it shown"),
    "report.bones_cut_off": Sentence("Cut off by the field of view: {structures!w:,}"),
    "report.structures_missing": Sentence("Not found: {structures!w:,}"),
    "report.structures_unreliable": Sentence(
        "Not outlined reliably by this bundle, as its evaluation shows: {structures!w:,}"
    ),
    "report.measured": Sentence("{measurement!W} {value:in {unit}}"),
    "report.measured_usual": Sentence(
        "{measurement!W} {value:in {unit}}, usual {low:number {unit}} to {high:in {unit}}"
    ),
    "report.measured_below": Sentence(
        "{measurement!W} {value:in {unit} {digits}}, below the usual {low:number {unit}} to {high:in {unit}}"
    ),
    "report.measured_above": Sentence(
        "{measurement!W} {value:in {unit} {digits}}, above the usual {low:number {unit}} to {high:in {unit}}"
    ),
    "report.not_measured": Sentence("{measurement!W} not measured"),
    "report.reader_beside": Sentence("{basis}; the model's value was {value:in {unit}}"),
    "report.reader_alone": Sentence("{basis}; the model gave no value"),
    "report.changed_points": Sentence("The reader moved points of it"),
    "report.changed_outlines": Sentence("Measured again after outlines were corrected"),
    # what it does not say
    "report.no_warnings": Sentence("The analysis had no warnings"),
    "report.as_outlined": Sentence(
        "Volumes and measurements are of the outlines as the networks drew them; later corrections are not in them"
    ),
    "report.as_outlined_but_for": Sentence(
        "Volumes are of the outlines as the networks drew them; "
        "{count:{count} measurement is|{count} measurements are} of corrected outlines, and marked so"
    ),
    "report.outlines_changed_since": Sentence(
        "Outlines were changed after the last measurement; these changes are in no number here"
    ),
    "report.aims_missed": Sentence(
        "On phantoms the outlines put these measurements farther off than aimed at, as a median: {measurements:;}"
    ),
    "report.aim_missed_one": Sentence("{measurement!w} by {error:finer {unit}} (aim {aim:finer {unit}})"),
    "report.not_looked_for": Sentence("Not looked for: {names!w:,}"),
    "report.never_looked_for": Sentence(
        "This program does not look for {names!w:or}, nor for what is not named here; its report says nothing of them"
    ),
    "report.nothing_else": Sentence("Nothing else was looked for; this report says nothing about it"),
    # a prior exam
    "report.prior": Sentence("Compared with the exam analysed on {date}; this one was analysed on {now}"),
    "report.prior_undated": Sentence("Compared with the prior exam; when one of the two was analysed is not known"),
    "report.prior_bundle": Sentence(
        "Other networks read the prior exam ({before}; now {now}); part of a difference may come from that"
    ),
    "report.prior_later": Sentence("The prior exam was analysed after this one; check which of them is the earlier"),
    "report.prior_same_study": Sentence("Both are analyses of the same study; differences are no course of a disease"),
    "report.prior_side": Sentence("The side of one of the two is unknown; check that both show the same joint"),
    "report.this_left_out": Sentence("What the model says of this exam is left out, because of a warning: {reasons:;}"),
    "report.prior_left_out": Sentence(
        "What the model says of the prior exam is left out, because of a warning on it: {reasons:;}"
    ),
    "report.finding_changed": Sentence("{finding!W}: {word!w}, before {before!w}"),
    "report.finding_same": Sentence("{finding!W}: {word!w} as before"),
    "report.probabilities": Sentence("Probability {probability:.2f}, before {before:.2f}"),
    "report.finding_new": Sentence("{finding!W}: {word!w}; it was not looked for before"),
    "report.finding_only_before": Sentence("{finding!W}: {before!w} before; it was not looked for now"),
    "report.value_changed": Sentence(
        "{name!W} {value:in {unit} {digits}}, before {before:in {unit} {digits}} "
        "(difference {difference:change {unit} {digits}})"
    ),
    "report.value_only_now": Sentence("{name!W} {value:in {unit}}; there is no value of before"),
    "report.value_only_before": Sentence("{name!W} was {before:in {unit}}; there is no value now"),
}

_WORDS = {
    # headings
    "impression": "impression",
    "bones": "bones",
    "joint_space": "joint",
    "cruciate_ligaments": "cruciate ligaments",
    "medial_compartment": "medial compartment",
    "lateral_compartment": "lateral compartment",
    "patellofemoral_compartment": "patellofemoral compartment",
    "popliteal_and_soft_tissue": "popliteal fossa and soft tissue",
    "talar_dome": "talar dome and subtalar joint",
    "lateral_ligaments": "lateral ligaments",
    "deltoid_and_syndesmosis": "deltoid ligament and syndesmosis",
    "achilles_region": "Achilles tendon and Kager's triangle",
    "other_tendons": "other tendons",
    "acromioclavicular_joint": "acromioclavicular joint",
    "subacromial_space": "subacromial space",
    "rotator_cuff": "rotator cuff",
    "biceps_and_pulley": "long head of biceps and its pulley",
    "glenohumeral_joint": "glenohumeral joint",
    "soft_tissue": "soft tissue",
    "other_findings": "other findings",
    "comparison": "comparison with the prior exam",
    "limits": "limits of this reading",
    "not_looked_for": "not looked for",
    # words of a finding
    "positive": "positive",
    "negative": "negative",
    "not_assessed": "not assessed",
    "not_called": "neither positive nor negative",
    "unsure": "unsure",
    # who said which side it is
    "side_user": "given by the user",
    "side_tag": "read from the DICOM tag",
    "side_description": "read from the series descriptions",
    "side_anatomy": "found from the anatomy",
    "side_unknown": "not found",
    # what is never looked for
    "fracture": "fracture",
    "bone_marrow_oedema": "bone marrow oedema",
    "tumour": "tumour",
    "loose_body": "loose body",
    "cartilage_defect": "cartilage defect",
    "cyst": "cyst",
    "deltoid_ligament_injury": "deltoid ligament injury",
    "syndesmosis_injury": "syndesmosis injury",
    "tendinopathy": "tendinopathy",
    "bursitis": "bursitis",
    "tendon_tear": "tear of a tendon other than the Achilles tendon",
    "tenosynovitis": "tenosynovitis",
    "calcific_deposit": "calcific deposit",
    "teres_minor_injury": "teres minor injury",
    "muscle_atrophy": "muscle atrophy",
    "labral_tear": "labral tear",
    "capsulitis": "capsulitis",
    # findings that have another name than their key
    "long_head_of_biceps_injury": "injury of the long head of biceps",
    "long_head_of_biceps_effusion": "effusion around the long head of biceps",
    "subacromial_subdeltoid_bursitis": "subacromial and subdeltoid bursitis",
    # measurements whose key does not read as their title
    "insall_salvati_ratio": "Insall-Salvati ratio",
    "caton_deschamps_ratio": "Caton-Deschamps ratio",
    "tt_tg_distance": "TT-TG distance",
    "effusion_volume": "volume of joint fluid",
    "effusion_depth": "depth of the suprapatellar effusion",
}

REPORT = {**_SENTENCES, **{f"word.{key}": Sentence(word) for key, word in _WORDS.items()}}
