"""Wie weit die Arbeit ist, und was dabei misslingt."""

from OrthoDiffusionLib.messages.sentence import Sentence

_REPAIR_SLICER = "Reparieren Sie die Installation von Slicer, und starten Sie es über seinen eigenen Starter."
_SAME_VERSION = (
    "Starten Sie Slicer neu, damit Bedienfeld und Rechenprozess dieselbe Version haben; sonst installieren Sie die "
    "Erweiterung erneut."
)
_STAYS_SILENT = "{again!C}; bleibt er stumm, sehen Sie die Einzelheiten an und starten Sie Slicer neu."
_STOPS_AGAIN = "{again!C}. Endet er erneut, sagen die Einzelheiten unten mehr."
_START_AGAIN = "Starten Sie die Analyse erneut."

WORK = {
    "progress.install": Sentence("{name} wird geprüft und kopiert"),
    "progress.find": Sentence("Studien werden gesucht"),
    "progress.read": Sentence("Volumen werden gelesen"),
    "progress.load": Sentence("Netze werden geladen"),
    "progress.load_bundle": Sentence("Netze von {bundle} werden geladen"),
    "progress.side": Sentence("Die Seite wird ermittelt"),
    "progress.prepare": Sentence("Ansichten werden vorbereitet"),
    "progress.encode": Sentence("Die {plane!w}e Ansicht wird gelesen"),
    "progress.fuse": Sentence("Ansichten werden zusammengeführt"),
    "progress.detail": Sentence("Das Gelenk wird genauer betrachtet"),
    "progress.diagnose": Sentence("Auffälligkeiten werden gesucht"),
    "progress.outline": Sentence("Strukturen werden segmentiert"),
    "progress.measure": Sentence("Es wird gemessen"),
    "progress.analysed": Sentence("Analysiert"),
    "progress.draw": Sentence("Übersicht und Bericht werden gezeichnet"),
    "progress.write": Sentence("Ergebnisse werden geschrieben"),
    "progress.dicom": Sentence("DICOM-Objekte werden geschrieben"),
    "progress.done": Sentence("Fertig"),
    "progress.study": Sentence("Studie {number} von {count}: {name}"),
    "progress.of_study": Sentence("{study}: {step}"),
    "worker.no_temporary_folder": Sentence(
        "Es kann kein temporärer Ordner angelegt werden: {error}",
        "Geben Sie Speicherplatz frei, oder wählen Sie in Slicers Einstellungen einen anderen temporären Ordner.",
    ),
    "worker.no_python": Sentence(
        "Die Analyse kann nicht beginnen: Slicers Python (PythonSlicer) wurde nicht gefunden", _REPAIR_SLICER
    ),
    "worker.no_cuda": Sentence(
        "Es gibt keine CUDA-GPU, die torch verwenden kann",
        "Wählen Sie das Gerät cpu, oder installieren Sie torch für CUDA.",
    ),
    "worker.not_started": Sentence("Der Rechenprozess konnte nicht gestartet werden", _REPAIR_SLICER),
    "worker.internal_error": Sentence(
        "Das Programm endete wegen eines internen Fehlers",
        "Starten Sie es erneut; endet es wieder, senden Sie uns das Protokoll, das keinen Patienten nennt.",
    ),
    "worker.out_of_memory": Sentence(
        "Für diese Analyse reichte der Arbeitsspeicher nicht",
        "Schließen Sie andere Programme oder Szenen und analysieren Sie erneut, oder wählen Sie das Gerät cpu.",
    ),
    "worker.disk_full": Sentence("Der Datenträger ist voll", "Geben Sie Speicherplatz frei und beginnen Sie erneut."),
    "worker.package_missing": Sentence(
        "Das Python-Paket {package} fehlt oder ist beschädigt",
        "Installieren Sie die Pakete erneut über das Bedienfeld oder mit pip.",
    ),
    "worker.busy": Sentence(
        "Es läuft bereits eine Analyse", "Warten Sie das Ende ab, oder beenden Sie sie mit Strg-C."
    ),
    "worker.other_protocol": Sentence(
        "Der Rechenprozess spricht Protokoll {protocol}, dieses Bedienfeld {own}", _SAME_VERSION
    ),
    "worker.other_version": Sentence("Der Rechenprozess hat Version {version}, dieses Bedienfeld {own}", _SAME_VERSION),
    "worker.study_version": Sentence(
        "Die Studie wurde in Version {version} ihres Formats geschrieben; nötig ist Version {needed}",
        "Verwenden Sie auf beiden Seiten dieselbe Version von OrthoDiffusion.",
    ),
    "worker.not_handed_over": Sentence(
        "Die Volumen können dem Rechenprozess nicht übergeben werden: {error}",
        "Geben Sie Speicherplatz frei, oder wählen Sie einen anderen Ordner für temporäre Dateien.",
    ),
    "worker.outlines_not_handed_over": Sentence(
        "Die Konturen können dem Rechenprozess nicht übergeben werden: {error}",
        "Geben Sie Speicherplatz frei, oder wählen Sie einen anderen Ordner für temporäre Dateien.",
    ),
    "worker.outlines_unreadable": Sentence(
        "Die Konturen, die dem Rechenprozess übergeben wurden, sind nicht lesbar: {error}", "Versuchen Sie es erneut."
    ),
    "worker.failed": Sentence("Die Analyse ist fehlgeschlagen"),
    "worker.no_study": Sentence("Der Studienordner hat keine lesbare study.json", _START_AGAIN),
    "worker.study_unreadable": Sentence("Der Studienordner kann nicht gelesen werden: {error}", _START_AGAIN),
    "worker.no_hello": Sentence(
        "Der Rechenprozess antwortete nicht innerhalb von {seconds:.0f} s nach seinem Start", _STAYS_SILENT
    ),
    "worker.silent": Sentence("Der Rechenprozess antwortete nicht innerhalb von {seconds:.0f} s", _STAYS_SILENT),
    "worker.killed": Sentence(
        "Die Analyse wurde von außen beendet, meist weil dem Computer der Arbeitsspeicher ausging",
        "Schließen Sie andere Programme oder Szenen und {again}; in der Szene hat sich nichts geändert.",
    ),
    "worker.stopped": Sentence("Der Rechenprozess endete ohne Ergebnis", _STOPS_AGAIN),
    "worker.stopped_with": Sentence("Der Rechenprozess endete ohne Ergebnis: {last}", _STOPS_AGAIN),
    "worker.short_run": Sentence(
        "Zuwachs ist, was nach den ersten {settled} kommt; ein langer Lauf von {count} zeigt keinen",
        "Verlangen Sie mindestens {least}, oder 0, um ihn auszulassen.",
    ),
    "worker.unexpected": Sentence("{kind}: {error}", "Bitte melden Sie dies."),
    "again": Sentence("starten Sie die Analyse erneut"),
    "again.panel": Sentence("drücken Sie erneut „Analysieren“"),
    "again.console": Sentence("rufen Sie analyze erneut auf"),
}
