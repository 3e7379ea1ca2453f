"""Bounds of the reader: what it will look at, so that no message can hold it up.

What lies beyond a bound is not dropped silently: the message gets a defect that names the bound, and a part gets
the reason why it was refused.
"""

MAX_BOUNDARIES = 200_000
"""Lines that look like a boundary, in one multipart."""

MAX_DEPTH = 40
"""Levels of multipart in multipart."""

MAX_PARTS = 1_000
"""Parts of one message."""

MAX_HEADER_BLOCK = 1_000_000
"""Bytes of one header block that are read."""

MAX_HEADER_VALUE = 256_000
"""Bytes of one header that are read."""

MAX_HEADERS = 2_000
"""Headers of one block."""

MAX_ADDRESSES = 2_000
"""Addresses of one header."""

MAX_ADDRESS_HEADER = 120_000
"""Bytes of an address list that are read."""

MAX_REFERENCES = 200
"""Message-IDs of References that are kept (the newest)."""

MAX_TEXT = 2_000_000
"""Bytes of one text part that are decoded."""

MAX_BODY = 4_000_000
"""Characters of the whole text or HTML of a message."""

MAX_PART_BYTES = 50_000_000
"""Encoded bytes of a part that may be decoded."""

MAX_CONTAINER_BYTES = 30_000_000
"""Bytes of a container (winmail.dat) that is opened."""

MAX_NAME = 255
"""Characters of a file name."""
