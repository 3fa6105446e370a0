"""Fine-tuning on digital studies."""
