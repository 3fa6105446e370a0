"""Scores as tables, plots and pages."""
