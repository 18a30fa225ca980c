// The workbench: sends what is filled in to the site in the frame, and shows what becomes of it.
import { byId, element } from "./elements.js";
import { calls } from "./calls.js";
import { forms } from "./forms.js";
import { weigh } from "./weights.js";

const EXAMPLE = `freshpaint.track("Product Viewed", { sku: "T-1", price: 12.5 });
freshpaint.identify("u1", {
  email: "ann@example.com",
  birthday: new Date(1990, 4, 17),
  phone: "call me"
});
freshpaint.track("Product Viewed", {
  "unit.price": 12.5,
  tags: ["tea", "green"],
  seller: { name: "Ann", country: "NL" }
});
`;
// Milliseconds: how long a change of the config rests before it is built, how long the SDK may take to load,
// and how long the last piece of news is shown.
const REST = 300;
const PATIENCE = 10000;
const SHOWN = 6000;

const key = location.hash.slice(1);
const site = document.body.dataset.site;
// What was built last, and what was weighed last; the frame, where it begins, and the clock that waits for its SDK.
let built;
let weighed;
let frame;
let address;
let waiting;

async function ask(path, body = null) {
  const answer = await fetch(path, { method: "POST", headers: { "X-Freshtap-Key": key }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

// -- what is going on -------------------------------------------------------------------------------------------------

function status(state, text) {
  byId("status").dataset.state = state;
  byId("status").textContent = text;
}

function trouble(text) {
  clearTimeout(waiting);
  byId("trouble").hidden = !text;
  byId("trouble").firstElementChild.textContent = text;
  if (text) status("failed", "Not ready");
}

// Told to those who listen, and on narrow screens shown for a moment.
let shown;
function announce(news) {
  clearTimeout(shown);
  byId("news").textContent = news;
  shown = setTimeout(() => byId("news").replaceChildren(), SHOWN);
}

const ended = "The preview does not answer any more: it was ended in the terminal, or this address is an old one.";
const failed = error => trouble(error instanceof TypeError ? ended : error.message);

// -- the site in its frame --------------------------------------------------------------------------------------------

// A new frame for each page, so that going back in the browser leaves the workbench as one expects.
function load() {
  trouble("");
  status("waiting", "Loading the page…");
  ready(false);
  frame = element("iframe", {
    src: address,
    title: "The site’s page",
    tabindex: "-1",
    sandbox: "allow-scripts allow-same-origin"
  });
  byId("frame").replaceChildren(frame);
  const late = `Still waiting for CleverTap’s SDK from ${built.sdk}. Calls stand in the bridge’s line until it is there.`;
  waiting = setTimeout(() => trouble(late), PATIENCE);
}

function ready(isReady) {
  document.querySelectorAll("button.main").forEach(button => {
    button.disabled = !isReady;
  });
}

// Once for each build, and not before there is something to use: it takes a second.
function weighOnce() {
  if (weighed !== built) {
    const what = (weighed = built);
    ask("/weights")
      .then(parts => what === built && weigh(built, parts))
      .catch(failed);
  }
}

const fire = code => frame.contentWindow.postMessage({ run: code }, site);

const steps = {
  "no-worker": ({ text }) =>
    trouble(
      `Nothing can be fired here, because nothing could keep it on this machine: ${text} ` +
        "Private windows and some settings do not allow service workers."
    ),
  "bridge-loaded": ({ consent }) => {
    ready(true);
    weighOnce();
    if (byId("status").dataset.state !== "waiting") return;
    const decision =
      consent || (built.gpc && navigator.globalPrivacyControl ? "out" : built.consent ? "undecided" : "in");
    if (decision === "in") {
      status("waiting", "Loading CleverTap’s SDK…");
    } else {
      clearTimeout(waiting);
      const why =
        decision === "out"
          ? "The visitor has refused: nothing is loaded or sent"
          : "CleverTap’s SDK is loaded once the visitor agrees";
      status("ready", `${why}. To agree, run freshpaint.opt_in_tracking()`);
    }
  },
  "bridge-failed": () =>
    trouble("The site’s script could not be loaded. Is something blocking scripts in this browser?"),
  "sdk-loaded": () => {
    trouble("");
    status("ready", "Ready. Nothing is sent to CleverTap.");
  },
  "sdk-failed": () =>
    trouble(
      `CleverTap’s SDK could not be loaded from ${built.sdk}: this machine may be offline, or a script blocker ` +
        "stands in the way. You can still fire calls: you see what the bridge says of them, and they wait in its line."
    ),
  started: () => {}
};

// -- the config -------------------------------------------------------------------------------------------------------

let text;
let feed;

function show(outcome) {
  const errors = outcome.problems.filter(({ severity }) => severity === "error").length;
  byId("problems").replaceChildren(
    ...outcome.problems.map(({ severity, text: line }) => element("li", { "data-severity": severity }, line))
  );
  byId("count").hidden = !outcome.problems.length;
  byId("count").textContent = String(outcome.problems.length);
  byId("count").dataset.severity = errors ? "error" : "warning";
  byId("count").title = errors ? `${errors} to put right` : "warnings";
  byId("config").setAttribute("aria-invalid", String(errors > 0));
  if (!outcome.built) {
    byId("built").textContent = "Not built. The preview goes on with what was built last.";
    return;
  }
  built = outcome.built;
  byId("about").replaceChildren(
    element("b", {}, built.name),
    ` ${built.account} · ${built.region}`,
    built.companion ? " · companion mode, Freshpaint’s SDK stood in for" : ""
  );
  byId("built").textContent =
    `Built: ${built.gzip.toLocaleString("en")} B with gzip. Only here: your file stays as it is.`;
  document.title = `${built.name}: freshtap preview`;
  offered.offer(built);
  feed.turn("Built anew");
  load();
  weigh(built);
}

let resting;
let building = Promise.resolve();

function edited() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    byId("built").textContent = "Building…";
    // One after the other, so that the last is what stays.
    building = building
      .then(() => ask("/build", byId("config").value))
      .then(show)
      .catch(failed);
  }, REST);
}

