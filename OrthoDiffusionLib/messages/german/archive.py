"""Ein Archiv (PACS): was mit ihm geschieht, und warum es nicht erreichbar ist oder ablehnt."""

from OrthoDiffusionLib.messages.sentence import Sentence

_SENTENCES = {
    "archive.secret_in_address": Sentence(
        "Die Adresse enthält einen Benutzernamen oder ein Passwort",
        "Lassen Sie beides aus der Adresse weg, wo es andere lesen können; setzen Sie ORTHODIFFUSION_PACS_USER "
        "und ORTHODIFFUSION_PACS_PASSWORD, oder nutzen Sie den Schlüsselbund.",
    ),
    "archive.no_address": Sentence(
        "Dies ist keine Adresse eines Archivs",
        "Schreiben Sie https://HOST/PFAD für DICOMweb oder dicoms://AET@HOST:PORT für DIMSE.",
    ),
    "archive.no_tls": Sentence(
        "Die Adresse ist ohne TLS: Patientendaten und Passwörter wären im Netz lesbar",
        "Nehmen Sie {scheme}:// und lassen Sie TLS am Archiv einrichten; --insecure erlaubt es, wo das Netz "
        "anders geschützt ist.",
    ),
    "archive.no_ae_title": Sentence(
        "Dies ist kein AE-Titel",
        "Ein AE-Titel hat 1 bis 16 ASCII-Zeichen ohne Backslash; in einer Adresse steht er vor dem @.",
    ),
    "archive.password_without_user": Sentence(
        "Es gibt ein Passwort für das Archiv, aber keinen Benutzer",
        "Setzen Sie {variable} auf den Namen des Benutzers.",
    ),
    "archive.user_without_password": Sentence(
        "Es gibt einen Benutzer für das Archiv, aber kein Passwort",
        "Setzen Sie {variable}, oder speichern Sie es einmal: keyring set {service} BENUTZER",
    ),
    "archive.secret_of_lines": Sentence(
        "Die Variable {variable} enthält mehr als eine Zeile",
        "Setzen Sie sie nur auf das Geheimnis selbst.",
    ),
    "archive.no_own_certificate": Sentence(
        "Ein Knoten mit TLS braucht ein eigenes Zertifikat",
        "Nennen Sie es mit --cert und seinen privaten Schlüssel mit --key; --insecure nimmt Daten ohne TLS an.",
    ),
    "archive.no_authority_of_clients": Sentence(
        "Es ist nicht gesagt, wessen Zertifikate die Sender haben müssen",
        "Nennen Sie die Zertifizierungsstelle mit --ca; --any-client nimmt Sender ohne Zertifikat an, nur nach "
        "AE-Titel und Adresse.",
    ),
    "archive.certificate_file": Sentence(
        "Zertifikat oder Schlüssel sind nicht verwendbar: {error}",
        "Prüfen Sie, ob es eine lesbare PEM-Datei ist, ob Schlüssel und Zertifikat zusammengehören, und ob "
        "{variable} das Passwort des Schlüssels enthält, falls er eines hat.",
    ),
    "archive.certificate_expired": Sentence(
        "Das Zertifikat des Archivs ist abgelaufen",
        "Bitten Sie dessen Verwaltung, es zu erneuern, und prüfen Sie das Datum dieses Rechners.",
    ),
    "archive.certificate_not_yet_valid": Sentence(
        "Das Zertifikat des Archivs ist noch nicht gültig",
        "Prüfen Sie das Datum dieses Rechners; fragen Sie sonst die Verwaltung des Archivs.",
    ),
    "archive.certificate_of_another_host": Sentence(
        "Das Zertifikat des Archivs gehört zu einem anderen Rechner",
        "Nehmen Sie den Namen, auf den das Zertifikat ausgestellt ist; ist es der richtige, sitzt vielleicht "
        "jemand dazwischen: fragen Sie die Verwaltung.",
    ),
    "archive.unknown_authority": Sentence(
        "Das Zertifikat des Archivs stammt von einer hier unbekannten Zertifizierungsstelle",
        "Lassen Sie sich das Zertifikat der Zertifizierungsstelle Ihres Hauses geben, und nennen Sie die Datei "
        "mit --ca.",
    ),
    "archive.certificate_refused": Sentence(
        "Dem Zertifikat des Archivs ist nicht zu trauen: {error}",
        "Bitten Sie dessen Verwaltung um ein gültiges.",
    ),
    "archive.speaks_no_tls": Sentence(
        "An dieser Adresse gibt es kein TLS",
        "Prüfen Sie den Port: Archive haben für TLS einen anderen.",
    ),
    "archive.wants_our_certificate": Sentence(
        "Das Archiv nimmt unser Zertifikat nicht an, oder will eines und bekam keines",
        "Nennen Sie das Zertifikat, das es kennt, mit --cert und --key, und prüfen Sie, ob es nicht abgelaufen ist.",
    ),
    "archive.handshake": Sentence(
        "Mit dem Archiv kam kein TLS zustande: {error}",
        "Das Archiv muss TLS 1.2 oder neuer sprechen; fragen Sie dessen Verwaltung.",
    ),
    "archive.unknown_host": Sentence(
        "Es gibt keinen Rechner dieses Namens",
        "Prüfen Sie den Namen, und ob dieser Rechner im Netz des Hauses ist.",
    ),
    "archive.nobody_listens": Sentence(
        "Das Archiv antwortet nicht: an dieser Adresse nimmt niemand an",
        "Prüfen Sie Rechner und Port; vielleicht ist das Archiv aus, oder eine Firewall dazwischen.",
    ),
    "archive.silent": Sentence(
        "Das Archiv antwortet nicht rechtzeitig",
        "Versuchen Sie es später wieder; prüfen Sie Rechner und Port, und ob eine Firewall dazwischen ist.",
    ),
    "archive.dropped": Sentence(
        "Die Verbindung zum Archiv brach ab",
        "Starten Sie den Befehl erneut: er macht dort weiter, wo er aufhörte.",
    ),
    "archive.wrong_password": Sentence(
        "Das Archiv nimmt Benutzer und Passwort nicht an, oder will sie und bekam keine",
        "Setzen oder berichtigen Sie ORTHODIFFUSION_PACS_USER und ORTHODIFFUSION_PACS_PASSWORD oder "
        "ORTHODIFFUSION_PACS_TOKEN.",
    ),
    "archive.forbidden": Sentence(
        "Das Archiv kennt den Benutzer und erlaubt ihm dies nicht",
        "Bitten Sie dessen Verwaltung um das Recht zu suchen, abzurufen oder abzulegen.",
    ),
    "archive.not_found": Sentence(
        "An dieser Adresse gibt es keinen solchen DICOMweb-Dienst oder kein solches Objekt (HTTP {status})",
        "Prüfen Sie den Pfad der Adresse, etwa /dicom-web, und ob die Untersuchung noch da ist.",
    ),
    "archive.busy": Sentence(
        "Das Archiv ist überlastet, oder sein Gateway erreicht es nicht (HTTP {status})",
        "Versuchen Sie es später wieder.",
    ),
    "archive.http_status": Sentence(
        "Das Archiv antwortet mit einem Fehler (HTTP {status})",
        "Prüfen Sie den Pfad der Adresse, etwa /dicom-web; sonst fragen Sie dessen Verwaltung: die Uhrzeit der Anfrage "
        "findet den Fehler im Protokoll des Archivs.",
    ),
    "archive.no_dicomweb": Sentence(
        "Die Antwort ist nicht die eines DICOMweb-Dienstes, oder sie wurde abgeschnitten",
        "Prüfen Sie die Adresse; stimmt sie, starten Sie den Befehl erneut.",
    ),
    "archive.redirects": Sentence(
        "Das Archiv schickt uns an eine andere Adresse weiter",
        "Geben Sie jene Adresse selbst an; ihr wird nicht gefolgt, denn sie könnte aus dem Haus führen.",
    ),
    "archive.not_installed": Sentence(
        "Das Paket {package} ist nicht installiert",
        "Installieren Sie es: pip install 'orthodiffusion[pacs]'",
    ),
    "archive.no_uid": Sentence(
        "Dies ist keine UID",
        "Eine UID besteht aus Ziffern und Punkten, höchstens 64 Zeichen.",
    ),
    "archive.no_date": Sentence(
        "Dies sind keine Tage",
        "Schreiben Sie 20260131, 20260101-20260131, 20260101- oder -20260131.",
    ),
    "archive.dates_turned_round": Sentence(
        "Der erste Tag liegt nach dem letzten",
        "Vertauschen Sie sie.",
    ),
    "archive.no_key": Sentence(
        "Nach einem Backslash oder Steuerzeichen ist keine Suche möglich",
        "Lassen Sie es weg, oder schreiben Sie ? dafür.",
    ),
    "archive.no_criterion": Sentence(
        "Es ist nicht gesagt, welche Untersuchungen abgerufen werden sollen",
        "Geben Sie eines oder mehrere an von {options:,}; --all ruft ab, was das Archiv hat, bis zu --limit.",
    ),
    "archive.empty_criterion": Sentence(
        "Das Kriterium {option} ist leer",
        "Geben Sie an, was gesucht wird, oder lassen Sie die Option weg.",
    ),
    "archive.all_and_criterion": Sentence(
        "Entweder werden alle Untersuchungen abgerufen oder die passenden",
        "Lassen Sie --all weg, oder jedes Kriterium.",
    ),
    "archive.no_limit": Sentence(
        "Die Höchstzahl der Untersuchungen ist kleiner als 1",
        "Geben Sie --limit 1 oder mehr an.",
    ),
    "archive.no_such_series": Sentence(
        "Die Untersuchung enthält keine Serie zum Abrufen; sie enthält: {modalities:,}",
        "Mit --all-modalities werden diese abgerufen.",
    ),
    "archive.no_such_study": Sentence(
        "Das Archiv hat keine solche Untersuchung",
        "Prüfen Sie die UID mit `pacs query`.",
    ),
    "archive.incomplete": Sentence(
        "{count:Eine Instanz von {total} kam|{count} Instanzen von {total} kamen} nicht an; unterwegs "
        "abgeschnitten: {damaged}",
        "Starten Sie den Befehl erneut: er ruft ab, was fehlt. Bleibt es so, fragen Sie die Verwaltung des Archivs.",
    ),
    "archive.nothing_to_send": Sentence(
        "Es gibt keine DICOM-Objekte zu senden",
        "Nennen Sie Ergebnisordner, die mit --dicom entstanden, DICOM-Dateien oder Ordner mit solchen.",
    ),
    "archive.no_object": Sentence(
        "Die Datei ist kein DICOM-Objekt oder ohne gültige UID",
        "Lassen Sie sie weg, oder erzeugen Sie sie erneut.",
    ),
    "archive.one_uid_twice": Sentence(
        "Zwei verschiedene Dateien haben dieselbe SOP Instance UID; die andere ist {other}",
        "Senden Sie eine von beiden: das Archiv würde nur eine behalten, und niemand wüsste welche.",
    ),
    "archive.rejected": Sentence(
        "Das Archiv lehnt die Assoziation ab: {reason}",
        "Lassen Sie unseren AE-Titel {own} mit der Adresse dieses Rechners am Archiv eintragen, und prüfen Sie "
        "den AE-Titel des Archivs.",
    ),
    "archive.not_supported": Sentence(
        "Das Archiv bietet {service} nicht an",
        "Bitten Sie dessen Verwaltung, es für unseren AE-Titel zu erlauben, oder nutzen Sie seine DICOMweb-Adresse.",
    ),
    "archive.failed_status": Sentence(
        "Das Archiv antwortet auf {service} mit dem Status {number}{comments:each}",
        "Fragen Sie dessen Verwaltung; die Uhrzeit findet es im Protokoll des Archivs.",
    ),
    "archive.move_unknown": Sentence(
        "Das Archiv weiß nicht, wohin es senden soll: unser AE-Titel {own} ist dort nicht eingetragen",
        "Lassen Sie {own} mit der Adresse dieses Rechners und Port {port} eintragen, oder rufen Sie ohne --move ab.",
    ),
    "archive.port_taken": Sentence(
        "Der Port {port} lässt sich nicht öffnen: {error}",
        "Schließen Sie das Programm, das ihn hält, oder nennen Sie einen anderen.",
    ),
    "archive.nobody_allowed": Sentence(
        "Es ist nicht gesagt, wer an den Knoten senden darf",
        "Nennen Sie jeden Sender mit --allow AET@ADRESSE, zum Beispiel --allow MR1@10.1.2.3.",
    ),
    "archive.insecure_from_anywhere": Sentence(
        "Ohne TLS muss ein Sender an seiner Adresse kenntlich sein: seinen AE-Titel könnte jeder benutzen",
        "Schreiben Sie für jeden Sender --allow AET@ADRESSE, oder nehmen Sie mit TLS an.",
    ),
    "archive.spool_taken": Sentence(
        "Ein anderer Knoten arbeitet mit diesem Spool",
        "Beenden Sie ihn zuerst, oder nennen Sie mit --spool einen anderen Ordner.",
    ),
    "archive.spool_is_out": Sentence(
        "Spool und Ergebnisordner sind derselbe Ordner",
        "Nennen Sie mit --spool und --out zwei Ordner.",
    ),
    "archive.out_of_batch": Sentence(
        "Der Ergebnisordner ist der eines Stapels, dessen Tabelle nicht wüsste, was ein Knoten ersetzt",
        "Nennen Sie mit --out einen anderen Ordner.",
    ),
    "archive.no_results_folder": Sentence(
        "Es ist nicht gesagt, wohin die Ergebnisse kommen",
        "Nennen Sie mit --out einen Ordner.",
    ),
    "archive.no_spool": Sentence(
        "Diesen Spool gibt es nicht",
        "Nennen Sie den Ordner, mit dem der Knoten gestartet wurde.",
    ),
    "refused": Sentence(
        "Das Archiv lehnte es ab (Status {number}{comments:each})",
        "Fragen Sie dessen Verwaltung.",
    ),
    "refused.out_of_resources": Sentence(
        "Das Archiv hat keinen Platz dafür (Status {number}{comments:each})",
        "Senden Sie es später erneut, und sagen Sie es der Verwaltung des Archivs.",
    ),
    "refused.wrong_class": Sentence(
        "Das Archiv findet, dass der Inhalt nicht zu seiner SOP-Klasse passt (Status {number}{comments:each})",
        "Erzeugen Sie es mit dieser Version neu; hilft das nicht, melden Sie es.",
    ),
    "refused.not_understood": Sentence(
        "Das Archiv versteht es nicht (Status {number}{comments:each})",
        "Fragen Sie dessen Verwaltung, ob solche Objekte angenommen werden.",
    ),
    "refused.no_context": Sentence(
        "Das Archiv nimmt Objekte dieser SOP-Klasse oder Transfersyntax nicht an (Status {number}{comments:each})",
        "Bitten Sie dessen Verwaltung, sie zu erlauben.",
    ),
    "refused.not_authorised": Sentence(
        "Das Archiv erlaubt uns nicht abzulegen (Status {number}{comments:each})",
        "Bitten Sie dessen Verwaltung um das Recht abzulegen.",
    ),
    "pacs.answers": Sentence(
        "{address} antwortet",
    ),
    "pacs.none_found": Sentence(
        "Keine Untersuchung passt",
    ),
    "listen.empty": Sentence("Im Eingang liegt keine Untersuchung"),
    "listen.late": Sentence(
        "{count:Eine Instanz kam|{count} Instanzen kamen} nach dem Abschluss der Untersuchung mit {before} Bildern, "
        "die gelöscht sind",
        "Senden Sie die ganze Untersuchung noch einmal.",
    ),
    "listen.gave_up": Sentence(
        "Die Analyse beendete ihren Prozess immer wieder",
        "Analysieren Sie die Untersuchung einzeln, um mehr zu sehen; --retry-failed versucht es noch einmal.",
    ),
    "listen.object": Sentence("{file}: {reason}"),
    "listen.refused": Sentence(
        "Das Archiv lehnte Objekte ab: {objects:;}",
        "Fragen Sie dessen Verwaltung; --retry-failed sendet sie noch einmal.",
    ),
    "pacs.more_found": Sentence(
        "Es gibt mehr als {limit} Untersuchungen; die ersten {limit} nach Datum wurden genommen. Grenzen Sie die "
        "Suche ein, oder erhöhen Sie --limit",
    ),
    "pacs.fetched": Sentence(
        "{folder}: {count:1 Instanz|{count} Instanzen}, davon {new} neu",
    ),
    "pacs.left_out": Sentence(
        "Ausgelassen: Serien von {modalities:,}",
    ),
    "pacs.sent": Sentence(
        "Das Archiv hat {count:1 Objekt|{count} Objekte} ({address})",
    ),
    "progress.fetch": Sentence(
        "Rufe Instanz {number} von {count} ab",
    ),
    "progress.send": Sentence(
        "Sende Objekt {number} von {count}",
    ),
}

_SPOOL = {
    "log": "Protokoll",
    "stage": "Stand",
    "instances": "Instanzen",
    "attempts": "Versuche",
    "study": "Untersuchung",
    "reason": "Grund",
    "receiving": "wird empfangen",
    "analysed": "analysiert",
    "held": "zurückgehalten",
    "failed": "fehlgeschlagen",
    "done": "fertig",
}

ARCHIVE = {**_SENTENCES, **{f"word.spool_{key}": Sentence(word) for key, word in _SPOOL.items()}}
