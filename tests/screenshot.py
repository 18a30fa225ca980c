"""The picture of ``freshtap preview`` in the README: ``.venv/bin/python tests/screenshot.py`` takes it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

import browser as browsers
from workbench import CONFIG as BASE
from workbench import Workbench, opening

FILE: Final = Path(__file__).parent / "screenshots" / "preview.png"
#: What the config has, the picture shows.
CONFIG: Final = BASE + '\n[identify]\ndefault_country_code = "+1"\n'
VIEW: Final[dict[str, Any]] = {
    "viewport": {"width": 1300, "height": 880},
    "color_scheme": "light",
    "reduced_motion": "reduce",
}

_CODE: Final = """freshpaint.track("Product Viewed", {
  sku: "T-1",
  "unit.price": 12.5,
  tags: ["tea", "green"]
});
freshpaint.identify("u1", {
  email: "ann@example.com",
  birthday: "1990-05-17",
  phone: "call me"
});
freshpaint.track("Page Scrolled");"""


def take(workbench: Workbench) -> bytes:
    """Bring the page to the state of the picture, and take it."""
    page = workbench.page
    workbench.run(_CODE)
    workbench.call("track Page Scrolled", "dropped")
    workbench.call("track Product Viewed", "received")
    page.locator("#weights tr").nth(1).wait_for()
    workbench.tab("Track")
    page.evaluate("document.activeElement.blur()")
    return page.screenshot()


if __name__ == "__main__":
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        chromium = playwright.chromium.launch(executable_path=browsers.find_or_install())
        with opening(chromium, Path(folder)) as opens:
            FILE.parent.mkdir(exist_ok=True)
            FILE.write_bytes(take(opens(CONFIG, **VIEW)))
        chromium.close()
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")
