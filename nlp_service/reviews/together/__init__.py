"""What one review is beside others: copies, crowds, coordinated accounts."""
