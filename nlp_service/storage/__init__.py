"""What is kept between calls: facts and scores, never texts; the schema and its migrations."""
