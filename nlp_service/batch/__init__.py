"""The file door: JSONL, CSV and Parquet in and out, line by line, whole or not at all."""
