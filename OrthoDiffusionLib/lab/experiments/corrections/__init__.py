"""Fine-tuning a bundle on ten corrected cases."""
