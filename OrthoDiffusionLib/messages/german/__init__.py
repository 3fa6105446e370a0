"""The German catalogue: the keys of the English one, with templates for the same values."""

from OrthoDiffusionLib.messages.german.anatomy import ANATOMY
from OrthoDiffusionLib.messages.german.archive import ARCHIVE
from OrthoDiffusionLib.messages.german.choice import CHOICE
from OrthoDiffusionLib.messages.german.dicom import DICOM
from OrthoDiffusionLib.messages.german.dicom_objects import DICOM_OBJECTS
from OrthoDiffusionLib.messages.german.files import FILES
from OrthoDiffusionLib.messages.german.pages import PAGES
from OrthoDiffusionLib.messages.german.quality import QUALITY
from OrthoDiffusionLib.messages.german.refusals.bundles import BUNDLE_REFUSALS
from OrthoDiffusionLib.messages.german.refusals.files import FILE_REFUSALS
from OrthoDiffusionLib.messages.german.refusals.results import RESULTS_REFUSALS
from OrthoDiffusionLib.messages.german.refusals.studies import STUDY_REFUSALS
from OrthoDiffusionLib.messages.german.refusals.worklist import WORKLIST_REFUSALS
from OrthoDiffusionLib.messages.german.report import REPORT
from OrthoDiffusionLib.messages.german.results import RESULTS
from OrthoDiffusionLib.messages.german.scene import SCENE
from OrthoDiffusionLib.messages.german.selection import SELECTION
from OrthoDiffusionLib.messages.german.texts import TEXTS
from OrthoDiffusionLib.messages.german.words import WORDS
from OrthoDiffusionLib.messages.german.work import WORK
from OrthoDiffusionLib.messages.sentence import Language

_REFUSALS = (FILE_REFUSALS, STUDY_REFUSALS, BUNDLE_REFUSALS, RESULTS_REFUSALS, WORKLIST_REFUSALS)

PARTS = (
    WORDS,
    ANATOMY,
    TEXTS,
    FILES,
    DICOM,
    DICOM_OBJECTS,
    SELECTION,
    CHOICE,
    QUALITY,
    RESULTS,
    REPORT,
    PAGES,
    SCENE,
    WORK,
    ARCHIVE,
    *_REFUSALS,
)

_SIGNS = str.maketrans({",": ".", ".": ",", "%": " %", "-": "−"})


def _number(text: str) -> str:
    """1,234.5 → 1.234,5; 12% → 12 %; -3 → −3."""
    return text.translate(_SIGNS)


LANGUAGE = Language(
    {key: sentence for part in PARTS for key, sentence in part.items()},
    number=_number,
    quotes=("„", "“"),
    code="de",
)
