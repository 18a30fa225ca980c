// Stands between the site's page and the network. The page comes from here, so that there is none which this worker
// does not watch over; every request to another origin is answered by freshtap on this machine, except for the SDK's
// script.
const key = location.search.slice(1);

const ask = (path, body) =>
  fetch(path, { method: "POST", headers: { "X-Freshtap-Key": key }, body: JSON.stringify(body ?? null) });

addEventListener("install", () => skipWaiting());

addEventListener("fetch", event => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) {
    event.respondWith(answer(request).catch(() => Response.error()));
  } else if (request.mode === "navigate" && pathname !== "/start") {
    event.respondWith(page(request));
  }
});

// The server's answer under the address that was asked for.
async function page(request) {
  const answer = await ask("/page").catch(() => null);
  if (answer?.headers.has("X-Freshtap-Page")) {
    return new Response(answer.body, { headers: answer.headers });
  }
  // The preview has ended, and something else may live at this address now: it is not ours any more.
  await registration.unregister();
  return fetch(request);
}

// One after the other, because what arrives in another order would belong to other people.
let turn = Promise.resolve();

async function decide({ url, destination }) {
  return (await ask("/ask", { url, fetch: destination === "" })).json();
}

async function answer(request) {
  const asked = turn.then(() => decide(request));
  turn = asked.catch(() => {});
  const reply = await asked;
  if (reply.outcome === "load") {
    return fetch(request);
  }
  return reply.outcome === "answer"
    ? new Response(reply.body, { status: reply.status, headers: reply.headers })
    : Response.error();
}
