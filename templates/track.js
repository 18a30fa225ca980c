// track: an event's name and properties in, CleverTap's event out, or nothing where it takes none by that
// name. Touches nothing else. The limits are CleverTap's; nested properties it rejects.

/*% if listed %*/
// Freshpaint's name of an event, and CleverTap's, cleaned when this script was built; empty where it is not enabled.
const names = new Map(site.events);

/*% endif %*/
const toEvent = (event, properties) => {
  let name /*% if listed %*/ = names.get(event) /*% endif %*/;
  /*% if send_all %*/
  if (/*% if listed %*/ !names.has(event) && /*% endif %*/ is(event, / String/)) {
    name = cleanName(event);
    report(name === event || !words(event) ? "" : "name-cleaned", event, name);
  }
  // The SDK would count an event named __proto__ on every object of the page.
  const reserved = /^($fill(reserved)|__proto__)$/.test(name);
  /*% endif %*/
  report(!words(event) || !is(event, / String/) ? "event-nameless" : "", "", event);
  report(/*% if send_all %*/ reserved || words(event) && name === "" /*% if listed %*/ && !names.has(event) /*% endif %*/ ? "event-reserved" : /*% endif %*/ words(event) && is(event, / String/) && !name ? "event-not-enabled" : "", event);
  if (name /*% if send_all %*/ && !reserved /*% endif %*/) {
    /*% if operations %*/
    transform(event, properties);
    /*% endif %*/
    return { name, data: /*% if charged %*/ name === "Charged" ? toCharged(properties) : /*% endif %*/ flat(properties) };
  }
};

// hasOwnProperty is what the SDK itself asks its objects.
const flat = (properties, count) => flatten(properties, /^$fill(unsent_event_properties)$/, $fill(track_depth), list => {
  /*% if track_depth %*/
  report(list.join(", ").length > $fill(value_length) ? "value-cut" : "", "", list);
  return list.length ? cut(list.join(", "), $fill(value_length)) : undefined;
  /*% endif %*/
}, count);
