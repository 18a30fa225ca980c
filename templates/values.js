// What CleverTap takes: names without the characters it prohibits, values that are scalars, and no more of
// either than it keeps. Source: CleverTap's documented limits, and what its SDK was seen to delete.

// Never ends inside a surrogate pair.
const cut = (text, length) => text.slice(0, length - /[\uDC00-\uDFFF]/.test(text[length]));

const cleanName = name => cut(name.replace(/[$fill(prohibited)]/g, "").replace(/\s+/g, " ").trim(), $fill(name_length)).trim();

// The SDK deletes backslashes, and both quotes: o'brien would become obrien, who is somebody else.
const cleanQuotes = text => {
  report(/['"\\]/.test(text) ? "value-quotes" : "", "", text);
  return text.replace(/\\/g, "").replace(/'/g, "\u2019").replace(/"/g, "\u201d");
};

const isDate = value => is(value, / Date/) && isFinite(value);

// The text of a string, a number or a bigint, trimmed: what ids and standard fields are made of. Else nothing.
const words = value => /^(st|n|bi)/.test(typeof value) && value === value ? String(value).trim() : "";

// A value as it is sent, or undefined where CleverTap has no place for it.
const scalar = value => {
  if (typeof value === "boolean" || Number.isFinite(value)) {
    return value;
  }
  if (typeof value === "string") {
    report(value.length > $fill(value_length) ? "value-cut" : "", "", value);
    return cut(cleanQuotes(value), $fill(value_length));
  }
  if (isDate(value)) {
    return "$D_" + Math.round(value / 1000);
  }
};

// The number that a number or a text says, if any.
const toNumber = value => {
  value = words(value);
  return value && isFinite(value) ? +value : undefined;
};
