"""Files of every format that is read, and ways to damage them; run as a module, it takes a number of files.

What is asked of each reader: it returns, or it raises one of ours, in one line that can be printed.
"""

from __future__ import annotations

import gzip
import io
import json
import pickle
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from minigrad_core.errors import MinigradError
from minigrad_train.checkpoint import load_checkpoint, save_checkpoint
from minigrad_train.datasets import Task, load
from minigrad_train.datasets.idx import read_idx
from minigrad_train.datasets.image_file import read_image
from minigrad_train.run_folder import RunFolder
from minigrad_train.run_record import read_record
from minigrad_train.saved_network import load_model
from minigrad_train.session import assemble
from minigrad_train.settings import Settings
from tests.train.conftest import idx_bytes

RNG = np.random.default_rng(0)
SPLITS = tuple((RNG.random((n, 784), dtype=np.float32), RNG.integers(0, 10, n)) for n in (12, 6, 6))


class Format(NamedTuple):
    """A sound file, the name that it needs, and what reads it."""

    name: str
    content: bytes
    read: Callable[[Path], object]


def picture(kind: str, pixels: NDArray[Any], **options: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def npz() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, x=RNG.integers(0, 17, (20, 4, 4)), y=np.arange(20) % 3, classes=["a", "b", "c"])
    return file.getvalue()


def run_files() -> dict[str, bytes]:
    """Return the files of a run that has not begun."""
    with tempfile.TemporaryDirectory() as folder:
        session = assemble(Settings(hidden=(3,)), Task((1, 4, 4), ("a", "b")))
        run = RunFolder(Path(folder))
        run.save(session)
        run.save_weights(session)
        save_checkpoint(Path(folder, "checkpoint.safetensors"), session)
        Path(folder, "metrics.jsonl").write_text('{"epoch": 1, "loss": 0.5, "seconds": 1.0}\n' * 3)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def list_formats() -> dict[str, Format]:
    """Return every format by name."""
    grey, colour = (RNG.integers(0, 256, shape, dtype=np.uint8) for shape in ((9, 7), (9, 7, 3)))
    idx = idx_bytes(RNG.integers(0, 256, (20, 5, 4)))
    saved = run_files()

    def record(path: Path) -> object:
        for name in ("config.json", "metrics.jsonl"):
            if path.name != name:
                path.with_name(name).write_bytes(saved[name])
        return read_record(path.parent)

    return {
        "IDX": Format("images", idx, lambda path: read_idx(path, axes=3)),
        "IDX in gzip": Format("images.gz", gzip.compress(idx), lambda path: read_idx(path, axes=3)),
        "pickle": Format("mnist.pkl", pickle.dumps(SPLITS, 2), load),
        "pickle, protocol 5": Format("mnist.pkl", pickle.dumps(SPLITS, 5), load),
        "pickle in gzip": Format("mnist.pkl.gz", gzip.compress(pickle.dumps(SPLITS, 4)), load),
        "npz": Format("set.npz", npz(), load),
        "PNG": Format("a.png", picture("PNG", colour), lambda path: read_image(path, 3)),
        "PNG, 16 bits": Format(
            "a.png", picture("PNG", grey.astype(np.uint16) * 257), lambda path: read_image(path, 1)
        ),
        "JPEG": Format("a.jpg", picture("JPEG", colour), lambda path: read_image(path, 3)),
        "weights": Format("weights.safetensors", saved["weights.safetensors"], load_model),
        "checkpoint": Format("checkpoint.safetensors", saved["checkpoint.safetensors"], load_checkpoint),
        "config": Format("config.json", saved["config.json"], record),
        "metrics": Format("metrics.jsonl", saved["metrics.jsonl"], record),
    }


@st.composite
def damage(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw a file that is cut, has bits flipped or bytes replaced, most near its header; or is noise."""
    places = st.integers(0, len(content) - 1) | st.integers(0, min(200, len(content) - 1))
    match draw(st.sampled_from(["cut", "flip", "lie", "lie", "insert", "noise"])):
        case "cut":
            return content[: draw(places)]
        case "noise":
            return content[: draw(st.integers(0, 12))] + draw(st.binary(max_size=300))
        case "insert":
            place = draw(places)
            return content[:place] + draw(st.binary(min_size=1, max_size=20)) + content[place:]
        case kind:
            changed = bytearray(content)
            for _ in range(draw(st.integers(1, 4))):
                place = draw(places)
                if kind == "flip":
                    changed[place] ^= 1 << draw(st.integers(0, 7))
                else:
                    lie = draw(
                        st.sampled_from([b"\xff", b"\x00", b"\x7f\xff\xff\xff"])
                        | st.binary(min_size=1, max_size=8)
                    )
                    changed[place : place + len(lie)] = lie
            return bytes(changed)


def judge(kind: Format, content: bytes, folder: Path) -> str | None:
    """Read a damaged file; return what was refused, or None if nothing was."""
    path = folder / kind.name
    path.write_bytes(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of classes that a damaged file lacks
            kind.read(path)
    except MinigradError as error:
        message = str(error)
        assert message.isprintable(), message
        assert len(message) < 600, message
        return message
    return None


def try_damaged_files(name: str, kind: Format, count: int) -> str:
    """Read `count` damaged files of a format; return a line with the counts."""
    refused, slowest = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:

        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(damage(kind.content))
        def once(content: bytes) -> None:
            nonlocal refused, slowest
            start = time.process_time()
            refused += judge(kind, content, Path(folder)) is not None
            slowest = max(slowest, time.process_time() - start)

        once()
    return json.dumps({"format": name, "files": count, "refused": refused, "slowest": round(slowest, 3)})


if __name__ == "__main__":
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, kind in list_formats().items():
        print(try_damaged_files(name, kind, int(sys.argv[1])), flush=True)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"the largest memory of the process grew by {grown / 1024:.0f} MiB")
