"""The report: what it says first, whose word rules, what it does not claim, and how it stands beside a prior one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.cli.main import BAD_INPUT, main
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings import Analysis, Finding, Measurement, OperatingPoint, Review
from OrthoDiffusionLib.findings.measurement_context import POINTS, ReaderValue
from OrthoDiffusionLib.findings.records import read_record
from OrthoDiffusionLib.messages import ENGLISH, Language, Message, Sentence, language_of
from OrthoDiffusionLib.reports.html_report import html_report
from OrthoDiffusionLib.reports.report import report_of
from OrthoDiffusionLib.reports.report_text import finding_of_line, report_text

HALF = OperatingPoint(0.5, 0.8, 0.9)

RESEARCH = "Research use only, not a diagnosis."


def with_findings(analysis, *findings):
    """The analysis with these findings instead of those of their names."""
    named = {finding.name: finding for finding in findings}
    return replace(analysis, findings=tuple(named.get(one.name, one) for one in analysis.findings))


def section(analysis, title, **options):
    """The lines under one heading of the text."""
    text = report_text(report_of(analysis.record, **options))
    return text.split(f"\n\n{title.upper()}\n")[1].split("\n\n")[0].splitlines()


def test_the_impression_comes_first_and_names_what_is_positive_the_urgent_before_the_likely(analysis):
    cruciate = Finding("anterior_cruciate_ligament_injury", True, 0.55, operating_point=HALF)
    text = report_text(report_of(with_findings(analysis, cruciate).record))
    assert text.startswith(f"RIGHT KNEE, MRI\n{RESEARCH}\n") and text.index("IMPRESSION") < text.index("BONES")
    lines = section(with_findings(analysis, cruciate), "Impression")
    assert [line.partition(":")[0] for line in lines] == [
        "Anterior cruciate ligament injury", "Medial meniscus injury", "Joint effusion", "Not assessed",
    ]  # fmt: skip
    assert lines[2] == "Joint effusion: positive, probability 0.91 (threshold 0.50)."
    assert "The planes disagree: sagittal 0.90, coronal 0.30." in lines[1]


def test_a_result_of_a_batch_which_holds_no_time_claims_none(analysis):
    assert f"Analysed on {analysis.created[:10]} by the networks" in report_text(report_of(analysis.record))
    text = report_text(report_of(replace(analysis, created="").record))
    assert "Analysed by the networks knee-phantom 0.1." in text and "Analysed on" not in text


def test_a_result_not_to_be_used_says_so_before_any_finding(analysis):
    notice = Notice.stored_as("The femur measures 3 mL", code="implausible_result", remedy="Do not use this result.")
    told = replace(analysis, notices=(*analysis.notices, notice))
    assert section(told, "Impression")[0] == "The femur measures 3 mL. Do not use this result."
    assert "3 mL" not in " ".join(section(told, "Limits of this reading"))
    # nothing of the model's clears a joint or names a lesion below it; what the reader says stays
    text = report_text(report_of(told.record))
    assert "ositive" not in text.partition("NOT LOOKED FOR")[0] and "egative" not in text.partition("NOT LOOKED FOR")[0]
    assert section(told, "Impression")[1:] == ["What the model says of findings is left out here for this reason."]
    reviewed = [
        replace(one, review=Review("accepted", "", "2026-01-01T10:00:00", one.word, one.word, one.probability))
        if one.name == "joint_effusion"
        else one
        for one in told.findings
    ]
    lines = section(replace(told, findings=tuple(reviewed)), "Impression")
    assert len(lines) == 3 and lines[2].startswith("Joint effusion: positive; the reader agrees")
    assert '<p class="alarm">The femur measures 3 mL' in html_report(told.record)


def test_compartments_come_in_the_order_of_a_knee_report_with_what_is_not_looked_for_there(analysis):
    text = report_text(report_of(analysis.record))
    titles = ("BONES", "JOINT", "CRUCIATE LIGAMENTS", "MEDIAL COMPARTMENT", "LATERAL COMPARTMENT",
              "PATELLOFEMORAL COMPARTMENT", "POPLITEAL FOSSA AND SOFT TISSUE")  # fmt: skip
    places = [text.index(f"\n\n{title}\n") for title in titles]
    assert places == sorted(places)
    assert section(analysis, "Bones")[-1] == "Not looked for: fracture, bone marrow oedema, tumour."
    assert section(analysis, "Popliteal fossa and soft tissue") == ["Not looked for: cyst, tumour."]
    assert section(analysis, "Not looked for")[0].startswith(
        "This program does not look for fracture, bone marrow oedema, tumour, loose body, cartilage defect or cyst, nor"
    )


def test_a_finding_that_the_bundle_does_not_know_is_not_looked_for_either(analysis):
    without = replace(analysis, findings=analysis.findings[:2])
    assert "anterior cruciate ligament injury" in " ".join(section(without, "Not looked for"))
    assert section(without, "Cruciate ligaments")[-1].startswith("Not looked for: anterior cruciate")


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (
            Finding("joint_effusion", True, 0.91,
                    operating_point=HALF, review=Review.now("positive", "positive", 0.91)),
            "positive; the reader agrees with the model (probability 0.91).",
        ),
        (
            Finding("joint_effusion", True, 0.91,
                    operating_point=HALF, review=Review.now("negative", "positive", 0.91, "only a film")),
            "negative, says the reader; the model says positive (probability 0.91). Reader's note: only a film.",
        ),
        (
            Finding("joint_effusion", True, 0.2, operating_point=HALF, review=Review.now("unsure", "negative", 0.2)),
            "the reader is unsure; the model says negative (probability 0.20).",
        ),
        (
            Finding("joint_effusion", False, None, review=Review.now("positive", "not_assessed")),
            "positive, says the reader; the model did not assess it.",
        ),
        (
            Finding("joint_effusion", True, 0.2,
                    operating_point=HALF, review=Review("rejected", "", "2026-01-02T10:00:00", "negative",
                                                              "positive", 0.8)),
            "negative; the reader agrees with the model (probability 0.20). The reader decided on an earlier result "
            "(2026-01-02), in which the model said positive.",
        ),
    ],
)  # fmt: skip
def test_the_readers_word_rules_and_both_are_said(analysis, finding, said):
    reviewed = with_findings(analysis, finding)
    assert section(reviewed, "Joint")[0] == f"Joint effusion: {said}"
    positive_first = section(reviewed, "Impression")
    told = [line for line in positive_first if line.startswith("Joint effusion")]
    assert bool(told) == (finding.ruling == "positive" or "unsure" in said)
    assert f"A reader has reviewed 1 of {len(analysis.findings)} findings." in report_text(report_of(reviewed.record))


def test_measurements_are_said_beside_what_is_usual_or_why_there_is_none(analysis):
    why = Message("not_measured", "not_found", {"structure": "tibia"})
    measured = replace(
        analysis,
        measurements=(
            Measurement("insall_salvati_ratio", 1.41, "1", (0.93, 1.33)),
            Measurement("tt_tg_distance", None, "mm", note=why),
            Measurement("patellar_tilt", 9.6, "deg"),
        ),
    )  # fmt: skip
    assert section(measured, "Patellofemoral compartment")[1:4] == [
        "Insall-Salvati ratio 1.41, above the usual 0.93 to 1.33.",
        "Patellar tilt 10°.",
        "TT-TG distance not measured. The tibia was not found.",
    ]
    assert section(measured, "Impression")[-1] == "Outside the usual range: Insall-Salvati ratio 1.41."


@pytest.mark.parametrize(
    ("value", "unit", "limits", "said"),
    [
        (10.4, "deg", (0.0, 10.0), "patellar tilt 10.4°, above the usual 0 to 10°"),
        (-0.3, "deg", (0.0, 10.0), "patellar tilt -0.3°, below the usual 0 to 10°"),
        (1.3304, "1", (0.93, 1.33), "patellar tilt 1.33, usual 0.93 to 1.33"),
        (1.334, "1", (0.93, 1.33), "patellar tilt 1.334, above the usual 0.93 to 1.33"),
        (17.04, "mm", (2.0, 17.0), "patellar tilt 17.04 mm, above the usual 2.0 to 17.0 mm"),
        (12.4, "deg", (0.0, 10.0), "patellar tilt 12°, above the usual 0 to 10°"),
        (9.96, "deg", (0.0, 10.0), "patellar tilt 10°, usual 0 to 10°"),
    ],
)
def test_a_value_beyond_a_limit_never_reads_as_the_limit(analysis, value, unit, limits, said):
    measured = replace(analysis, measurements=(Measurement("patellar_tilt", value, unit, limits),))
    assert section(measured, "Patellofemoral compartment")[1] == f"P{said[1:]}."
    beyond = "usual" not in said.split(",")[1][:6]
    outside = [line for line in section(measured, "Impression") if line.startswith("Outside the usual range")]
    assert outside == ([f"Outside the usual range: {said.split(',')[0]}."] if beyond else [])
    assert f"<td>{said.split(',')[0].removeprefix('patellar tilt ')}</td>" in html_report(measured.record)


def test_a_negative_finding_is_never_written_with_the_probability_at_which_positive_begins(analysis):
    point = OperatingPoint(0.5, 0.8, 0.9)
    below = with_findings(analysis, Finding("joint_effusion", True, 0.4963, operating_point=point))
    text = report_text(report_of(below.record))
    assert "Joint effusion: negative, probability 0.496 (threshold 0.500)." in text
    page = html_report(below.record)
    assert "<td>negative 0.496</td>" in page and "positive from 0.500 on" in page
    clear = with_findings(analysis, Finding("joint_effusion", True, 0.31, operating_point=point))
    assert "negative, probability 0.31 (threshold 0.50)." in report_text(report_of(clear.record))


def test_a_structure_that_the_bundle_does_not_outline_reliably_is_not_said_to_be_missing(analysis, tmp_path):
    said = replace(analysis, unreliable=("joint_fluid",))
    plain, text = (report_text(report_of(one.record)) for one in (analysis, said))
    assert "Not found: joint fluid." in plain and "Not found: joint fluid." not in text
    assert "Not outlined reliably by this bundle, as its evaluation shows: joint fluid." in text
    row = html_report(said.record).split('id="structure-joint_fluid"')[1].split("</tr>")[0]
    assert "not outlined reliably" in row and "not found" not in row
    assert read_record(said.save(tmp_path / "out")).structures == said.record.structures  # it travels with the results
    assert Analysis.load(tmp_path / "out").unreliable == ("joint_fluid",)


def test_without_thresholds_the_impression_is_one_line_of_probabilities_and_calls_nothing(analysis):
    bare = tuple(replace(one, operating_point=None) for one in analysis.findings)
    lines = section(replace(analysis, findings=bare), "Impression")
    assert lines[0] == (
        "The bundle names no threshold; probabilities: joint effusion 0.91, medial meniscus injury 0.62."
    )
    assert not any("ositive" in line or "egative" in line for line in lines)


def test_a_joint_without_compartments_is_told_under_one_heading(analysis):
    other = replace(analysis, study=replace(analysis.study, joint="hip"))
    assert "Joint effusion: positive, probability 0.91 (threshold 0.50)." in section(other, "Other findings")
    assert section(other, "Not looked for") == ["Nothing else was looked for; this report says nothing about it."]


def test_a_line_of_the_text_leads_back_to_its_finding_until_it_is_changed(analysis):
    report = report_of(analysis.record)
    line = section(analysis, "Joint")[0]
    assert finding_of_line(report, line) == "joint_effusion"
    assert finding_of_line(report, line + " Small.") == "" and finding_of_line(report, "") == ""


def test_the_report_speaks_another_language(analysis):
    german = Language(
        {
            "report.research_use": Sentence("Nur für die Forschung, keine Diagnose"),
            "report.positive": Sentence("{finding!W}: positiv, Wahrscheinlichkeit {probability:.2f} ({threshold})"),
            "word.joint_effusion": Sentence("Gelenkerguss"),
            "word.impression": Sentence("Beurteilung"),
        }
    )
    text = report_text(report_of(analysis.record), german)
    assert "Nur für die Forschung, keine Diagnose." in text and "\nBEURTEILUNG\n" in text
    assert "Gelenkerguss: positiv, Wahrscheinlichkeit 0.91" in text


@pytest.fixture
def prior(analysis):
    """The exam before: no effusion, thicker cartilage, read by other networks."""
    earlier = with_findings(analysis, Finding("joint_effusion", True, 0.12, operating_point=HALF))
    return replace(
        earlier,
        created="2025-03-01T09:00:00+01:00",
        bundle=replace(analysis.bundle, version="0.0.9", sha256="cd" * 32),
        measurements=(Measurement("patellar_cartilage_thickness", 2.4, "mm"),),
    )


def test_a_prior_exam_stands_beside_it_with_dates_and_differences(analysis, prior):
    now = replace(analysis, measurements=(Measurement("patellar_cartilage_thickness", 2.1, "mm"),))
    lines = section(now, "Comparison with the prior exam", prior=prior.record)
    assert lines[0].startswith(
        f"Compared with the exam analysed on 2025-03-01; this one was analysed on {now.created[:10]}."
    )
    assert "Other networks read the prior exam (knee-phantom 0.0.9; now knee-phantom 0.1)" in lines[0]
    assert "Joint effusion: positive, before negative. Probability 0.91, before 0.12." in lines
    assert "Medial meniscus injury: positive as before. Probability 0.62, before 0.62." in lines
    assert "Patellar cartilage thickness 2.1 mm, before 2.4 mm (difference −0.3 mm)." in lines
    assert any(line.startswith("Tibia ") and "(difference 0.0 mL)" in line for line in lines)


def test_results_of_a_batch_have_no_date_and_no_gap_where_it_would_stand(analysis, prior):
    undated = replace(analysis, created="")
    for language, words in ((ENGLISH, "Analysed by the networks"), (language_of("de"), "Analysiert mit den Netzen")):
        assert f"{words} knee-phantom 0.1." in report_text(report_of(undated.record), language)
    lines = section(undated, "Comparison with the prior exam", prior=prior.record)
    assert "when one of the two was analysed is not known" in lines[0]


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [
        (10.4, 9.6, "deg", "10.4°, before 9.6° (difference +0.8°)"),
        (12.2, 9.1, "deg", "12°, before 9° (difference +3°)"),
        (14.96, 15.04, "mm", "14.96 mm, before 15.04 mm (difference −0.08 mm)"),
        (14.0, 15.0, "mm", "14.0 mm, before 15.0 mm (difference −1.0 mm)"),
        (1.204, 1.201, "1", "1.20, before 1.20 (difference 0.00)"),
    ],
)
def test_a_difference_is_that_of_the_numbers_beside_it(analysis, now, before, unit, said):
    one, other = (replace(analysis, measurements=(Measurement("patellar_tilt", v, unit),)) for v in (now, before))
    lines = section(one, "Comparison with the prior exam", prior=other.record)
    assert f"Patellar tilt {said}." in lines


def test_a_mean_of_a_part_is_not_compared_with_one_of_the_whole(analysis):
    part = Message("measured_in_part", values={"structure": "patellar cartilage"})
    now, before = (
        replace(analysis, measurements=(Measurement("patellar_cartilage_thickness", value, "mm", note=note),))
        for value, note in ((1.7, part), (2.4, ""))
    )
    lines = section(now, "Comparison with the prior exam", prior=before.record)
    assert [line for line in lines if "atellar cartilage" in line and "mm" in line] == [
        "Patellar cartilage thickness was 2.4 mm; there is no value now."
    ]


def test_the_command_prints_the_text_compares_and_refuses_another_side(analysis, prior, tmp_path, capsys):
    now, before = str(analysis.save(tmp_path / "now")), str(prior.save(tmp_path / "before"))
    assert main(["report", now, "--prior", before, "--text"]) == 0
    said = capsys.readouterr().out
    assert said == report_text(report_of(analysis.record, prior=prior.record)) and "before negative" in said
    assert not (tmp_path / "now.html").exists()
    file = tmp_path / "said.txt"
    assert main(["report", now, "--prior", before, "--text", "--out", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == said and capsys.readouterr().out == f"{file}\n"
    assert main(["report", now, "--text", "--out", str(file)]) == BAD_INPUT, "it is there already"
    assert file.read_text(encoding="utf-8") == said
    assert main(["report", now, "--prior", before]) == 0
    assert "Compared with the exam analysed on 2025-03-01" in (tmp_path / "now.html").read_text(encoding="utf-8")
    other = replace(prior, study=replace(prior.study, side=Side.LEFT)).save(tmp_path / "left")
    assert main(["report", now, "--prior", str(other), "--text"]) == BAD_INPUT
    assert "left side, this one of the right" in capsys.readouterr().err


ALARM = Notice.stored_as("The femur measures 3 mL", code="implausible_result", remedy="Do not use this result.")


def test_no_number_of_a_result_not_to_be_used_is_called_high_or_low(analysis):
    """But for one whose points a reader has set: that is the reader's number."""
    tilt = Measurement("patellar_tilt", 21.0, "deg", (0.0, 10.0))
    told = replace(analysis, measurements=(tilt,), notices=(ALARM,))
    text = report_text(report_of(told.record))
    assert "Patellar tilt 21°, usual 0 to 10°" in text and "above" not in text
    own = replace(tilt, reader=ReaderValue.now(23.0, POINTS, ()))
    assert "Patellar tilt 23°, above the usual" in report_text(report_of(replace(told, measurements=(own,)).record))


