"""Warum eine Datei abgelehnt wird."""

from OrthoDiffusionLib.messages.sentence import Sentence

_COPY_AGAIN = "Kopieren oder exportieren Sie sie erneut."
_MAY_BE_WRITTEN = "Prüfen Sie, ob der Ordner vorhanden und beschreibbar ist und freien Platz hat."
_CHECK_NAME = "Prüfen Sie den Namen."
_WITH_SPACING = "Exportieren Sie das Bild erneut mit Abständen und Orientierung."
_ORIGINALS = "Wählen Sie einen Ordner mit den Originalbildern einer MR-Studie, wie das Gerät sie aufgenommen hat."

FILE_REFUSALS = {
    "recognition.damaged": Sentence(
        "Das Netz, das das Gelenk erkennt, fehlt oder ist beschädigt", "Installieren Sie OrthoDiffusion erneut."
    ),
    "file.not_written": Sentence("Die Datei kann nicht geschrieben werden: {error}", _MAY_BE_WRITTEN),
    "file.volume_not_written": Sentence("Die Datei kann nicht geschrieben werden", _MAY_BE_WRITTEN),
    "file.folder_not_made": Sentence(
        "Der Ordner kann nicht angelegt werden: {error}", "Wählen Sie einen beschreibbaren Ordner."
    ),
    "file.unusable": Sentence(
        "Die Datei oder der Ordner kann nicht benutzt werden: {error}",
        "Prüfen Sie den Namen, ob Sie lesen und schreiben dürfen und ob der Datenträger oder die Freigabe da ist; "
        "beginnen Sie dann erneut.",
    ),
    "file.not_there_named": Sentence("Diese Datei oder dieser Ordner ist nicht vorhanden", _CHECK_NAME),
    "file.missing": Sentence("Diese Datei ist nicht vorhanden", _CHECK_NAME),
    "file.is_folder": Sentence("Dies ist ein Ordner, keine Bilddatei", _CHECK_NAME),
    "file.name_unreadable": Sentence(
        "Der Name der Datei oder eines Ordners darüber enthält unlesbare Zeichen",
        "Benennen Sie sie mit einfachen Buchstaben um.",
    ),
    "file.unreadable": Sentence("Die Datei kann nicht gelesen werden: {error}"),
    "file.empty": Sentence("Die Datei ist leer", _COPY_AGAIN),
    "file.ends_early": Sentence("Die Datei endet zu früh oder ist beschädigt", _COPY_AGAIN),
    "file.damaged": Sentence(
        "Die Datei kann nicht gelesen werden: sie ist beschädigt, endet zu früh oder ist von anderer Art, als ihr Name "
        "sagt",
        _COPY_AGAIN,
    ),
    "file.unknown_ending": Sentence(
        "Der Dateiname endet nicht wie der eines 3D-Bildes",
        "Entpacken Sie ein Archiv, oder wandeln Sie die Datei um; bekannt sind {endings:,} sowie DICOM-Dateien und "
        "-Ordner.",
    ),
    "file.folder_unreadable": Sentence(
        "Der Ordner kann nicht gelesen werden: {error}",
        "Prüfen Sie, ob Sie ihn lesen dürfen und ob der Datenträger oder die Freigabe da ist; sein Inhalt würde "
        "fehlen.",
    ),
    "file.broken_link": Sentence(
        "Die Verknüpfung führt ins Leere",
        "Verbinden Sie den Datenträger oder die Freigabe, zu der sie führt, oder löschen Sie die Verknüpfung.",
    ),
    "file.no_pydicom": Sentence(
        "Zum Lesen von DICOM wird das Python-Paket pydicom gebraucht, das nicht installiert ist",
        "Installieren Sie es mit: pip install pydicom. NIfTI, NRRD und MetaImage gehen ohne.",
    ),
    "file.no_dicom": Sentence("Keine lesbare DICOM-Datei"),
    "file.bad_element": Sentence("Ein Element des Kopfes kann nicht gelesen werden"),
    "file.no_dicom_files": Sentence("Es gibt keine DICOM-Dateien", _ORIGINALS),
    "file.no_dicom_volume": Sentence(
        "Aus den DICOM-Dateien konnte kein Volumen gelesen werden: {reasons:;}", _ORIGINALS
    ),
    "file.no_dicom_volume_advised": Sentence(
        "Aus den DICOM-Dateien konnte kein Volumen gelesen werden: {reasons:;}", "{remedies:sentences}"
    ),
    "file.data_missing": Sentence(
        "Die Datei {file}, die die Voxel enthält, fehlt",
        "Belassen Sie beide Dateien im selben Ordner und unter ihren Namen.",
    ),
    "file.data_too_long": Sentence(
        "Die Datei {file} enthält {available:,} Bytes an Voxeln, ihr Kopf beschreibt aber {described:,}",
        "Berichtigen Sie den Kopf (Größe, Zahlentyp, Bytes vor den Voxeln), oder exportieren Sie das Bild erneut.",
    ),
    "file.header_damaged": Sentence("Der Kopf ist beschädigt: {field} ist {value}", _COPY_AGAIN),
    "file.no_nifti": Sentence("Dies ist keine NIfTI-Datei", "Prüfen Sie, was die Datei wirklich ist."),
    "file.no_voxels": Sentence(
        "Die Datei enthält selbst keine Voxel (Analyze oder ein NIfTI-Paar)",
        "Wandeln Sie sie in eine .nii- oder .nii.gz-Datei um.",
    ),
    "file.number_type": Sentence(
        "Der Zahlentyp der Datei (Code {nifti_type}) wird nicht unterstützt",
        "Wandeln Sie die Voxel in ganze 16-Bit-Zahlen oder 32-Bit-Zahlen um.",
    ),
    "file.colour": Sentence(
        "Dies ist ein Farbbild oder hat mehrere Werte in jedem Voxel",
        "Wählen Sie die Grauwertserie, wie das Gerät sie aufgenommen hat.",
    ),
    "file.complex": Sentence("Die Voxel sind komplexe Zahlen", "Wählen Sie die Betragsbilder."),
    "file.four_dimensions": Sentence(
        "Dies ist ein 4D-Bild: {volumes} Volumen in einer Datei", "Speichern Sie das gewünschte als eigene Datei."
    ),
    "file.two_dimensions": Sentence(
        "Dies ist ein 2D-Bild ({shape:×} Voxel)", "Wählen Sie die ganze Serie, nicht eine ihrer Schichten."
    ),
    "file.too_many_voxels": Sentence(
        "Das Bild hat {count:,} Voxel; lesbar sind bis zu {most:,}",
        "Schneiden Sie es auf das Gelenk zu, oder rechnen Sie es auf ein gröberes Gitter um.",
    ),
    "file.scaling": Sentence(
        "Die Skalierung der Datei ist beschädigt: eine Steigung ohne Achsenabschnitt", _COPY_AGAIN
    ),
    "file.left_right_differ": Sentence(
        "Die Datei gibt ihre Lage im Patienten zweimal an (sform und qform), und rechts und links sind verschieden",
        "Exportieren Sie sie erneut, am besten aus der DICOM-Serie; oder berichtigen Sie die falsche der beiden.",
    ),
    "file.qform_damaged": Sentence(
        "Die qform der Datei ist beschädigt und gibt keine Richtung an",
        "Exportieren Sie sie erneut mit Orientierung, am besten aus der DICOM-Serie.",
    ),
    "file.encoding": Sentence(
        "Die Voxel sind mit {name} gespeichert, was hier nicht gelesen werden kann",
        "Speichern Sie die Datei mit gzip oder unkomprimiert, z. B. mit `unu save -f nrrd -e gzip`.",
    ),
    "file.pixel_size": Sentence(
        "Die Pixelgröße ist nicht möglich: {sizes_mm:× .3g} mm",
        "Exportieren Sie die Serie erneut vom Gerät oder aus dem Archiv, mit ihrem Pixelabstand in Millimetern.",
    ),
    "file.voxel_size": Sentence(
        "Die Voxelgröße ist nicht möglich: {sizes_mm:× .3g} mm",
        "Exportieren Sie die Datei erneut mit der Voxelgröße in Millimetern, am besten aus der DICOM-Serie.",
    ),
    "file.no_voxel_size": Sentence(
        "Die Datei sagt nicht, wie groß ihre Voxel sind",
        "Exportieren Sie sie erneut mit Abständen und Orientierung, am besten aus der DICOM-Serie.",
    ),
    "file.not_grey": Sentence(
        "Kein 3D-Grauwertbild: {dimensions} Dimensionen, {components} Werte in jedem Voxel",
        "Wählen Sie ein 3D-Bild mit einem Wert in jedem Voxel.",
    ),
    "geometry.shape": Sentence(
        "Ein Volumen braucht drei Achsen von mindestens einem Voxel, dieses hat ({shape:,})", "Wählen Sie ein 3D-Bild."
    ),
    "geometry.not_finite": Sentence(
        "Die Lage des Volumens im Patienten ist nicht durch endliche Zahlen angegeben",
        "Exportieren Sie das Bild erneut mit Orientierung.",
    ),
    "geometry.last_row": Sentence("Die letzte Zeile einer Matrix vom Voxel zum Patienten muss 0 0 0 1 sein"),
    "geometry.huge_voxels": Sentence("Die Voxel sind unmöglich groß: {size:.3g} mm", _WITH_SPACING),
    "geometry.flat": Sentence(
        "Die Voxelachsen spannen keine drei Dimensionen auf: ein Abstand ist null, oder zwei Achsen fallen zusammen",
        _WITH_SPACING,
    ),
    "geometry.empty_box": Sentence("Der Quader von [{low:,}] bis [{high:,}] mm ist leer"),
    "geometry.not_perpendicular": Sentence(
        "Die Voxelachsen stehen nicht senkrecht zueinander",
        "Rechnen Sie das Bild zuerst auf ein Gitter mit senkrechten Achsen um, oder verwenden Sie es wie aufgenommen.",
    ),
    "geometry.no_overlap": Sentence(
        "Die beiden Gitter überlappen im Patienten nicht",
        "Prüfen Sie, ob beide aus derselben Untersuchung und von derselben Seite stammen.",
    ),
}
