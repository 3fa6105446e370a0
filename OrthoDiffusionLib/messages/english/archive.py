"""An archive (PACS): what is done with it, and why it cannot be reached or refuses."""

from OrthoDiffusionLib.messages.sentence import Sentence

_SENTENCES = {
    "archive.secret_in_address": Sentence(
        "The address holds a user name or a password",
        "Leave them out of the address, where others can read them; set ORTHODIFFUSION_PACS_USER and "
        "ORTHODIFFUSION_PACS_PASSWORD, or use the keyring.",
    ),
    "archive.no_address": Sentence(
        "This is no address of an archive",
        "Write https://HOST/PATH for DICOMweb, or dicoms://AET@HOST:PORT for DIMSE.",
    ),
    "archive.no_tls": Sentence(
        "The address is without TLS: patient data and passwords could be read on the network",
        "Use {scheme}:// and have TLS set up at the archive; --insecure allows it where the network is protected "
        "by other means.",
    ),
    "archive.no_ae_title": Sentence(
        "This is no AE title",
        "An AE title has 1 to 16 signs of ASCII without a backslash; in an address it stands before the @.",
    ),
    "archive.password_without_user": Sentence(
        "There is a password for the archive, and no user",
        "Set {variable} to the name of the user.",
    ),
    "archive.user_without_password": Sentence(
        "There is a user for the archive, and no password",
        "Set {variable}, or store it once: keyring set {service} USER",
    ),
    "archive.secret_of_lines": Sentence(
        "The variable {variable} holds more than one line",
        "Set it to the secret alone.",
    ),
    "archive.no_own_certificate": Sentence(
        "A node with TLS needs a certificate of its own",
        "Name it with --cert and its private key with --key; --insecure listens without TLS.",
    ),
    "archive.no_authority_of_clients": Sentence(
        "It is not said whose certificates the senders must have",
        "Name the authority with --ca; --any-client accepts senders without a certificate, by AE title and "
        "address alone.",
    ),
    "archive.certificate_file": Sentence(
        "The certificate or key cannot be used: {error}",
        "Check that it is a PEM file you may read, that key and certificate belong together, and that {variable} "
        "holds the key's password if it has one.",
    ),
    "archive.certificate_expired": Sentence(
        "The archive's certificate has expired",
        "Ask its administrator to renew it, and check the date of this computer.",
    ),
    "archive.certificate_not_yet_valid": Sentence(
        "The archive's certificate is not valid yet",
        "Check the date of this computer; else ask the archive's administrator.",
    ),
    "archive.certificate_of_another_host": Sentence(
        "The archive's certificate is that of another computer",
        "Use the name that the certificate is made out to; if that is the right one, somebody may be in between: "
        "ask the administrator.",
    ),
    "archive.unknown_authority": Sentence(
        "The archive's certificate is from an authority that is not known here",
        "Get the certificate of your hospital's authority from its administrator, and name the file with --ca.",
    ),
    "archive.certificate_refused": Sentence(
        "The archive's certificate cannot be trusted: {error}",
        "Ask its administrator for a valid one.",
    ),
    "archive.speaks_no_tls": Sentence(
        "There is no TLS at this address",
        "Check the port: archives have another one for TLS.",
    ),
    "archive.wants_our_certificate": Sentence(
        "The archive does not accept our certificate, or wants one and got none",
        "Name the certificate that it knows with --cert and --key, and check that it has not expired.",
    ),
    "archive.handshake": Sentence(
        "TLS could not be agreed on with the archive: {error}",
        "The archive must speak TLS 1.2 or newer; ask its administrator.",
    ),
    "archive.unknown_host": Sentence(
        "There is no computer of this name",
        "Check the name, and whether this computer is in the hospital's network.",
    ),
    "archive.nobody_listens": Sentence(
        "The archive does not answer: nobody listens at this address",
        "Check host and port; the archive may be stopped, or a firewall between.",
    ),
    "archive.silent": Sentence(
        "The archive does not answer in time",
        "Try again later; check host and port, and whether a firewall is between.",
    ),
    "archive.dropped": Sentence(
        "The connection to the archive broke off",
        "Start the command again: it goes on where it stopped.",
    ),
    "archive.wrong_password": Sentence(
        "The archive does not accept user and password, or wants them and got none",
        "Set ORTHODIFFUSION_PACS_USER and ORTHODIFFUSION_PACS_PASSWORD or ORTHODIFFUSION_PACS_TOKEN, or correct them.",
    ),
    "archive.forbidden": Sentence(
        "The archive knows the user and does not allow this",
        "Ask its administrator for the right to search, fetch or store.",
    ),
    "archive.not_found": Sentence(
        "There is no such DICOMweb service or object at this address (HTTP {status})",
        "Check the path of the address, such as /dicom-web, and whether the study is still there.",
    ),
    "archive.busy": Sentence(
        "The archive is too busy to answer, or its gateway does not reach it (HTTP {status})",
        "Try again later.",
    ),
    "archive.http_status": Sentence(
        "The archive answers with an error (HTTP {status})",
        "Check the path of the address, such as /dicom-web; else ask its administrator: the time of the request finds "
        "it in the archive's log.",
    ),
    "archive.no_dicomweb": Sentence(
        "The answer is not that of a DICOMweb service, or it was cut off",
        "Check the address; if it is right, start the command again.",
    ),
    "archive.redirects": Sentence(
        "The archive sends us on to another address",
        "Give that address yourself; it is not followed, as it may lead out of the hospital.",
    ),
    "archive.not_installed": Sentence(
        "The package {package} is not installed",
        "Install it: pip install 'orthodiffusion[pacs]'",
    ),
    "archive.no_uid": Sentence(
        "This is no UID",
        "A UID has digits and dots, at most 64 signs.",
    ),
    "archive.no_date": Sentence(
        "These are no days",
        "Write 20260131, 20260101-20260131, 20260101- or -20260131.",
    ),
    "archive.dates_turned_round": Sentence(
        "The first day comes after the last",
        "Exchange them.",
    ),
    "archive.no_key": Sentence(
        "A backslash or a control character cannot be searched for",
        "Leave it out, or write ? for it.",
    ),
    "archive.no_criterion": Sentence(
        "It is not said which studies to fetch",
        "Give one or more of {options:,}; --all fetches whatever the archive has, up to --limit.",
    ),
    "archive.empty_criterion": Sentence(
        "The criterion {option} is empty",
        "Say what is looked for, or leave the option out.",
    ),
    "archive.all_and_criterion": Sentence(
        "Either all studies are fetched or those that fit",
        "Leave out --all, or every criterion.",
    ),
    "archive.no_limit": Sentence(
        "The greatest number of studies is less than 1",
        "Give --limit 1 or more.",
    ),
    "archive.no_such_series": Sentence(
        "The study holds no series to fetch; it holds: {modalities:,}",
        "Use --all-modalities to fetch these.",
    ),
    "archive.no_such_study": Sentence(
        "The archive has no such study",
        "Check the UID with `pacs query`.",
    ),
    "archive.incomplete": Sentence(
        "{count:One instance of {total} has|{count} instances of {total} have} not come; cut off on the way: {damaged}",
        "Start the command again: it fetches what is missing. If it stays so, ask the archive's administrator.",
    ),
    "archive.nothing_to_send": Sentence(
        "There are no DICOM objects to send",
        "Name results folders that were made with --dicom, DICOM files, or folders that hold such.",
    ),
    "archive.no_object": Sentence(
        "The file is no DICOM object, or without a valid UID",
        "Leave it out, or make it again.",
    ),
    "archive.one_uid_twice": Sentence(
        "Two different files have the same SOP Instance UID; the other one is {other}",
        "Send one of them: the archive would keep only one, and nobody could say which.",
    ),
    "archive.rejected": Sentence(
        "The archive refuses the association: {reason}",
        "Have our AE title {own} entered at the archive, with the address of this computer, and check the "
        "archive's AE title.",
    ),
    "archive.not_supported": Sentence(
        "The archive does not offer {service}",
        "Ask its administrator to allow it for our AE title, or use its DICOMweb address.",
    ),
    "archive.failed_status": Sentence(
        "The archive answers {service} with the status {number}{comments:each}",
        "Ask its administrator; the time finds it in the archive's log.",
    ),
    "archive.move_unknown": Sentence(
        "The archive does not know where to send: our AE title {own} is not entered there",
        "Have {own} entered with the address of this computer and port {port}, or fetch without --move.",
    ),
    "archive.port_taken": Sentence(
        "The port {port} cannot be opened: {error}",
        "Close the program that holds it, or name another one.",
    ),
    "archive.nobody_allowed": Sentence(
        "It is not said who may send to the node",
        "Name each sender with --allow AET@ADDRESS, for example --allow MR1@10.1.2.3.",
    ),
    "archive.insecure_from_anywhere": Sentence(
        "Without TLS a sender must be known by its address: anybody could use its AE title",
        "Write --allow AET@ADDRESS for every sender, or listen with TLS.",
    ),
    "archive.spool_taken": Sentence(
        "Another node works on this spool",
        "End it first, or name another folder with --spool.",
    ),
    "archive.spool_is_out": Sentence(
        "The spool and the folder of results are one folder",
        "Name two folders, with --spool and with --out.",
    ),
    "archive.out_of_batch": Sentence(
        "The folder of results is that of a batch, whose table would not know what a node replaces",
        "Name another folder with --out.",
    ),
    "archive.no_results_folder": Sentence(
        "It is not said where results go",
        "Name a folder with --out.",
    ),
    "archive.no_spool": Sentence(
        "There is no such spool",
        "Name the folder that the node was started with.",
    ),
    "refused": Sentence(
        "The archive refused it (status {number}{comments:each})",
        "Ask its administrator.",
    ),
    "refused.out_of_resources": Sentence(
        "The archive has no room for it (status {number}{comments:each})",
        "Send it again later, and tell the archive's administrator.",
    ),
    "refused.wrong_class": Sentence(
        "The archive finds that its content is not that of its SOP class (status {number}{comments:each})",
        "Make it again with this version; if that is no help, report it.",
    ),
    "refused.not_understood": Sentence(
        "The archive does not understand it (status {number}{comments:each})",
        "Ask its administrator whether objects of this kind are accepted.",
    ),
    "refused.no_context": Sentence(
        "The archive does not accept objects of this SOP class or transfer syntax (status {number}{comments:each})",
        "Ask its administrator to allow it.",
    ),
    "refused.not_authorised": Sentence(
        "The archive does not allow us to store (status {number}{comments:each})",
        "Ask its administrator for the right to store.",
    ),
    "pacs.answers": Sentence(
        "{address} answers",
    ),
    "pacs.none_found": Sentence(
        "No study fits",
    ),
    "listen.empty": Sentence("No study lies in the spool"),
    "listen.late": Sentence(
        "{count:One instance|{count} instances} came after the study of {before} was finished and its images "
        "were deleted",
        "Send the whole study again.",
    ),
    "listen.gave_up": Sentence(
        "The analysis ended its process again and again",
        "Analyse the study by itself to see more; --retry-failed tries it once more.",
    ),
    "listen.object": Sentence("{file}: {reason}"),
    "listen.refused": Sentence(
        "The archive refused objects: {objects:;}",
        "Ask its administrator; --retry-failed sends them once more.",
    ),
    "pacs.more_found": Sentence(
        "There are more than {limit} studies; the first {limit} by date are taken. Narrow the search, or raise --limit",
    ),
    "pacs.fetched": Sentence(
        "{folder}: {count:1 instance|{count} instances}, {new} of them new",
    ),
    "pacs.left_out": Sentence(
        "Left out: series of {modalities:,}",
    ),
    "pacs.sent": Sentence(
        "The archive has {count:1 object|{count} objects} ({address})",
    ),
    "progress.fetch": Sentence(
        "Fetching instance {number} of {count}",
    ),
    "progress.send": Sentence(
        "Sending object {number} of {count}",
    ),
}

_SPOOL = {
    "log": "log",
    "stage": "stage",
    "instances": "instances",
    "attempts": "attempts",
    "study": "study",
    "reason": "reason",
    "receiving": "receiving",
    "analysed": "analysed",
    "held": "held",
    "failed": "failed",
    "done": "done",
}

ARCHIVE = {**_SENTENCES, **{f"word.spool_{key}": Sentence(word) for key, word in _SPOOL.items()}}
