"""The English catalogue: key -> sentence. Files by what the sentences are about; a key stands in one of them."""

from OrthoDiffusionLib.messages.english.choice import CHOICE
from OrthoDiffusionLib.messages.english.dicom import DICOM
from OrthoDiffusionLib.messages.english.files import FILES
from OrthoDiffusionLib.messages.english.quality import QUALITY
from OrthoDiffusionLib.messages.english.report import REPORT
from OrthoDiffusionLib.messages.english.results import RESULTS
from OrthoDiffusionLib.messages.english.scene import SCENE
from OrthoDiffusionLib.messages.english.selection import SELECTION
from OrthoDiffusionLib.messages.english.words import WORDS
from OrthoDiffusionLib.messages.sentence import Sentence

PARTS = (WORDS, FILES, DICOM, SELECTION, CHOICE, QUALITY, RESULTS, REPORT, SCENE)

SENTENCES: dict[str, Sentence] = {key: sentence for part in PARTS for key, sentence in part.items()}
