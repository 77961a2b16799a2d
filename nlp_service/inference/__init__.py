"""Models at run time: artifacts on disk, and the classifiers that they hold."""
