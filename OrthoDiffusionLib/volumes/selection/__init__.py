"""Which of many volumes are used: what belongs together, what serves a plane, which side it is."""
