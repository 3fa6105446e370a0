"""What the panel shows: one class and one .ui file a section. Widgets are touched here and nowhere else."""
