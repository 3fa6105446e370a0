"""The results that the panel shows: one findings table of the scene, and what belongs to it."""

from OrthoDiffusionLib.anatomy import find_joint
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.scene import FindingsNodes, Provenance


def inOrder(rows):
    """FindingRows as they are read: positive ones first, the likeliest first, what was not assessed last."""
    return sorted(rows, key=lambda row: (not row.assessed, row.positive is not True, -(row.probability or 0.0)))


class ShownResults:
    """What a findings table says, read once, and the nodes that it refers to.

    Args:
        table: a findings table that this extension made.

    Attributes:
        table: the node.
        rows: its FindingRows; another list after each review.
        alarms: those of its warnings that say not to use it.
    """

    def __init__(self, table):
        self.table = table
        self.read()
        self.alarms = FindingsNodes.alarmsOf(table)

    def read(self):
        """Read the rows again: a review has changed one."""
        self.rows = FindingsNodes.rowsOf(self.table)

    def row(self, key):
        """The FindingRow of one finding, None if there is none."""
        return next((row for row in self.rows if row.key == key), None)

    @property
    def usable(self):
        """Whether none of its warnings says not to use it."""
        return not self.alarms

    @property
    def notLookedFor(self):
        """Keys of what a reader would look for in this joint and the analysis did not."""
        joint = find_joint(self.table.GetAttribute(Provenance.PREFIX + "Joint") or "")
        return joint.missed_by(row.key for row in self.rows) if joint is not None else ()

    @property
    def segmentation(self):
        """The outlines that belong to it, None if they were deleted."""
        return self.table.GetNodeReference(Provenance.SEGMENTATION_ROLE)

    @property
    def warnings(self):
        """What the analysis warned of; first of all what no longer belongs together."""
        warnings = FindingsNodes.warningsOf(self.table)
        if self.segmentation is not None:
            return warnings
        return [Notice("outlines_deleted").as_dict(), *warnings]

    @property
    def intendedUse(self):
        return Words.fixed(self.table.GetAttribute(Provenance.PREFIX + "IntendedUse") or "")

    def heatMap(self, key):
        """The heat map volume of a finding by its key, None if there is none."""
        return self.table.GetNodeReference(Provenance.EVIDENCE_ROLE + key)
