"""The commands, one file a group: arguments in, one call of the room behind, words out."""
