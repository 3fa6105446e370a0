"""How a batch ended."""

from __future__ import annotations

from dataclasses import dataclass, field

ALL_DONE, SOME_FAILED, NONE_DONE = 0, 3, 4
"""Exit statuses of `orthodiffusion batch`."""


@dataclass
class BatchOutcome:
    """How a batch ended.

    Attributes:
        analysed: studies analysed in this run.
        done_before: studies whose results folder was complete already.
        failed: study name -> what was wrong, where, and what to do.
        done_before_with_clinical: of those done before, those that have clinical values now; their results may not
            take account of them.
        named_otherwise: names of the studies whose words name another joint than the one that all are analysed as.
        implausible: names of the studies whose results were found implausible and should not be used.
        done_by_other_bundle: of those done before, those that another bundle analysed.
        unused: how many files and folders belong to no study; they are listed in unused.csv.
        loose: of these, names of image files that lie beside the folders of the studies.
    """

    analysed: int = 0
    done_before: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    done_before_with_clinical: int = 0
    named_otherwise: list[str] = field(default_factory=list)
    implausible: list[str] = field(default_factory=list)
    done_by_other_bundle: int = 0
    unused: int = 0
    loose: list[str] = field(default_factory=list)

    @property
    def exit_status(self) -> int:
        """0 all done, now or before; 3 some failed; 4 none done."""
        if not self.failed:
            return ALL_DONE
        return SOME_FAILED if self.analysed or self.done_before else NONE_DONE
