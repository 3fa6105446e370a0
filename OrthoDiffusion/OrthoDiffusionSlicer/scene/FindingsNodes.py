"""The findings table and the heat maps as nodes, and back: what a row needs is read from the scene alone."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import vtk

from OrthoDiffusionLib.findings.calibration import counts_as_positive
from OrthoDiffusionLib.findings.plausibility import ALARMS
from OrthoDiffusionLib.findings.review import Review, model_word
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.measuring import ReaderValues
from OrthoDiffusionSlicer.scene import Provenance, ReviewCells
from OrthoDiffusionSlicer.scene.ColourTables import colourTable
from OrthoDiffusionSlicer.scene.GridImage import filled, matrixOf
from OrthoDiffusionSlicer.scene.SegmentationWriter import removeAllSegments
from OrthoDiffusionSlicer.scene.StudyReader import subjectHierarchy

PLANES = ("sagittal", "coronal", "axial")
MEASURING_ROLES = (Provenance.MARKUP_ROLE, Provenance.THICKNESS_ROLE)
HEAT_COLOURS = "OrthoDiffusion heat"
HEAT_THRESHOLD = 35  # of 100; fainter evidence is noise to the eye

_TEXT, _NUMBER = vtk.vtkStringArray, vtk.vtkDoubleArray
_COLUMNS = (
    ("Finding", _TEXT, ""),
    ("Assessed", _TEXT, ""),
    ("Probability", _NUMBER, ""),
    ("Sagittal", _NUMBER, ""),
    ("Coronal", _NUMBER, ""),
    ("Axial", _NUMBER, ""),
    ("R", _NUMBER, "mm"),
    ("A", _NUMBER, "mm"),
    ("S", _NUMBER, "mm"),
    ("Threshold", _NUMBER, ""),
    ("Sensitivity", _NUMBER, ""),
    ("Specificity", _NUMBER, ""),
    *ReviewCells.COLUMNS,
    ("Note", _TEXT, ""),
    ("Key", _TEXT, ""),
)
_WARNINGS, _CONTENT = Provenance.PREFIX + "Warnings", Provenance.PREFIX + "ContentHash"
_RESULTS = Provenance.PREFIX + "Results"  # the content of findings.json
_REPORT, _REPORT_BASIS = Provenance.PREFIX + "Report", Provenance.PREFIX + "ReportBasis"


@dataclass(frozen=True)
class FindingRow:
    """One line of the table, as a panel shows it."""

    key: str
    title: str
    assessed: bool
    probability: float | None
    byPlane: dict = field(default_factory=dict)
    pointRAS: tuple | None = None
    note: str = ""
    threshold: float | None = None
    sensitivity: float | None = None
    specificity: float | None = None
    review: Review | None = None

    @property
    def word(self):
        """What the model says: ‘positive’, ‘negative’, ‘not_called’ (no operating point) or ‘not_assessed’."""
        return model_word(self.assessed, self.positive)

    @property
    def readerWord(self):
        """What the reader says: ‘positive’, ‘negative’, ‘unsure’; empty before a review."""
        return self.review.word_beside(self.word) if self.review is not None else ""

    @property
    def reviewIsEarlier(self):
        """Whether the review was made on an earlier result, in which the model said something else."""
        return self.review is not None and self.review.is_of_other(self.word)

    @property
    def positive(self):
        """Whether it counts as positive; None if it was not assessed, or the bundle names no operating point."""
        if not self.assessed or self.probability is None or self.threshold is None:
            return None
        return counts_as_positive(self.probability, self.threshold)


class FindingsWriter:
    """Writes table and heat maps of one analysis."""

    def __init__(self, scene, findings, evidence, inputs):
        self.scene, self.findings, self.evidence, self.inputs = scene, findings, evidence, inputs

    def commit(self):
        """Write all nodes at once; returns the table node and finding name → evidence volume node.

        The table of an earlier analysis of the same study goes, unless it was edited; what a reader decided there,
        wrote there or measured by hand is carried over.
        """
        title = Words.said(Message("node", "findings", {"joint": self.findings["study"]["joint"]}))
        reviews, earlier = self._reviews(), self._earlier()
        edited = editedReport(earlier) if earlier is not None else None
        readerValues = ReaderValues.pointsIn(earlier)
        self._removeEarlier()
        table = self.scene.AddNewNodeByClass("vtkMRMLTableNode", Provenance.freeName(self.scene, title))
        wasModifying = table.StartModify()
        for name, kind, unit in _COLUMNS:
            column = kind()
            column.SetName(name)
            table.AddColumn(column)
            ReviewCells.describe(table, name)
            if unit:
                table.SetColumnUnitLabel(name, unit)
        if edited is not None:
            editReport(table, edited)
        for name, value in readerValues.items():
            ReaderValues.put(table, name, value)
        for finding in self.findings["findings"]:
            self._addRow(table, finding, reviews.get(finding["name"]))
        table.SetUseColumnTitleAsColumnHeader(True)
        table.SetLocked(True)
        Provenance.stamp(table, Provenance.TABLE, self.findings, self.inputs)
        table.SetAttribute(_WARNINGS, json.dumps(self.findings["warnings"]))
        table.SetAttribute(_RESULTS, json.dumps(self.findings))
        ReaderValues.fromResults(table, self.findings)
        table.SetAttribute(_CONTENT, contentHash(table))
        table.EndModify(wasModifying)
        volumes = {}
        for name, grid in self.evidence.items():
            volumes[name] = self._addEvidence(name, grid)
            table.SetNodeReferenceID(Provenance.EVIDENCE_ROLE + name, volumes[name].GetID())
        return table, volumes

    def _earlier(self):
        """The newest table of the same study, None if this is its first analysis."""
        return Provenance.ofSameStudy(tablesIn(self.scene), self.inputs)

    def _reviews(self):
        """Finding name → Review: that of the earlier table, or one that came with the results and is not older."""
        earlier = self._earlier()
        rows = rowsOf(earlier) if earlier is not None else []
        reviews = {row.key: row.review for row in rows if row.review is not None}
        for finding in self.findings["findings"]:
            told = Review.from_dict(finding["review"]) if finding["review"] else None
            if told is not None and (finding["name"] not in reviews or reviews[finding["name"]].time <= told.time):
                reviews[finding["name"]] = told
        return reviews

    def _removeEarlier(self):
        earlier = self._earlier()
        if earlier is None or earlier.GetAttribute(_CONTENT) != contentHash(earlier):
            return
        for node in (*evidenceNodes(earlier).values(), *referenced(earlier, MEASURING_ROLES)):
            removeWhole(self.scene, node)
        removeWhole(self.scene, earlier)

    def _addRow(self, table, finding, review):
        probability = finding["probability"]
        point = finding["point_ras"] or (None, None, None)
        byPlane = [finding["by_plane"].get(plane) for plane in PLANES]
        cells = [titleOf(finding["name"]), "yes" if finding["assessed"] else "no", probability, *byPlane, *point]
        row = table.AddEmptyRow()
        operatingPoint = finding["operating_point"] or {}
        cells += [operatingPoint.get(name) for name in ("threshold", "sensitivity", "specificity")]
        cells += [*ReviewCells.cellsOf(review), Words.note(finding), finding["name"]]
        for column, value in enumerate(cells):
            array = table.GetTable().GetColumn(column)
            if isinstance(value, str):
                array.SetValue(row, value)
            else:
                array.SetValue(row, float("nan") if value is None else float(value))

    def _addEvidence(self, name, grid):
        volume = self.scene.AddNewNodeByClass(
            "vtkMRMLScalarVolumeNode", Words.said(Message("node", "evidence", {"finding": name}))
        )
        volume.SetIJKToRASMatrix(matrixOf(grid))
        volume.SetAndObserveImageData(filled(vtk.vtkImageData(), grid))
        volume.CreateDefaultDisplayNodes()
        display = volume.GetDisplayNode()
        display.SetAndObserveColorNodeID(heatColours(self.scene).GetID())
        display.SetAutoWindowLevel(False)
        display.SetWindowLevelMinMax(0, 100)
        display.SetInterpolate(True)
        display.SetApplyThreshold(True)
        display.SetThreshold(HEAT_THRESHOLD, 100)
        Provenance.stamp(volume, Provenance.EVIDENCE, self.findings, self.inputs)
        volume.SetAttribute(Provenance.PREFIX + "Finding", name)
        return volume


def referenced(table, roles):
    """The nodes that a findings table refers to by roles that begin so."""
    found = []
    for index in range(table.GetNumberOfNodeReferenceRoles()):
        role = table.GetNthNodeReferenceRole(index)
        if role.startswith(tuple(roles)) and table.GetNodeReference(role) is not None:
            found.append(table.GetNodeReference(role))
    return found


def removeWhole(scene, node):
    """The node with its display and storage nodes and its line in the subject hierarchy, which a scene would keep."""
    # While it still has its line: Slicer looks for it when a segmentation is shown otherwise than before.
    for index in reversed(range(node.GetNumberOfDisplayNodes() if node.IsA("vtkMRMLDisplayableNode") else 0)):
        scene.RemoveNode(node.GetNthDisplayNode(index))
    if node.GetStorageNode() is not None:
        scene.RemoveNode(node.GetStorageNode())
    if node.IsA("vtkMRMLSegmentationNode"):
        wasModifying = node.StartModify()
        removeAllSegments(node.GetSegmentation())  # Slicer does it by itself, one by one
        node.EndModify(wasModifying)
    hierarchy = subjectHierarchy(scene)
    item = hierarchy.GetItemByDataNode(node) if hierarchy is not None else 0
    if item:
        hierarchy.RemoveItem(item, False, False)  # Slicer does it by itself, but only where it has a window
    scene.RemoveNode(node)


def rowsOf(table):
    """FindingRow of each line of a findings table, also of one that came with a scene file."""
    columns = {table.GetTable().GetColumnName(index): index for index in range(table.GetNumberOfColumns())}

    def text(row, name):
        return table.GetCellText(row, columns[name]) if name in columns else ""

    def number(row, name):
        try:
            value = float(text(row, name))
        except ValueError:
            return None
        return value if np.isfinite(value) else None

    rows, notes = [], _notesOf(table)
    for row in range(table.GetNumberOfRows()):
        point = tuple(number(row, axis) for axis in "RAS")
        byPlane = {plane: number(row, plane.capitalize()) for plane in PLANES}
        rows.append(
            FindingRow(
                key=text(row, "Key"),
                title=titleOf(text(row, "Key")) if text(row, "Key") else text(row, "Finding"),
                assessed=text(row, "Assessed") == "yes",
                probability=number(row, "Probability"),
                byPlane={plane: value for plane, value in byPlane.items() if value is not None},
                pointRAS=None if None in point else point,
                note=notes.get(text(row, "Key"), text(row, "Note")),
                threshold=number(row, "Threshold"),
                sensitivity=number(row, "Sensitivity"),
                specificity=number(row, "Specificity"),
                review=ReviewCells.read(partial(text, row), partial(number, row)),
            )
        )
    return rows


def _notesOf(table):
    """Finding's key → its note in the language of the application, whatever language the table was written in."""
    content = json.loads(table.GetAttribute(_RESULTS) or "null")
    return {entry["name"]: Words.note(entry) for entry in content["findings"]} if content is not None else {}


