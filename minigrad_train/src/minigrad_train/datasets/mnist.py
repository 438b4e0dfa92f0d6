"""The MNIST digits, from the package, a folder of IDX files, or the classic pickle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DatasetError
from .examples import Examples, Splits, Task, check_examples
from .file_content import read_content
from .idx import read_idx_folder
from .mnist_pickle import read_pickle

if TYPE_CHECKING:
    import os

PACKAGED = Path(__file__).with_name("mnist_idx")
DIGITS = Task((1, 28, 28), tuple("0123456789"))


def mnist(path: str | os.PathLike[str] | None = None) -> Splits:
    """Return MNIST as 50,000 training, 10,000 validation and 10,000 test examples.

    Parameters
    ----------
    path : path, optional
        A folder with the four IDX files under their original names (`train-images-idx3-ubyte`, ..., with or
        without `.gz`), or the classic `mnist.pkl.gz` (or its uncompressed form). Default: the copy that ships
        with this package. Any set in the same form will do, such as Fashion-MNIST; `load` takes others too.

    Returns
    -------
    Splits
        Each split has `images`, float32 (n, 784) in [0, 1], 0 for paper and 1 for ink, and `labels`, int64
        (n,) in [0, 10). From IDX files the last sixth of the training file is the validation split, as in the
        classic pickle.

    Raises
    ------
    DatasetError
        A file is missing, damaged, or not what its name promises; the message names it.

    Examples
    --------
    >>> train, validation, test = mnist()
    >>> train.images.shape, validation.labels.shape, len(test.labels)
    ((50000, 784), (10000,), 10000)
    """
    source = PACKAGED if path is None else Path(path)
    if not source.is_dir():
        return from_pickle(source)
    train, test, _ = read_idx_folder(source, DIGITS)
    cut = len(train.labels) - len(train.labels) // 6
    if cut == len(train.labels):
        raise DatasetError(f"{source}: {cut} training examples are too few to hold a sixth out")
    return Splits(
        Examples(train.images[:cut], train.labels[:cut]),
        Examples(train.images[cut:], train.labels[cut:]),
        test,
    )


def from_pickle(path: Path) -> Splits:
    """Return the splits in the classic `mnist.pkl.gz`.

    Raises
    ------
    DatasetError
        It is damaged or something else.
    """
    if not path.exists():
        raise DatasetError(f"{path}: no such file or folder; expected a folder of IDX files or mnist.pkl.gz")
    names = ("training", "validation", "test")
    pairs = zip(read_pickle(read_content(path), path), names, strict=True)
    return Splits(*(check_examples(x, y, DIGITS, f"{path}, {name} split") for (x, y), name in pairs))
