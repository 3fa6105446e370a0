"""Experiments on studies that are rendered once, as a hospital has them: images, few labels, early stopping."""
