"""Was beim Eintreffen der Ergebnisse in der Szene von 3D Slicer auffällt; Namen von Knoten und Spalten."""

from OrthoDiffusionLib.messages.sentence import Sentence

_IN_CALIBRATION = "Bei dieser Schwelle, an den Studien, mit denen das Modellpaket kalibriert wurde"
_ALONE = "Wahrscheinlichkeit der {}en Ansicht allein; nan, wo es keine gab"

SCENE = {
    "segments_kept": Sentence(
        "„{name}“ wurde {how!w} und bleibt erhalten; die neue Vorhersage liegt daneben, ausgeblendet"
    ),
    "segments_kept.in_editor": Sentence(
        "Die frühere Segmentierung ist im Segment Editor geöffnet und blieb, wie sie war; die neue Vorhersage liegt in "
        "„{name}“"
    ),
    "segments_kept.transformed": Sentence(
        "Die frühere Segmentierung steht unter einer Transformation und blieb, wie sie war; die neue Vorhersage liegt "
        "in „{name}“"
    ),
    "several_studies.in_scene": Sentence(
        "Die Volumen gehören zu verschiedenen Studien: {studies:,}",
        "Verwenden Sie das Ergebnis nur, wenn sie dasselbe Gelenk am selben Ort zeigen; sonst wählen Sie eine Studie.",
    ),
    "outlines_deleted": Sentence(
        "Zu diesen Befunden fehlen die Konturen: ihre Segmentierung wurde gelöscht",
        "Analysieren Sie erneut, um sie wiederherzustellen.",
    ),
    "volume_changed": Sentence(
        "„{name}“ wurde während der Analyse {change!w}; die Ergebnisse beschreiben es, wie es vorher war",
        "Analysieren Sie erneut.",
    ),
    # warum ein Volumen der Szene abgelehnt wird
    "scene.closed": Sentence(
        "Die Szene wurde geschlossen; die Analyse wurde angehalten",
        "Laden Sie die Studie erneut, und warten Sie, bis sie analysiert ist.",
    ),
    "scene.transformed": Sentence(
        "Das Volumen steht unter der nichtlinearen Transformation „{transform}“",
        "Rechnen Sie die Transformation in eine Kopie des Volumens ein (Modul Data, rechte Maustaste: Harden), oder "
        "nehmen Sie das Volumen heraus, und analysieren Sie erneut.",
    ),
    "scene.outlines_transformed": Sentence(
        "Die Konturen stehen unter der nichtlinearen Transformation „{transform}“",
        "Nehmen Sie sie aus der Transformation heraus, oder rechnen Sie diese in eine Kopie ein, und versuchen Sie es "
        "erneut.",
    ),
    "scene.case_transformed": Sentence(
        "Die Konturen des Falls stehen unter der Transformation „{transform}“, der seine Dateien nicht folgen können",
        "Nehmen Sie sie aus der Transformation heraus, oder rechnen Sie diese in alle Konturen ein (Modul Data, rechte "
        "Maustaste: Harden); dann wird der Fall gespeichert.",
    ),
    "scene.case_images_transformed": Sentence(
        "Das Bild steht unter der nichtlinearen Transformation „{transform}“, die Konturen des Falls nicht; dem können "
        "seine Dateien nicht folgen",
        "Nehmen Sie das Bild aus der Transformation heraus, oder stellen Sie auch die Konturen darunter (Modul Data); "
        "dann wird der Fall gespeichert.",
    ),
    "scene.case_saved_unmoved": Sentence(
        "Die Konturen von „{case}“ wurden so gespeichert, wie sie ohne die Transformation liegen, der seine Dateien "
        "nicht folgen können",
        "Öffnen Sie den Fall erneut und prüfen Sie, wo sie liegen.",
    ),
    "scene.case_scattered": Sentence(
        "Einige Konturen des Falls liegen so weit von den anderen, dass eine Datei sie nicht fassen kann",
        "Prüfen Sie die Transformationen über den Konturen (Modul Data); der Fall wird gespeichert, sobald sie wieder "
        "beieinander liegen.",
    ),
    "scene.no_voxels": Sentence(
        "Das Volumen hat keine Voxel", "Laden Sie es erneut, oder wählen Sie ein anderes Volumen."
    ),
    "scene.own_result": Sentence(
        "Das Volumen ist das Ergebnis einer Analyse und kein Bild", "Wählen Sie stattdessen das MR-Volumen."
    ),
    "scene.not_written": Sentence("Die Szene kann nicht geschrieben werden", "Geben Sie Speicherplatz frei."),
    "scene.no_volume_loaded": Sentence("Kein Volumen ist geladen"),
    # Spalten der Befundtabelle: Titel, und was darin steht
    "column.finding": Sentence("Befund", "Wonach gesucht wurde. Ein Befund ist keine Diagnose"),
    "column.assessed": Sentence(
        "Beurteilt",
        "‚no‘, wo das Modellpaket diesen Befund nicht vom Zufall unterscheiden kann, wo das nicht ausgewertet wurde "
        "oder wo eine Ansicht fehlt",
    ),
    "column.probability": Sentence(
        "Wahrscheinlichkeit", "Kalibrierte Wahrscheinlichkeit, 0 bis 1; nan, wo nicht beurteilt wurde"
    ),
    "column.sagittal": Sentence("Sagittal", _ALONE.format("sagittal")),
    "column.coronal": Sentence("Koronar", _ALONE.format("koronar")),
    "column.axial": Sentence("Axial", _ALONE.format("axial")),
    "column.r": Sentence("R", "Wo er gesehen wurde: nach rechts des Patienten"),
    "column.a": Sentence("A", "Wo er gesehen wurde: nach vorn"),
    "column.s": Sentence("S", "Wo er gesehen wurde: zum Kopf hin"),
    "column.threshold": Sentence(
        "Schwelle", "Ab dieser Wahrscheinlichkeit gilt er als positiv; nan, wo das Modellpaket es nicht sagt"
    ),
    "column.sensitivity": Sentence("Sensitivität", _IN_CALIBRATION),
    "column.specificity": Sentence("Spezifität", _IN_CALIBRATION),
    "column.review": Sentence(
        "Prüfung",
        "Ob das Wort des Befunders das des Modells ist: accepted (zugestimmt), rejected (abgelehnt), unsure "
        "(unsicher); "
        "leer vor einer Prüfung",
    ),
    "column.reader": Sentence(
        "Befunder", "Was der Befunder sagt: positive oder negative; leer bei Unsicherheit und vor einer Prüfung"
    ),
    "column.readers_note": Sentence("Anmerkung des Befunders", "Die eigenen Worte des Befunders"),
    "column.readers_name": Sentence("Name des Befunders", "Wer entschied, falls angegeben; leer vor einer Prüfung"),
    "column.reviewed": Sentence("Geprüft", "Wann der Befunder entschied, ISO 8601"),
    "column.model_at_review": Sentence(
        "Modell bei der Prüfung",
        "Was das Modell damals sagte; ein anderes Wort als jetzt zeigt eine Prüfung zu einem früheren Ergebnis an",
    ),
    "column.probability_at_review": Sentence(
        "Wahrscheinlichkeit bei der Prüfung", "Die damalige Wahrscheinlichkeit des Modells; nan, wo es keine gab"
    ),
    "column.note": Sentence("Anmerkung", "Warum etwas nicht beurteilt wurde, und was zu beachten ist"),
    "column.key": Sentence("Schlüssel", "Name des Befunds in Dateien"),
    # Knoten der Szene
    "node.study": Sentence("{joint!W}, {side!w}"),
    "node.segmentation": Sentence("{joint!W}, Segmentierung"),
    "node.findings": Sentence("{joint!W}, Befunde"),
    "node.evidence": Sentence("Heatmap: {finding!w}"),
    "node.as_predicted": Sentence("{name}, wie vorhergesagt"),
    "node.difference": Sentence("Unterschied zur Vorhersage"),
    "node.new_prediction": Sentence("{title} (neue Vorhersage)"),
    "bin_folder": Sentence("Programmordner (bin) von Slicer"),
    "surfaces.stopped": Sentence("der Prozess wurde beendet"),
    "surfaces.not_started": Sentence("der Prozess konnte nicht gestartet werden"),
}
