"""Freshpaint's own SDK, as far as a page can tell: both published stubs, and the object that takes their place.

Written from what they were seen to do. The object notes every call that it gets, in order, in ``window.got``.
"""

from __future__ import annotations

from typing import Final

#: The first stub: an array, on which init makes one method for each of a fixed list of names.
CLASSIC_STUB: Final = """
(function (freshpaint) {
    if (freshpaint.__SV) { return; }
    window.freshpaint = freshpaint;
    freshpaint._i = [];
    freshpaint.init = function (environment, config, name) {
        ['track', 'identify', 'register', 'register_once', 'unregister', 'reset', 'opt_in_tracking', 'opt_out_tracking',
         'group', 'page', 'alias', 'ready', 'addEventProperties', 'addInitialEventProperties', 'removeEventProperty',
         'addPageviewProperties'].forEach(function (method) {
            freshpaint[method] = function () {
                freshpaint.push([method].concat(Array.prototype.slice.call(arguments, 0)));
            };
        });
        freshpaint._i.push([environment, config, name || 'freshpaint']);
    };
    freshpaint.__SV = 1.4;
})(window.freshpaint || []);
freshpaint.init('00000000-0000-0000-0000-000000000000');
freshpaint.page();
"""

#: The second stub: a Proxy of an array, on which whatever is asked for is a method, and what it gives back is, too.
PROXY_STUB: Final = """
(function (entries) {
    entries.__loaded = false;
    entries.__SV = 2;
    window.freshpaint = new Proxy(entries, {get: function (target, name) {
        if (target[name] !== undefined) { return target[name]; }
        if (name === 'init') {
            return function (environment, config) { (target._i = target._i || []).push([environment, config]); };
        }
        return function () {
            var values = Array.prototype.slice.call(arguments);
            var entry = [name].concat(values);
            target.push(entry);
            return new Proxy(entry, {get: function (chained, further) {
                if (chained[further]) { return chained[further]; }
                return function () {
                    chained.length = 0;
                    chained.push([name].concat(values), [further].concat(Array.prototype.slice.call(arguments)));
                };
            }});
        };
    }});
})(window.freshpaint || []);
freshpaint.init('00000000-0000-0000-0000-000000000000');
freshpaint.page();
"""

STUBS: Final = {"classic": CLASSIC_STUB, "proxy": PROXY_STUB}

#: What Freshpaint's script does when it arrives. ``window.known`` is whom it knows from an earlier page; with
#: ``window.repeatLate`` it takes the stub's place before it repeats the stub's calls, otherwise afterwards.
ARRIVES: Final = """
(function () {
    window.got = [];
    var stub = window.freshpaint;
    var person = window.known || {};
    function Freshpaint() {}
    ['track', 'identify', 'register', 'register_once', 'unregister', 'reset', 'opt_in_tracking', 'opt_out_tracking',
     'set_consent', 'group', 'page', 'alias', 'addEventProperties', 'addInitialEventProperties',
     'removeEventProperty', 'addPageviewProperties'].forEach(function (method) {
        Freshpaint.prototype[method] = function () {
            var values = Array.prototype.slice.call(arguments);
            window.got.push([method].concat(values));
            if (method === 'identify') {
                // It says things to itself, with names that begin with $.
                this.register({$user_id: values[0]});
                this.track('$identify', {});
                if (typeof values[0] === 'string') { person = {id: values[0], traits: values[1] || {}}; }
            }
            if (method === 'reset') { person = {}; }
            if (typeof values[3] === 'function') { values[3](); }
            return method + ' done';
        };
    });
    Freshpaint.prototype.ready = function (callback) { callback(); };
    Freshpaint.prototype.user = function () {
        return {id: function () { return person.id || null; }, traits: function () { return person.traits || {}; }};
    };
    Freshpaint.prototype.push = function (entry) { this[entry[0]].apply(this, entry.slice(1)); };
    var real = new Freshpaint();
    function repeat() {
        var entries = Array.isArray(stub) ? Array.prototype.slice.call(stub) : [];
        function first(entry) { return typeof entry[0] === 'string' && !/track/.test(entry[0]); }
        entries.filter(first).concat(entries.filter(function (entry) { return !first(entry); })).forEach(function (entry) {
            if (typeof entry === 'function') { entry(); } else if (real[entry[0]]) { real.push(entry); }
        });
    }
    if (window.repeatLate) { window.freshpaint = real; repeat(); } else { repeat(); window.freshpaint = real; }
})();
"""
