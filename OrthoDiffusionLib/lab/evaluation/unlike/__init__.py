"""What the score of unlikeness catches: honest studies against altered ones, other joints and other images."""
