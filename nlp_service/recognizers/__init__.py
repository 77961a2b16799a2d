"""Recognises numbers, accounts, addresses and names in a message; one recogniser a file.

Owns forms, checksums, cues and masking rules. Refuses to judge: whether a phone number may be sent
is the policy's business.
"""

from nlp_service.recognizers.masking import mask
from nlp_service.recognizers.registry import recognize

__all__ = ["mask", "recognize"]
