"""Warum ein Modellpaket abgelehnt wird."""

from OrthoDiffusionLib.messages.sentence import Sentence

_GET_AGAIN = "Holen Sie das Modellpaket erneut von seiner Quelle."
_AS_PUBLISHED = "Verwenden Sie das Modellpaket, wie es veröffentlicht wurde."
_DELETE = "Löschen Sie diese Datei, wenn Sie sie hineingelegt haben; sonst verwenden Sie dieses Modellpaket nicht."
_TRAIN_ONE = "Trainieren Sie eines, oder setzen Sie {variable} auf den Ordner mit Ihren Modellpaketen."
_OTHER_ZIP = "Wählen Sie eine .zip-Datei, die ein einziges Modellpaket enthält, wie es veröffentlicht wurde."

BUNDLE_REFUSALS = {
    "bundle.lacks_part": Sentence("Dem Modellpaket fehlt: {name}", _AS_PUBLISHED),
    "bundle.no_reference": Sentence(
        "Dieses Modellpaket kann nicht sagen, ob eine Studie dem unähnlich ist, womit es trainiert wurde",
        "Befähigen Sie es mit `orthodiffusion reference`.",
    ),
    "bundle.weights_do_not_fit": Sentence(
        "{count:1 Gewicht passt|{count} Gewichte passen} nicht zu dem Netz, das das Manifest "
        "beschreibt; das erste: {first}",
        _AS_PUBLISHED + " Manifest und Gewichte gehören zusammen.",
    ),
    "bundle.encoders_only": Sentence(
        "Dieses Modellpaket enthält nur Encoder: Es umreißt nichts und sucht nach nichts",
        "Trainieren Sie es zuerst mit `orthodiffusion finetune` an Fällen mit Labels, und verwenden Sie das "
        "Modellpaket, das dabei entsteht.",
    ),
    "bundle.unknown_network": Sentence(
        "Das Netz des Modellpakets ist von der Art „{kind}“, die diese Version nicht kennt",
        "Verwenden Sie ein Modellpaket der Art {kinds!q:or}, oder aktualisieren Sie OrthoDiffusion.",
    ),
    "bundle.no_network": Sentence(
        "Das Manifest beschreibt kein Netz, das aufgebaut werden kann: {error}", _AS_PUBLISHED
    ),
    "bundle.no_safetensors": Sentence("{file} ist keine safetensors-Datei", _GET_AGAIN),
    "bundle.no_manifest": Sentence(
        "Dies ist kein Modellpaket: manifest.json fehlt",
        "Wählen Sie einen Ordner mit manifest.json und .safetensors-Dateien.",
    ),
    "bundle.huge_manifest": Sentence("manifest.json ist zu groß, um eines zu sein", _GET_AGAIN),
    "bundle.lacks_files": Sentence("Dem Modellpaket fehlen: {missing:,}", _GET_AGAIN),
    "bundle.link": Sentence(
        "{file} ist eine Verknüpfung, die aus dem Modellpaket hinausführt",
        "Kopieren Sie die Datei selbst in das Modellpaket.",
    ),
    "bundle.no_file": Sentence("{file} ist keine Datei", _GET_AGAIN),
    "bundle.changed": Sentence(
        "{file} ist beschädigt oder wurde geändert: SHA-256 muss {expected} sein, gefunden wurde {found}", _GET_AGAIN
    ),
    "bundle.pickle": Sentence(
        "{file} ist ein Pickle unter anderem Namen, das beim Laden Code ausführen kann",
        "Verwenden Sie dieses Modellpaket nicht.",
    ),
    "bundle.unreadable": Sentence(
        "Das Modellpaket kann nicht gelesen werden: {error}",
        "Wählen Sie den Ordner mit der Datei manifest.json, und prüfen Sie, ob er gelesen werden darf.",
    ),
    "bundle.no_text": Sentence("manifest.json ist kein UTF-8-Text", _GET_AGAIN),
    "bundle.can_run_code": Sentence(
        "Das Modellpaket enthält {name}, eine Dateiart, die beim Laden Code ausführen kann", _DELETE
    ),
    "bundle.unlisted_file": Sentence("Das Modellpaket enthält {name}, das sein Manifest nicht aufführt", _DELETE),
    "bundle.unknown_name": Sentence(
        "Es gibt kein Modellpaket „{bundle}“",
        "Geben Sie den Ordner eines Modellpakets an, oder einen dieser Namen: {known:,}.",
    ),
    "bundle.unknown_name_and_none": Sentence(
        "Es gibt kein Modellpaket „{bundle}“", "Geben Sie den Ordner eines Modellpakets an."
    ),
    "bundle.several_joints": Sentence(
        "Es gibt Modellpakete für {joints!w:and}, und keines wurde genannt", "Nennen Sie eines von {names:,}."
    ),
    "bundle.joint_unknown": Sentence(
        "Es gibt Modellpakete für {joints!w:and}, und nichts sagt, welches dieser Gelenke die Bilder zeigen",
        "Nennen Sie das Gelenk (Option --joint oder die Gelenkauswahl des Bedienfelds) oder ein Modellpaket.",
    ),
    "bundle.joint_unlike_all": Sentence(
        "Es gibt Modellpakete für {joints!w:and}; nichts nennt das Gelenk, und die Bilder sehen keinem davon ähnlich",
        "Prüfen Sie die Bilder. Zeigen sie eines dieser Gelenke, nennen Sie es (Option --joint oder die Gelenkauswahl "
        "des Bedienfelds).",
    ),
    "bundle.joint_contradicted": Sentence(
        "Beschreibungen oder Namen der Bilder sagen: {named!w}; die Bilder sehen aber aus wie: {pictured!w} "
        "({probability:.0%})",
        "Sehen Sie die Bilder an, und nennen Sie das Gelenk (Option --joint oder die Gelenkauswahl des Bedienfelds).",
    ),
    "bundle.other_version": Sentence(
        "Dieses Modellpaket hat Schema-Version {version}; dieses Programm liest die Versionen {least} bis {most}",
        "Verwenden Sie ein Modellpaket der Schema-Version {least} bis {most}, oder eine Version von "
        "OrthoDiffusion, die "
        "Version {version} liest.",
    ),
    "bundle.no_version": Sentence("manifest.json nennt keine Schema-Version", _GET_AGAIN),
    "bundle.unknown_keys": Sentence(
        "manifest.json hat Schlüssel, die dieses Programm nicht kennt: {unknown:,}",
        "Setzen Sie, was frei ist, unter network, training oder figures, oder verwenden Sie ein neueres "
        "OrthoDiffusion.",
    ),
    "bundle.manifest_lacks": Sentence("In manifest.json fehlen: {missing:,}", _GET_AGAIN),
    "bundle.manifest_no_object": Sentence("manifest.json ist kein JSON-Objekt", _GET_AGAIN),
    "bundle.manifest_damaged": Sentence("manifest.json ist beschädigt: {error}", _GET_AGAIN),
    "bundle.manifest_invalid": Sentence("manifest.json ist ungültig: {what}", _GET_AGAIN),
    "bundle.none_for_joint": Sentence("Kein Modellpaket für {joint!w} gefunden", _TRAIN_ONE),
    "bundle.none_for_joint_but_for": Sentence(
        "Kein Modellpaket für {joint!w} gefunden; es gibt welche für: {known!w:and}",
        "Nennen Sie eines dieser Gelenke, trainieren Sie eines, oder setzen Sie {variable} auf den Ordner mit Ihren "
        "Modellpaketen.",
    ),
    "bundle.of_another_joint": Sentence(
        "Das Modellpaket „{bundle}“ kennt: {known!w}; verlangt ist: {joint!w}",
        "Wählen Sie ein anderes Modellpaket oder das andere Gelenk.",
    ),
    "bundle.none": Sentence("Kein Modellpaket gefunden", _TRAIN_ONE),
    "bundle.shipped": Sentence(
        "Dieses Modellpaket kam mit dem Programm und wird nicht entfernt",
        "Wählen Sie stattdessen ein anderes Modellpaket.",
    ),
    "bundle.no_bundle_folder": Sentence("Dies ist kein Ordner eines Modellpakets", "Löschen Sie ihn von Hand."),
    "bundle.other_files": Sentence(
        "Der Ordner des Modellpakets enthält andere Dateien, etwa {file}",
        "Verschieben Sie sie; fremde Dateien werden nie gelöscht.",
    ),
    "bundle.not_removed": Sentence(
        "Das Modellpaket kann nicht entfernt werden: {error}",
        "Schließen Sie die Programme, die es verwenden, und prüfen Sie, ob Sie in seinen Ordner schreiben dürfen.",
    ),
    "bundle.exists": Sentence(
        "Es gibt schon ein anderes Modellpaket mit dem Namen {name} und der Version {version}",
        "Entfernen Sie es zuerst, oder erlauben Sie das Überschreiben.",
    ),
    "bundle.in_use": Sentence(
        "Ein anderes Modellpaket mit dem Namen {name} wird gerade von einer Analyse oder einem Nachtraining verwendet",
        "Warten Sie, bis diese Arbeit beendet ist, und installieren Sie es dann.",
    ),
    "bundle.zip_damaged": Sentence(
        "Dies ist keine .zip-Datei, oder sie ist beschädigt oder von unbekannter Art: {error}", _OTHER_ZIP
    ),
    "bundle.zip_missing": Sentence("Diese Datei ist nicht vorhanden", "Wählen Sie eine andere."),
    "bundle.zip_too_large": Sentence("Die .zip-Datei enthält mehr als {files} Dateien oder {gigabytes} GB", _OTHER_ZIP),
    "bundle.zip_foreign_file": Sentence(
        "Die .zip-Datei enthält „{file}“, das nicht zu einem Modellpaket gehört", _OTHER_ZIP
    ),
    "bundle.zip_password": Sentence("Die .zip-Datei verlangt ein Passwort", "Entpacken Sie sie zuerst."),
    "bundle.zip_bomb": Sentence("Die .zip-Datei ist entpackt größer, als sie angibt", _OTHER_ZIP),
    "bundle.none_there": Sentence(
        "Dort ist kein Modellpaket", "Nennen Sie den Ordner eines Modellpakets oder eine .zip-Datei davon."
    ),
    "bundle.nobody_to_ask": Sentence(
        "Hier kann niemand gefragt werden", "Geben Sie --yes an, um ohne Rückfrage zu entfernen."
    ),
}
