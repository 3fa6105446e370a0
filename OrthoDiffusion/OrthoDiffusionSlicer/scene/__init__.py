"""Nodes of the scene, read and written."""
