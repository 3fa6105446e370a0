"""Was eine Analyse über sich, ihre Befunde und ihre Messungen sagt."""

from OrthoDiffusionLib.messages.sentence import Sentence

_DO_NOT_USE = "Verwenden Sie dieses Ergebnis nicht, es ist für ein {joint!w} nicht plausibel: {reasons:;}"
_CHECK_VOLUMES = (
    "Prüfen Sie, ob dies MR-Volumen eines einzigen Gelenks ({joint!w}) sind und Abstände, Orientierung und Seite "
    "stimmen."
)

RESULTS = {
    "clinical_used": Sentence("Neben den Bildern berücksichtigen die Befunde {columns:and}"),
    "clinical_unused": Sentence(
        "Dieses Modellpaket wurde nicht mit {columns:and} trainiert; die angegebenen Werte werden nicht verwendet",
        "`orthodiffusion finetune` erstellt solche Modellpakete aus einer Tabelle mit diesen Spalten.",
    ),
    "side_from_anatomy": Sentence(
        "Die Seite war nicht angegeben; der Anatomie nach ist es ein {joint!w} {side!w}",
        "Prüfen Sie das, und geben Sie die Seite an, falls es falsch ist: medial und lateral hängen davon ab.",
    ),
    "side_from_slices": Sentence(
        "Die Seite war nicht angegeben; nach Lage und Richtung ihrer Schichten zeigen die Bilder: {joint!w} {side!w}",
        "Prüfen Sie das, und geben Sie die Seite an, falls es falsch ist: Ebenen und Konturen hängen davon ab.",
    ),
    "side_unclear": Sentence(
        "Die Seite war nicht angegeben, und die Bilder zeigen nicht deutlich, welche es ist",
        "Geben Sie die Seite an; rechts und links, medial und lateral können in diesen Ergebnissen vertauscht sein.",
    ),
    "side_unknown": Sentence(
        "Die Seite war nicht angegeben, und die Dateien nennen die Orientierung nicht, aus der sie zu ermitteln wäre",
        "Geben Sie die Seite an; rechts und links, medial und lateral können in diesen Ergebnissen vertauscht sein.",
    ),
    "implausible_result": Sentence(_DO_NOT_USE, _CHECK_VOLUMES),
    "implausible_result.or_other_side": Sentence(
        _DO_NOT_USE,
        _CHECK_VOLUMES
        + " Ist die Seite falsch angegeben, analysieren Sie erneut mit der anderen Seite ({other_side!w}).",
    ),
    "unlike_training.scored": Sentence(
        "Unähnlich dem, womit das Modell trainiert wurde: {views:;}",
        "Verlassen Sie sich nicht auf Befunde, Konturen oder Messungen. Prüfen Sie, ob dies MR-Volumen eines einzigen "
        "Gelenks ({joint!w}) sind, wie sie aufgenommen wurden, mit den Schichten in der richtigen Reihenfolge, und "
        "befunden Sie die Bilder selbst.",
    ),
    "unlike_view": Sentence("Ansicht {plane!w}: {reasons:,}"),
    "likeness_unknown": Sentence(
        "Dieses Modellpaket kann nicht sagen, ob eine Studie dem unähnlich ist, womit es trainiert wurde",
        "Verwenden Sie ein neueres Modellpaket, oder ergänzen Sie es mit `orthodiffusion reference`.",
    ),
    # warum eine Ansicht dem unähnlich ist, womit das Modell trainiert wurde
    "unlike.slice_distance": Sentence("Schichtabstand {value:.1f} mm, üblich {usual:.1f} mm"),
    "unlike.slice_order": Sentence(
        "benachbarte Schichten setzen einander nicht fort, als wäre ihre Reihenfolge falsch"
    ),
    "unlike.background": Sentence("keine dunkle Luft um den Körper, als wäre der Kontrast umgekehrt"),
    "unlike.brightness": Sentence("ungewöhnliche Verteilung von Hell und Dunkel, als wäre der Kontrast umgekehrt"),
    "unlike.hard_edges": Sentence(
        "harte Kanten neben gleichförmigen Flächen, wie in der Computertomographie oder einem gezeichneten Bild"
    ),
    "unlike.smeared": Sentence("verwischte oder doppelte Kanten, wie nach Bewegung"),
    "unlike.ghosting": Sentence("das Bild wiederholt sich neben sich selbst, wie Geisterbilder bei Bewegung"),
    "unlike.void_rim": Sentence("ein Loch ohne Signal mit hellem Rand, wie neben Metall"),
    "unlike.certainty": Sentence(
        "Konturen nur zu {value:.0%} sicher, üblich {usual:.0%}: ein anderes Gelenk, oder Bilder, die das Modell nicht "
        "lesen kann"
    ),
    "unlike.features": Sentence("die Merkmale des Encoders liegen weit von denen des Trainings"),
    "medial_lateral_exchanged": Sentence(
        "Medial und lateral wirken vertauscht für ein Gelenk {side!w}: {structures!W:,}",
        "Prüfen Sie die Seite; ist sie richtig, verlassen Sie sich nicht auf die Ergebnisse für medial und lateral.",
    ),
    "medial_lateral_pieces": Sentence(
        "Teile auf der falschen Seite der Gelenkmitte wurden ihrem Gegenstück zugeordnet: {structures!W:,}"
    ),
    # warum ein Ergebnis nicht plausibel ist
    "implausible.no_joint": Sentence("in den Volumen wurde kein {joint!w} gefunden"),
    "implausible.not_found": Sentence("nicht gefunden: {structure!w}"),
    "implausible.too_wide": Sentence("{structure!w}: {value:.0f} mm breit, möglich sind höchstens {most:.0f} mm"),
    "implausible.too_narrow": Sentence("{structure!w}: {value:.1f} mm breit, möglich sind mindestens {least:.1f} mm"),
    "implausible.too_large": Sentence("{structure!w}: Volumen {value:.0f} ml, möglich sind höchstens {most:.0f} ml"),
    "implausible.too_small": Sentence("{structure!w}: Volumen {value:.1f} ml, möglich sind mindestens {least:.1f} ml"),
    "implausible.upside_down": Sentence("{upper!w} liegt unterhalb von {lower!w}"),
    "implausible.behind": Sentence("{structure!w} liegt hinter {bone!w}"),
    "implausible.below_joint": Sentence("{structure!w} liegt unterhalb des Gelenks"),
    "implausible.not_between": Sentence("nicht zwischen {upper!w} und {lower!w}: {structures!w:,}"),
    "implausible.medial_side": Sentence("{structure!w} liegt auf der medialen Seite eines Gelenks {side!w}"),
    "implausible.as_other_side": Sentence("{structure!w} liegt dort, wo sie bei einem Gelenk {side!w} liegt"),
    "implausible.exchanged": Sentence("medial und lateral wirken vertauscht für ein Gelenk {side!w}: {structures!W:,}"),
    "implausible.contradiction": Sentence(
        "das {one!w}e und das {other!w}e Volumen widersprechen einander (ihre Knochen stimmen zu {percent:.0f} "
        "% überein)"
    ),
    # Anmerkungen zu Befunden
    "not_assessed.plane_missing": Sentence("Die Ansicht {planes!w:or}, die dieser Befund braucht, fehlt."),
    "not_assessed.bundle": Sentence("Dieses Modellpaket beurteilt ihn nicht: {reason}."),
    "not_assessed.unmeasured": Sentence("Wie gut dieses Modellpaket diesen Befund erkennt, wurde nicht gemessen."),
    "not_assessed.chance": Sentence(
        "In der Auswertung des Modellpakets war dieser Befund nicht vom Zufall zu unterscheiden (AUROC {auroc:.2f}, "
        "Intervall {low:.2f} bis {high:.2f})."
    ),
    "no_calibration.no_label": Sentence(
        "für keinen Validierungspatienten und keinen zurückgehaltenen Patienten sagt die Tabelle, ob er ihn hat"
    ),
    "no_calibration.too_few_with": Sentence(
        "laut der Tabelle {count:hat|haben} ihn {count} der {patients!w}, nötig sind mindestens {least}"
    ),
    "no_calibration.too_few_without": Sentence(
        "laut der Tabelle {count:hat|haben} ihn {count} der {patients!w} nicht, nötig sind mindestens {least}"
    ),
    "no_calibration.no_auroc": Sentence("seine AUROC war nicht zu bestimmen"),
    "no_calibration.as_by_chance": Sentence(
        "seine AUROC bei den zurückgehaltenen Patienten der Tabelle ist {auroc:.2f} ({low:.2f} bis {high:.2f})"
    ),
    "no_calibration.adapted": Sentence(
        "die Encoder wurden ohne Angaben zu Befunden an einen Standort angepasst, und der Befund wurde danach weder "
        "kalibriert noch ausgewertet"
    ),
    "lower_confidence": Sentence(
        "{count:Die Ansicht, die dies am besten zeigt, fehlt|Die Ansichten, die dies am besten zeigen, fehlen} "
        "({planes!w:and}); die Sicherheit ist geringer."
    ),
    # Anmerkungen zu Messungen
    "measured_in_part": Sentence(
        "{structure!W} ist vom Bildrand abgeschnitten; dies ist das Mittel des abgebildeten Teils."
    ),
    "shallow_groove": Sentence(
        "Die Rinne ist nur {depth_mm:.1f} mm tief: ihr Grund und damit dieser Abstand können um 2 mm und mehr "
        "abweichen."
    ),
    "not_measured.not_found": Sentence("Nicht gefunden: {structure!w}."),
    "not_measured.same_place": Sentence("Zwei der Messpunkte liegen am selben Ort."),
    "not_measured.no_plate": Sentence("{structure!W} oder der Knochen darunter wurde nicht gefunden."),
    "not_measured.cut_off": Sentence("{structure!W} ist dort, wo gemessen wird, vom Bildrand abgeschnitten."),
    "not_measured.short_shaft": Sentence(
        "{structure!W}: nur {seen_mm:.0f} mm abgebildet; die Achse braucht {needed_mm:.0f} mm."
    ),
    "not_measured.thick_slices": Sentence(
        "Die {plane!w}en Schichten liegen {step_mm:.1f} mm auseinander, zu weit für diese Messung."
    ),
    "not_measured.plane_missing": Sentence("Die {plane!w}e Ebene, die dies zeigt, fehlt."),
    "not_measured.side_unknown": Sentence("Die Seite ist unbekannt: medial und lateral sind nicht zu unterscheiden."),
    "not_measured.unclear": Sentence("{structure!W}: die Kontur zeigt die Stelle nicht, an der gemessen wird."),
    "not_measured.not_attached": Sentence("{structure!W}: die Kontur reicht nicht bis zum Knochen ({bone!w})."),
    "not_measured.flat_groove": Sentence(
        "Die Rinne ist nur {depth_mm:.1f} mm tief: die Stelle ihres Grunds ist nicht zu bestimmen."
    ),
    "not_measured.no_fluid_there": Sentence("Oberhalb der Patella liegt in der Mittellinie keine {structure!w}."),
    "not_measured.fluid_cut_off": Sentence(
        "{structure!W} vom Bildrand abgeschnitten; {seen_ml:.1f} ml davon sind abgebildet."
    ),
}
