"""DICOM-Objekte der Ergebnisse: was nicht geschrieben werden kann, und warum."""

from OrthoDiffusionLib.messages.sentence import Sentence

_INSTALL = "Installieren Sie es: pip install 'highdicom>=0.25'"

DICOM_OBJECTS = {
    # Hinweise
    "no_dicom_source": Sentence(
        "Die Serie stammt nicht aus DICOM-Dateien; für sie wurde keine DICOM-Segmentierung geschrieben",
        "Geben Sie die DICOM-Dateien dieser Serie an, wenn Sie eine wünschen.",
    ),
    "no_dicom_source.identifiers": Sentence(
        "Den DICOM-Dateien der Serie fehlen gültige Kennungen von Studie, Serie oder Bild, die eine DICOM-Segmentierung"
        " nennen muss; für sie wurde keine geschrieben",
        "Verwenden Sie die Dateien so, wie Scanner oder Archiv sie geliefert haben.",
    ),
    "frame_of_reference.not_valid": Sentence(
        "Die Frame of Reference UID der Serie ist ungültig; die DICOM-Objekte nennen an ihrer Stelle eine andere",
        "Ein Betrachter legt die Konturen womöglich nicht über die Bilder. Verwenden Sie die Dateien so, wie Scanner"
        " oder Archiv sie geliefert haben.",
    ),
    "not_deidentified": Sentence(
        "{count:1 Datei ist keine lesbare DICOM-Datei und wurde nicht kopiert|{count} Dateien sind keine lesbaren"
        " DICOM-Dateien und wurden nicht kopiert}"
    ),
    "not_deidentified.burned_in": Sentence(
        "{count:1 Bild hat|{count} Bilder haben} laut Kopfdaten Schrift im Bild und {count:wurde|wurden} nicht kopiert",
        "Entfernen Sie die Schrift mit einem Programm, das dafür gemacht ist.",
    ),
    "not_deidentified.kind": Sentence(
        "{count:1 Datei ist weder ein Schnittbild (MR, CT, PET) noch von diesem Programm geschrieben und wurde nicht"
        " kopiert|{count} Dateien sind weder Schnittbilder (MR, CT, PET) noch von diesem Programm geschrieben und"
        " wurden nicht kopiert}",
        "Bilder und Dokumente anderer Art können überall Namen enthalten; sehen Sie sie einzeln an.",
    ),
    "not_deidentified.identifiers": Sentence(
        "{count:1 Bild fehlen|{count} Bildern fehlen} die Kennungen von Studie oder Bild; {count:es wurde|sie wurden}"
        " nicht kopiert"
    ),
    # Ablehnungen
    "dicom_objects.not_in_database": Sentence(
        "Die DICOM-Objekte sind geschrieben, aber nicht in der DICOM-Datenbank von Slicer",
        "Importieren Sie ihren Ordner im Modul DICOM.",
    ),
    "dicom_objects.no_report": Sentence(
        "Es gibt keinen DICOM-Bericht, der neu zu schreiben wäre",
        "Lassen Sie --dicom weg, oder analysieren Sie damit; orthodiffusion report --dicom --earlier DATEI folgt einem "
        "Bericht an anderer Stelle.",
    ),
    "dicom_objects.no_report_of_ours": Sentence(
        "Die Datei ist kein DICOM-Bericht dieses Programms, oder beschädigt",
        "Nennen Sie eine report.dcm, die dieses Programm geschrieben hat.",
    ),
    "dicom_objects.report_of_others": Sentence(
        "Der DICOM-Bericht gehört zu einer anderen Untersuchung, Seite oder einem anderen Modellpaket als diese "
        "Ergebnisse",
        "Nennen Sie den Bericht, der mit derselben Analyse geschrieben wurde.",
    ),
    "decided.dicom_before": Sentence(
        "Der DICOM-Bericht dieses Ordners ist älter als diese Entscheidung; schreiben Sie ihn mit --dicom neu"
    ),
    "decided.page_kept": Sentence(
        "{page} wurde nicht verändert: Sie enthält einen Text, den ein Befunder im Panel bearbeitet hat"
    ),
    "decided.no_word": Sentence(
        "{word!q} ist keine Entscheidung über einen Befund", "Geben Sie eines davon an: {known:,}."
    ),
    "decided.twice": Sentence(
        "Über den Befund {finding!q} wird zweimal entschieden", "Nennen Sie jeden Befund einmal."
    ),
    "decided.one_note": Sentence(
        "Eine Anmerkung kann nicht zu mehreren Befunden gehören",
        "Entscheiden Sie über einen Befund nach dem anderen, jeweils mit Anmerkung.",
    ),
    "decided.note_withdrawn": Sentence(
        "Die Entscheidung über {finding!q} wird zurückgenommen und ihre Anmerkung mit ihr; eine neue ginge verloren",
        "Lassen Sie die Anmerkung weg, oder geben Sie unsure an.",
    ),
    "decided.note_of_another": Sentence(
        "Die Anmerkung zu {finding!q} ist von jemand anderem: {reader}",
        "Geben Sie mit --note eine eigene an, die auch leer sein darf.",
    ),
    "decided.note_without_name": Sentence(
        "Die Anmerkung zu {finding!q} ist von {reader}, und diese Entscheidung sagt nicht, von wem sie ist",
        "Geben Sie mit --reader den Namen oder mit --note eigene Worte an; sie dürfen auch leer sein.",
    ),
    "decided.note_of_nobody": Sentence(
        "Die Anmerkung zu {finding!q} sagt nicht, von wem sie ist; sie stünde neben dem Namen {reader}",
        "Geben Sie mit --note eine eigene an, oder dieselbe, wenn sie von Ihnen ist; --note darf auch leer sein.",
    ),
    "report_done.nothing_new": Sentence(
        "Der DICOM-Bericht sagt schon, was entschieden wurde; nichts wurde geschrieben"
    ),
    "deidentify.nothing": Sentence(
        "Keine Datei konnte kopiert werden{reasons:each}", "Geben Sie DICOM-Dateien von Bildern an."
    ),
    "deidentify.several_patients": Sentence(
        "Die Dateien sind von mehreren Patienten, und alle bekämen denselben Namen",
        "Kopieren Sie einen Patienten nach dem anderen, oder lassen Sie --patient weg: jeder bekommt dann ein "
        "Pseudonym.",
    ),
    "deidentify.no_key": Sentence(
        "Die Datei des Geheimnisses kann weder gelesen noch angelegt werden: {error}",
        "Geben Sie die Datei an, die ein früherer Export angelegt hat, oder einen noch nicht vorhandenen Namen.",
    ),
    "deidentify.other_file": Sentence(
        "Diese Datei enthält kein Geheimnis eines früheren Exports, das aus {digits} hexadezimalen Ziffern besteht; "
        "sie wurde nicht verändert",
        "Geben Sie die Datei an, die ein früherer Export angelegt hat, oder einen noch nicht vorhandenen Namen.",
    ),
    "deidentify.done": Sentence(
        "{files:1 Datei|{files} Dateien} in {series:1 Serie|{series} Serien} nach {folder} kopiert; sehen Sie einige"
        " an, bevor Sie sie weitergeben"
    ),
    "dicom_objects.no_source": Sentence(
        "DICOM-Objekte können nur für Serien geschrieben werden, die aus DICOM-Dateien mit deren Kennungen stammen;"
        " das gilt hier für keine",
        "Geben Sie die DICOM-Dateien an, oder lassen Sie --dicom weg.",
    ),
    "dicom_objects.source_changed": Sentence(
        "Die DICOM-Datei wurde während der Analyse verändert oder entfernt",
        "Lassen Sie die Dateien an ihrem Ort, bis die Ergebnisse geschrieben sind, und analysieren Sie die Studie"
        " noch einmal.",
    ),
    "dicom_objects.no_highdicom": Sentence(
        "Zum Schreiben von DICOM-Objekten wird das Python-Paket highdicom gebraucht", _INSTALL
    ),
    "dicom_objects.old_highdicom": Sentence(
        "Zum Schreiben von DICOM-Objekten wird das Python-Paket highdicom ab Version {least} gebraucht; installiert ist"
        " {version}",
        _INSTALL,
    ),
}
