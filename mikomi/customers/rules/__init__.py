"""Pure rules about people: how they are known, when two may be one, whom one may write to."""
