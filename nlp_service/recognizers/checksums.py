"""Check digits: Luhn for cards, ISO 7064 MOD 11-2 as in GB 11643 for identity numbers."""

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_GB_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_GB_CHECKS = "10X98765432"


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = ord(digit) - 48
        total += _DOUBLED[value] if place % 2 else value
    return total % 10 == 0


def gb11643_check(first17: str) -> str:
    """The 18th character, 0-9 or X, of an identity number (GB 11643-1999)."""
    pairs = zip(_GB_WEIGHTS, first17, strict=True)
    return _GB_CHECKS[sum(weight * int(digit) for weight, digit in pairs) % 11]
