"""The report as plain text, to be pasted into another program."""

from __future__ import annotations

from OrthoDiffusionLib.messages import ENGLISH, Language, text_of
from OrthoDiffusionLib.reports.report import Report


def report_text(report: Report, language: Language = ENGLISH) -> str:
    """Headings in capitals, a line for each paragraph; research use stands first and last."""
    research = report.research_use.text(language)
    blocks = ["\n".join([report.title.text(language).rstrip(".").upper(), research])]
    blocks.append("\n".join(fact.text(language) for fact in report.facts))
    for section in report.sections:
        lines = [" ".join(line.text(language) for line in paragraph) for paragraph in section.paragraphs]
        blocks.append("\n".join([section.title(language).upper(), *lines]))
    blocks.append("\n".join([research, text_of(report.intended_use, language)]))
    return "\n\n".join(blocks) + "\n"


def finding_of_line(report: Report, text: str, language: Language = ENGLISH) -> str:
    """Name of the finding that a line of the text is about; empty if it is about none, or was changed by hand."""
    wanted = text.strip()
    for section in report.sections:
        for paragraph in section.paragraphs:
            if wanted and wanted == " ".join(line.text(language) for line in paragraph):
                return next((line.finding for line in paragraph if line.finding), "")
    return ""
