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
        "Den DICOM-Dateien der Serie fehlen Kennungen von Studie, Serie oder Bild, die eine DICOM-Segmentierung nennen"
        " muss; für sie wurde keine geschrieben",
        "Verwenden Sie die Dateien so, wie Scanner oder Archiv sie geliefert haben.",
    ),
    # Ablehnungen
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
