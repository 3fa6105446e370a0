"""Many digital studies: cohorts, files to train on, galleries."""
