"""Experiments that decide: each one command, resumable, with its table and plot."""
