"""Buyer risk: events of a buyer in, a profile that explains and undoes itself out."""
