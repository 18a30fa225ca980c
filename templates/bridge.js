// One account's bridge from Freshpaint to CleverTap: first who the visitor is, then all else in the order of what happens
// to a call. Everything that belongs to the account comes in through the last argument; the rest is the same for all
// sites that use the same features.
(site => {
  // The first bridge of a page stays; an element with this id does not count.
  if ((window.freshtap || 0).version) {
    return;
  }
  const nonce = (document.currentScript || 0).nonce;
  /*% include "copy.js" %*/
  /*% if companion %*/
  /*% include "companion.js" %*/
  window.freshtap.version = "$fill(version)";
  /*% else %*/
  window.freshtap = { version: "$fill(version)" };
  /*% endif %*/
  /*% if debug %*/
  window.freshtap.reports = [];
  /*% endif %*/
  /*% include "memory.js" %*/
  /*% if debug %*/
  /*% include "report.js" %*/
  /*% endif %*/
  /*% if not companion %*/
  /*% include "stub.js" %*/
  /*% endif %*/
  /*% include "visitor.js" %*/
  /*% include "consent.js" %*/
  /*% include "page.js" %*/
  /*% include "values.js" %*/
  /*% include "properties.js" %*/
  /*% if operations %*/
  /*% include "transformations.js" %*/
  /*% endif %*/
  /*% include "identify.js" %*/
  /*% include "track.js" %*/
  /*% if charged %*/
  /*% include "charged.js" %*/
  /*% endif %*/
  /*% include "queue.js" %*/
  /*% include "sdk.js" %*/
  /*% include "shield.js" %*/
  /*% if spa %*/
  /*% include "spa.js" %*/
  /*% endif %*/
  /*% include "start.js" %*/
})(SITE);
