"""Runs all the tests, in a browser that it finds or installs: ``python3 tests``.

Arguments go on to pytest: ``python3 tests -k phone``.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "generator"))

from environment import become, prepare

if __name__ == "__main__":
    python = prepare("test", "lint")
    # Once, instead of once for each process that the tests run in.
    found = subprocess.run(
        [python, Path(__file__).parent / "browser.py"], stdout=subprocess.PIPE, text=True, check=False
    )
    if found.returncode:
        sys.exit(found.returncode)
    os.environ["FRESHTAP_BROWSER"], os.environ["FRESHTAP_SHELL"] = found.stdout.splitlines()
    # More than there are processors, because a test waits for its page much of the time.
    processes = (os.cpu_count() or 1) + 2
    become(python, "-m", "pytest", *(sys.argv[1:] or ["--numprocesses", str(processes)]))
