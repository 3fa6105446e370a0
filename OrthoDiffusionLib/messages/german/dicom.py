"""Was beim Lesen von DICOM-Dateien auffiel."""

from OrthoDiffusionLib.messages.sentence import Sentence

_AGAIN = "Exportieren Sie die ganze Serie erneut."
_ONE_EXAM = "Prüfen Sie, ob alle Serien zu einem Gelenk und einer Untersuchung gehören."
_UNEVEN = (
    "Die Schichten haben Abstände von {least_mm:.1f} bis {most_mm:.1f} mm und wurden auf gleichmäßige Schritte von "
    "{step_mm:.1f} mm umgerechnet"
)
_FAR_APART = "Zwischen weit entfernten Schichten können Einzelheiten fehlen."

DICOM = {
    "missing_file": Sentence(
        "{count:Eine Datei des DICOMDIR fehlt|{count} Dateien des DICOMDIR fehlen}: {missing:of {count}}",
        "Kopieren Sie den ganzen Datenträger erneut, mit allen Ordnern.",
    ),
    "foreign_file": Sentence(
        "{count:Eine Datei ist kein DICOM und wurde ausgelassen|{count} Dateien sind kein DICOM und wurden ausgelassen}"
    ),
    "damaged_file": Sentence(
        "{count:Eine Datei ist beschädigt und wurde ausgelassen|{count} Dateien sind beschädigt und wurden "
        "ausgelassen}",
        "Kopieren oder exportieren Sie die Serie erneut.",
    ),
    "no_volume_file": Sentence(
        "{count:Eine Datei ist {kind!w} und wurde ausgelassen|"
        "{count} Dateien sind jeweils {kind!w} und wurden ausgelassen}",
        "{advice}",
    ),
    "no_volume_file.raw_data": Sentence(
        "{count:Eine Datei enthält Rohdaten und wurde ausgelassen|"
        "{count} Dateien enthalten Rohdaten und wurden ausgelassen}"
    ),
    "no_volume_file.no_image": Sentence(
        "{count:Eine Datei ist kein Bild und wurde ausgelassen|{count} Dateien sind keine Bilder und wurden "
        "ausgelassen}"
    ),
    "no_volume_file.frames": Sentence(
        "{count:Eine Datei enthält mehrere Einzelbilder ohne Lage und wurde ausgelassen|"
        "{count} Dateien enthalten mehrere Einzelbilder ohne Lage und wurden ausgelassen}",
        "{advice}",
    ),
    "no_volume_file.frames_without_place": Sentence(
        "{lost} von {frames} Bildern der Datei {lost:hat keine Lage und wurde|haben keine Lage und wurden} ausgelassen",
        _AGAIN,
    ),
    "no_volume_file.beside_mr": Sentence(
        "{count:Eine Datei neben MR-Bildern wurde ausgelassen|{count} Dateien neben MR-Bildern wurden ausgelassen}: "
        "{modality!w} ({modality})"
    ),
    "no_volume_file.unknown_beside_mr": Sentence(
        "{count:Eine Datei anderer Modalität ({modality}) neben MR-Bildern wurde ausgelassen|"
        "{count} Dateien anderer Modalität ({modality}) neben MR-Bildern wurden ausgelassen}"
    ),
    "no_volume_file.unnamed_beside_mr": Sentence(
        "{count:Eine Datei anderer Modalität neben MR-Bildern wurde ausgelassen|"
        "{count} Dateien anderer Modalität neben MR-Bildern wurden ausgelassen}"
    ),
    "no_volume_file.capture_beside_mr": Sentence(
        "{count:Eine Sekundäraufnahme neben MR-Bildern wurde ausgelassen|"
        "{count} Sekundäraufnahmen neben MR-Bildern wurden ausgelassen}"
    ),
    "advice.originals": Sentence(
        "Exportieren Sie die originalen MR-Bilder: Bildschirmfotos und Sekundäraufnahmen sagen nicht, wo sie liegen."
    ),
    "advice.own_images": Sentence("Exportieren Sie jede Schicht als eigenes Bild."),
    "duplicate_slices": Sentence(
        "{count:Eine Schicht hat|{count} Schichten haben} die Lage einer anderen; die erste wurde behalten"
    ),
    "duplicate_slices.many": Sentence(
        "{count:Eine Schicht hat|{count} Schichten haben} die Lage einer anderen; die erste wurde behalten",
        "Nichts in den Dateien unterscheidet diese Schichten. Prüfen Sie das Ergebnis an den Bildern.",
    ),
    "few_slices.single": Sentence(
        "{count:Eine einzelne Schicht ohne Nachbarn wurde ausgelassen|"
        "{count} einzelne Schichten ohne Nachbarn wurden ausgelassen}",
        "Wenn Sie eine einzelne Datei einer Serie angegeben haben, geben Sie stattdessen deren Ordner an.",
    ),
    "same_position": Sentence(
        "Alle {slices} Schichten haben dieselbe Lage, daraus entsteht kein Volumen",
        "Zeigen sie eine Schicht im zeitlichen Verlauf, wählen Sie eine andere Serie. Sonst gingen die Lagen verloren: "
        "exportieren Sie die Serie erneut vom Gerät oder aus dem Archiv.",
    ),
    "compressed": Sentence(
        "Die Pixel von {files:1 Datei|{files} Dateien} sind komprimiert ({compression}), und dafür ist kein "
        "Dekodierer installiert",
        "Installieren Sie pylibjpeg mit seinen Zusätzen (pip install 'pylibjpeg[all]'), oder exportieren Sie die Serie "
        "unkomprimiert.",
    ),
    "huge": Sentence("Der Stapel ist zu groß, um gelesen zu werden"),
    "sheared": Sentence(
        "Die Schichten sind nicht senkrecht zu ihrer Ebene gestapelt; die Serie wird nicht verwendet",
        "Wählen Sie eine andere Serie, oder rekonstruieren Sie diese senkrecht zu ihrer Ebene.",
    ),
    "sheared.straightened": Sentence(
        "Die Schichten liegen nicht genau übereinander: bis zu {aside_mm:.1f} mm daneben; jede wurde in ihrer "
        "Ebene verschoben"
    ),
    "padding.around": Sentence(
        "{share:.0%} der Voxel sind Auffüllung um das Bild, kein Signal; sie werden als Luft gelesen",
        "Dort wird nichts beurteilt.",
    ),
    "uneven_slices.gaps": Sentence("Der Stapel hat Lücken bis {widest_mm:.0f} mm und wurde dort geteilt", _AGAIN),
    "uneven_slices.gaps_and_single": Sentence(
        "Der Stapel hat Lücken bis {widest_mm:.0f} mm und wurde dort geteilt; "
        "{single:eine einzelne Schicht war|{single} einzelne Schichten waren} nicht verwendbar",
        _AGAIN,
    ),
    "uneven_slices.missing": Sentence(
        "{missing} von {slices} Schichten {missing:fehlt und wurde|fehlen und wurden} aus den Nachbarn ergänzt", _AGAIN
    ),
    "uneven_slices.steps": Sentence(_UNEVEN, _FAR_APART),
    "uneven_slices.too_near": Sentence(
        _UNEVEN + "; {near} von {slices} Schichten {near:liegt|liegen} anderen zu nahe, um getrennt zu bleiben",
        _FAR_APART,
    ),
    "repeated_acquisition": Sentence(
        "Die Aufnahme wurde wiederholt: „{name}“ hat {slices} Schichten, „{whole}“ hat {whole_slices}; die "
        "vollständige "
        "wird vorgezogen"
    ),
    "series_joined": Sentence(
        "Jede von {slices} Schichten hat eine eigene Serienkennung; sie wurden zu einer Serie vereint, da alles andere "
        "übereinstimmt",
        "Vermutlich hat eine Anonymisierung das verursacht. Vergleichen Sie mit den Originalbildern.",
    ),
    "frame_of_reference.in_series": Sentence(
        "Die Schichten einer Serie haben {frames} Bezugssysteme und wurden danach geteilt",
        "Prüfen Sie, ob jedes der Volumen vollständig ist.",
    ),
    "several_studies.patients_read": Sentence("Die Dateien gehören zu {count} Patienten", _ONE_EXAM),
    "several_studies.studies_read": Sentence("Die Dateien gehören zu {count} Studien", _ONE_EXAM),
}
