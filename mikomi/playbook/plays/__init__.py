"""The plays, one file each; table.py says what each reacts to."""
