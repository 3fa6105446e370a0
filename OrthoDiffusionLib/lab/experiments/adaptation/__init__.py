"""What an adaptation without labels brings at an imaging site that no training saw."""
