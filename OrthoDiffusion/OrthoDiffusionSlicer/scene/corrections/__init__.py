"""Predictions and edits beside each other: kept with the scene, shown, handed to a process."""
