"""An annotator at work: the worklist, cases coming and going, saving by itself, the Segment Editor."""
