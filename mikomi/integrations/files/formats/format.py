"""What is to be known of a file format."""

from dataclasses import dataclass, field
from typing import Literal

from mikomi.integrations.files.fields import Field

Kind = Literal["orders", "customers", "measurements"]
DecimalSign = Literal[".", ","] | None

ITEM = (Field.SKU, Field.LINE_NAME, Field.PRODUCT_ID)
PERSON = (Field.PERSON_NAME, Field.PERSON_FAMILY, Field.PERSON_GIVEN, Field.PERSON_EMAIL, Field.PERSON_PHONE)


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    `signature`: headers that only this format has together. `columns`: headers whose meaning here is not the usual
    one (None: of no use); all others are understood by their words. `needed`: groups of fields, one of each group
    must have a column. `filled`: the same for the cells of every order's first row. `decimal`: the decimal sign,
    where it is always the same.
    """

    name: str
    label: str
    kind: Kind
    source: str
    signature: tuple[str, ...] = ()
    columns: dict[str, Field | None] = field(default_factory=dict)
    needed: tuple[tuple[Field, ...], ...] = ()
    filled: tuple[tuple[Field, ...], ...] = ()
    decimal: DecimalSign = "."
