"""Scores by imaging site."""
