// Properties as CleverTap takes them: one level, clean names, scalar values, the first $fill(property_count).
//   properties: what the page gave, copied; skip: the names that are not sent; depth: how many names may be
//   joined to the first; join: what becomes of the scalars of an array; count: how many there are already
const flatten = (properties, skip, depth, join, count = 0) => {
  const result = {};
  const add = (properties, prefix, depth) => {
    Object.keys(properties).forEach(key => {
      const value = properties[key];
      let name = cleanName(key);
      report(name === key ? "" : name ? "name-cleaned" : "name-empty", key, name);
      report(skip.test(prefix + name) ? "name-reserved" : "", key, value);
      if (name && !skip.test(prefix + name)) {
        name = cut(prefix + name, $fill(name_length)).trim();
        if (is(value, / Object/)) {
          report(depth ? "" : "value-unusable", name, value);
          if (depth) {
            add(value, name + "_", depth - 1);
          }
        } else {
          const sent = is(value, / Array/) ? join(scalars(value)) : scalar(value);
          report(sent === undefined ? "value-unusable" : result.hasOwnProperty(name) ? "name-taken" : count < $fill(property_count) ? "" : "too-many", name, value);
          if (sent !== undefined && !result.hasOwnProperty(name) && count++ < $fill(property_count)) {
            result[name] = sent;
          }
        }
      }
    });
  };
  add(properties, "", depth);
  return result;
};

// A Date in an array is written out, as the SDK does.
const scalars = list => {
  report(list.some(value => !isDate(value) && scalar(value) === undefined) ? "item-unusable" : "", "", list);
  return list.map(value => isDate(value) ? value.toISOString() : scalar(value)).filter(value => value !== undefined);
};
