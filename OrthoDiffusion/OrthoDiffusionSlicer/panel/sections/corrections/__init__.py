"""The sections about corrections: compared and exported, learned from."""
