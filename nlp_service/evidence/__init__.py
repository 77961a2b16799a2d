"""Evidence packs: one stored case, readable and checkable by somebody outside."""
