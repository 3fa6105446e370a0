"""The English catalogue: key -> sentence. Files by what the sentences are about; a key stands in one of them."""

from OrthoDiffusionLib.messages.english.archive import ARCHIVE
from OrthoDiffusionLib.messages.english.choice import CHOICE
from OrthoDiffusionLib.messages.english.dicom import DICOM
from OrthoDiffusionLib.messages.english.dicom_objects import DICOM_OBJECTS
from OrthoDiffusionLib.messages.english.files import FILES
from OrthoDiffusionLib.messages.english.pages import PAGES
from OrthoDiffusionLib.messages.english.quality import QUALITY
from OrthoDiffusionLib.messages.english.refusals.bundles import BUNDLE_REFUSALS
from OrthoDiffusionLib.messages.english.refusals.files import FILE_REFUSALS
from OrthoDiffusionLib.messages.english.refusals.results import RESULTS_REFUSALS
from OrthoDiffusionLib.messages.english.refusals.studies import STUDY_REFUSALS
from OrthoDiffusionLib.messages.english.refusals.worklist import WORKLIST_REFUSALS
from OrthoDiffusionLib.messages.english.report import REPORT
from OrthoDiffusionLib.messages.english.results import RESULTS
from OrthoDiffusionLib.messages.english.scene import SCENE
from OrthoDiffusionLib.messages.english.selection import SELECTION
from OrthoDiffusionLib.messages.english.words import WORDS
from OrthoDiffusionLib.messages.english.work import WORK
from OrthoDiffusionLib.messages.sentence import Sentence

_REFUSALS = (FILE_REFUSALS, STUDY_REFUSALS, BUNDLE_REFUSALS, RESULTS_REFUSALS, WORKLIST_REFUSALS)

PARTS = (
    WORDS,
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

SENTENCES: dict[str, Sentence] = {key: sentence for part in PARTS for key, sentence in part.items()}
