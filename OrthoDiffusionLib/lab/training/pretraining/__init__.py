"""Pretraining of the view encoders, without labels."""
