"""A bundle over a cohort, study by study."""