def warningsOf(table):
    """The warnings of the analysis that wrote the table: dicts that `inWords` makes text of."""
    return json.loads(table.GetAttribute(_WARNINGS) or "[]")


def alarmsOf(table):
    """Those of the warnings that say not to use or rely on the result; they are shown before anything else."""
    return [warning for warning in warningsOf(table) if warning.get("code") in ALARMS]


def addWarning(table, notice):
    """One more warning, found when the results arrived."""
    table.SetAttribute(_WARNINGS, json.dumps([*warningsOf(table), notice.as_dict()]))


def inWords(warning):
    """One warning in a sentence or two, in the language of the application."""
    return Words.warning(warning)


def evidenceNodes(table):
    """Finding name → heat map volume node, as far as they are still in the scene."""
    nodes = {}
    for row in rowsOf(table):
        volume = table.GetNodeReference(Provenance.EVIDENCE_ROLE + row.key)
        if volume is not None:
            nodes[row.key] = volume
    return nodes


def tablesIn(scene):
    """Findings tables of the scene, oldest first.

    A copy that the user has made (Data module: Clone) has the attributes of the first and none of its references:
    neither outlines nor heat maps belong to it, and it is no other exam.
    """
    tables = Provenance.madeByUs(scene, Provenance.TABLE, "vtkMRMLTableNode")
    whole = [table for table in tables if referenced(table, (Provenance.PREFIX,))]
    copied = {table.GetAttribute(_RESULTS) for table in whole}
    return [table for table in tables if table in whole or table.GetAttribute(_RESULTS) not in copied]


