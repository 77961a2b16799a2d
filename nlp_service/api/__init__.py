"""The HTTP door: routes, keys, limits, metrics and one shape for every error."""
