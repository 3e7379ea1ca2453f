"""What a fact is worth, how it is said, found in a text and compared. Pure."""
