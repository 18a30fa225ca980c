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

// CleverTap's field, what makes it, and Freshpaint's name for it, which wins. Source: Freshpaint's page on this
// destination. The last four are CleverTap's own.
const FIELDS = [
  ["Name", toText, "name"],
  ["Email", toAddress, "email"],
  ["DOB", toDay, "birthday"],
  ["Gender", oneOf(/^(m|f|o|u|male|female|others?|unknown)$/i, 1), "gender"],
  ["Phone", toPhone, "phone"],
  ["Photo", toText, "avatar"],
  ["Married", oneOf(/^[yn]$/i)],
  ["Employed", oneOf(/^[yn]$/i)],
  ["Education", oneOf(/^(school|college|graduate)$/i)],
  ["Age", toNumber]
];

function toProfile(id, traits) {
  const fields = {};
  const joined = (first, last) => toText(words(traits[first]) + " " + words(traits[last]));
  FIELDS.forEach(([field, convert, name = field]) => {
    const value = words(traits[name]) || isDate(traits[name]) ? traits[name] : traits[field];
    fields[field] = convert(value);
    report(value == null || fields[field] ? "" : "field-unusable", field, value);
    delete traits[name];
    delete traits[field];
  });
  fields.Name = fields.Name || joined("firstName", "lastName") || joined("first_name", "last_name");
  fields.Email = fields.Email || toAddress(id);
  // The SDK would cut it there, too, and complain.
  fields.Identity = cut(cleanQuotes(id), 1024) || undefined;
  return Object.assign(flatten(traits, /^($fill(unsent_user_properties))$/, $fill(identify_depth), list => list.length ? list : undefined), fields);
}

// The calendar day that was meant, in every time zone of the browser: noon UTC of it, in milliseconds.
// A Date at midnight UTC means its UTC day, any other its local day; written text means the day it says,
// unless it ends in Z: then it is a Date that was written down.
function toDay(value) {
  const text = isDate(value) ? new Date(value % 864e5 ? value - value.getTimezoneOffset() * 6e4 : +value).toISOString().slice(0, 10) : words(value);
  const [, day, zone] = /^(\d{4}-\d\d-\d\d)(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text) || [];
  const noon = new Date(day + "T12:00Z");
  if (isDate(noon) && noon.toISOString().slice(0, 10) === day) {
    return zone === "Z" ? toDay(new Date(text.replace(" ", "T"))) : +noon;
  }
}

// The SDK keeps a phone as text only where it starts with + and goes on in digits.
function toPhone(value) {
  let digits = words(value).replace(/[\s().\/\u00ad\u2000-\u206f\u2212-]/g, "").replace(/^00/, "+");
  /*% if country_code %*/
  if (/^\d{7,}$/.test(digits)) {
    if (digits.length < 11 || digits.indexOf(site.code)) {
      /*% if trunk_zero %*/
      digits = digits.replace(/^0/, "");
      /*% endif %*/
      digits = site.code + digits;
    }
    digits = "+" + digits;
  }
  /*% endif %*/
  if (/^\+\d{8,15}$/.test(digits)) {
    return digits;
  }
  /*% if not country_code %*/
  // Without a country's code it can only go as a number, as in Freshpaint's own example.
  if (/^\d{7,15}$/.test(digits)) {
    return +digits;
  }
  /*% endif %*/
}
