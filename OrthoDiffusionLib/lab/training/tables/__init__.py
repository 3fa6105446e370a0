"""Fine-tuning on a user's own table of cases."""
