"""Units as people write them, and numbers turned from one into another. Pure."""

from __future__ import annotations

from decimal import Decimal

_WRITTEN: dict[str, tuple[str, ...]] = {
    "g": ("グラム", "grams", "gram", "g"),
    "kg": ("キログラム", "kilograms", "kilogram", "kg", "キロ"),
    "mg": ("ミリグラム", "milligrams", "mg"),
    "mm": ("ミリメートル", "millimetres", "millimeters", "mm", "ミリ"),
    "cm": ("センチメートル", "centimetres", "centimeters", "cm", "センチ"),
    "m": ("メートル", "metres", "meters", "metre", "meter", "m"),
    "km": ("キロメートル", "kilometres", "kilometers", "km"),
    "ml": ("ミリリットル", "millilitres", "milliliters", "ml", "mL", "cc"),
    "l": ("リットル", "litres", "liters", "litre", "liter", "l", "L"),
    "in": ("inches", "inch", "インチ"),
    "oz": ("ounces", "ounce", "oz"),
    "lb": ("pounds of weight", "lbs", "lb"),
    "W": ("ワット", "watts", "W"),
    "V": ("ボルト", "volts", "V"),
    "GB": ("ギガバイト", "GB"),
    "%": ("パーセント", "percent", "per cent", "%"),
    "°C": ("degrees Celsius", "°C", "度"),
    "pieces": ("個入り", "個入", "個", "ピース", "pieces", "pcs"),
    "sheets": ("枚入り", "枚", "sheets"),
    "people": ("名様", "名", "人", "people", "persons", "guests"),
    "seats": ("席", "seats"),
    "tatami": ("畳",),
    "mi/gal": ("miles per gallon", "mpg"),
    "km/l": ("km/L", "km/l"),
}
WRITTEN = {word: unit for unit, words in _WRITTEN.items() for word in words}
"""Every way of writing a unit → the unit."""

_DIMENSIONS: tuple[dict[str, Decimal], ...] = (
    {"g": Decimal(1), "kg": Decimal(1000), "mg": Decimal("0.001"), "oz": Decimal("28.349523125"),
     "lb": Decimal("453.59237")},
    {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "km": Decimal(1_000_000), "in": Decimal("25.4")},
    {"ml": Decimal(1), "l": Decimal(1000)},
)  # fmt: skip


def canonical(word: str) -> str:
    """The unit that a word stands for; a word that isn't known is its own unit."""
    text = word.strip()
    return WRITTEN.get(text) or WRITTEN.get(text.lower()) or text


def convert(amount: Decimal, unit: str, into: str) -> Decimal | None:
    """The amount in another unit; none where the two don't measure the same."""
    mine, theirs = canonical(unit), canonical(into)
    if mine == theirs:
        return amount
    for dimension in _DIMENSIONS:
        if mine in dimension and theirs in dimension:
            return amount * dimension[mine] / dimension[theirs]
    return None
