"""The policy: data that turns facts plus context into labels, actions, reasons."""
