"""Scores of outlines and findings with their intervals."""
