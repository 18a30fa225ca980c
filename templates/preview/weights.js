// The chart of what each part of the script weighs: a table whose bars are drawn beside the numbers.
import { byId, element } from "./elements.js";

const bytes = number => `${number.toLocaleString("en")} B`;

export function showWeights(parts, { gzip, bytes: raw, snippet }) {
  const heaviest = Math.max(...parts.map(([, size]) => size));
  byId("total").replaceChildren(
    element("b", {}, bytes(gzip)),
    ` compressed, ${bytes(raw)} raw, and ${bytes(snippet)} of inline snippet`
  );
  const rows = parts.map(([part, size]) => {
    const bar = element("i", { class: "bar" });
    bar.style.width = `${Math.max(1, (100 * size) / heaviest)}%`;
    return element("tr", {}, element("th", { scope: "row" }, part, bar), element("td", {}, bytes(size)));
  });
  byId("weights").tBodies[0].replaceChildren(...rows);
}
