"""What an archive answers when it is sent an instance, PS3.4, annex B.2.3, and PS3.18, table I.2-2."""

from __future__ import annotations

from dataclasses import dataclass

from OrthoDiffusionLib.messages import Message

SUCCESS = 0x0000
DUPLICATE = 0x0111
OUT_OF_RESOURCES = 0xA700
WRONG_CLASS = 0xA900
CANNOT_UNDERSTAND = 0xC000
NO_CONTEXT = 0x0122
NOT_AUTHORISED = 0x0124
PROCESSING_FAILURE = 0x0110


@dataclass(frozen=True)
class Stored:
    """The answer on one instance.

    Attributes:
        status: of DICOM.
        comment: the archive's own words, if it says any.
    """

    status: int
    comment: str = ""

    @property
    def is_there(self) -> bool:
        """Whether the archive has it: now, with a warning, or before."""
        return self.status in (SUCCESS, DUPLICATE) or 0xB000 <= self.status <= 0xBFFF or self.status == 0x0001

    @property
    def may_pass(self) -> bool:
        """Whether the same instance may be taken another time: the archive has no room, or failed by itself."""
        return 0xA700 <= self.status <= 0xA7FF or self.status == PROCESSING_FAILURE

    @property
    def reason(self) -> Message:
        """Why it was refused, for a user."""
        values = {"number": f"{self.status:04X}", "comments": [self.comment] if self.comment else []}
        if 0xA700 <= self.status <= 0xA7FF:
            return Message("refused", "out_of_resources", values)
        if 0xA900 <= self.status <= 0xA9FF:
            return Message("refused", "wrong_class", values)
        if 0xC000 <= self.status <= 0xCFFF:
            return Message("refused", "not_understood", values)
        if self.status == NO_CONTEXT:
            return Message("refused", "no_context", values)
        if self.status == NOT_AUTHORISED:
            return Message("refused", "not_authorised", values)
        return Message("refused", values=values)
