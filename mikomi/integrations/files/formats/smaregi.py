"""Smaregi: members of a counter till; the layout differs by shop, 会員ID and 会員コード are always there."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import PERSON, Format
from mikomi.integrations.files.marks import gettext_noop as _

MEMBERS = Format(
    name="smaregi_members",
    label=_("members from Smaregi"),
    kind="customers",
    source="smaregi",
    signature=("会員ID", "会員コード"),
    columns={"会員ID": Field.PERSON_ID, "会員コード": None},
    needed=((*PERSON, Field.PERSON_ID),),
)
