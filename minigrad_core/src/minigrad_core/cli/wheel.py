"""Writes a wheel of text files: an archive with three files of metadata (PEP 427)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

WHEEL = "Wheel-Version: 1.0\nGenerator: minigrad\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_wheel(folder: Path, name: str, version: str, summary: str, files: Mapping[str, str]) -> Path:
    """Write `name` as a wheel into `folder` and return its path. The same content gives the same bytes.

    Parameters
    ----------
    folder : Path
        Must exist.
    name, version : str
        Of the distribution, as an index would show them.
    summary : str
        One line.
    files : mapping
        Path inside site-packages -> text.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: {summary}\n"
    content = {**files, f"{info}/METADATA": metadata, f"{info}/WHEEL": WHEEL}
    record = []
    for path, text in content.items():
        digest = urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record.append(f"{path},sha256={digest},{len(text.encode())}")
    content[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    wheel = folder / f"{stem}-py3-none-any.whl"
    with ZipFile(wheel, "w", ZIP_DEFLATED) as archive:
        for path, text in content.items():
            archive.writestr(ZipInfo(path), text, ZIP_DEFLATED)  # ZipInfo: without the time of day
    return wheel
