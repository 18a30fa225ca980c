// The chart of what the script weighs: one strip for the whole, and a table whose bars compare the features.
import { byId, element } from "./elements.js";

const bytes = number => `${number.toLocaleString("en")} B`;

// A feature can make the script smaller: what others do without it compresses worse.
const weight = size => (size < 0 ? `${bytes(-size)} less` : bytes(size));

function bar(size, all, kind = size < 0 ? "less" : "feature") {
  const made = element("i", { class: kind });
  made.style.width = `${(100 * Math.abs(size)) / all}%`;
  return made;
}

// The first part is what every script has; the others are the site's own choice. Without parts: they are being weighed.
export function weigh({ gzip, bytes: raw, snippet }, parts) {
  const [common, ...features] = parts ?? [["Weighing…", gzip]];
  const heaviest = Math.max(1, ...features.map(([, size]) => Math.abs(size)));
  // What takes away has no place in the whole, and what it takes away is part of the others.
  const adding = features.map(([, size]) => size).filter(size => size > 0);
  const all = adding.reduce((sum, size) => sum + size, common[1]);
  byId("total").replaceChildren(
    element("b", {}, bytes(gzip)),
    ` compressed, ${bytes(raw)} raw; the inline snippet ${bytes(snippet)}`
  );
  byId("whole").replaceChildren(
    bar(common[1], all, "common"),
    ...adding.map(size => bar(size, all))
  );
  const row = ([part, size], drawn) =>
    element("tr", {}, element("th", { scope: "row" }, part, drawn), element("td", {}, weight(size)));
  byId("weights").tBodies[0].replaceChildren(
    row(common, bar(1, 1, "common")),
    ...features.map(feature => row(feature, bar(feature[1], heaviest)))
  );
}
