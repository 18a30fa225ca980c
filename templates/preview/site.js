// In the site's page, in front of the tag: makes a new visitor where one is wanted, runs what the workbench sends, and
// tells it what happens. Everything told is text, written out at the moment it happens.
{
  /*% include "preview/literal.js" %*/
  const { nonce, dataset } = document.currentScript;
  const { visitor, workbench, script, companion } = dataset;
  const sdk = new URL(dataset.sdk).href;
  const tell = (step, details) => parent.postMessage({ step, ...details }, workbench);

  // Somebody new: nothing of ours or of CleverTap's is left in this browser.
  if (localStorage.previewedVisitor !== visitor) {
    localStorage.clear();
    sessionStorage.clear();
    for (const cookie of document.cookie.split("; ")) {
      if (/^(WZRK|freshtap_)/.test(cookie)) document.cookie = `${cookie.split("=")[0]}=;path=/;max-age=0`;
    }
    localStorage.previewedVisitor = visitor;
  }

  // In companion mode Freshpaint's own snippet would be here. Its script never comes; the bridge hears calls anyway.
  if (companion !== undefined) {
    window.freshpaint = new Proxy([], {
      get: (calls, name) =>
        name in calls || typeof name === "symbol" || name === "then"
          ? calls[name]
          : (...values) => calls.push([name, ...values])
    });
  }

  // Whatever a page calls with, also what fails when it is looked at.
  const written = value => {
    try {
      return literal(value).slice(0, 20000);
    } catch (error) {
      return "…";
    }
  };
  const call = (name, values) => `${name}(${values.map(written).join(", ")})`;

  // The bridge's debug build tells how far each call has come, and what was changed or left out.
  const first = values => (typeof values[0] === "string" ? values[0] : "");
  const steps = {
    called: (method, [, ...values]) => ({ method, name: first(values), text: call(`freshpaint.${method}`, values) }),
    joined: () => ({}),
    turn: () => ({}),
    sent: (kind, values) => ({
      kind,
      name: first(values),
      text: kind === "clear" ? "clevertap.clear()" : call(`clevertap.${kind}.push`, values)
    })
  };
  addEventListener("freshtap", ({ detail: { step, code, name, value, call: number } }) => {
    if (code) {
      const shown = value === undefined ? "" : value instanceof Error ? String(value) : written(value);
      tell("reported", { number, code, name: String(name ?? ""), value: shown });
    } else if (typeof value !== "function") {
      tell(step, { number, ...steps[step](name, value) });
    }
  });

  // The visitor's decision, where there is one.
  const consent = () => {
    const name = Object.keys(localStorage).find(key => /^freshtap_.*_consent$/.test(key));
    return name ? JSON.parse(localStorage[name]) : "";
  };

  // Loads and failures of the two scripts are heard before the page's own listeners hear them.
  const watch =
    step =>
    ({ target }) => {
      if (target.src === sdk) tell(`sdk-${step}`);
      else if (target.src?.endsWith(script)) tell(`bridge-${step}`, { consent: consent() });
    };
  document.addEventListener("load", watch("loaded"), true);
  document.addEventListener("error", watch("failed"), true);

  addEventListener("error", event => event.message && tell("error", { text: event.message, line: event.lineno }));
  addEventListener("unhandledrejection", ({ reason }) =>
    tell("error", { text: `Unhandled rejection: ${reason}`, line: 0 })
  );
  addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) =>
    tell("error", {
      text: `The preview's page keeps this from leaving: ${blockedURI} (${effectiveDirective})`,
      line: 0
    })
  );

  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== workbench || source !== parent) return;
    const element = document.createElement("script");
    element.nonce = nonce;
    // In a block, so that the same code can be run twice.
    element.textContent = `{${data.run}\n}`;
    document.head.append(element);
    element.remove();
  });
  tell("started");
}
