"""Was beim Lesen von Bilddateien auffiel."""

from OrthoDiffusionLib.messages.sentence import Sentence

_WITH_ORIENTATION = "Exportieren Sie sie erneut mit Orientierung, am besten aus der DICOM-Serie."
_CHECK_PLANES = (
    "Prüfen Sie Ebenen, rechts und links; oder exportieren Sie die Datei erneut, am besten aus der DICOM-Serie."
)
_TWICE = (
    "Die Datei gibt ihre Lage im Patienten zweimal an, und sform und qform weichen um bis zu {apart_mm:.0f} mm "
    "voneinander ab; "
)

FILES = {
    "unreadable_file": Sentence("{problem}", "{remedy}"),
    "file_not_read": Sentence(
        "Dateien nicht unterstützter Formate wurden ausgelassen: {files:of {count}}",
        "Entpacken oder wandeln Sie sie in NIfTI, NRRD oder DICOM um, falls sie zur Studie gehören.",
    ),
    "file_not_read.picture": Sentence("Bilddateien sind keine Volumen: {files:of {count}}"),
    "results_left_out": Sentence("Der Ordner enthält die Ergebnisse einer früheren Analyse und wurde ausgelassen"),
    "sform_qform_disagree.qform_damaged": Sentence("{problem}; die sform wird verwendet", _CHECK_PLANES),
    "sform_qform_disagree.sform_default": Sentence(
        _TWICE + "die qform wird verwendet, da die sform die Vorgabe eines Programms ist", _CHECK_PLANES
    ),
    "sform_qform_disagree.qform_default": Sentence(
        _TWICE + "die sform wird verwendet, da die qform die Vorgabe eines Programms ist", _CHECK_PLANES
    ),
    "sform_qform_disagree.sform_voxel_size": Sentence(
        _TWICE + "die qform wird verwendet, da die sform nicht zur Voxelgröße passt", _CHECK_PLANES
    ),
    "sform_qform_disagree.sform_sheared": Sentence(
        _TWICE + "die qform wird verwendet, da die Achsen der sform nicht senkrecht stehen", _CHECK_PLANES
    ),
    "sform_qform_disagree.sform_template": Sentence(
        _TWICE + "die qform wird verwendet, da die sform die einer Vorlage ist", _CHECK_PLANES
    ),
    "sform_qform_disagree.qform_template": Sentence(
        _TWICE + "die sform wird verwendet, da die qform die einer Vorlage ist", _CHECK_PLANES
    ),
    "sform_qform_disagree.as_itk": Sentence(
        _TWICE + "die qform wird verwendet, da ITK und 3D Slicer diese lesen", _CHECK_PLANES
    ),
    "template_space": Sentence(
        "Das Bild liegt im Raum einer Vorlage, nicht des Patienten: Längen und Volumina können falsch sein",
        "Verwenden Sie das Originalbild vor der Registrierung auf die Vorlage.",
    ),
    "no_orientation": Sentence(
        "Die Datei gibt ihre Orientierung im Patienten nicht an; Ebenen, rechts und links können falsch sein",
        _WITH_ORIENTATION,
    ),
    "orientation_unknown.nifti_code": Sentence(
        "Die Datei nennt die Patientenachsen nicht (Code {nifti_code}, der nichts bedeutet); Ebenen, rechts und links "
        "können falsch sein",
        _WITH_ORIENTATION,
    ),
    "orientation_unknown.nrrd_space": Sentence(
        "Die Datei nennt die Patientenachsen nicht (ihr Raum ist „{space}“); Ebenen, rechts und links können "
        "falsch sein",
        _WITH_ORIENTATION,
    ),
    "orientation_unknown.no_nrrd_space": Sentence(
        "Die Datei nennt die Patientenachsen nicht (ihr Raum hat keinen Namen); Ebenen, rechts und links können falsch "
        "sein",
        _WITH_ORIENTATION,
    ),
    "orientation_disagrees": Sentence(
        "TransformMatrix und AnatomicalOrientation ({letters}) des Kopfes nennen verschiedene Achsen; die Matrix wird "
        "verwendet, wie in ITK und 3D Slicer",
        "Prüfen Sie Ebenen, rechts und links.",
    ),
    "no_position": Sentence(
        "Die Datei gibt ihre Lage im Patienten nicht an; die Ebenen passen vielleicht nicht zusammen",
        "Exportieren Sie sie erneut mit Lage, am besten aus der DICOM-Serie.",
    ),
    "voxel_size_unit": Sentence(
        "Voxel von {sizes:× .3g} {declared!w} sind nicht möglich; die Größen werden als {taken!w} gelesen",
        "Prüfen Sie die Größen; oder exportieren Sie die Datei erneut, am besten aus der DICOM-Serie.",
    ),
    "padding": Sentence("{share:.0%} der Voxel sind Auffüllung, kein Signal; sie gelten als Hintergrund"),
    "padding.little": Sentence("Weniger als 1 % der Voxel sind Auffüllung, kein Signal; sie gelten als Hintergrund"),
}
