"""The words of `vocabulary.toml`: headers, roles, parts of an address or a name, yes and no."""

import tomllib
from pathlib import Path

from mikomi.integrations.files.fields import Field

_TABLES: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

WHOLE: dict[Field, list[str]] = {Field(name): words.split() for name, words in _TABLES["whole"].items()}
"""Headers that name a field in full; the best word first."""

ROLES: dict[str, list[str]] = {role: words.split() for role, words in _TABLES["roles"].items()}
"""Words for the buyer (person), the recipient (ship) and the item (line)."""

PARTS: dict[str, list[str]] = {part: words.split() for part, words in _TABLES["parts"].items()}
"""Words for the parts of a name or an address."""

ANSWERS: dict[str, frozenset[str]] = {
    name: frozenset(words.split()) for name, words in _TABLES["answers"].items()
}
"""What cells say for yes, for no, and for "no date"."""
