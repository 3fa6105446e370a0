"""An annotator's work: a worklist of cases, their label maps in versions, corrections drawn in thick slices."""
