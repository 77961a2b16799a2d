"""Reviews: what they say, how grave it is, and what speaks for and against their honesty."""
