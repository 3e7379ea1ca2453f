"""Public holidays by country and subdivision, from the `holidays` library."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


class UnknownRegionError(ValueError):
    """The library has no holidays for this country or subdivision."""


def public_holidays(
    country: str, years: Iterable[int], subdivision: str | None = None, language: str | None = None
) -> dict[date, str]:
    """Public holidays of a country (ISO 3166, "JP") by date, with their names in its own language.

    `subdivision` is the library's code of a state or province ("BY" in Germany). Raises UnknownRegionError.
    """
    # Imported here: a process that never asks for holidays need not load the library.
    import holidays

    try:
        found = holidays.country_holidays(
            country, subdiv=subdivision, years=sorted(set(years)), language=language, expand=False
        )
    except NotImplementedError as error:
        place = country if subdivision is None else f"{country}, {subdivision}"
        raise UnknownRegionError(f"no public holidays are known for {place}") from error
    return {day: found[day] for day in sorted(found)}


def japanese_holidays(years: Iterable[int]) -> dict[date, str]:
    """Japanese public holidays by date, substitute and in-between holidays among them."""
    return public_holidays("JP", years, language="ja")


def supported_regions() -> dict[str, list[str]]:
    """The countries the library knows, each with its subdivisions."""
    import holidays

    return {country: list(parts) for country, parts in holidays.list_supported_countries().items()}
