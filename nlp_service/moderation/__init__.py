"""Moderation: what a person must look at, and what becomes of it."""
