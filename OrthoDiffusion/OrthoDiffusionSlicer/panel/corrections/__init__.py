"""What the panel knows of corrections: compared, restored, exported, learned from."""
