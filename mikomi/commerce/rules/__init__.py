"""Pure rules of commerce: reading a record, deciding what is new in it, what it promises."""
