"""A simulated market with honest and malicious bad reviews, written from behaviours.

    settings -> catalog (shops, couriers) -> lives (honest.py, campaigns.py) -> render -> files

Its author worked from the list of behaviours and has not read the detectors, so that it can judge
them. Nobody's real reviews are in it; figures measured on it are figures about a simulation.
"""
