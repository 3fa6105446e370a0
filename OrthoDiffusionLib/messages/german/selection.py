"""Was auffiel, während Volumen für eine Studie gewählt wurden."""

from OrthoDiffusionLib.messages.sentence import Sentence

_FOLDER_ALONE = (
    "Wenn Sie diese wollen, geben Sie ihren Ordner allein an, oder wählen Sie für jede Ebene ein Volumen von Hand."
)
_ONE_JOINT = "Prüfen Sie, ob sie ein Gelenk in einer Untersuchung zeigen."
_CHECK_SIDE = "Prüfen Sie die Seite."
_SAY_SIDE = "Geben Sie die Seite an, und prüfen Sie, ob alle Serien zu einem Gelenk gehören."
_OTHER_FRAME = (
    "Die {plane!w}e Serie hat ein anderes Bezugssystem als die anderen Ebenen, der Patient kann sich also dazwischen "
    "bewegt haben; "
)
_FIT = "Prüfen Sie, ob die Ebenen zusammenpassen."

SELECTION = {
    "few_slices.not_used": Sentence(
        "Das Volumen hat weniger als {least} Schichten; es wird nicht verwendet", "Wählen Sie die ganze Serie."
    ),
    "constant.not_used": Sentence(
        "Alle Voxel des Volumens haben denselben Wert; es wird nicht verwendet", "Exportieren Sie die Serie erneut."
    ),
    "label_map.not_used": Sentence(
        "{count:Das Volumen sieht wie eine Labelkarte aus, nicht wie ein Bild; es wird|{count} Volumen sehen wie "
        "Labelkarten aus, nicht wie Bilder; sie werden} nicht verwendet",
        "Ist {count:es|eines davon} ein Bild, wählen Sie es von Hand.",
    ),
    "not_mr.not_used": Sentence(
        "Das Volumen ist als {modality} gekennzeichnet; neben MR-Bildern wird es nicht verwendet"
    ),
    "not_mr.unmarked_not_used": Sentence(
        "Das Volumen sieht nach Computertomographie aus; neben MR-Bildern wird es nicht verwendet"
    ),
    "unlike_training": Sentence(
        "Das {plane!w}e Volumen ist {kind!w}; mit solchen Bildern wurden die Netze nicht trainiert",
        "Wählen Sie eine fettunterdrückte oder protonendichtegewichtete Serie; verlassen Sie sich nicht auf das "
        "Ergebnis.",
    ),
    "unlike_training.arthrography": Sentence(
        "Nach den Beschreibungen der Bilder ist Kontrastmittel im Gelenk (MR-Arthrographie); mit solchen Bildern "
        "wurden die Netze nicht trainiert",
        "Flüssigkeit im Gelenk oder in einer Bursa ist dann kein Befund; verlassen Sie sich nicht auf das Ergebnis.",
    ),
    "orientation_assumed": Sentence(
        "Die Orientierung des Volumens ist unbekannt; es wird als {plane!w} gelesen, wie üblich gehängt ({hanging}). "
        "Rechts und links können vertauscht sein"
    ),
    "localizer": Sentence(
        "Das einzige {plane!w}e Volumen sieht wie ein Localizer aus und wird nicht verwendet",
        "Ist es das richtige, wählen Sie es von Hand.",
    ),
    # Patienten und Untersuchungen
    "several_studies.patients_by_hand": Sentence(
        "Die von Hand gewählten Volumen gehören zu verschiedenen Patienten; sie werden zusammen verwendet, wie Sie "
        "gewählt haben",
        _ONE_JOINT,
    ),
    "several_studies.unknown_by_hand": Sentence(
        "Nicht alle von Hand gewählten Volumen nennen ihre Untersuchung; sie werden zusammen verwendet, wie Sie "
        "gewählt haben",
        _ONE_JOINT,
    ),
    "several_studies.exams_by_hand": Sentence(
        "Die von Hand gewählten Volumen gehören zu verschiedenen Untersuchungen (Studien); sie werden zusammen "
        "verwendet, wie Sie gewählt haben",
        _ONE_JOINT,
    ),
    "several_studies.other_than_by_hand": Sentence(
        "Volumen, die nicht zur Untersuchung (Studie) der von Hand gewählten gehören, werden nicht verwendet",
        _FOLDER_ALONE,
    ),
    "several_studies.without_joint": Sentence(
        "Die Dateien gehören zu mehreren Untersuchungen (Studien); eine ohne Bilder dieses Gelenks ({joint!w}) wird "
        "nicht verwendet",
        _FOLDER_ALONE,
    ),
    "several_studies.unknown": Sentence(
        "Manche Dateien nennen ihre Untersuchung (Studie) nicht, andere schon; die ohne Angabe werden nicht verwendet",
        _FOLDER_ALONE,
    ),
    "several_studies.patients_of_other_side": Sentence(
        "Die Dateien gehören zu mehreren Patienten; die der anderen Seite ({side!w}) werden nicht verwendet",
        _FOLDER_ALONE,
    ),
    "several_studies.exams_of_other_side": Sentence(
        "Die Dateien gehören zu mehreren Untersuchungen (Studien); die der anderen Seite ({side!w}) werden nicht "
        "verwendet",
        _FOLDER_ALONE,
    ),
    "several_studies.both_sides": Sentence(
        "Manche Serien zeigen die andere Seite oder nennen ihre Seite nicht; sie werden nicht verwendet",
        "Gehören sie zu diesem Gelenk, wählen Sie sie von Hand.",
    ),
    "plane_disagrees": Sentence(
        "Der Name sagt {words!w}, aber nach ihrer Lage sind die Schichten {plane!w}; das Volumen wird für die "
        "{plane!w}e Ebene verwendet",
        "Prüfen Sie die Orientierung; stimmt der Name, exportieren Sie die Serie erneut, möglichst als DICOM.",
    ),
    "plane_disagrees.or_side": Sentence(
        "Der Name sagt {words!w}, aber so liegende Schichten sind {plane!w}, wenn die Seite {side!w} ist; das Volumen "
        "wird für die {plane!w}e Ebene verwendet",
        "Prüfen Sie die Seite: ist sie {other!w}, sind die Schichten {words!w}. Stimmt die Seite, prüfen Sie die "
        "Orientierung.",
    ),
    # Gelenk
    "joint_not_said.descriptions": Sentence(
        "Als {joint!w} analysiert: die Beschreibungen der Bilder nennen es",
        "Ist es ein anderes Gelenk, nennen Sie es (Option --joint).",
    ),
    "joint_not_said.path": Sentence(
        "Als {joint!w} analysiert: so heißen die Dateien oder ihr Ordner; die Dateiköpfe nennen kein Gelenk",
        "Ist es ein anderes Gelenk, nennen Sie es (Option --joint).",
    ),
    "joint_not_said.picture": Sentence(
        "Als {joint!w} analysiert: nichts nennt das Gelenk, und die Bilder sehen danach aus ({probability:.0%})",
        "Prüfen Sie es; ist es ein anderes Gelenk, nennen Sie es (Option --joint).",
    ),
    "joint_not_said.likely": Sentence(
        "Als {joint!w} analysiert: nichts nennt das Gelenk, und die Bilder sehen am ehesten danach aus "
        "({probability:.0%}), was nicht sicher ist",
        "Prüfen Sie es; ist es ein anderes Gelenk, nennen Sie es (Option --joint).",
    ),
    "joint_not_said.usual": Sentence(
        "Als {joint!w} analysiert: weder Dateiköpfe noch Dateinamen sagen, welches Gelenk es ist, und die Bilder "
        "zeigen es nicht deutlich",
        "Prüfen Sie, ob es eines ist; ist es ein anderes Gelenk, nennen Sie es (Option --joint).",
    ),
    "joint_not_recognised": Sentence(
        "Kein Dateikopf nennt das Gelenk, und die Bilder werden nicht klar als {joint!w} erkannt ({probability:.0%})",
        "Prüfen Sie, ob sie dieses Gelenk zeigen.",
    ),
    "joint_not_recognised.rather": Sentence(
        "Kein Dateikopf nennt das Gelenk, und die Bilder werden nicht klar als {joint!w} erkannt ({probability:.0%}); "
        "eher sehen sie aus wie: {pictured!w} ({likeliest:.0%})",
        "Prüfen Sie, ob sie dieses Gelenk zeigen; sonst nennen Sie das Gelenk (Option --joint, oder die Auswahl des "
        "Gelenks im Panel).",
    ),
    "other_joint_pictured": Sentence(
        "Die Bilder sehen aus wie: {pictured!w} ({probability:.0%}); analysiert wurden sie als: {joint!w}",
        "Verwenden Sie dieses Ergebnis nur, wenn Sie gesehen haben, dass die Bilder dieses Gelenk zeigen; sonst nennen "
        "Sie das Gelenk (Option --joint oder die Gelenkauswahl des Bedienfelds).",
    ),
    "other_joint_pictured.none": Sentence(
        "Die Bilder sehen keinem der bekannten Gelenke ähnlich: {known!w:and} ({probability:.0%}); analysiert wurden "
        "sie als: {joint!w}",
        "Verwenden Sie dieses Ergebnis nur, wenn Sie gesehen haben, dass die Bilder dieses Gelenk zeigen.",
    ),
    "other_joint": Sentence(
        "Die Beschreibungen oder Namen der Bilder nennen: {named!w}; das Modellpaket kennt: {joint!w}",
        "Prüfen Sie das Gelenk; zeigen die Bilder {named!w}, verwenden Sie dieses Ergebnis nicht.",
    ),
    "two_joints": Sentence(
        "Die Bilder zeigen zwei Gelenke ({joint!w}); analysiert wurde nur das auf der Seite {side!w}, an seiner Lage "
        "erkannt",
        "Für das andere analysieren Sie erneut mit der Seite {other} (Option --side, oder die Seitenauswahl des "
        "Bedienfelds).",
    ),
    "two_joints.not_used": Sentence("Das Volumen zeigt nur das {joint!w} {side!w}; es wird nicht verwendet"),
    # Seite
    "side_disagrees.user_and_tags": Sentence(
        "Sie haben {side!w} gewählt, die Serien sind aber als {tags!w:and} gekennzeichnet; Ihre Wahl gilt", _CHECK_SIDE
    ),
    "side_disagrees.user_and_words": Sentence(
        "Sie haben {side!w} gewählt, die Serienbeschreibungen sagen aber {words!w}; Ihre Wahl gilt", _CHECK_SIDE
    ),
    "side_disagrees.tag_and_words": Sentence(
        "Die Serien sind als {side!w} gekennzeichnet, ihre Beschreibungen sagen aber {words!w}; die Kennzeichnung gilt",
        _CHECK_SIDE,
    ),
    "side_disagrees.tags": Sentence(
        "Manche Serien sind als rechts, andere als links gekennzeichnet; die Kennzeichnung wird nicht verwendet",
        _SAY_SIDE,
    ),
    "side_disagrees.tags_of_series": Sentence(
        "Die Kennzeichnungen einer Serie sagen sowohl rechts als auch links; sie werden nicht verwendet", _SAY_SIDE
    ),
    "side_disagrees.words": Sentence(
        "Die Serienbeschreibungen sagen sowohl rechts als auch links; sie werden nicht verwendet", _SAY_SIDE
    ),
    "side_in_description": Sentence(
        "Die Seite ist nicht gekennzeichnet; sie wird den Serienbeschreibungen entnommen, die {side!w} sagen",
        "Prüfen Sie das, und geben Sie die Seite an, falls es falsch ist: medial und lateral hängen davon ab.",
    ),
    # Bezugssysteme
    "frame_of_reference.to_register": Sentence(
        _OTHER_FRAME + "ihre Lage wird durch Registrierung ermittelt, sonst wird sie ausgelassen", _FIT
    ),
    "frame_of_reference.by_hand": Sentence(
        _OTHER_FRAME + "sie ließ sich nicht registrieren und wird in der Lage ihres Kopfes verwendet, da Sie sie "
        "gewählt haben",
        _FIT,
    ),
    "frame_of_reference.unmoved": Sentence(
        _OTHER_FRAME + "die Registrierung fand keine Bewegung, sie wird unverändert verwendet", _FIT
    ),
    "frame_of_reference.registered": Sentence(
        _OTHER_FRAME + "sie wurde auf die anderen registriert (um {shift_mm:.0f} mm verschoben und um {degrees:.0f}° "
        "gedreht)",
        "Prüfen Sie die Konturen auf dieser Serie.",
    ),
    "frame_of_reference.not_used": Sentence(
        _OTHER_FRAME + "sie ließ sich nicht auf diese registrieren und wird nicht verwendet",
        "Wählen Sie sie von Hand, wenn Sie sicher sind, dass sich der Patient nicht bewegt hat.",
    ),
    "frame_of_reference.replaced": Sentence(
        _OTHER_FRAME + "sie ließ sich nicht auf diese registrieren; stattdessen wird „{other}“ verwendet", _FIT
    ),
}
