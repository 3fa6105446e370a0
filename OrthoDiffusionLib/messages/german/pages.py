"""Überschriften und Wörter der Seiten, der Bilder und der Zusammenfassung der Befehlszeile."""

from OrthoDiffusionLib.messages.sentence import Sentence

_SENTENCES = {
    "joint_of_side": Sentence("{joint!W} {side!w}"),
    "operating_point": Sentence(
        "positiv ab {threshold:.{digits}f} (Sensitivität {sensitivity:.2f}, Spezifität {specificity:.2f})"
    ),
    "usual_range": Sentence("{low:number {unit}} bis {high:in {unit}}"),
    "readers_value": Sentence("{how!w}; Modell: {model:in {unit}}"),
    "readers_value.alone": Sentence("{how!w}; Modell: kein Wert"),
    # Bilder
    "picture.slice": Sentence("Schicht {number} von {count}"),
    "picture.at_finding": Sentence("beim Befund: {finding!w}"),
    "picture.through": Sentence("durch: {structure!w}"),
    "picture.no_volume": Sentence("Kein Volumen: {plane!w}"),
    "picture.planes": Sentence("Ebenen: {planes}"),
    "picture.without": Sentence("ohne {planes!w:and}"),
    "picture.thickness": Sentence("Mittlere Dicke: {thicknesses:,}"),
    "picture.many_missing": Sentence("Nicht gefunden: {count} der Strukturen"),
    "picture.warnings": Sentence("{count:1 Warnung|{count} Warnungen}:"),
    "picture.more": Sentence("(und {count} weitere, siehe findings.json)"),
    # Befehlszeile
    "results_in": Sentence("Ergebnisse in {folder}"),
    "file_on_input": Sentence("dasselbe auf dem Gitter des {plane!w}en Volumens"),
    "batch_done": Sentence("{analysed} analysiert, {before} schon vorher fertig, {failed} fehlgeschlagen."),
    "unknown_options": Sentence(
        "unbekannte Optionen: {options}; `orthodiffusion {command} --help` listet die Optionen auf"
    ),
    "batch_done.table": Sentence("Eine Zeile je Studie: {table}"),
    "batch_done.with_clinical": Sentence(
        "{count} der schon fertigen haben klinische Werte in der Tabelle. Ihre Ergebnisse sind unverändert; "
        "--overwrite "
        "analysiert sie erneut mit diesen Werten."
    ),
    "batch_done.loose_files": Sentence(
        "{count:1 Bilddatei neben den Ordnern wurde übergangen: {name}|{count} Bilddateien neben den Ordnern wurden "
        "übergangen, etwa {name}}. Mehrere Studien brauchen je einen Ordner: "
        "legen Sie die Dateien jeder Studie in einen eigenen Ordner."
    ),
    "batch_done.implausible": Sentence("Nicht verwenden, da nicht plausibel oder von einem anderen Gelenk: {names:,}"),
}

_WORDS = {
    # wer die Seite angab
    "side_by_user": "Seite von Hand angegeben",
    "side_by_tag": "Seite aus der DICOM-Angabe",
    "side_by_description": "Seite aus den Serienbeschreibungen",
    "side_by_anatomy": "Seite aus der Anatomie",
    "side_by_unknown": "Seite unbekannt",
    # Tabellen
    "page_all_findings": "alle Befunde: das Wort des Modells und das des Befunders",
    "page_finding": "Befund",
    "page_model": "Modell",
    "page_reader": "Befunder",
    "page_operating_point": "Schwelle (ihre Werte an den Studien, an denen sie gewählt wurde: zu günstig)",
    "page_by_plane": "je Ebene",
    "page_note": "Anmerkung",
    "page_measurements": "Messungen",
    "page_measurement": "Messung",
    "page_value": "Wert",
    "page_usual": "üblich",
    "page_source": "Quelle",
    "page_structures": "Strukturen",
    "page_structure": "Struktur",
    "page_volume": "Volumen",
    "page_overview": "Schichten mit Konturen, Strukturen in 3D, Befunde",
    "page_views": "Schicht- und 3D-Ansichten",
    "auxiliary": "Hilfsstruktur",
    "auxiliary_ones": "Hilfsstrukturen",
    "cut_off": "vom Bildrand abgeschnitten",
    "not_found": "nicht gefunden",
    "not_outlined_reliably": "von diesem Modellpaket nicht zuverlässig umrissen",
    "not_measured": "nicht gemessen",
    "not_used": "nicht verwendet",
    "bundle": "Modellpaket",
    "warnings": "Warnungen",
    "no_warnings": "keine Warnungen",
    "picture_in_report": "siehe Bericht",
    # wie ein Befunder eine Messung änderte
    "reader_points": "Messpunkte vom Befunder verschoben",
    "reader_outlines": "nach korrigierten Konturen",
    # eine Prüfung
    "review_accepted": "zugestimmt",
    "review_rejected": "abgelehnt",
    "review_unsure": "unsicher",
    "review_earlier": "zu einem früheren Ergebnis",
    # Bilder
    "findings": "Befunde",
    "probability": "Wahrscheinlichkeit",
    "fused": "gesamt",
    "picture_plane": "Ebene",
    "picture_threshold": "Schwelle",
    "short_sagittal": "sag",
    "short_coronal": "kor",
    "short_axial": "ax",
    "anterolateral": "von vorn und lateral",
    "posteromedial": "von hinten und medial",
    "no_structures": "keine Strukturen gefunden",
    "picture_footer": "nur für die Forschung. Kein Medizinprodukt. Aus digitalen Phantomen gelernt.",
    "picture_do_not_rely": "verlassen Sie sich nicht auf dieses Ergebnis, siehe Warnungen",
    "picture_estimates": "Zahlen sind kalibrierte Schätzungen eines Netzes. Konturen sind ungeprüft.",
    # Befehlszeile
    "summary_findings": "Befunde (Wahrscheinlichkeiten des Modells, keine Diagnose)",
    "error": "Fehler",
    "error_where": "wo",
    "error_remedy": "was zu tun ist",
    "error_details": "Einzelheiten",
    "interrupted": "abgebrochen. Nichts Halbfertiges blieb zurück.",
    "results_folder": "Ergebnisordner",
    "bundle_folder": "Ordner des Modellpakets",
    "monai_bundle": "Ordner des MONAI Bundle",
    "study_folder": "Studienordner",
    "done": "fertig",
    "failed": "fehlgeschlagen",
    "pacs_patient": "Patienten-ID",
    "pacs_accession": "Auftragsnummer",
    "pacs_date": "Datum",
    "pacs_description": "Beschreibung",
    "pacs_modalities": "Modalitäten",
    "pacs_series": "Serien",
    "pacs_instances": "Instanzen",
    "pacs_uid": "UID",
    "file_report": "der Bericht, im Browser zu lesen",
    "file_overview": "ein Bild von allem",
    "file_table": "die Befunde als Tabelle",
    "file_data": "alles als Daten",
    "file_outlines": "die Konturen, für 3D Slicer",
    "file_labels": "die Konturen als Labelwerte",
    "file_evidence": "wo jeder Befund gesehen wurde",
    "file_dicom": "Segmentierungen, Bericht und Bild als DICOM-Objekte",
}

PAGES = {**_SENTENCES, **{f"word.{key}": Sentence(word) for key, word in _WORDS.items()}}
