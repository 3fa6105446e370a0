"""What one step of a training on digital studies sees."""
