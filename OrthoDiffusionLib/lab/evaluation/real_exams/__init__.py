"""What can be said of real exams without truth."""
