"""Warum eine Arbeitsliste oder ein Fall daraus nicht gelesen oder geschrieben werden kann."""

from OrthoDiffusionLib.messages.sentence import Sentence

WORKLIST_REFUSALS = {
    "worklist.no_label_map": Sentence(
        "Die Datei ist keine Labelkarte: {error}",
        "Nennen Sie eine Datei, die je Struktur eine ganze Zahl enthält, 0 wo keine ist.",
    ),
    "worklist.reading_damaged": Sentence(
        "Die Entscheidungen zu den Befunden können nicht gelesen werden: {error}",
        "Reparieren Sie die Datei, oder verschieben Sie sie, um neu zu beginnen.",
    ),
    "worklist.segmentation_unreadable": Sentence(
        "Die Segmentierung kann nicht gelesen werden: {error}",
        "Nehmen Sie eine frühere Version des Falls; jede liegt in einem eigenen Ordner.",
    ),
    "worklist.folder_not_written": Sentence(
        "In den Ordner der Arbeitsliste kann nicht geschrieben werden: {error}",
        "Kopieren Sie die Arbeitsliste in einen beschreibbaren Ordner; die Bilder können bleiben, wo sie sind.",
    ),
    "worklist.open": Sentence(
        "Die Arbeitsliste ist schon geöffnet: von {reader} auf {computer}",
        "Schließen Sie sie dort zuerst; zwei Programme würden sich gegenseitig überschreiben.",
    ),
    "worklist.open_since": Sentence(
        "Die Arbeitsliste ist schon geöffnet: von {reader} auf {computer} seit {time}",
        "Schließen Sie sie dort zuerst; zwei Programme würden sich gegenseitig überschreiben.",
    ),
    "worklist.slices_elsewhere": Sentence(
        "Die Schichten liegen nicht dort, wo die Konturen liegen",
        "Wählen Sie ein Volumen derselben Untersuchung, ohne Transformation dazwischen.",
    ),
    "worklist.missing": Sentence(
        "Diese Arbeitsliste gibt es nicht",
        "Wählen Sie eine andere Datei, oder legen Sie eine neue Arbeitsliste an.",
    ),
    "worklist.unreadable": Sentence(
        "Die Arbeitsliste kann nicht gelesen werden: {error}",
        "Prüfen Sie, ob Sie die Datei lesen dürfen und ihr Datenträger verbunden ist.",
    ),
    "worklist.other_file": Sentence(
        "Die Datei ist keine Arbeitsliste",
        "Wählen Sie eine Datei namens {file}.",
    ),
    "worklist.other_version": Sentence(
        "Die Arbeitsliste hat Schema-Version {version}; dieses Programm liest Version {own}",
        "Öffnen Sie sie mit der Version von OrthoDiffusion, die sie schrieb.",
    ),
    "worklist.damaged": Sentence(
        "Die Arbeitsliste ist beschädigt: {error}",
        "Wählen Sie die Datei worklist.json, wenn dies eine andere ist; sonst reparieren Sie sie mit einem Texteditor, "
        "oder nehmen Sie sie aus einer Sicherung. Die Labelkarten daneben sind unberührt.",
    ),
    "worklist.no_images_column": Sentence(
        "Die Tabelle hat keine Spalte mit Bildern",
        "Nennen Sie in der ersten Zeile die Spalten case und folder, oder case, sagittal, coronal, axial.",
    ),
    "worklist.same_name": Sentence(
        "Zwei Zeilen heißen „{name}“",
        "Geben Sie jeder Zeile in der Spalte case einen eigenen Namen.",
    ),
    "worklist.no_rows": Sentence(
        "Die Tabelle hat keine Zeilen",
        "Schreiben Sie eine Zeile je Fall.",
    ),
    "worklist.no_image": Sentence(
        "Die Zeile nennt kein Bild",
        "Füllen Sie die Spalte folder, oder eine der Ebenen.",
    ),
    "worklist.correction_first": Sentence(
        "Eine Korrektur in Schichten ist noch nicht angewendet",
        "Wenden Sie sie an oder verwerfen Sie sie; dann lassen sich die Arbeitsliste und ihre Fälle öffnen.",
    ),
    "worklist.process_ended": Sentence(
        "Der Prozess, der Fälle speichert und liest, wurde beendet: {reason}",
        "Nichts ging verloren; er wird neu gestartet. Geschieht es wieder, geben Sie Arbeitsspeicher frei und "
        "starten Sie Slicer neu.",
    ),
}
