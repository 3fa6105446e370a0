"""Measurements in the scene: drawn, moved by hand, taken again from corrected outlines, shown as colours."""
