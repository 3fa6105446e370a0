"""Which joint pictures show, by the pictures alone: one small network on pictures of 5 mm, without torch."""

from OrthoDiffusionLib.recognition.joint_picture import NONE, JointPicture, contradiction, joint_picture

__all__ = ["NONE", "JointPicture", "contradiction", "joint_picture"]
