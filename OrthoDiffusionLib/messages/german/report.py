"""Die Sätze eines Berichts über eine Studie: kurz und schlicht, zum Einfügen und zum Vorlesen."""

from OrthoDiffusionLib.messages.sentence import Sentence

_PROBABILITY = "Wahrscheinlichkeit {probability:.2f}"
_USUAL = "{low:number {unit}} bis {high:in {unit}}"

_SENTENCES = {
    # wovon der Bericht handelt
    "report.title": Sentence("{joint!W} {side!w}, MRT"),
    "report.title_without_side": Sentence("{joint!W}, MRT, Seite unbekannt"),
    "report.research_use": Sentence("Nur für die Forschung, keine Diagnose"),
    "report.analysed": Sentence("Analysiert am {date} mit den Netzen {bundle} {version}"),
    "report.analysed_undated": Sentence("Analysiert mit den Netzen {bundle} {version}"),
    "report.side": Sentence("Die Seite wurde {source!w}"),
    "report.volumes": Sentence("Volumen: {volumes:,}"),
    "report.volume": Sentence("{plane!w} {name!q}"),
    "report.reviewed": Sentence("{count} von {total} Befunden sind von einem Befunder geprüft"),
    "report.unreviewed": Sentence("Diese Befunde hat noch niemand geprüft"),
    # ein Befund; das Wort des Befunders gilt, das des Modells wird genannt
    "report.positive": Sentence("{finding!W}: positiv, " + _PROBABILITY + " (Schwelle {threshold:.2f})"),
    "report.negative": Sentence(
        "{finding!W}: negativ, Wahrscheinlichkeit {probability:.{digits}f} (Schwelle {threshold:.{digits}f})"
    ),
    "report.not_called": Sentence("{finding!W}: " + _PROBABILITY + "; das Modellpaket nennt keine Schwelle"),
    "report.ruled": Sentence(
        "{finding!W}: {word!w} laut Befunder; das Modell gibt eine Wahrscheinlichkeit von {probability:.2f} und keine "
        "Schwelle an"
    ),
    "report.not_assessed": Sentence("{finding!W}: nicht beurteilt"),
    "report.accepted": Sentence("{finding!W}: {word!w}; der Befunder stimmt dem Modell zu (" + _PROBABILITY + ")"),
    "report.rejected": Sentence("{finding!W}: {word!w} laut Befunder; laut Modell {model!w} (" + _PROBABILITY + ")"),
    "report.unsure": Sentence("{finding!W}: der Befunder ist unsicher; laut Modell {model!w} (" + _PROBABILITY + ")"),
    "report.added": Sentence("{finding!W}: {word!w} laut Befunder; vom Modell nicht beurteilt"),
    "report.unsure_alone": Sentence("{finding!W}: der Befunder ist unsicher; vom Modell nicht beurteilt"),
    "report.earlier": Sentence(
        "Der Befunder entschied über ein früheres Ergebnis ({date}), in dem das Modell „{model!w}“ angab"
    ),
    "report.reader": Sentence("Befunder: {reader}"),
    "report.note": Sentence("Anmerkung des Befunders: {note}"),
    "report.planes_disagree": Sentence("Die Ebenen widersprechen einander: {planes:,}"),
    "report.plane": Sentence("{plane!w} {probability:.2f}"),
    # die Beurteilung
    "report.model_left_out": Sentence("Was das Modell zu Befunden sagt, steht aus diesem Grund nicht hier"),
    "report.nothing_positive": Sentence("Keiner der gesuchten Befunde ist positiv"),
    "report.negatives": Sentence("Negativ: {findings!w:,}"),
    "report.only_probabilities": Sentence("Das Modellpaket nennt keine Schwelle; Wahrscheinlichkeiten: {findings:,}"),
    "report.probability": Sentence("{finding!w} {probability:.2f}"),
    "report.outside": Sentence("Außerhalb des üblichen Bereichs: {measurements:,}"),
    "report.outside_one": Sentence("{measurement!w} {value:in {unit} {digits}}"),
    "report.none_assessed": Sentence("Nicht beurteilt: {findings!w:,}"),
    # Strukturen und Messungen
    "report.structure": Sentence("{structure!W} {volume:.1f} ml"),
    "report.structure_cut_off": Sentence("{structure!W} vom Bildrand abgeschnitten, {volume:.1f} ml davon abgebildet"),
    "report.bones_cut_off": Sentence("Vom Bildrand abgeschnitten: {structures!w:,}"),
    "report.structures_missing": Sentence("Nicht gefunden: {structures!w:,}"),
    "report.structures_unreliable": Sentence(
        "Von diesem Modellpaket nicht zuverlässig umrissen, wie seine Auswertung zeigt: {structures!w:,}"
    ),
    "report.measured": Sentence("{measurement!W} {value:in {unit}}"),
    "report.measured_usual": Sentence("{measurement!W} {value:in {unit}}, üblich " + _USUAL),
    "report.measured_below": Sentence(
        "{measurement!W} {value:in {unit} {digits}}, unter dem üblichen Bereich von " + _USUAL
    ),
    "report.measured_above": Sentence(
        "{measurement!W} {value:in {unit} {digits}}, über dem üblichen Bereich von " + _USUAL
    ),
    "report.not_measured": Sentence("{measurement!W} nicht gemessen"),
    "report.reader_beside": Sentence("{basis}; der Wert des Modells war {value:in {unit}}"),
    "report.reader_alone": Sentence("{basis}; das Modell gab keinen Wert an"),
    "report.changed_points": Sentence("Der Befunder hat Messpunkte verschoben"),
    "report.changed_outlines": Sentence("Nach einer Korrektur der Konturen neu gemessen"),
    # was er nicht sagt
    "report.no_warnings": Sentence("Die Analyse ergab keine Warnungen"),
    "report.as_outlined": Sentence(
        "Volumina und Messungen beziehen sich auf die Konturen, wie die Netze sie zeichneten; spätere Korrekturen sind "
        "nicht enthalten"
    ),
    "report.as_outlined_but_for": Sentence(
        "Volumina beziehen sich auf die Konturen, wie die Netze sie zeichneten; "
        "{count:{count} Messung beruht auf korrigierten Konturen und ist|{count} Messungen beruhen auf korrigierten "
        "Konturen und sind} so gekennzeichnet"
    ),
    "report.outlines_changed_since": Sentence(
        "Nach der letzten Messung wurden Konturen geändert; diese Änderungen sind in keiner Zahl enthalten"
    ),
    "report.aims_missed": Sentence(
        "An Phantomen weichen diese Messungen durch die Konturen im Median weiter ab als angestrebt: {measurements:;}"
    ),
    "report.aim_missed_one": Sentence("{measurement!w} um {error:finer {unit}} (Ziel {aim:finer {unit}})"),
    "report.not_looked_for": Sentence("Nicht gesucht: {names!w:,}"),
    "report.never_looked_for": Sentence(
        "Dieses Programm sucht nicht nach Folgendem: {names!w:,}; auch nicht nach dem, was hier nicht genannt ist. Der "
        "Bericht sagt darüber nichts aus"
    ),
    "report.nothing_else": Sentence("Nach nichts anderem wurde gesucht; dieser Bericht sagt darüber nichts aus"),
    # eine Voruntersuchung
    "report.prior": Sentence("Verglichen mit der am {date} analysierten Untersuchung; diese wurde am {now} analysiert"),
    "report.prior_undated": Sentence(
        "Verglichen mit der Voruntersuchung; wann eine der beiden analysiert wurde, ist nicht bekannt"
    ),
    "report.prior_bundle": Sentence(
        "Die Voruntersuchung lasen andere Netze ({before}; jetzt {now}); ein Teil eines Unterschieds kann daher kommen"
    ),
    "report.prior_later": Sentence(
        "Die Voruntersuchung wurde nach dieser analysiert; prüfen Sie, welche die frühere ist"
    ),
    "report.prior_same_study": Sentence(
        "Beide sind Analysen derselben Studie; Unterschiede sind kein Krankheitsverlauf"
    ),
    "report.prior_side": Sentence(
        "Bei einer der beiden ist die Seite unbekannt; prüfen Sie, ob beide dasselbe Gelenk zeigen"
    ),
    "report.this_left_out": Sentence(
        "Was das Modell zu dieser Untersuchung sagt, fehlt hier wegen einer Warnung: {reasons:;}"
    ),
    "report.prior_left_out": Sentence(
        "Was das Modell zur Voruntersuchung sagt, fehlt hier wegen einer Warnung dazu: {reasons:;}"
    ),
    "report.finding_changed": Sentence("{finding!W}: {word!w}, zuvor {before!w}"),
    "report.finding_same": Sentence("{finding!W}: unverändert {word!w}"),
    "report.probabilities": Sentence("Wahrscheinlichkeit {probability:.2f}, zuvor {before:.2f}"),
    "report.finding_new": Sentence("{finding!W}: {word!w}; zuvor wurde nicht danach gesucht"),
    "report.finding_only_before": Sentence("{finding!W}: zuvor {before!w}; jetzt wurde nicht danach gesucht"),
    "report.value_changed": Sentence(
        "{name!W} {value:in {unit} {digits}}, zuvor {before:in {unit} {digits}} "
        "(Unterschied {difference:change {unit} {digits}})"
    ),
    "report.value_only_now": Sentence("{name!W} {value:in {unit}}; zuvor kein Wert"),
    "report.value_only_before": Sentence("{name!W} zuvor {before:in {unit}}; jetzt kein Wert"),
}

_WORDS = {
    # Überschriften; die des Gelenks stehen bei der Anatomie
    "impression": "Beurteilung",
    "other_findings": "weitere Befunde",
    "comparison": "Vergleich mit der Voruntersuchung",
    "limits": "Grenzen dieser Auswertung",
    "not_looked_for": "nicht gesucht",
    # Wörter eines Befunds
    "positive": "positiv",
    "negative": "negativ",
    "not_assessed": "nicht beurteilt",
    "not_called": "weder positiv noch negativ",
    "unsure": "unsicher",
    # wer die Seite angab, nach „Die Seite wurde“
    "side_user": "von Hand angegeben",
    "side_tag": "aus der DICOM-Angabe gelesen",
    "side_description": "aus den Serienbeschreibungen gelesen",
    "side_anatomy": "aus der Anatomie ermittelt",
    "side_unknown": "nicht gefunden",
}

REPORT = {**_SENTENCES, **{f"word.{key}": Sentence(word) for key, word in _WORDS.items()}}
