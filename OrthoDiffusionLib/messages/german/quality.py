"""Was einer Studie fehlt."""

from OrthoDiffusionLib.messages.sentence import Sentence

_LESS_CERTAIN = "Befunde, die diese Ebenen am besten zeigen, sind weniger sicher oder werden nicht beurteilt."
_ONLY_MR = "Verlassen Sie sich nicht auf das Ergebnis."
_NO_ALL_CLEAR = (
    "Ein unauffälliges Ergebnis schließt eine Verletzung nicht aus; verwenden Sie eine Serie von höchstens 4 mm."
)

QUALITY = {
    "single_plane": Sentence(
        "Nur die {only!w}e Ebene liegt vor; es fehlt {missing!w:and}, keine Ansicht kann eine andere bestätigen",
        _LESS_CERTAIN,
    ),
    "missing_plane": Sentence("Die {plane!w}e Ebene fehlt", _LESS_CERTAIN),
    "few_slices": Sentence(
        "Das Volumen hat nur {slices} Schichten",
        "Wählen Sie die vollständige Serie; diese sieht wie ein Localizer aus.",
    ),
    "short_stack": Sentence(
        "Die Schichten erfassen nur {covered_mm:.0f} mm des Gelenks", "Was außerhalb liegt, wird nicht beurteilt."
    ),
    "small_field_of_view": Sentence(
        "Eine Schicht zeigt nur {sizes_mm:× .0f} mm", "Strukturen an ihrem Rand werden nicht vollständig gemessen."
    ),
    "coarse_pixels": Sentence(
        "Die Pixel sind bis {pixel_mm:.1f} mm groß", "Kleine Risse sind bei dieser Auflösung nicht zu sehen."
    ),
    "thick_slices.apart": Sentence(
        "Die Schichten liegen {step_mm:.1f} mm auseinander: Bänder, Sehnen und kleine Risse sind darauf nicht zu "
        "beurteilen",
        _NO_ALL_CLEAR,
    ),
    "thick_slices.thick": Sentence(
        "Die Schichten sind {thickness_mm:.1f} mm dick: Bänder, Sehnen und kleine Risse sind darauf nicht zu "
        "beurteilen",
        _NO_ALL_CLEAR,
    ),
    "constant": Sentence("Alle Voxel haben denselben Wert"),
    "empty_slices": Sentence("{empty} von {slices} Schichten {empty:ist|sind} leer", "Dort wird nichts beurteilt."),
    "saturated": Sentence(
        "{share:.0%} der Voxel haben den höchsten Wert: helle Bereiche sind abgeschnitten",
        "Verwenden Sie die Originalbilder, keinen gefensterten Export.",
    ),
    "not_mr.marked": Sentence(
        "Das Volumen ist als {modality} gekennzeichnet; die Modelle kennen nur MR-Bilder", _ONLY_MR
    ),
    "not_mr.unmarked": Sentence(
        "Das Volumen sieht nach Computertomographie aus; die Modelle kennen nur MR-Bilder", _ONLY_MR
    ),
    "label_map": Sentence(
        "Das Volumen sieht wie eine Labelkarte aus, nicht wie ein Bild",
        "Wählen Sie die Serie, auf der sie gezeichnet wurde.",
    ),
    "other_body_part": Sentence(
        "Das Volumen ist als {part} gekennzeichnet, nicht als {joint!w}",
        "Prüfen Sie, ob die richtige Serie gewählt wurde.",
    ),
    "field_of_view_cut": Sentence(
        "Vom Bildfeld abgeschnitten {count:ist|sind} {structures!w:and}: {ends!w:and}",
        "Was außerhalb liegt, wird nicht beurteilt, und Größen dieser Strukturen sind zu klein.",
    ),
    "field_of_view_cut.not_shown": Sentence(
        "Nicht gefunden, obwohl ein übliches Bildfeld ({joint!w}) es zeigt: {structures!w:,}",
        "Das Bildfeld endet vielleicht davor. Was nicht abgebildet ist, wird nicht beurteilt.",
    ),
    "views_apart": Sentence(
        "Das {one!w}e und das {other!w}e Volumen überlappen im Patienten nicht",
        "Prüfen Sie, ob beide zu einem Gelenk und einer Untersuchung gehören.",
    ),
    "views_apart.moved": Sentence(
        "In dieser Serie ist das Gelenk um {shift_mm:.0f} mm verschoben und um {degrees:.0f}° gedreht, als hätte sich "
        "der Patient zwischen den Serien bewegt",
        "Verlassen Sie sich nicht auf die Konturen; analysieren Sie die anderen Ebenen ohne diese.",
    ),
}
