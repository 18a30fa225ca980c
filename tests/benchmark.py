"""What freshtap costs, beside CleverTap's own snippet in the same run: ``.venv/bin/python tests/benchmark.py``.

Times on a shared machine say little; the two ratios say what the budgets ask.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Final

from playwright.sync_api import Browser, sync_playwright

import browser as browsers
import sdk as sdks
from sites import ACCOUNT, Config, build
from visit import Visit

ROUNDS: Final = 15
#: Seconds that a script takes to come, and CleverTap to answer.
LATENCY: Final = 0.06

HAND_WRITTEN: Final = f"""<script>
  var clevertap = {{event: [], profile: [], account: [], onUserLogin: [], notifications: [], privacy: [], region: "in1"}};
  clevertap.account.push({{id: "{ACCOUNT}"}});
  (function () {{
    var script = document.createElement("script");
    script.async = true;
    script.src = "https://d2r1yp2w7bby2u.cloudfront.net/js/clevertap.min.js";
    document.head.appendChild(script);
  }})();
</script>"""
PROPERTIES: Final = "{a: 1, b: 'two', c: true, d: 4.5, e: 'five', f: 6, g: 'seven', h: 'eight', i: 9, j: 'ten'}"

#: How often a call is repeated within a page to be measured.
CALLS: Final = 200


def visit(browser: Browser, config: Config | None) -> Visit:
    """A visitor of a site of this config; None: of a page that has CleverTap's own snippet."""
    site = build(config) if config is not None else None
    return Visit(browser.new_context().new_page(), site, sdks.load(sdks.NEWEST))


def first_event(browser: Browser, config: Config | None) -> float:
    """Seconds from the navigation until CleverTap has the page's event, for somebody on a new device."""
    one = visit(browser, config)
    one.slow(LATENCY, "bridge", "sdk", "collector")
    calls = "freshpaint.identify('u1'); freshpaint.track('Viewed', {n: 1})"
    native = "clevertap.onUserLogin.push({Site: {Identity: 'u1'}}); clevertap.event.push('Viewed', {n: 1})"
    began = time.perf_counter()
    one.open(before=HAND_WRITTEN if config is None else "", script=native if config is None else calls, until="commit")
    one.until(lambda: bool(one.collector.events()), "the event")
    took = time.perf_counter() - began
    one.close()
    return took


def call_costs(browser: Browser) -> tuple[float, float]:
    """Milliseconds of a freshpaint.track of ten properties without, and of CleverTap's own push of them."""
    one = visit(browser, {})
    one.open(script="freshpaint.identify('u1')")
    one.settled()
    # What comes of the call is put aside: what is measured is the bridge alone.
    loop = f"const began = performance.now(); for (let i = 0; i < {CALLS}; i++) {{ {{}} }} return performance.now() - began"
    own = one.run(
        "const push = clevertap.event.push; clevertap.event.push = () => 0;"
        + loop.replace("{}", f"freshpaint.track('Viewed', {PROPERTIES});").replace(
            "return", "clevertap.event.push = push; return"
        )
    )
    native = one.run(loop.replace("{}", f"clevertap.event.push('Viewed', {PROPERTIES});"))
    one.close()
    return own / CALLS, native / CALLS


def main() -> None:
    configs: Final[dict[str, Config | None]] = {
        "CleverTap's own snippet": None,
        "freshtap with preload": {"clevertap": {"preload": True}},
        "freshtap": {},
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsers.find_shell())
        times: dict[str, list[float]] = {name: [] for name in configs}
        for _ in range(ROUNDS):
            for name, config in configs.items():
                times[name].append(first_event(browser, config))
        medians = {name: median(measured) for name, measured in times.items()}
        for name, measured in medians.items():
            ratio = measured / medians["CleverTap's own snippet"]
            print(f"first event of a new device, {name}: {measured * 1000:.0f} ms, ratio {ratio:.2f} (budget 1.05)")
        costs = [call_costs(browser) for _ in range(5)]
        own, native = median(cost for cost, _ in costs), median(cost for _, cost in costs)
        print(
            f"track of ten properties: {own:.3f} ms, the SDK's push {native:.3f} ms, ratio {own / native:.2f} (budget 0.10)"
        )
        browser.close()


if __name__ == "__main__":
    main()
