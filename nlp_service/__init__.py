"""Chinese-language checks for e-commerce chat and reviews, self-hosted."""

__version__ = "0.1.0"
