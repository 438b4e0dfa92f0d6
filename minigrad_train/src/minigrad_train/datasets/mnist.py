"""`mnist`: read the MNIST digits from this package, a folder of IDX files, or the classic pickle."""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import DatasetError
from .examples import Examples, Splits, Task, check_examples
from .file_content import read_content
from .idx import read_idx_folder
from .mnist_pickle import read_pickle

PACKAGED = Path(__file__).with_name("mnist_idx")
DIGITS = Task((1, 28, 28), tuple("0123456789"))


def mnist(path: str | os.PathLike[str] | None = None) -> Splits:
    """Return MNIST as 50,000 training, 10,000 validation and 10,000 test examples.

    Parameters
    ----------
    path : path, optional
        A folder with the four IDX files under their original names (`train-images-idx3-ubyte`, ..., with or
        without `.gz`), or the classic `mnist.pkl.gz`, compressed or not. Default: the copy in this package.
        Another dataset in the same form is possible, such as Fashion-MNIST; `load` takes further forms.

    Returns
    -------
    Splits
        Each split has `images`, float32 (n, 784) in [0, 1], 0 for paper and 1 for ink, and `labels`, int64
        (n,) in [0, 10). From IDX files the last sixth of the training file is the validation split, as in the
        classic pickle.

    Raises
    ------
    DatasetError
        A file is missing, damaged, or in another format than its name says; the message names it.

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
    """Return the splits in the classic `mnist.pkl.gz`; raise DatasetError for a damaged or another file."""
    if not path.exists():
        raise DatasetError(f"{path}: no such file or folder; expected a folder of IDX files or mnist.pkl.gz")
    names = ("training", "validation", "test")
    pairs = zip(read_pickle(read_content(path), path), names, strict=True)
    return Splits(*(check_examples(x, y, DIGITS, f"{path}, {name} split") for (x, y), name in pairs))
