"""Warum eine Studie abgelehnt wird, und wo es liegt."""

from OrthoDiffusionLib.messages.sentence import Sentence

_ONE_SERIES = "Wählen Sie mindestens eine sagittale, koronare oder axiale Serie des Gelenks."
_ONE_EXAM = (
    "Geben Sie den Ordner oder die Serien einer Untersuchung an; `orthodiffusion batch` analysiert viele "
    "Untersuchungen, je eine in einem Ordner."
)
_HOW = "(Option --side, oder die Seitenauswahl des Bedienfelds)"

STUDY_REFUSALS = {
    "study.other_joint_than_bundle": Sentence(
        "Die Studie zeigt: {joint!w}; das Modellpaket kennt: {known!w}", "Wählen Sie ein Modellpaket für dieses Gelenk."
    ),
    "study.clinical_value": Sentence(
        "Ein klinischer Wert ist ungültig: {error}", "Berichtigen Sie ihn, oder lassen Sie ihn weg."
    ),
    "study.nothing_given": Sentence(
        "Es wurde kein Volumen angegeben", "Nennen Sie die Dateien der Studie oder deren Ordner."
    ),
    "study.none_of_plane": Sentence(
        "Keines der {count} Volumen dort ist {plane!w}",
        "Nennen Sie die Datei oder den Ordner einer einzigen {plane!w}en Serie.",
    ),
    "study.not_numbers_in_scene": Sentence(
        "Das Volumen enthält Werte, die keine Zahlen sind (NaN oder unendlich)",
        "Laden Sie es erneut, oder reparieren Sie es vor der Analyse.",
    ),
    "study.not_numbers": Sentence(
        "{bad:,} von {count:,} Voxeln sind keine Zahlen (NaN oder unendlich)",
        "Exportieren Sie das Bild erneut, oder ersetzen Sie diese Voxel zuerst.",
    ),
    "study.not_three_dimensions": Sentence(
        "Ein Volumen muss 3 Dimensionen haben, dieses hat {count}", "Wählen Sie ein 3D-Bild."
    ),
    "study.two_exams": Sentence(
        "Die Dateien gehören zu zwei Untersuchungen (Studien), eine vom {joint!w} rechts und eine von links",
        f"Geben Sie die gemeinte Seite an {_HOW}. {_ONE_EXAM}",
    ),
    "study.both_sides": Sentence(
        "Manche Serien sind vom {joint!w} rechts, andere von links",
        f"Geben Sie die gemeinte Seite an {_HOW}, oder nur die Serien einer Seite.",
    ),
    "study.both_places": Sentence(
        "Die Serien liegen an zwei Orten, wie die vom {joint!w} rechts und links",
        f"Geben Sie die gemeinte Seite an {_HOW}, oder nur die Serien einer Seite.",
    ),
    "study.two_joints": Sentence(
        "Die Bilder zeigen zwei Gelenke ({joint!w})",
        "Geben Sie die zu analysierende Seite ({joint!w}) an " + _HOW + "; sie wird nach ihrer Lage aus den Bildern "
        "geschnitten.",
    ),
    "study.no_such_side": Sentence("Kein Volumen zeigt das {joint!w} {side!w}"),
    "study.side_needed": Sentence(
        "Es ist nicht bekannt, ob dies ein {joint!w} rechts oder links ist, und seine Ebenen liegen jeweils anders",
        f"Geben Sie die Seite an {_HOW}.",
    ),
    "study.not_its_plane": Sentence(
        "„{name}“ soll für die {plane!w}e Ebene verwendet werden, seine Schichten sind aber {own!w}",
        "Verwenden Sie es für die {own!w}e Ebene, oder wählen Sie ein Volumen aus dünnen Schichten.",
    ),
    "study.same_names": Sentence("Es gibt {count} Volumen namens „{wanted}“", "Die Volumen sind: {names!q:,}."),
    "study.no_volume": Sentence("Es gibt kein Volumen zu analysieren", _ONE_SERIES),
    "study.several_for_plane": Sentence(
        "{count} Volumen sollen für die {plane!w}e Ebene verwendet werden", "Wählen Sie eines davon."
    ),
    "study.constant": Sentence(
        "Alle Voxel des gewählten Volumens haben denselben Wert",
        "Exportieren Sie die Serie erneut, oder wählen Sie eine andere.",
    ),
    "study.few_slices": Sentence(
        "Das gewählte Volumen hat {slices} Schichten; eine Ansicht braucht mindestens {least}",
        "Wählen Sie die ganze Serie.",
    ),
    "study.several_patients": Sentence("Die Dateien gehören zu {count} Patienten", _ONE_EXAM),
    "study.several_exams": Sentence("Die Dateien gehören zu {count} Untersuchungen (Studien)", _ONE_EXAM),
    "study.none_usable": Sentence(
        "{count:Das Volumen kann nicht|Keines der {count} Volumen kann} analysiert werden", _ONE_SERIES
    ),
    "study.no_known_plane": Sentence(
        "Keine der Ebenen, die das Modellpaket kennt, ist in der Studie",
        "Fügen Sie ein Volumen in einer dieser Ebenen hinzu: {planes!w:,}.",
    ),
    "study.nothing_read": Sentence(
        "Es gibt kein Volumen zu analysieren",
        "{seen:full}Wählen Sie NIfTI-, NRRD- oder MetaImage-Dateien, oder einen Ordner mit den DICOM-Bildern einer "
        "Studie.",
    ),
    "study.bad_files": Sentence(
        "{count:Die Datei kann nicht|Keine der {count} Dateien kann} gelesen werden", "{remedies:sentences}"
    ),
    "study.bad_files_named": Sentence(
        "{count} der genannten Dateien können nicht gelesen werden", "{remedies:sentences}"
    ),
    # wo es liegt
    "problem": Sentence("{where}: {what}"),
    "problems": Sentence("{problems:;}"),
    "problems.more": Sentence("{problems:;}; und {more} weitere"),
    "remedy": Sentence("{problem:remedy}"),
    "reason": Sentence("{reason} ({where})"),
    "volume": Sentence("Volumen „{name}“"),
    "line": Sentence("{file}, Zeile {line}"),
    "step": Sentence("{step_mm:.1f} mm von Schicht zu Schicht"),
    "exams": Sentence("{exams:;}"),
    "exam.side": Sentence("{sides!w:and}: {names}"),
    "exam.side_and_day": Sentence("{sides!w:and}, {day}: {names}"),
    "exam.both_sides": Sentence("rechts: {right}; links: {left}"),
}
