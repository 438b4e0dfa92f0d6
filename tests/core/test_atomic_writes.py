from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from minigrad_core.atomic import write_atomically


def test_content_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_failed_write_leaves_only_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "weights"
    write_atomically(path, b"old")

    def disk_full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match=r"No space left.*weights"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


DIES_WHILE_WRITING = """
import os, sys, time
from pathlib import Path
from minigrad_core.atomic import write_atomically

def half_way(descriptor):
    os.ftruncate(descriptor, 500_000)  # as if half of it had reached the disk
    print("half way", flush=True)
    time.sleep(60)

os.fsync = half_way
write_atomically(Path(sys.argv[1]), b"n" * 1_000_000)
"""


def test_kill_9_in_mid_write_leaves_the_old_file_and_the_next_write_works(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    write_atomically(path, b"old")
    with subprocess.Popen(
        [sys.executable, "-c", DIES_WHILE_WRITING, str(path)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half way\n"
        writer.send_signal(signal.SIGKILL)
    assert writer.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
