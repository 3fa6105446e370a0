"""What was noticed while DICOM files were read."""

from OrthoDiffusionLib.messages.sentence import Sentence

_AGAIN = "Export the whole series again."
_ONE_EXAM = "Check that all series are of the same joint and exam."
_UNEVEN = "The slices are {least_mm:.1f} to {most_mm:.1f} mm apart and were resampled to even steps of {step_mm:.1f} mm"
_FAR_APART = "Between slices that are far apart, details may be missed."

DICOM = {
    "missing_file": Sentence(
        "{count:One file of the DICOMDIR is|{count} files of the DICOMDIR are} missing: {missing:of {count}}",
        "Copy the whole disc again, with all its folders.",
    ),
    "foreign_file": Sentence(
        "{count:One file is not DICOM and was left out|{count} files are not DICOM and were left out}"
    ),
    "damaged_file": Sentence(
        "{count:One file is damaged and was left out|{count} files are damaged and were left out}",
        "Copy or export the series again.",
    ),
    "no_volume_file": Sentence(
        "{count:One file is {kind!w} and was left out|{count} files are each {kind!w} and were left out}", "{advice}"
    ),
    "no_volume_file.raw_data": Sentence(
        "{count:One file is raw data and was left out|{count} files are raw data and were left out}"
    ),
    "no_volume_file.no_image": Sentence(
        "{count:One file is not an image and was left out|{count} files are not images and were left out}"
    ),
    "no_volume_file.frames": Sentence(
        "{count:One file holds several frames without positions and was left out|"
        "{count} files hold several frames without positions and were left out}",
        "{advice}",
    ),
    "no_volume_file.frames_without_place": Sentence(
        "{lost} of {frames} frames of the file {lost:has|have} no position and {lost:was|were} left out",
        _AGAIN,
    ),
    "no_volume_file.beside_mr": Sentence(
        "{count:One file is {modality!w} ({modality}) beside MR images and was left out|"
        "{count} files are {modality!w} ({modality}) beside MR images and were left out}"
    ),
    "no_volume_file.unknown_beside_mr": Sentence(
        "{count:One file is of another modality ({modality}) beside MR images and was left out|"
        "{count} files are of another modality ({modality}) beside MR images and were left out}"
    ),
    "no_volume_file.unnamed_beside_mr": Sentence(
        "{count:One file is of another modality beside MR images and was left out|"
        "{count} files are of another modality beside MR images and were left out}"
    ),
    "no_volume_file.capture_beside_mr": Sentence(
        "{count:One file is a secondary capture beside MR images and was left out|"
        "{count} files are each a secondary capture beside MR images and were left out}"
    ),
    "advice.originals": Sentence(
        "Export the original MR images: screenshots and secondary captures do not say where they lie."
    ),
    "advice.own_images": Sentence("Export each slice as an image of its own."),
    "duplicate_slices": Sentence(
        "{count:One slice has|{count} slices have} the position of another one; the first was kept"
    ),
    "duplicate_slices.many": Sentence(
        "{count:One slice has|{count} slices have} the position of another one; the first was kept",
        "Nothing in the files distinguishes these slices. Check the result against the images.",
    ),
    "few_slices.single": Sentence(
        "{count:One single slice without neighbours was left out|"
        "{count} single slices without neighbours were left out}",
        "If you gave one file of a series, give its folder instead.",
    ),
    "same_position": Sentence(
        "All {slices} slices have the same position, so no volume can be built",
        "If they show one slice over time, choose another series. Otherwise the positions were lost: export the series "
        "again from the scanner or archive.",
    ),
    "compressed": Sentence(
        "The pixels of {files:1 file|{files} files} are compressed ({compression}) and no decoder for that is "
        "installed",
        "Install pylibjpeg with its plug-ins (pip install 'pylibjpeg[all]'), or export the series uncompressed.",
    ),
    "huge": Sentence("The stack is too large to be read"),
    "sheared": Sentence(
        "The slices are not stacked perpendicular to their plane; the series is not used",
        "Choose another series, or reformat this one perpendicular to its plane.",
    ),
    "sheared.straightened": Sentence(
        "The slices do not lie exactly above each other: by up to {aside_mm:.1f} mm; each was moved within its plane"
    ),
    "padding.around": Sentence(
        "{share:.0%} of the voxels are padding around the image, not signal; they are read as air",
        "Nothing is assessed there.",
    ),
    "uneven_slices.gaps": Sentence("The stack has gaps of up to {widest_mm:.0f} mm and was split there", _AGAIN),
    "uneven_slices.gaps_and_single": Sentence(
        "The stack has gaps of up to {widest_mm:.0f} mm and was split there; "
        "{single:one single slice|{single} single slices} could not be used",
        _AGAIN,
    ),
    "uneven_slices.missing": Sentence(
        "{missing} of {slices} slices {missing:is missing and was|are missing and were} filled from the neighbours",
        _AGAIN,
    ),
    "uneven_slices.steps": Sentence(_UNEVEN, _FAR_APART),
    "uneven_slices.too_near": Sentence(
        _UNEVEN + "; {near} of {slices} slices {near:is|are} too close to others to be kept separate", _FAR_APART
    ),
    "repeated_acquisition": Sentence(
        "The acquisition was repeated: ‘{name}’ has {slices} slices, ‘{whole}’ has {whole_slices}; the complete "
        "one is preferred"
    ),
    "series_joined": Sentence(
        "Each of {slices} slices has its own series identifier; they were joined to one series, as all else agrees",
        "Anonymisation software may have caused this. Compare with the original images.",
    ),
    "frame_of_reference.in_series": Sentence(
        "The slices of one series have {frames} frames of reference and were split accordingly",
        "Check that each of the volumes is complete.",
    ),
    "several_studies.patients_read": Sentence("The files belong to {count} patients", _ONE_EXAM),
    "several_studies.studies_read": Sentence("The files belong to {count} studies", _ONE_EXAM),
}
