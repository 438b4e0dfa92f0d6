"""A page in headless Chromium, where one is installed, and what a script finds on it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")

# The result comes back in the page's own text; `--dump-dom` prints it once all is loaded and has run.
AROUND = """<script>
const found = {};
try { (() => { %s })(); } catch (error) { found.error = String(error); }
document.body.replaceChildren();
document.body.textContent = "<<<" + encodeURIComponent(JSON.stringify(found)) + ">>>";
</script></body>"""


def found_in(page: Path, script: str) -> dict[str, Any]:
    """Return what `script` writes into the object `found`, after the page's own scripts have run."""
    assert CHROMIUM is not None
    visited = page.with_name("visited.html")
    text = page.read_text(encoding="utf-8")
    assert text.count("</body>") == 1
    visited.write_text(text.replace("</body>", AROUND % script), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={page.parent / 'profile'}"]
    command = [CHROMIUM, *flags, "--window-size=1200,900", "--dump-dom", visited.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    encoded = done.stdout.partition("&lt;&lt;&lt;")[2].partition("&gt;")[0]
    result: dict[str, Any] = json.loads(unquote(encoded))
    assert "error" not in result, result["error"]
    return result
