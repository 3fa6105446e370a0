"""Warum Ergebnisse und Tabellen nicht gelesen oder geschrieben werden können."""

from OrthoDiffusionLib.messages.sentence import Sentence

_ANALYSE_AGAIN = "Analysieren Sie die Studie erneut."
_CHECK_DISK = "Analysieren Sie erneut; geschieht es wieder, prüfen Sie den freien Speicherplatz."
_FREE_SPACE = "Geben Sie Platz frei (etwa 30 MB), oder wählen Sie einen Ordner auf einem anderen Datenträger."

RESULTS_REFUSALS = {
    "results.no_report": Sentence(
        "Diese Ergebnisse stammen von einer früheren Version und enthalten keinen Bericht", _ANALYSE_AGAIN
    ),
    "results.only_with_dicom": Sentence(
        "--earlier und --events gelten für einen DICOM-Bericht", "Fügen Sie --dicom hinzu, oder lassen Sie sie weg."
    ),
    "results.not_with_dicom": Sentence(
        "--prior und --out gelten für eine Seite",
        "Lassen Sie sie weg: Ein DICOM-Bericht liegt im Ordner der Ergebnisse.",
    ),
    "results.no_such_finding": Sentence(
        "Die Ergebnisse haben keinen Befund {finding!q}", "Nennen Sie einen von diesen: {known:,}."
    ),
    "results.page_exists": Sentence(
        "Die Seite ist schon vorhanden", "Wählen Sie einen anderen Namen, oder fügen Sie --overwrite hinzu."
    ),
    "results.overview_unreadable": Sentence("Das Übersichtsbild kann nicht gelesen werden", _ANALYSE_AGAIN),
    "results.disk_nearly_full": Sentence("Der Datenträger ist voll: {free_mb:.0f} MB sind frei", _FREE_SPACE),
    "results.no_segmentation": Sentence("Der Ergebnisordner hat keine lesbare Segmentierung", _ANALYSE_AGAIN),
    "results.no_version": Sentence("findings.json nennt keine Schema-Version", _ANALYSE_AGAIN),
    "results.other_version": Sentence(
        "Diese Ergebnisse haben Schema-Version {version}; dieses Programm liest die Versionen {least} bis {most}",
        "Öffnen Sie sie mit der Version von OrthoDiffusion, die sie schrieb, oder analysieren Sie die Studie erneut.",
    ),
    "results.lacks": Sentence("In findings.json fehlen: {missing:,}", _ANALYSE_AGAIN),
    "results.missing": Sentence(
        "Keine Ergebnisse in diesem Ordner: findings.json fehlt",
        "Wählen Sie einen Ordner, in den eine Analyse gespeichert wurde.",
    ),
    "results.unreadable": Sentence(
        "Die Ergebnisse können nicht gelesen werden: {error}",
        "Wählen Sie den Ordner, in den eine Analyse gespeichert wurde, und prüfen Sie, ob er gelesen werden darf.",
    ),
    "results.damaged": Sentence("findings.json ist beschädigt: {error}", _ANALYSE_AGAIN),
    "results.contradiction": Sentence("findings.json widerspricht sich: {what}", _ANALYSE_AGAIN),
    "results.array_unreadable": Sentence("{name} kann nicht gelesen werden: {error}", _CHECK_DISK),
    "results.array_version": Sentence("{name} hat Schema-Version {version}; nötig ist {needed}", _CHECK_DISK),
    "results.prior_of_other_joint": Sentence(
        "Die Voruntersuchung zeigt: {prior!w}; diese: {joint!w}", "Wählen Sie eine Voruntersuchung desselben Gelenks."
    ),
    "results.prior_of_other_side": Sentence(
        "Die Voruntersuchung ist von {prior!w}, diese von {side!w}",
        "Wählen Sie eine Voruntersuchung derselben Seite.",
    ),
    "folder.invalid_name": Sentence("{kind!W}: der Name ist ungültig", "Wählen Sie einen anderen Namen."),
    "folder.top_of_disk": Sentence(
        "{kind!W}: dies ist die oberste Ebene eines Datenträgers", "Wählen Sie einen neuen Ordner darin."
    ),
    "folder.is_file": Sentence(
        "{kind!W}: dies ist eine Datei", "Wählen Sie einen anderen Namen, oder verschieben Sie die Datei."
    ),
    "folder.other_files": Sentence(
        "{kind!W}: er enthält andere Dateien, etwa {file}",
        "Wählen Sie einen neuen Ordner; fremde Dateien werden nie gelöscht.",
    ),
    "folder.decisions": Sentence(
        "Der Ergebnisordner enthält Entscheidungen eines Befunders, etwa die zu {finding}",
        "Verschieben Sie diesen Ordner, um die Untersuchung erneut zu analysieren; Entscheidungen werden nie gelöscht.",
    ),
    "folder.exists": Sentence(
        "{kind!W}: er ist schon vorhanden",
        "Wählen Sie einen anderen Ordner, oder erlauben Sie das Überschreiben (--overwrite).",
    ),
    "folder.disk_full": Sentence("Der Datenträger ist voll", _FREE_SPACE),
    "folder.not_allowed": Sentence(
        "{kind!W}: er kann nicht geschrieben werden",
        "Wählen Sie einen Ordner, in den Sie schreiben dürfen, etwa in Ihrem Benutzerordner.",
    ),
    "folder.not_written": Sentence(
        "{kind!W}: er konnte nicht geschrieben werden: {error}", "Wählen Sie einen anderen Ordner."
    ),
    "batch.several_joints": Sentence(
        "Die Studien sind von mehreren Gelenken: {joints!w:and} ({counts:,} Studien); ein Stapel ist von einem Gelenk",
        "Legen Sie die Studien jedes Gelenks in einen eigenen Ordner, und starten Sie den Stapel je Gelenk einmal, mit "
        "--joint. Von Studien aus Bilddateien lässt --joint keine aus.",
    ),
    "batch.no_folder": Sentence("Diesen Ordner gibt es nicht", "Nennen Sie den Ordner, der die Studien enthält."),
    "batch.no_folders": Sentence(
        "Der Ordner enthält keine Ordner, einen je Studie, und keine Bilder",
        "Prüfen Sie, ob es der Ordner ist, der die Studien enthält. Für eine einzelne Studie "
        "verwenden Sie `orthodiffusion analyze`.",
    ),
    "batch.loose_files": Sentence(
        "Der Ordner enthält {count:{count} Bilddatei|{count} Bilddateien}, aber keine Ordner, einen je Studie",
        "Sind die Dateien eine einzige Studie, verwenden Sie `orthodiffusion analyze`. Mehrere Studien brauchen "
        "je einen "
        "Ordner: legen Sie die Dateien jeder Studie in einen eigenen Ordner.",
    ),
    "batch.clinical_of_nobody": Sentence(
        "Klinische Werte sind für {count:eine Studie|{count} Studien} angegeben, die es nicht gibt"
        "{count:: |, etwa }„{name}“",
        "Die Spalte study muss die Namen der Studienordner enthalten.",
    ),
    "batch.internal_error": Sentence(
        "Das Programm endete wegen eines internen Fehlers: {kind}: {error}",
        "Analysieren Sie diese Studie allein, um mehr zu sehen.",
    ),
    "batch.table_not_made": Sentence(
        "Die Ergebnistabelle kann nicht gelesen oder angelegt werden",
        "Verschieben Sie die Datei, oder wählen Sie einen anderen beschreibbaren Ordner.",
    ),
    "batch.table_not_written": Sentence(
        "Die Ergebnistabelle kann nicht geschrieben werden: {error}",
        "Geben Sie Platz frei, oder schließen Sie das Programm, das sie geöffnet hat, und führen Sie denselben Befehl "
        "erneut aus.",
    ),
    "batch.alike_column": Sentence(
        "Die Tabelle klinischer Werte hat eine Spalte „{column}“; ist „{meant}“ gemeint?",
        "Benennen Sie die Spalte um, oder löschen Sie sie.",
    ),
    "batch.clinical_value": Sentence("Ein klinischer Wert ist ungültig: {error}", "Berichtigen oder leeren Sie ihn."),
    "batch.clinical_columns": Sentence(
        "Die Tabelle klinischer Werte braucht die Spalte {study} und mindestens eine von {columns:,}",
        "Ihre erste Zeile enthält: {header}.",
    ),
    "batch.unnamed_study": Sentence("Keine Studie ist genannt"),
    "batch.study_twice": Sentence("Die Studie „{study}“ steht zweimal in der Tabelle klinischer Werte"),
    "table.unreadable": Sentence("Die Tabelle kann nicht gelesen werden: {error}", "Prüfen Sie den Pfad."),
    "table.no_text": Sentence("Die Tabelle ist kein UTF-8-Text", "Speichern Sie sie als CSV mit der Kodierung UTF-8."),
    "table.too_many_values": Sentence(
        "Zeile {line} hat {values} Werte für {columns} Spalten",
        "Setzen Sie Werte, die das Trennzeichen enthalten, in Anführungszeichen.",
    ),
    "table.no_csv": Sentence(
        "Die Tabelle ist keine gültige CSV-Datei, in Zeile {line}: {error}",
        "Suchen Sie ein Anführungszeichen, das nicht geschlossen ist, oder speichern Sie sie neu als CSV.",
    ),
}
