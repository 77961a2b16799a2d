"""Corpora, fitting, calibration and evaluation; nothing here is needed to serve."""
