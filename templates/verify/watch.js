// Runs in every page that "freshtap verify" opens, before its first line, and tells what happens there. The page sees
// nothing of it, except that window.freshpaint is undefined, instead of not there, until a snippet gives it a value.
(() => {
  if (window !== top) {
    return;
  }
  const page = location.href;
  // The console reaches whoever drives the browser, whatever the page makes of it later.
  const tell = console.debug.bind(console, "$fill(token)");

  // Whatever the page passes around, written out as far as a person would read. Without prototypes, because some pages
  // give those a toJSON.
  const bare = value => Object.setPrototypeOf(value, null);
  const plain = (value, depth) => {
    try {
      return value === undefined || typeof value === "symbol" ? null :
        typeof value === "function" ? "function" :
        typeof value === "bigint" ? String(value) :
        typeof value === "string" ? value.slice(0, 5e5) :
        typeof value !== "object" || value === null ? value :
        value instanceof Date ? isFinite(value) ? value.toISOString() : "Invalid Date" :
        value instanceof Error ? String(value) :
        depth === 0 ? "…" :
        Array.isArray(value) ? bare(Array.from(value).slice(0, 300).map(item => plain(item, depth - 1))) :
        Object.keys(value).slice(0, 300).reduce((result, key) => {
          result[key] = plain(value[key], depth - 1);
          return result;
        }, bare({}));
    } catch (error) {
      return null;
    }
  };
  const note = (what, details) => tell(JSON.stringify(plain(Object.assign({ what, page }, details), 9)));

  // Where in the page's code something was asked for: "https://site/app.js:12:5".
  const place = () => {
    const line = (new Error().stack || "").split("\n").slice(3).find(line => /:\d+:\d+/.test(line));
    return line ? /[^\s(]+:\d+:\d+/.exec(line)[0] : "";
  };

  // This config's debug build. It takes the place of the deployed script when that one starts: whatever keeps the
  // deployed one from running, keeps this one from running.
  const bridge = () => {
    $fill(bridge);
  };
  let tag;
  let starting = false;
  // Whether a snippet has run, and not only the script behind it.
  let snippet = false;
  const isBridge = script => script ? script.src || /getCleverTapID/.test(script.text) : true;
  Object.defineProperty(window, "freshtap", {
    configurable: true,
    enumerable: true,
    get: () => {
      const script = document.currentScript;
      if (!starting && isBridge(script)) {
        note("bridge", { src: script ? script.src : "" });
        if (!(tag || 0).version) {
          starting = true;
          try {
            bridge();
          } finally {
            starting = false;
          }
        }
      }
      return tag;
    },
    set: value => {
      tag = value;
      snippet = snippet || !starting;
      forgive();
    }
  });

  // Who asks for freshpaint before it is there: their calls are lost. Not so a snippet, which looks before it makes one.
  let early = [];
  const forgive = () => {
    early = early.filter(look => !look.script || look.script !== document.currentScript);
  };
  Object.defineProperty(window, "freshpaint", {
    configurable: true,
    get: () => {
      if (!starting && early.length < 100) {
        early.push({ script: document.currentScript, place: place() });
      }
    },
    set: value => {
      Object.defineProperty(window, "freshpaint", { configurable: true, enumerable: true, writable: true, value });
      snippet = snippet || !starting;
      forgive();
    }
  });

  window.addEventListener("freshtap", event => note("step", event.detail));
  window.addEventListener("freshtap-ran", event => note("ran", event.detail));
  window.addEventListener("securitypolicyviolation", event => note("violation", {
    blocked: event.blockedURI,
    directive: event.effectiveDirective,
    enforced: event.disposition === "enforce",
    sample: event.sample
  }), true);

  // What can be seen on the page itself: its scripts, the policies in it, and the calls that were noted and never taken.
  const look = () => {
    const freshpaint = Object.getOwnPropertyDescriptor(window, "freshpaint") || 0;
    const noted = (tag || 0).version ? 0 : Array.isArray(tag) ? tag : freshpaint.value;
    note("page", {
      scripts: Array.from(document.scripts, script => ({
        // Scripts of pictures (SVG) are none that load a tag.
        src: script.src || "",
        integrity: script.integrity || "",
        crossorigin: !!script.crossOrigin || script.crossOrigin === "",
        nonced: !!script.nonce,
        text: /freshpaint|clevertap/i.test(script.text) ? script.text : ""
      })),
      policies: Array.from(document.querySelectorAll("meta[http-equiv='content-security-policy' i]"), meta => meta.content),
      early: early.map(look => look.place),
      snippet,
      noted: Array.isArray(noted) ? Array.prototype.slice.call(noted).filter(Array.isArray) : []
    });
  };
  window.addEventListener("pagehide", look);
  window.addEventListener("freshtap-look", look);
})();
