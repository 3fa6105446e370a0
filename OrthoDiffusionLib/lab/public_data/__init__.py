"""Public data sets of knees, as they are downloaded, read into tables of cases."""
