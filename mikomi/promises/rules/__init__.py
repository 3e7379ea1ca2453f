"""The arithmetic of the ledger: pure functions over plain values; the time is an argument."""
