"""Commands that measure speed and accuracy, peers in the same run."""