def setReview(table, key, review):
    """Put what a reader decided about one finding, a Review or None, beside what the model said."""
    for row, finding in enumerate(rowsOf(table)):
        if finding.key == key:
            ReviewCells.write(table, row, review)


def resultsOf(table):
    """The content of findings.json with today's reviews and warnings; None if a version before this wrote the table."""
    content = json.loads(table.GetAttribute(_RESULTS) or "null")
    if content is None:
        return None
    content["warnings"] = warningsOf(table)
    reviews = {row.key: row.review for row in rowsOf(table)}
    for finding in content["findings"]:
        review = reviews.get(finding["name"])
        finding["review"] = review.as_dict() if review is not None else None
    ReaderValues.beside(table, content)
    return content


@dataclass(frozen=True)
class EditedReport:
    """The reader's own text of a report, and the text that it was made from."""

    text: str
    basis: str


def editedReport(table):
    """The EditedReport of a findings table, None if nobody has changed its text."""
    text = table.GetAttribute(_REPORT)
    return EditedReport(json.loads(text), json.loads(table.GetAttribute(_REPORT_BASIS) or '""')) if text else None


def editReport(table, edited):
    """Keep an EditedReport on a findings table, or none."""
    # As JSON: an attribute keeps no line breaks.
    table.SetAttribute(_REPORT, json.dumps(edited.text) if edited is not None else None)
    table.SetAttribute(_REPORT_BASIS, json.dumps(edited.basis) if edited is not None else None)


def contentHash(table):
    """Hash of what the cells say; changes when the table is edited. A review is no edit: it goes to the next table."""
    columns = [index for index in range(table.GetNumberOfColumns())
               if table.GetTable().GetColumnName(index) not in ReviewCells.NAMES]  # fmt: skip
    cells = [table.GetCellText(row, column) for row in range(table.GetNumberOfRows()) for column in columns]
    return hashlib.sha256("\x1f".join(cells).encode()).hexdigest()


def titleOf(name):
    """Words for people for a finding's name; the name itself, spelt out, if only the bundle knows it."""
    return Words.finding(name)


def heatColours(scene):
    """The scene's colour table for heat maps: from dark amber to light yellow, readable over grey."""
    heats = (index / 100 for index in range(101))
    return colourTable(scene, HEAT_COLOURS, (
        (str(index), 0.35 + 0.65 * min(1.0, 1.5 * heat), 0.9 * heat**1.3, 0.45 * heat**4)
        for index, heat in enumerate(heats)
    ))  # fmt: skip
