"""HubSpot contacts: any of its properties may be there; Record ID always is."""

from mikomi.integrations.files.fields import Field
from mikomi.integrations.files.formats.format import PERSON, Format
from mikomi.integrations.files.marks import gettext_noop as _

CONTACTS = Format(
    name="hubspot_contacts",
    label=_("contacts from HubSpot"),
    kind="customers",
    source="hubspot",
    signature=("Record ID", "Email"),
    columns={
        "Record ID": Field.PERSON_ID,
        "Contact owner": None,
        "Associated Company IDs": None,
        "Lead Status": None,
        "Create Date": Field.PERSON_SINCE,
    },
    needed=((*PERSON, Field.PERSON_ID),),
)
