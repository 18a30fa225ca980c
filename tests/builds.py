"""What building many sites costs: ``.venv/bin/python tests/builds.py``, beside another freshtap in the same run if asked.

Times on a shared machine say little, and disks differ more than anything else: ``--folder /dev/shm`` leaves the disk out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from freshtap import clevertap

HERE: Final = Path(__file__).parent.parent / "generator"
MILLION: Final = 1_000_000
#: Parts of a config, so that sites are of some feature sets and not all alike.
PARTS: Final = (
    '[identify]\ndefault_country_code = "+91"\n',
    '[track]\nbefore_identify = "send"\n',
    '[[transformations]]\nop = "rename-event"\non = "Signed Up"\nto = "Joined"\n',
)


def config(number: int) -> str:
    """One of many configs: an account and an event of its own, and some of the parts."""
    return "\n".join(
        (
            f'name = "site-{number:07}"\n[clevertap]\naccount_id = "TEST-{number:07}-Z-Z"',
            f'region = "{clevertap.REGIONS[number % len(clevertap.REGIONS)]}"\n',
            *(part for bit, part in enumerate(PARTS) if number >> bit & 1),
            *(f'[[events]]\nname = "{name}"\n' for name in ("Product Viewed", "Signed Up", f"Own Event {number}")),
            '[[events]]\nname = "Order Completed"\ncharged = true\n',
        )
    )


def build(generator: Path, configs: Path, out: Path, jobs: int) -> tuple[float, float, int]:
    """Seconds, seconds of processors, and KiB of the largest process, of one build."""
    command = (sys.executable, "-m", "freshtap", "build", str(configs), "-o", str(out), "--jobs", str(jobs))
    began = time.perf_counter()
    # This process's own child, so that the system tells what it and its workers needed.
    with subprocess.Popen(
        command,
        # What is remembered of builds is gone with them.
        env={**os.environ, "PYTHONPATH": str(generator), "XDG_CACHE_HOME": str(out.with_name(f"{out.name}-cache"))},
        stdout=subprocess.DEVNULL,
    ) as started:
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - began
    if started.returncode:
        raise SystemExit(started.returncode)
    return took, used.ru_utime + used.ru_stime, used.ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, nargs="+", default=[20_000])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", help="where configs and output are put meanwhile")
    parser.add_argument("--beside", type=Path, help="the folder generator/ of another freshtap")
    asked = parser.parse_args()
    # Removed at the very end: where much was just removed, some disks are slow to make files anew, and what this process
    # has needed itself counts for those that it starts.
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for sites in asked.sites:
            configs = Path(folder, f"{sites}")
            configs.mkdir()
            for number in range(sites):
                (configs / f"{number:07}.toml").write_text(config(number), encoding="utf-8")
            for generator in filter(None, (HERE, asked.beside)):
                out = Path(tempfile.mkdtemp(dir=folder))
                for what in ("new", "unchanged"):
                    took, processors, memory = build(generator, configs, out, asked.jobs)
                    print(
                        f"{sites:,} {what} sites, {generator}: {took:.1f} s, {sites / took:,.0f} a second, "
                        f"processors {processors:.1f} s, largest process {memory / 1024:.0f} MiB; "
                        f"a million: {took * MILLION / sites / 60:.1f} minutes",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
