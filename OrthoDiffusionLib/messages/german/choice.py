"""Warum ein Volumen einer Ebene dient, und ein anderes keiner."""

from OrthoDiffusionLib.messages.sentence import Sentence

_GRID = "{slices} Schichten von {pixel_mm:× .2g} mm, Abstand {step_mm:.2g} mm"

CHOICE = {
    "plane_served": Sentence("„{name}“, " + _GRID + "{remarks:each}."),
    "plane_served.unnamed": Sentence(_GRID + "{remarks:each}."),
    "plane_not_served": Sentence("kein Volumen in dieser Ebene."),
    "plane_not_served.does_not_fit": Sentence("kein Volumen, das zu den anderen Ebenen passt{remarks:each}."),
    "plane_not_served.other_joint": Sentence("„{name}“ zeigt das andere {joint!w} und wird nicht verwendet."),
    "remark.by_hand": Sentence("von Hand gewählt"),
    "remark.reformatted": Sentence(
        "aus einem 3D-Volumen rekonstruiert, da in dieser Ebene nichts Besseres aufgenommen wurde"
    ),
    "remark.preferred": Sentence("statt „{name}“, denn {reason}"),
    "remark.unmoved": Sentence("aus einem anderen Bezugssystem, ohne Bewegung dazwischen"),
    "remark.registered": Sentence(
        "aus einem anderen Bezugssystem, auf die anderen registriert (um {shift_mm:.0f} mm verschoben und um "
        "{degrees:.0f}° gedreht)"
    ),
    "remark.not_used": Sentence("„{name}“ wird nicht verwendet: {reason}"),
    "remark.instead": Sentence("statt „{name}“, das in einem anderen Bezugssystem liegt"),
    # wie ein Volumen ist, das einer Ebene dienen könnte, und warum ein anderes vorgezogen wird
    "candidate": Sentence(_GRID + ", {covered_mm:.0f} mm erfasst, {contrast!w}{remarks:each}"),
    "remark.thick": Sentence("Schichtdicke {thickness_mm:.2g} mm"),
    "candidate.preferred": Sentence("„{best}“ wird vorgezogen, denn {reason}"),
    # was für ein Volumen und gegen ein anderes spricht, nach „denn“
    "better.localizer": Sentence("das andere sieht wie ein Localizer aus"),
    "better.image_kind": Sentence("das andere ist {kind!w}"),
    "better.body_part": Sentence("das andere ist als anderer Körperteil gekennzeichnet"),
    "better.own_plane": Sentence("seine Schichten wurden in dieser Ebene aufgenommen"),
    "better.named_plane": Sentence("das andere ist nach einer anderen Ebene benannt"),
    "better.whole_joint": Sentence("das andere erfasst nur einen Teil des Gelenks"),
    "better.water": Sentence("es ist das Wasserbild"),
    "better.not_in_phase": Sentence("das andere ist das In-Phase-Bild"),
    "better.fluid": Sentence("laut seinem Namen zeigt es Flüssigkeit am besten"),
    "better.frame": Sentence("es hat das Bezugssystem der anderen Ebenen"),
    "better.original": Sentence("das andere ist ein abgeleitetes Bild"),
    "better.coverage": Sentence("es erfasst mehr vom Gelenk"),
    "better.earlier": Sentence("es ist das frühere Echo oder der frühere Stapel seiner Serie"),
    "better.slices": Sentence("es hat mehr Schichten"),
    "better.pixels": Sentence("seine Pixel sind kleiner"),
    "better.first": Sentence("es steht an erster Stelle"),
    # warum ein Volumen keiner Ebene dient
    "left_out.other_exam": Sentence("es gehört nicht zur Untersuchung der von Hand gewählten Volumen"),
    "left_out.exam_without_joint": Sentence(
        "seine Untersuchung hat kein Bild dieses Gelenks, nur Localizer oder andere Körperteile"
    ),
    "left_out.exam_unknown": Sentence("es nennt seine Untersuchung nicht, die anderen schon"),
    "left_out.side": Sentence("es zeigt die andere Seite ({side!w})"),
    "left_out.side_unknown": Sentence("es nennt seine Seite nicht, und es gibt Serien beider Seiten"),
    "left_out.both_sides_by_hand": Sentence("die von Hand gewählten Volumen sind von beiden Seiten"),
    "left_out.frame": Sentence(
        "es liegt in einem anderen Bezugssystem als die anderen Ebenen und ließ sich nicht auf sie registrieren"
    ),
    "left_out.served": Sentence("für die {plane!w}e Ebene wird „{best}“ verwendet; {reason}"),
    "left_out.other_by_hand": Sentence("ein anderes wurde von Hand gewählt"),
    "left_out.localizer": Sentence("es sieht wie ein Localizer aus"),
    "left_out.better_in_each": Sentence("für jede Ebene gibt es ein besseres Volumen"),
}
