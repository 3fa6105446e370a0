"""What the reader decides about the findings that are shown, and the way back."""

from dataclasses import replace

from OrthoDiffusionLib.findings.review import Review
from OrthoDiffusionSlicer.scene import FindingsNodes


class Reviews:
    """Writes decisions into the findings table of ShownResults and remembers what was there before."""

    def __init__(self):
        self._before = []  # (table, key of the finding, its Review or None), the last one last

    def decide(self, results, finding, word):
        """Put the reader's word beside the model's; a note that is there stays. The same word again takes it back.

        Args:
            results: ShownResults.
            finding: one of its FindingRows.
            word: ‘positive’, ‘negative’ or ‘unsure’.
        """
        note = finding.review.note if finding.review is not None else ""
        if finding.readerWord == word and not finding.reviewIsEarlier:
            review = None
        else:
            review = Review.now(word, finding.word, finding.probability, note)
        self._write(results, finding, review)

    def note(self, results, finding, text):
        """Change the note of a review; without a review there is nothing that it could belong to."""
        if finding.review is not None and finding.review.note != text:
            self._write(results, finding, replace(finding.review, note=text))

    def canUndo(self, results):
        """Whether a decision about these results can be taken back."""
        return any(table is results.table for table, _key, _review in self._before)

    def undo(self, results):
        """Take back the last decision about these results; returns the key of its finding, empty if there was none."""
        for place in reversed(range(len(self._before))):
            table, key, review = self._before[place]
            if table is results.table:
                del self._before[place]
                FindingsNodes.setReview(table, key, review)
                results.read()
                return key
        return ""

    def forget(self, table):
        """A table leaves the scene."""
        self._before = [entry for entry in self._before if entry[0] is not table]

    def _write(self, results, finding, review):
        self._before.append((results.table, finding.key, finding.review))
        FindingsNodes.setReview(results.table, finding.key, review)
        results.read()
