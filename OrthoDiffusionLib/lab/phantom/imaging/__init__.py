"""The simulated scanner: acquisition, contrast, artefacts, imaging sites."""
