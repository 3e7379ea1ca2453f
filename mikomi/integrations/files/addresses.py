"""The address in a row: the customer's or the recipient's."""

from typing import Literal

from mikomi.integrations.files import cells as read
from mikomi.integrations.files.building import make_address
from mikomi.integrations.files.columns import Columns
from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.names import shown_name
from mikomi.integrations.files.records import AddressRecord

NOWHERE = AddressRecord()


class AddressReader:
    """Reads the columns of one role. Only a recipient's name and phone belong to the address."""

    def __init__(self, columns: Columns, role: Literal["person", "ship"]) -> None:
        def places(part: str) -> tuple[int, ...]:
            return columns.places.get(Field(f"{role}.{part}"), ())

        def place(part: str) -> int:
            return columns.place(Field(f"{role}.{part}"))

        self._country, self._province, self._city = place("country"), place("province"), place("city")
        self._postal_code, self._lines = places("postal_code"), places("line")
        self._with_name = role == "ship"
        self._name, self._family, self._given = place("name"), place("family"), place("given")
        self._company, self._phones = place("company"), places("phone")
        parts = (
            ("province", "city", "postal_code", "line", "name", "family", "given") if self._with_name else ()
        )
        self.is_there = any(map(places, parts or ("province", "city", "postal_code", "line")))

    def read(self, values: list[str]) -> AddressRecord:
        """The address of a row's cells, as `Columns.fit` gives them."""
        postal_code = read.postal_code([values[place] for place in self._postal_code if values[place]])
        lines = tuple([values[place] for place in self._lines if values[place]])
        where = (values[self._country], values[self._province], values[self._city], postal_code, lines)
        if not self._with_name:
            return make_address(*where)
        name = values[self._name] or shown_name(values[self._family], values[self._given])
        phones = read.phones([values[place] for place in self._phones if values[place]])
        return make_address(*where, name, values[self._company], phones[0] if phones else "")
