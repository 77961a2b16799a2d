"""Text as recognisers and models read it, with a map back to the text as it was sent."""
