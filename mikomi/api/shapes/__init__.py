"""What the API takes and gives: explicit schemas, never a dump of a model."""
