// identify: a user id and user properties in, a CleverTap profile out. Touches nothing else.
// Every standard field is checked here, because the SDK throws a whole login away over one it does not like.

// A text that looks like this, and no more than the beginning of it, as CleverTap writes it. Else nothing.
const oneOf = (pattern, length) => value => {
  value = words(value);
  return pattern.test(value) ? value[0].toUpperCase() + value.slice(1, length).toLowerCase() : undefined;
};

const toText = value => scalar(words(value)) || undefined;

// The SDK would change an address with a quote or a backslash in it, and it would be somebody else's.
const toAddress = value => (/^[^\s@'"\\]+@[^\s@'"\\]+$/.exec(words(value)) || [])[0];

// The calendar day that was meant, in every time zone of the browser: noon UTC of it, in milliseconds.
// A Date at midnight UTC means its UTC day, any other its local day; written text means the day it says,
// unless it ends in Z: then it is a Date that was written down. Not by toJSON, which pages replace; toISOString throws
// where there is no day, or none left in its time zone.
const toDay = value => {
  try {
    const text = isDate(value) ? new Date(value % 864e5 ? Date.UTC(value.getFullYear(), value.getMonth(), value.getDate()) : value).toISOString().slice(0, 10) : words(value).replace(" ", "T");
    const [, day, , zone] = /^(.{10})(T\d\d:\d\d[\d:.]*(Z|[+-]\d\d(:?\d\d)?)?)?$/.exec(text) || [];
    const noon = day + "T12:00:00.000Z";
    // Date judges the time of day; not the day, which it would move into the next month.
    if (isDate(new Date(text.replace(zone, "Z"))) && new Date(noon).toISOString() === noon) {
      return zone === "Z" ? toDay(new Date(text)) : +new Date(noon);
    }
  } catch (error) {}
};

// The SDK keeps a phone as text only where it starts with + and goes on in digits.
const toPhone = value => {
  value = words(value).replace(/[\s().\/\u00ad\u2000-\u206f\u2212-]/g, "").replace(/^00/, "+");
  /*% if country_code %*/
  if (/^\d{7,}$/.test(value)) {
    value = "+" + (value.length > 10 && value.startsWith(site.code) ? value : site.code + value /*% if trunk_zero %*/ .replace(/^0/, "") /*% endif %*/);
  }
  /*% endif %*/
  if (/^\+\d{8,15}$/.test(value)) {
    return value;
  }
  /*% if not country_code %*/
  // Without a country's code it can only go as a number, as in Freshpaint's own example.
  if (/^\d{7,15}$/.test(value)) {
    return +value;
  }
  /*% endif %*/
};

// CleverTap's field, what makes it, and Freshpaint's name for it, which wins. Source: Freshpaint's page on this
// destination. The last four are CleverTap's own.
const FIELDS = [
  ["Name", toText, "name"],
  ["Email", toAddress, "email"],
  ["DOB", toDay, "birthday"],
  ["Gender", oneOf(/^([mfou]|(fe)?male|others?|unknown)$/i, 1), "gender"],
  ["Phone", toPhone, "phone"],
  ["Photo", toText, "avatar"],
  ["Married", oneOf(/^[yn]$/i)],
  ["Employed", oneOf(/^[yn]$/i)],
  ["Education", oneOf(/^(school|college|graduate)$/i)],
  ["Age", toNumber]
];

const toProfile = (id, traits) => {
  const fields = {};
  const joined = (first, last) => toText(words(traits[first]) + " " + words(traits[last]));
  FIELDS.forEach(([field, convert, name = field]) => {
    const value = words(traits[name]) || isDate(traits[name]) ? traits[name] : traits[field];
    fields[field] = convert(value);
    report(fields[field] !== undefined || [traits[name], traits[field]].every(given => given == null || given === "") ? "" : "field-unusable", field, value);
    delete traits[name];
    delete traits[field];
  });
  fields.Name = fields.Name || joined("firstName", "lastName") || joined("first_name", "last_name");
  fields.Email = fields.Email || toAddress(id);
  // The SDK would cut it there, too, and complain.
  report(id.length > $fill(identity_length) ? "value-cut" : "", "Identity", id);
  fields.Identity = cut(cleanQuotes(id), $fill(identity_length)) || undefined;
  return Object.assign(flatten(traits, /^($fill(unsent_user_properties))$/, $fill(identify_depth), list => list.length ? list : undefined), fields);
};
