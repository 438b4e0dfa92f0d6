"""Read pictures in PNG and JPEG files with Pillow."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core.errors import MissingPackageError

from ..errors import DatasetError
from ..regular_file import open_regular

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG")
MOST_PIXELS = 50_000_000  # those of a large camera; a PNG of some kilobytes may claim a billion pixels
DECODED = "that are decoded; make it smaller"


def read_image(
    path: Path, channels: int, side: int | None = None, white: float | None = None
) -> NDArray[np.float32]:
    """Return a picture as (channels, height, width) with values in [0, 1], on white where it is transparent.

    Parameters
    ----------
    path : Path
        A PNG or a JPEG file.
    channels : int
        1 for grey, 3 for colour.
    side : int, optional
        The height and the width to which the picture is scaled.
    white : float, optional
        The number in the file that becomes 1; larger numbers become larger than 1. Default: the largest
        possible number, 255, or 65,535 for 16 bits.

    Raises
    ------
    DatasetError
        The file is not a PNG or JPEG, is damaged, or has more than 50 million pixels; or `white` is given,
        and the file is a colour picture of 16 bits.
    MissingPackageError
        Pillow is not installed.
    """
    with _open_picture(path) as picture:
        from PIL import Image, ImageOps

        if white is not None and _has_deep_colour(picture):
            raise DatasetError(
                f"{path}: Pillow reads only 8 of 16 bits of a colour picture, and pixels from 0 to {white:g} "
                "need all; save it with 8 bits, or train on bytes"
            )
        most = 65535 if picture.mode.startswith("I") else 1 if picture.mode == "1" else 255
        picture = _remove_transparency(ImageOps.exif_transpose(picture), channels)
        if side is not None:  # a smaller picture is an average
            picture = picture.resize((side, side), Image.Resampling.BILINEAR)
        values = np.asarray(picture)
    planes = values[None] if values.ndim == 2 else np.moveaxis(values, 2, 0)
    shares = planes.clip(0, 1) if planes.dtype.kind == "f" else np.divide(planes, 255, dtype=np.float32)
    return shares if white is None else np.divide(np.rint(shares * most), white, dtype=np.float32)


def is_grey(path: Path) -> bool:
    """Return whether a picture is grey according to its header; raise DatasetError as `read_image` does."""
    with _open_picture(path) as picture:
        return picture.mode in {"1", "L", "LA", "La", "F"} or picture.mode.startswith("I")


@contextmanager
def _open_picture(path: Path) -> Iterator[Image.Image]:
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingPackageError(
            f"{path}: pictures are read by Pillow, which is not installed: pip install pillow"
        ) from error
    try:
        with open_regular(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damaged metadata in readable files
            with Image.open(file, formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    size = f"{picture.width} x {picture.height} pixels are"
                    raise DatasetError(f"{path}: too large: {size} more than the {MOST_PIXELS:,} {DECODED}")
                yield picture
    except DatasetError:
        raise
    except Image.DecompressionBombError as error:  # Pillow's own limit, at 179 million pixels
        raise DatasetError(f"{path}: too large: more than the {MOST_PIXELS:,} pixels {DECODED}") from error
    except Exception as error:  # a damaged file may raise anything: OSError, SyntaxError, struct.error, ...
        fact = getattr(error, "strerror", None) or "damaged, or another format"
        raise DatasetError(f"{path}: no readable PNG or JPEG ({fact})") from error


def _has_deep_colour(picture: Image.Image) -> bool:
    """Return whether a picture has channels of 16 bits, of which Pillow drops the lower 8."""
    parts: list[Any] = getattr(picture, "tile", [])
    return not picture.mode.startswith("I") and any(";16" in str(part[3]) for part in parts)


def _remove_transparency(picture: Image.Image, channels: int) -> Image.Image:
    """Return a picture without transparency: 8 bits, or floats in [0, 1] from a grey picture of 16 bits."""
    from PIL import Image

    if picture.mode.startswith("I"):  # 16 bits; `convert` of Pillow would clip them to 8
        deep: NDArray[Any] = np.divide(np.asarray(picture), 65535, dtype=np.float32)
        return (
            Image.fromarray(deep)
            if channels == 1
            else Image.fromarray(np.rint(deep * 255).astype(np.uint8)).convert("RGB")
        )
    if picture.has_transparency_data:
        paper = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(paper, picture.convert("RGBA"))
    return picture.convert("L" if channels == 1 else "RGB")
