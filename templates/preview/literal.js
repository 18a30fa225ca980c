// A value as one would write it in JavaScript, whatever it is. Long objects and arrays take a line for each part.
const literal = (value, indent = "", depth = 0) => {
  const type = typeof value;
  if (type === "string") return JSON.stringify(value);
  if (type === "bigint") return `${value}n`;
  if (type === "function") return "() => {…}";
  if (type === "symbol") return String(value);
  if (type !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Date) return isFinite(value) ? `new Date("${value.toISOString()}")` : "new Date(NaN)";
  if (depth > 5) return "…";
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const name = key => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key));
  const parts = isList
    ? Array.from(value, part => literal(part, inner, depth + 1))
    : Object.keys(value).map(key => `${name(key)}: ${literal(value[key], inner, depth + 1)}`);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  const gap = isList || !parts.length ? "" : " ";
  const line = open + gap + parts.join(", ") + gap + close;
  return line.length + indent.length < 38 && !line.includes("\n")
    ? line
    : `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
};
