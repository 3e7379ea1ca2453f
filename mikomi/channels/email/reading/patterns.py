"""Regular expressions written as lists: one alternative, or a few short ones, a line."""

import re


def any_of(lines: str, *, before: str = "", after: str = "", flags: re.RegexFlag = re.I) -> re.Pattern[str]:
    """A pattern that finds any of the lines, between `before` and `after`.

    Empty lines are passed over; a line that begins with four blanks goes on with the one above.
    """
    inner = "|".join(line for line in lines.replace("\n    ", "").splitlines() if line)
    return re.compile(f"{before}(?:{inner}){after}", flags)
