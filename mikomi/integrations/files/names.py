"""A person's two names in one."""

import re

_JAPANESE = re.compile("[\u3041-\u9fff]")


def shown_name(family: str, given: str) -> str:
    """Family name first where either is written in kana or kanji, else given name first."""
    if not family or not given:
        return family or given
    return f"{family} {given}" if _JAPANESE.search(family + given) else f"{given} {family}"