// -- putting it together ----------------------------------------------------------------------------------------------

function tabs() {
  const all = [...document.querySelectorAll("[role=tab]")];
  const select = tab => {
    all.forEach(other => {
      const isIt = other === tab;
      other.setAttribute("aria-selected", String(isIt));
      other.tabIndex = isIt ? 0 : -1;
      byId(other.getAttribute("aria-controls")).hidden = !isIt;
    });
  };
  all.forEach((tab, index) => {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", event => {
      const to = { ArrowRight: index + 1, ArrowLeft: index - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      select(all[to % all.length]);
      all[to % all.length].focus();
    });
  });
}

// Goes on asking for what arrives, as long as the preview runs.
async function listen(after) {
  const rows = await ask("/received", after);
  feed.receive(rows);
  const last = rows.findLast(row => row.person !== undefined);
  if (last) byId("visitor").lastElementChild.textContent = last.person ?? "nobody yet";
  listen(after + rows.length).catch(failed);
}

const offered = forms(fire);

async function start() {
  tabs();
  if (!key) throw new Error("Open the address that freshtap preview printed: it carries a key behind the #.");
  const state = await ask("/state");
  feed = calls({ reasons: state.reasons, announce });
  text = state.text;
  address = state.frame;
  byId("config").value = state.edited;
  byId("file").textContent = state.file;
  byId("source").value = EXAMPLE;

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== site || source !== frame.contentWindow) return;
    (Object.hasOwn(steps, data.step) ? steps[data.step] : feed.hear)(data);
  });
  byId("code").addEventListener("submit", event => {
    event.preventDefault();
    fire(byId("source").value);
  });
  byId("source").addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("code").requestSubmit();
  });
  byId("config").addEventListener("input", edited);
  byId("undo").addEventListener("click", () => {
    byId("config").value = text;
    edited();
  });
  byId("next").addEventListener("click", () => {
    feed.turn("Next page");
    load();
  });
  byId("retry").addEventListener("click", load);
  byId("new").addEventListener("click", async () => {
    await ask("/visitor");
    byId("visitor").lastElementChild.textContent = "nobody yet";
    feed.turn("New visitor");
    load();
  });
  byId("clear").addEventListener("click", feed.clear);
  byId("own").addEventListener("change", event => byId("calls").classList.toggle("with-own", event.target.checked));
  show(state);
  listen(state.received).catch(failed);
}

start().catch(failed);
