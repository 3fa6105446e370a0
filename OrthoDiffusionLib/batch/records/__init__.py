"""What a batch keeps of its studies: the journal, the tables made from it, and the lock on both."""
