"""Find installed fonts for the characters that Matplotlib's own font lacks."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

DEFAULT = "DejaVu Sans"  # ships with Matplotlib: Latin, Greek, Cyrillic, Arabic and others
PLACEHOLDERS = ("Last Resort", "STIXNonUnicode")  # fonts that draw boxes, and their own symbols


def find_fonts(texts: Iterable[str]) -> list[str]:
    """Return the families to draw texts with: Matplotlib's own, and others for the characters that it lacks.

    Each step takes the font with the most of the characters that are left. A character that no installed font
    has is drawn as a box.
    """
    from matplotlib.font_manager import fontManager, get_font

    families = [DEFAULT]
    missing = {ord(character) for text in texts for character in text if character.isprintable()}
    missing -= get_font(fontManager.findfont(DEFAULT)).get_charmap().keys()
    if not missing:
        return families
    _add_new_fonts()
    fonts: dict[str, set[int]] = {}
    for font in fontManager.ttflist:
        if font.style == "normal" and font.weight == 400 and not font.name.startswith(PLACEHOLDERS):
            fonts.setdefault(font.name, set()).update(missing & get_font(font.fname).get_charmap().keys())
    while missing and fonts:
        best = max(fonts, key=lambda name: len(fonts[name] & missing))
        found = fonts.pop(best) & missing
        if not found:
            break
        families.append(best)
        missing -= found
    return families


def _add_new_fonts() -> None:
    """Add the fonts that were installed after Matplotlib stored its list of fonts."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    for path in sorted({*findSystemFonts()} - {font.fname for font in fontManager.ttflist}):
        with suppress(OSError, RuntimeError):  # FreeType cannot read the file
            fontManager.addfont(path)
