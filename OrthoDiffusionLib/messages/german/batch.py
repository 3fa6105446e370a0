"""Viele Studien: ihr Plan, was nicht verwendet wird, was einen Stapel beendet, und seine Seite."""

from OrthoDiffusionLib.messages.sentence import Sentence

_REPLACE = (
    "Wählen Sie einen anderen Ergebnisordner, oder ersetzen Sie sie (Option --overwrite; in der Konsole "
    "overwrite=True)."
)

_SENTENCES = {
    "plan": Sentence(
        "{count:{count} Studie|{count} Studien}; "
        "{unused:{unused} Datei oder Ordner gehört|{unused} Dateien und Ordner gehören} zu keiner."
    ),
    "plan.head": Sentence("Studie  Seite  Inhalt  Ort"),
    "plan.missing": Sentence("{name}  {side!w}  nicht vorhanden  {place}"),
    "plan.uncounted": Sentence("{name}  {side!w}  ?  {place}"),
    "plan.images": Sentence("{name}  {side!w}  {files:{files} Bilddatei|{files} Bilddateien}  {place}"),
    "plan.case": Sentence(
        "{name}  {side!w}  {files:{files} Datei|{files} Dateien}, {series:{series} Serie|{series} Serien}  {place}"
    ),
    "plan.unused": Sentence("{count} nicht verwendet: {reason}, etwa {names:,}"),
    "unused": Sentence("keine Datei einer Art, die gelesen wird"),
    "unused.no_images": Sentence("ein Ordner ohne Bilder"),
    "unused.no_file": Sentence("weder Datei noch Ordner, etwa eine Verknüpfung, die ins Leere führt"),
    "unused.damaged": Sentence("beschädigt: kein DICOM-Kopf ist lesbar"),
    "unused.results": Sentence("ein Ergebnisordner einer früheren Analyse"),
    "unused.beside_exams": Sentence(
        "eine Bilddatei neben mehreren DICOM-Untersuchungen; zu welcher sie gehört, ist nicht bekannt"
    ),
    "unused.no_study": Sentence(
        "eine Bilddatei in keinem Studienordner, deren Name nicht sagt, wessen Ebene sie zeigt"
    ),
    "unused.no_image_series": Sentence("eine Untersuchung ohne Bildserien"),
    "unused.no_mr": Sentence("eine Untersuchung ohne MR-Bilder, nur {modalities:and}"),
    "unused.other_part": Sentence("eine Untersuchung eines anderen Körperteils ({parts:,}), nicht: {joint!W}"),
    "unused.missing": Sentence("im DICOMDIR aufgeführt, aber nicht vorhanden"),
    "unused.not_anat": Sentence("nicht in einem Ordner `anat` eines Probanden (BIDS)"),
    "unused.label_map": Sentence("dem Namen nach eine Labelkarte"),
    "unused.no_side": Sentence("ein Bild ohne Seitenangabe neben Bildern beider Seiten"),
    "batch.unreadable": Sentence(
        "Die Studien können nicht gelesen werden: {error}",
        "Prüfen Sie, ob Sie sie lesen dürfen und ob der Datenträger oder die Freigabe da ist.",
    ),
    "batch.no_out": Sentence("Der Ergebnisordner ist nicht genannt", "Nennen Sie ihn: --out ORDNER."),
    "batch.no_table": Sentence(
        "Die Datei ist weder eine Tabelle (CSV) noch ein DICOMDIR",
        "Nennen Sie einen Ordner von Studien, ein DICOMDIR oder eine CSV-Tabelle; eine einzelne Studie analysiert "
        "`orthodiffusion analyze`.",
    ),
    "batch.damaged_list": Sentence(
        "Das DICOMDIR kann nicht gelesen werden", "Nennen Sie stattdessen den Ordner, der die Bilder enthält."
    ),
    "batch.nothing_used": Sentence(
        "Keine Studie wurde gefunden; {count:1 Datei oder Ordner wurde|{count} Dateien und Ordner wurden} angesehen "
        "({reasons:;})",
        "Nennen Sie den Ordner, der die Studien enthält, als DICOM-, NIfTI-, NRRD- oder MetaImage-Dateien; Bilder "
        "wie JPEG werden nicht gelesen.",
    ),
    "batch.case_columns": Sentence(
        "Eine Tabelle von Studien braucht die Spalte {name} und eine von {path} und {planes:,}",
        "Nennen Sie die Spalten in der ersten Zeile.",
    ),
    "batch.case_twice": Sentence(
        "Die Studie {name!q} steht zweimal in der Tabelle", "Geben Sie jeder Studie einen eigenen Namen."
    ),
    "batch.case_name": Sentence(
        "Der Name {name!q} der Studie kann kein Ordnername sein",
        "Verwenden Sie Buchstaben, Ziffern, - und _, höchstens 100, und keinen Namen eines Patienten.",
    ),
    "batch.case_without_path": Sentence(
        "Die Studie {name!q} hat keinen Pfad", "Tragen Sie einen Pfad ein, oder löschen Sie die Zeile."
    ),
    "batch.case_side": Sentence("Die Seite ist {side!q}", "Schreiben Sie right oder left, oder lassen Sie sie leer."),
    "batch.no_cases": Sentence("Die Tabelle nennt keine Studie", "Fügen Sie eine Zeile je Studie hinzu."),
    "batch.in_use": Sentence(
        "Ein anderer Stapel schreibt in diesen Ordner: Prozess {pid} auf {host}",
        "Warten Sie, bis er beendet ist, oder wählen Sie einen anderen Ordner. Nichts wurde geändert.",
    ),
    "batch.in_use_by_node": Sentence(
        "Ein DICOM-Knoten (listen) schreibt in diesen Ordner: Prozess {pid} auf {host}",
        "Wählen Sie einen anderen Ordner, oder beenden Sie zuerst den Knoten. Nichts wurde geändert.",
    ),
    "batch.lock_lost": Sentence(
        "Ein anderer Prozess hat diesen Ordner übernommen, weil dieser minutenlang stillstand",
        "Lassen Sie den anderen weiterarbeiten. Nichts Fertiges ging verloren.",
    ),
    "batch.other_files": Sentence(
        "Die Ergebnisse dieses Namens entstanden aus anderen Bildern: aus einer anderen Studie, oder bevor welche "
        "hinzukamen oder wegfielen",
        _REPLACE,
    ),
    "batch.other_side": Sentence(
        "Die Ergebnisse dieses Namens sind von der anderen Seite: {side!w}",
        _REPLACE,
    ),
    "batch.folder_not_writable": Sentence(
        "Der Ergebnisordner kann nicht geschrieben werden: {error}",
        "Geben Sie Platz frei, oder wählen Sie einen beschreibbaren Ordner, und führen Sie denselben Befehl erneut "
        "aus: er macht weiter.",
    ),
    "batch.out_holds_images": Sentence(
        "Der Ergebnisordner enthält Bilder, die übergangen würden", "Wählen Sie einen neuen Ordner für die Ergebnisse."
    ),
    "batch.results_gone": Sentence(
        "Der Ergebnisordner ist nicht mehr da",
        "Verbinden Sie Datenträger oder Netzlaufwerk wieder, und führen Sie denselben Befehl erneut aus: er macht "
        "weiter, wo er aufhörte.",
    ),
    "batch.studies_gone": Sentence(
        "Der Ordner der Studien ist nicht mehr da",
        "Verbinden Sie Datenträger oder Netzlaufwerk wieder, und führen Sie denselben Befehl erneut aus: er macht "
        "weiter, wo er aufhörte.",
    ),
    "batch.bundle_changed": Sentence(
        "Das Modellpaket ist ein anderes als zu Beginn des Stapels",
        "Starten Sie den Stapel erneut, wenn das Modellpaket vollständig ist.",
    ),
    "batch.killed_for_memory": Sentence(
        "Das System beendete den Arbeitsprozess, weil der Speicher nicht reichte, auch als die Studie allein an der "
        "Reihe war",
        "Verwenden Sie weniger Arbeitsprozesse oder einen Rechner mit mehr Speicher; analysieren Sie diese Studie für "
        "sich.",
    ),
    "batch.worker_died": Sentence(
        "Der Arbeitsprozess endete ohne ein Wort ({status}), auch als die Studie allein an der Reihe war",
        "Analysieren Sie diese Studie für sich, um mehr zu sehen.",
    ),
    "batch.no_dask": Sentence(
        "Das Paket {package} fehlt, das ein Cluster braucht",
        "Installieren Sie es: pip install 'orthodiffusion[cluster]'.",
    ),
    "batch.no_cluster": Sentence(
        "Der Cluster ist nicht erreichbar: {error}",
        "Prüfen Sie die Adresse; der Scheduler muss laufen, und in derselben Version.",
    ),
    "batch.cluster_version": Sentence(
        "Ein Arbeitsprozess des Clusters hat Version {version} dieses Programms, hier ist es {own}",
        "Installieren Sie überall dieselbe Version.",
    ),
    "batch.cluster_folder": Sentence(
        "Arbeitsprozesse des Clusters sehen den Ordner {folder} nicht",
        "Studien, Ergebnisse und Modellpaket müssen auf einem gemeinsamen Laufwerk liegen, auf allen Rechnern unter "
        "demselben Pfad.",
    ),
    "batch.cluster_empty": Sentence(
        "Der Cluster hat keine Arbeitsprozesse", "Starten Sie welche: dask worker ADRESSE --nthreads 1"
    ),
    "batch_done.unused": Sentence(
        "{count:{count} Datei oder Ordner gehört|{count} Dateien und Ordner gehören} zu keiner Studie: siehe {table}"
    ),
    "batch_done.joint": Sentence(
        "Gelenk aller Studien: {joint!w} (Modellpaket {bundle} {version}); ein anderes mit der Option --joint"
    ),
    "batch_done.named_otherwise": Sentence(
        "{count:{count} Studie nennt|{count} Studien nennen} ein anderes Gelenk als {joint!w}; prüfen Sie das Gelenk: "
        "{names:of {count}}"
    ),
    "batch_done.page": Sentence("Alle Studien auf einer Seite: {page}"),
    "batch_done.other_bundle": Sentence(
        "{count} der schon vorher fertigen analysierte ein anderes Modellpaket. Ihre Ergebnisse sind unverändert; "
        "--overwrite analysiert sie erneut."
    ),
    "batch_page.title": Sentence("Stapel: {joint!W}"),
    "batch_page.research": Sentence("Für die Forschung; kein Medizinprodukt und keine Diagnose."),
    "batch_page.counts": Sentence("{done} fertig, {failed} fehlgeschlagen, {implausible} nicht zu verwenden."),
    "batch_page.failures": Sentence("Fehlgeschlagen: {count}"),
    "batch_page.first_failures": Sentence(
        "Fehlgeschlagen: {count} (die ersten {shown} davon; results.csv enthält alle)"
    ),
    "batch_page.distributions": Sentence(
        "Verteilungen von Wahrscheinlichkeiten, Volumina und Messwerten, ohne Ergebnisse, die nicht zu verwenden sind"
    ),
    "batch_page.distribution": Sentence(
        "n = {count}, Median {median:.3g}{unit}, Quartile {low:.3g} bis {high:.3g}{unit}"
    ),
    "batch_page.volume": Sentence("{structure}, Volumen"),
    "batch_page.thickness": Sentence("{structure}, mittlere Dicke"),
    "batch_page.tables": Sentence(
        "Modellpaket {bundle} {version}. Alle Zahlen: results.csv. Welche Serien gewählt wurden und warum: series.csv. "
        "Was nicht verwendet wurde und warum: unused.csv."
    ),
    "batch_page.studies": Sentence(
        "Studien mit der Wahrscheinlichkeit jedes Befunds, fehlgeschlagene zuerst; der Titel einer Spalte "
        "sortiert nach ihr"
    ),
    "batch_page.find": Sentence("Studie suchen"),
    "batch_page.positive": Sentence("auf oder über dem Schwellenwert des Modellpakets für „positiv“"),
    "batch_page.of": Sentence("von"),
    "batch_page.do_not_use": Sentence("nicht verwenden: nicht plausibel oder von einem anderen Gelenk"),
    "batch_page.no_script": Sentence("Die Liste der Studien braucht JavaScript; results.csv enthält dieselben Zeilen."),
}

_WORDS = {
    "page_study": "Studie",
    "page_stage": "Schritt",
    "page_reason": "Grund und Abhilfe",
    "read": "Lesen",
    "select": "Auswahl der Serien",
    "load": "Laden der Netze",
    "analyse": "Analyse",
    "draw": "Zeichnen",
    "write": "Schreiben",
    "dicom": "DICOM-Objekte",
    "process": "Arbeitsprozess",
}

BATCH = {**_SENTENCES, **{f"word.{key}": Sentence(word) for key, word in _WORDS.items()}}
