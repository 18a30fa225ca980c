// track: an event's name and properties in, CleverTap's event out, or nothing where it takes none by that
// name. Touches nothing else. The limits are CleverTap's; nested properties it rejects.
/*% if send_all %*/
function toEvent(event, properties) {
  const name = cleanName(is(event, "String") ? event : "");
  // The SDK would count an event named __proto__ on every object of the page.
  if (/^($fill(reserved)|__proto__|)$/.test(name)) {
    report("event-reserved", event);
    return;
  }
  /*% if charged_events %*/
  if (site.charged.includes(event)) {
    return { name: "Charged", data: toCharged(properties) };
  }
  /*% endif %*/
  return { name, data: name === "Charged" ? toCharged(properties) : flat(properties) };
}
/*% else %*/
// The names were cleaned when this script was built.
const names = new Map(site.events);

function toEvent(event, properties) {
  const name = names.get(event);
  if (!name) {
    report("event-not-enabled", event);
    return;
  }
  return { name, data: /*% if charged %*/ name === "Charged" ? toCharged(properties) : /*% endif %*/ flat(properties) };
}
/*% endif %*/

// hasOwnProperty is what the SDK itself asks its objects.
function flat(properties) {
  return flatten(properties, /^hasOwnProperty$/, $fill(track_depth), list => {
    /*% if track_depth %*/
    return list.length ? cut(list.join(", "), $fill(value_length)) : undefined;
    /*% endif %*/
  });
}
