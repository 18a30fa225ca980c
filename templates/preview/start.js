// The first thing in the frame: puts the service worker in place and goes on to the site's page, which only the worker
// can give. Where there can be no worker there is no page, and no SDK that could send anything.
{
  const { workbench } = document.currentScript.dataset;

  const active = worker =>
    new Promise((done, fail) => {
      const look = () => {
        if (worker.state === "activated") done();
        if (worker.state === "redundant") fail(new Error("The service worker was replaced."));
      };
      worker.addEventListener("statechange", look);
      look();
    });

  const start = async () => {
    const { serviceWorker } = navigator;
    if (!serviceWorker) throw new Error("This browser has no service workers here.");
    // The key is in the worker's address, so that the site's own address has none.
    const registration = await serviceWorker.register(`/worker.js?${location.hash.slice(1)}`, {
      updateViaCache: "none"
    });
    await active(registration.installing || registration.waiting || registration.active);
    location.replace("/");
  };

  start().catch(error => parent.postMessage({ step: "no-worker", text: String(error) }, workbench));
}
