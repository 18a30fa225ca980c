// The chart of what the script weighs: one strip for the whole, and a table whose bars compare the features.
import { byId, element } from "./elements.js";

const bytes = number => `${number.toLocaleString("en").replace("-", "\u2212")} B`;

function bar(size, all, kind) {
  const made = element("i", { class: kind });
  made.style.width = `${(100 * Math.max(0, size)) / all}%`;
  return made;
}

// The first part is what every script has; the others are the site's own choice. Without parts: they are being weighed.
export function weigh({ gzip, bytes: raw, snippet }, parts) {
  const [common, ...features] = parts ?? [["Weighing…", gzip]];
  const heaviest = Math.max(1, ...features.map(([, size]) => size));
  byId("total").replaceChildren(
    element("b", {}, bytes(gzip)),
    ` compressed, ${bytes(raw)} raw; the inline snippet ${bytes(snippet)}`
  );
  byId("whole").replaceChildren(
    bar(common[1], gzip, "common"),
    ...features.map(([, size]) => bar(size, gzip, "feature"))
  );
  const row = ([part, size], drawn) =>
    element("tr", {}, element("th", { scope: "row" }, part, drawn), element("td", {}, bytes(size)));
  byId("weights").tBodies[0].replaceChildren(
    row(common, bar(1, 1, "common")),
    ...features.map(feature => row(feature, bar(feature[1], heaviest, "feature")))
  );
}
