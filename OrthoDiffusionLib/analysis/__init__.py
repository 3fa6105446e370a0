"""The analysis itself: from a Study to results, by the networks of one bundle."""