@pytest.mark.parametrize(("which", "exam"), [("now", "this exam"), ("prior", "the prior exam")])
def test_of_a_result_not_to_be_used_nothing_is_compared_and_the_reason_is_said(analysis, prior, which, exam):
    """Else the comparison says what the impression leaves out, or takes a wrong reading for the state before."""
    now = replace(analysis, measurements=(Measurement("patellar_cartilage_thickness", 2.1, "mm"),))
    before = prior
    if which == "now":
        now = replace(now, notices=(*now.notices, ALARM))
    else:
        before = replace(before, notices=(ALARM,))
    lines = section(now, "Comparison with the prior exam", prior=before.record)
    assert f"What the model says of {exam} is left out" in lines[0] and "The femur measures 3 mL" in lines[0]
    text = " ".join(lines[1:])
    assert not any(word in text for word in ("ositive", "egative", "robability", "thickness", "mL")), text

    def reviewed(one):
        finding = one.finding("joint_effusion")
        return with_findings(one, replace(finding, review=Review.now("negative", finding.word, finding.probability)))

    told = section(reviewed(now), "Comparison with the prior exam", prior=reviewed(before).record)
    assert told[1:] == ["Joint effusion: negative as before."], "what readers said of both is compared"


def test_a_finding_of_before_that_is_not_looked_for_any_more_is_said(analysis, prior):
    """Other networks read the prior exam; a tear of before must not go without a word."""
    torn = with_findings(prior, Finding("medial_meniscus_injury", True, 0.9, operating_point=HALF))
    now = replace(analysis, findings=tuple(f for f in analysis.findings if f.name != "medial_meniscus_injury"))
    lines = section(now, "Comparison with the prior exam", prior=torn.record)
    assert "Medial meniscus injury: positive before; it was not looked for now." in lines


@pytest.mark.parametrize("prior_too", [False, True])
def test_research_use_stands_first_and_last_on_text_and_page(analysis, prior, prior_too):
    options = {"prior": prior.record} if prior_too else {}
    text = report_text(report_of(analysis.record, **options))
    assert text.splitlines()[1] == RESEARCH and RESEARCH in text.splitlines()[-2]
    page = html_report(analysis.record, **options)
    assert page.count(f'<p class="research">{RESEARCH}</p>') == 2
    assert page.index(RESEARCH) < page.index("<h1>") and page.rindex(RESEARCH) > page.rindex("</table>")


def test_a_page_whose_result_is_not_to_be_used_calls_nothing_positive(analysis):
    row = "<td>Joint effusion</td><td>{}</td>"
    assert row.format("positive 0.91") in html_report(analysis.record)
    assert row.format("0.91") in html_report(replace(analysis, notices=(ALARM,)).record)


def test_an_ankles_report_does_not_deny_the_tear_that_it_looks_for(analysis):
    """An Achilles tendon rupture is a tear of a tendon."""
    ankle = replace(analysis, study=replace(analysis.study, joint="ankle"), findings=(), measurements=())
    assert "tear of a tendon other than the Achilles tendon" in report_text(report_of(ankle.record))
