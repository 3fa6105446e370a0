"""What encoders that were pretrained on one joint are worth on another."""
