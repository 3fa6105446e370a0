"""The report on the results that are shown: made from them, edited by the reader, saved beside the findings."""

import json
import time
from pathlib import Path

from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.findings.analysis import write_findings_csv
from OrthoDiffusionLib.findings.records import ResultsRecord, read_record
from OrthoDiffusionLib.findings.results_json import contradictions_in
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.reports.comparison import check_prior
from OrthoDiffusionLib.reports.html_report import Picture, html_report
from OrthoDiffusionLib.reports.report import report_of
from OrthoDiffusionLib.reports.report_text import finding_of_line, report_text
from OrthoDiffusionLib.volumes.files.atomic import new_folder, write_text
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.scene import FindingsNodes


class ShownReport:
    """What a report says of one findings table, and of a prior exam beside it.

    Args:
        table: the findings table.
        content: what findings.json says of it, with today's reviews.
        prior: the PriorExam, None for none.

    Attributes:
        table, prior: the same.
        made: the text as the findings have it, without what the reader wrote.
    """

    def __init__(self, table, content, prior=None):
        self.table, self.prior, self._content = table, prior, content
        self._record = ResultsRecord.from_dict(content)
        self._report = report_of(self._record, prior=prior.record if prior is not None else None)
        self.made = report_text(self._report, Words.LANGUAGE)

    @classmethod
    def of(cls, table, prior=None):
        """The report on a findings table, None if a version before this one wrote the table."""
        content = FindingsNodes.resultsOf(table)
        return cls(table, content, prior) if content is not None else None

    @property
    def text(self):
        """The reader's text; what was made, as long as nobody has changed it."""
        edited = FindingsNodes.editedReport(self.table)
        return edited.text if edited is not None else self.made

    @property
    def outdated(self):
        """Whether the findings say something else than when the reader began to edit."""
        edited = FindingsNodes.editedReport(self.table)
        return edited is not None and edited.basis != self.made

    def edit(self, text):
        """Keep what the reader wrote, on the table node, so that the scene file has it."""
        edited = FindingsNodes.editedReport(self.table)
        basis = edited.basis if edited is not None else self.made
        FindingsNodes.editReport(self.table, None if text == self.made else FindingsNodes.EditedReport(text, basis))

    def findingOf(self, line):
        """Key of the finding that a line of the text is about, empty for none."""
        return finding_of_line(self._report, line, Words.LANGUAGE)

    def save(self, parent, png=None):
        """Write page, text and findings into a new folder; nothing that is there is replaced.

        Args:
            parent: folder in which the new one is made.
            png: bytes of a picture of the views, None for none.

        Returns:
            Path of the new folder.

        Raises:
            OutputError: if it cannot be written.
        """
        study = self._record.study
        name = "_".join([study.joint, *([study.side.value] if study.side else []), time.strftime("%Y-%m-%d_%H%M%S")])
        folder = new_folder(Path(parent), name)
        pictures = [Picture(png, "png", Words.title("page_views"))] if png else []
        prior = self.prior.record if self.prior is not None else None
        edited = self.text if self.text != self.made else ""
        page = html_report(self._record, pictures=pictures, prior=prior, language=Words.LANGUAGE, edited=edited)
        write_text(folder / "report.html", page)
        write_text(folder / "report.txt", self.text)
        write_text(folder / "findings.json", json.dumps(self._content, ensure_ascii=False, indent=1) + "\n")
        try:
            write_findings_csv(folder / "findings.csv", self._content["findings"])
        except OSError as error:
            raise OutputError(
                Message("file", "not_written", {"error": error.strerror or error}), where=str(folder)
            ) from error
        return folder


class PriorExam:
    """An earlier exam of the same joint: a findings table of the scene, or a results folder.

    Args:
        source: the table node, or the folder's path.
        beside: the findings table that it stands beside.

    Raises:
        OutputError: if it cannot be read, or is of another joint or side.
    """

    def __init__(self, source, beside):
        self.source = source
        if isinstance(source, (str, Path)):
            self.name, self.record = Path(source).name, read_record(source)
        else:
            self.name, self.record = source.GetName(), recordOf(source)
        check_prior(recordOf(beside), self.record, where=self.name)


def recordOf(table):
    """The ResultsRecord of a findings table.

    Raises:
        OutputError: if a version before this one wrote it.
    """
    content = FindingsNodes.resultsOf(table)
    if content is None:
        raise OutputError(Message("results", "no_report"), where=table.GetName())
    with contradictions_in(Path(table.GetName())):
        return ResultsRecord.from_dict(content)
