"""Trainings: of encoders without labels, of whole networks from phantoms or from a user's own tables."""
