"""The templates and what the build makes of them: each is JavaScript, and no minifier changes what it means."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import esprima
import jsmin
import pytest

from freshtap import config, render
from freshtap.config.site import Site
from freshtap.config.transformations import SendBuiltin
from freshtap.errors import BuildError
from freshtap.minify import minified, names
from freshtap.minify.arrangement import arranged
from freshtap.minify.javascript import pieces
from freshtap.minify.parameters import parametrized
from freshtap.minify.tokens import read
from freshtap.render.reasons import REASONS
from meaning import meaning, parsed
from sites import BASE

TEMPLATES: Final = sorted((Path(__file__).parents[1] / "templates").glob("*.js"))
ACCOUNT: Final = BASE["clevertap"]

#: Every operation, conversion and built-in property.
TRANSFORMATIONS: Final = [
    {"op": "rename-event", "on": "A", "to": "B"},
    {"op": "rename-property", "on": "*", "from": "a", "to": "b"},
    *({"op": "change-type", "on": "A", "property": "x", "to": to} for to in ("text", "number", "boolean", "date")),
    *({"op": op, "on": "identify", "property": "x"} for op in ("uppercase", "lowercase", "delete-property")),
    *(
        {"op": "send-builtin", "on": "*", "property": name}
        for name in get_args(SendBuiltin.model_fields["property"].annotation)
    ),
    {"op": "send-constant", "on": "*", "property": "from", "value": 7},
]

#: Every feature on and off.
CONFIGS: Final[dict[str, dict[str, Any]]] = {
    "nothing but an account": {},
    "the example": {"events": [{"name": "Order Completed", "charged": True}, {"name": "Signed Up"}]},
    "all events": {"track": {"send": "all"}},
    "all events, one charged": {"track": {"send": "all"}, "events": [{"name": "Bought", "charged": True}]},
    "sent before identify": {"track": {"before_identify": "send"}},
    "dropped before identify": {"track": {"before_identify": "drop"}},
    "nested dropped": {"track": {"nested": "drop"}, "identify": {"nested": "drop"}},
    "a country code": {"identify": {"default_country_code": "+49"}},
    "a country code that keeps its zero": {"identify": {"default_country_code": "+39"}},
    "with the IP address": {"clevertap": {**ACCOUNT, "use_ip": True}},
    "every transformation": {"track": {"send": "all"}, "transformations": TRANSFORMATIONS},
    "a transformation, companion": {
        "freshpaint": {"mode": "companion"},
        "events": [{"name": "A"}],
        "transformations": [{"op": "uppercase", "on": "A", "property": "x"}],
    },
    "consent": {"consent": {"required": True, "respect_gpc": True}},
    "companion": {"freshpaint": {"mode": "companion"}},
    "single-page": {"clevertap": {**ACCOUNT, "spa": True}},
    "fetch, a proxy, a token": {
        "clevertap": {**ACCOUNT, "transport": "fetch", "target_domain": "ct.example.com", "token": "x"},
    },
}


def site_of(changes: dict[str, Any]) -> Site:
    return config.from_mapping({"clevertap": ACCOUNT, **changes}).valid()


def tokens(source: str) -> list[tuple[str, str]]:
    return [(token.type, token.value) for token in esprima.tokenize(source)]


#: A debug build has a few functions more, and what it reports: these configs have all of that among them.
DEBUGGED: Final = (
    "all events",
    "all events, one charged",
    "dropped before identify",
    "every transformation",
    "companion",
    "single-page",
)

each_config = pytest.mark.parametrize("changes", CONFIGS.values(), ids=CONFIGS)
#: Tests of one script are for one process, because making it takes longer than reading it.
each_script = pytest.mark.parametrize(
    ("changes", "debug"),
    [
        pytest.param(changes, debug, id=f"{name}{', debug' * debug}", marks=pytest.mark.xdist_group(f"{name} {debug}"))
        for name, changes in CONFIGS.items()
        for debug in ([False, True] if name in DEBUGGED else [False])
    ],
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_each_template_is_javascript_by_itself(template: Path) -> None:
    """An editor can open it, a linter can read it, whatever Jinja makes of it later."""
    esprima.parseScript(template.read_text(encoding="utf-8"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_each_template_begins_with_what_it_answers_for(template: Path) -> None:
    """A comment comes first."""
    assert template.read_text(encoding="utf-8").startswith("// ")


@pytest.mark.parametrize("minifier", ["none", "jsmin", "tdewolff"])
def test_scripts_are_ascii(minifier: str) -> None:
    """Whatever encoding a page has, its texts are the same there: an id would be somebody else's."""
    site = site_of({"events": [{"name": "Événement 🎈"}], "freshpaint": {"destination": "Zoë"}})
    assert render.bridge(site, minifier=minifier).isascii()
    assert render.snippet(site, minifier=minifier).isascii()


def test_tdewolff_writes_escapes() -> None:
    """Also for what is more than one unit of UTF-16."""
    assert minified('f("’🎈");', "tdewolff").strip() == r'f("\u2019\ud83c\udf88")'


@each_script
def test_every_feature_set_is_javascript_in_every_form(changes: dict[str, Any], *, debug: bool) -> None:
    """The readable, the minified and the smallest script parse; what is made small is ASCII."""
    for minifier in ("none", "jsmin", "tdewolff"):
        script = render.bridge(site_of(changes), minifier=minifier, debug=debug)
        parsed(script)
        assert script.isascii() or debug


def test_the_debug_builds_that_are_tried_have_all_that_any_has() -> None:
    """Whatever is reported or traced under any config stands in one of them."""

    def told(name: str) -> set[str]:
        script = render.bridge(site_of(CONFIGS[name]), minifier="none", debug=True)
        return {line.strip() for line in script.splitlines() if line.strip().startswith(("report(", "trace("))}

    assert set().union(*map(told, DEBUGGED)) == set().union(*map(told, CONFIGS))


@each_script
def test_jsmin_takes_away_nothing_but_comments_and_blanks(changes: dict[str, Any], *, debug: bool) -> None:
    """The script's tokens are the same before and after."""
    source = render.bridge(site_of(changes), minifier="none", debug=debug)
    assert tokens(jsmin.jsmin(source)) == tokens(source)


@each_script
def test_minified_scripts_mean_what_the_readable_ones_do(changes: dict[str, Any], *, debug: bool) -> None:
    """The whole of a minified script is the readable one, its functions in front, said in fewer bytes.

    Another reader than the build's finds the same variable wherever a name stands, the same property, the same global.
    """
    site = site_of(changes)
    readable, short = (render.bridge(site, minifier=minifier, debug=debug) for minifier in ("none", "jsmin"))
    assert meaning(short) == meaning(arranged(readable))
    assert len(short) < len(readable) / 2


@each_script
def test_no_call_reaches_a_variable_that_is_a_parameter(changes: dict[str, Any], *, debug: bool) -> None:
    """A function that gets parameters is called by its name alone, and with no more values than it had before."""
    before = arranged(render.bridge(site_of(changes), minifier="none", debug=debug))
    were, are = (parameters(parsed(text)) for text in (before, parametrized(before)))
    assert were.keys() == are.keys()
    grown = {name for name, count in are.items() if count != were[name]}
    assert grown or debug
    nodes = list(walked(parsed(parametrized(before))))
    for name in grown:
        calls = [node["arguments"] for node in nodes if node.get("callee", {}).get("name") == name]
        assert all(
            len(given) <= were[name] and "SpreadElement" not in {one["type"] for one in given} for given in calls
        )
        assert sum(node.get("type") == "Identifier" and node["name"] == name for node in nodes) == len(calls) + 1


def walked(node: Any) -> Iterator[dict[str, Any]]:
    """Every node of a script but the names of properties."""
    if isinstance(node, dict):
        yield node
        name = {"MemberExpression": "property", "Property": "key"}.get(node.get("type", ""))
        node = [value for key, value in node.items() if key != name or node["computed"]]
    for one in node if isinstance(node, list) else []:
        yield from walked(one)


def parameters(script: Any) -> dict[str, int]:
    """How many parameters each function has that has a name."""
    counts: dict[str, int] = {}
    for node in walked(script):
        match node:
            case {"type": "VariableDeclarator", "id": {"name": str(name)}, "init": {"params": list(given)}} | {
                "type": "AssignmentPattern",
                "left": {"name": str(name)},
                "right": {"params": list(given)},
            }:
                counts[name] = len(given)
    return counts


@each_script
def test_functions_come_first_and_all_else_stays_where_it_was(changes: dict[str, Any], *, debug: bool) -> None:
    """No statement is lost, none is there twice, and what does something does it in the order it was written."""
    source = render.bridge(site_of(changes), minifier="none", debug=debug)
    before, after = (parsed(text)["body"] for text in (source, arranged(source)))
    assert divided(after) == divided(before)
    bridge = [declares_function(one) for one in after[0]["expression"]["callee"]["body"]["body"]]
    assert bridge == sorted(bridge, reverse=True)


def divided(node: Any) -> Any:
    """A script with the functions of each block apart from the rest, in whatever order they are."""
    if isinstance(node, dict):
        inner = {key: divided(value) for key, value in node.items()}
        if node.get("type") == "BlockStatement":
            functions = [divided(one) for one in node["body"] if declares_function(one)]
            inner["body"] = [one for one in inner["body"] if one not in functions]
            inner["functions"] = sorted(functions, key=repr)
        return inner
    return [divided(one) for one in node] if isinstance(node, list) else node


def declares_function(statement: Any) -> bool:
    values = [one["init"]["type"] for one in statement.get("declarations", []) if "init" in one]
    is_value = values == ["ArrowFunctionExpression"] and statement["kind"] == "const"
    return is_value or bool(statement["type"] == "FunctionDeclaration")


def test_the_snippet_means_the_same_when_it_is_short() -> None:
    """Only a part of the templates, and in a block instead of a function."""
    assert meaning(render.snippet(site_of({}))) == meaning(arranged(render.snippet(site_of({}), minifier="none")))


@pytest.mark.skipif(not shutil.which("node"), reason="there is no Node.js")
@each_script
def test_what_node_reads_is_javascript(tmp_path: Path, changes: dict[str, Any], *, debug: bool) -> None:
    """An engine knows errors that a parser does not, as of a variable that is declared twice."""
    script = tmp_path / "script.js"
    script.write_text(render.bridge(site_of(changes), debug=debug), encoding="utf-8")
    subprocess.run([shutil.which("node") or "", "--check", script], check=True)


#: What could be taken for one another.
SAME_NAMES: Final = {
    "a variable and a property": "const own = {kept: 1}; use(own.kept, kept); const kept = own.also;",
    "a shorthand": "const kept = 1; use({kept, also: kept, other() { return {kept}; }, [kept]: 2});",
    "patterns": "const {a, b: c = a, [c]: d = a, f: [g, {h}], ...i} = j; use(a, c, d, f, g, h, i, b);",
    "patterns with holes": "const [, one, , two = one, ...others] = list; use(one, two, others);",
    "patterns as parameters": "use(([one, {two = one, three: four}], ...five) => one + two + four + five + three);",
    "shadows": "const a = 1; { const a = 2; use(a); } use(a, a => a, (a, b) => { const c = a; return c + b; });",
    "functions in functions": "use(a => b => c => a(b)(c), (a, b = () => a + c, c) => { const d = b; return d; });",
    "a choice in a function": "const y = 1; use(a ? x => x ? y : z : y, {b: x => x, y: y}, z);",
    "loops": "for (const x of use(xs)) { for (const y in x) { use(x, y); } } for (let i = 0; i < n; i++) { use(i); }",
    "catch": "try { use(error); } catch (error) { const other = error; use(other); }",
    "a function before it is there": "later(1); function later(one) { return earlier(one); } function earlier(x) {}",
    "globals with short names": "(long => { use(t, long, e => e + long + n); })(a => t);",
    "many": "(" + " ".join(f"const v{i} = {i};" for i in range(999)).join(["() => { ", " use(v1, v998); })();"]),
    "regular expressions": "const a = b => /a/.test(b); const c = 1 - /[a/]c/i.exec(a); use(a, c, a / c / a, a.in / c);",
    "a method with a text for its name": 'const a = {"b-c"(a, c) { return a + c; }, "d": a => a}; use(a);',
    "a spread": "const all = [...more, {key: [...all]}]; use(...all, more.all);",
    "var": "(function (a) { var b = a; use(b, function (c) { var d; return c + d; }); })(1);",
}


@pytest.mark.parametrize("source", SAME_NAMES.values(), ids=SAME_NAMES)
def test_no_two_names_are_taken_for_one_another(source: str) -> None:
    """Whatever a name means, its short one means the same."""
    short = names.shortened(source)
    assert meaning(short) == meaning(source)
    assert meaning(minified(source, "jsmin")) == meaning(source)
    assert names.shortened(source) == short


def test_another_meaning_is_told_from_the_same() -> None:
    """Or the tests above would say nothing."""
    source = "const a = 1; const b = {c: a}; use(x => x + a, b.c); if (a) { use(); }"
    assert meaning(source) == meaning("let d=1,a={c:d};use(b=>b+d,a.c);if(d)use()")
    for other in ("b=>b+b,a.c", "b=>b+d,a.d", "b=>b+e,a.c", "b=>b+d,d.c"):
        assert meaning(source) != meaning(f"let d=1,a={{c:d}};use({other});if(d)use()")


OTHER: Final = (
    ("if (a) { b(); }", "a||b();"),
    ("if (a) { b(); c(); }", "a&&b(),c();"),
    ("if (a) { b(); } else { c(); }", "a&&b()||c();"),
    ("if (a) { b(); } else { c(); }", "a?c():b();"),
    ("if (!(a && b)) { c(); }", "!a&&b&&c();"),
    ("if (a || b) { c(); }", "a||b&&c();"),
    ("if (a) { if (b) { c(); } d(); }", "a&&b&&(c(),d());"),
    ("if (a) { if (b) { c(); } else { d(); } }", "if(a&&b)c();else d();"),
    ("a = b && c;", "a=b||c;"),
    ("a => { b(); return c; };", "a=>{b(),c};"),
    ("a => { if (a) { return b; } return c; };", "a=>a?c:b;"),
    ("a => { if (a) { return b; } c(); return d; };", "a=>(c(),a?b:d);"),
    ("a => { if (a) { b(); return; } c(); };", "a=>{a&&b();c()};"),
    ("for (;;) { a(); b(); }", "for(;;)a();b();"),
)


@pytest.mark.parametrize(("source", "other"), OTHER)
def test_another_order_or_condition_is_told_from_the_same(source: str, other: str) -> None:
    """Of what is done one after the other, or under a condition."""
    assert meaning(source) != meaning(other)


def test_chosen_names_are_names_of_the_templates() -> None:
    """What names.json has is used: no name in it is one that no template has any more."""
    made = itertools.product((render.bridge, render.snippet), map(site_of, CONFIGS.values()))
    scripts = [make(site, minifier="none") for make, site in made]
    assert names.CHOSEN.keys() <= {variable.key for script in scripts for variable in names.variables_of(read(script))}


def test_functions_share_their_short_names() -> None:
    """What is not seen in the same place is named alike; a name that is a property's somewhere is short, too."""
    source = "use((apple, pear) => apple.pear + pear, (plum, fig) => plum.fig + fig);"
    one, other = re.findall(r"\((\w,\w)\)", minified(source, "jsmin"))
    assert one == other


REFUSED: Final = {
    "a class": "class One {}",
    "a label": "one: for (;;) { break one; }",
    "a way out of a labelled loop": "for (;;) { continue one; }",
    "switch": "switch (a) { case 1: {} }",
    "with": "with (a) { b(); }",
    "eval": "const a = 1; eval(b);",
    "async": "const a = async () => {};",
    "a generator": "function* a() {}",
    "a getter": "const a = {get b() { return 1; }};",
    "a function in a block": "if (a) { function b() {} }",
    "var in a block": "{ var b = 1; }",
    "a function's own name": "const a = function b() {};",
    "a loop without braces": "for (const a of b) use(a);",
    "a parameter that sees the body": "(a = b) => { const b = 1; };",
    "no semicolon behind an object": "const a = {}\nconst b = 1;",
    "no semicolon behind a function": "const a = () => {}\nuse(a);",
    "no semicolon behind a call": "use()\nuse();",
    "no semicolon behind a value": 'const a = 1\n"b";',
    "an escaped name": "const \\u0061 = 1;",
    "a name that is not ASCII": "const ä = 1;",
    "a private field": "use(a.#b);",
    "optional chaining": "use(a ? b => b?.c : d);",
    "what stands for nothing": "use(a ?? b);",
    "catch without an error": "try { a(); } catch { b(); }",
    "a regular expression behind a block": "{ a(); } /b/.test(c);",
    "a regular expression behind a condition": "if (a) /b/.test(c);",
    "a blank that jsmin would take": "use(a => /b c/.test(a));",
    "a quote that is none": 'use(a => /["]/.test(a));',
    "brackets that do not match": "use(a];",
    "a bracket that is not closed": "use(a;",
}


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED)
def test_what_is_not_known_is_refused(source: str) -> None:
    """Rather no script than one that means something else."""
    with pytest.raises(BuildError, match=r"line \d of the rendered script"):
        minified(source, "jsmin")


SHORT: Final = {
    "one let": ("const a = 1; let b; const [c] = a; use(); const d = 2;", "let e=1,t,[r]=e;use();let n=2;"),
    "braces": ("if (a) { b(); } else { c(); } for (;;) { d(); }", "a?b():c();for(;;)d();"),
    "braces of two": ("if (a) { b(); c(); }", "a&&(b(),c());"),
    "braces before else": ("if (a) { if (b) { c(); } } else { d(); }", "a?b&&c():d();"),
    "braces of a variable": ("if (a) { const b = c(); }", "if(a){let e=c()}"),
    "braces of nothing": ("if (a) {} else {}", "if(a){}else{}"),
    "do": ("do { a(); } while (b); c();", "do{a()}while(b);c();"),
    "an empty loop": ("{ while (a()); }", "{while(a());}"),
    "values": ("return_(true, !false, undefined);", "return_(!0,!!1,void 0);"),
    "values that something follows": (
        "use(true.a, undefined.b, a.true, {true: 1});",
        "use(true.a,undefined.b,a.true,{true:1});",
    ),
    "texts": ('use("const a = true;}", /;}undefined/);', 'use("const a = true;}",/;}undefined/);'),
    "a block with a regular expression": ("if (a) { /b = true;/.test(c); }", "a&&/b = true;/.test(c);"),
    "line ends": ("if (a) { b(); c(); }\nuse();\n{ d(); }\ne();", "a&&(b(),c()),use(),d(),e();"),
    "functions": ("const a = 1; function b() {} const c = 2;", "function e(){}let t=1,r=2;"),
    "a directive": ('() => { "use strict"; a(); function b() {} };', '()=>{"use strict";function e(){}a()};'),
    "functions as values": (
        "() => { use(); const a = b => { use(); const c = d => d; }; const e = f => f, g = 1; let h = i => i; };",
        "()=>{let e=(e,t=e=>e)=>{use()};use();let t=e=>e,r=1,n=e=>e};",
    ),
    "functions in their order": ("() => { const b = c => c; const a = c => c; a(); };", "()=>{let t=e=>e,e=e=>e;e()};"),
    "a function that returns": ("a => { return b(a); };", "e=>b(e);"),
    "a function that returns an object": ("a => { return {b: a}; };", "e=>({b:e});"),
    "a function that returns the last of two": ("a => { return a(), b; };", "e=>(e(),b);"),
    "a function that returns a regular expression": ("a => { return /a = true/; };", "e=>(/a = true/);"),
    "a function that returns nothing": ("a => { return; };", "e=>{return};"),
    "a function that returns at last": ("a => { if (a) { return; } return a; };", "e=>{if(e)return;return e};"),
    "a return": ("() => { if (a) { return; } return true; };", "()=>{if(a)return;return!0};"),
    "an undeclared undefined": ("undefined => undefined;", "e=>e;"),
    "a condition that is weaker": ("if (a || b) { c = d; }", "(a||b)&&(c=d);"),
    "conditions in one another": ("if (a) { if (b || c) { d(); } e(); }", "a&&((b||c)&&d(),e());"),
    "a condition that is not": ("if (!a.b()) { if (c && d) { e(); } }", "a.b()||c&&d&&e();"),
    "a condition of two that are not": ("if (!a && b) { c(); } if (!(a && b)) { c(); }", "!a&&b&&c(),a&&b||c();"),
    "a condition that compares": ("if (a <= b && c !== d && e >= f) { g(); }", "a<=b&&c!==d&&e>=f&&g();"),
    "a condition with a regular expression": ("if (/a b/.test(c)) { /d/.test(e); }", "(/a b/.test(c)&&/d/.test(e));"),
    "a condition with an object": ("if ({}.a) { b(); } else { c(); }", "({}.a?b():c());"),
    "a condition with a function": ("if (function() { return a; }()) { b(); }", "(function(){return a}()&&b());"),
    "a condition that is not one of two": ("if (!(a && b)) { c(); } if (!(a, b)) { c(); }", "a&&b||c(),(a,b)||c();"),
    "a condition that is not, twice": ("if (!!a) { b(); } if (!a.b[c]) { d(); }", "!!a&&b(),a.b[c]||d();"),
    "a condition that sets": ("if (a = b) { c(); } else { d = e; }", "(a=b)?c():d=e;"),
    "a choice in a choice": ("if (a ? b : c) { d(); } else if (e) { f(); }", "(a?b:c)?d():e&&f();"),
    "a way out": ("for (;;) { if (a) { break; } else { throw b; } }", "for(;;){if(a)break;else throw b}"),
    "what else does not belong to": ("if (a) { if (b) { throw c; } } else { d(); }", "if(a){if(b)throw c}else d();"),
    "what is returned behind what is done": (
        "use(a => { if (a) { b(); return c; } d(); return a || e; });",
        "use(t=>t?(b(),c):(d(),t||e));",
    ),
    "what is returned under two conditions": (
        "use(a => { if (a) { return b; } if (c, d) { return {e}; } return () => { f(); }; });",
        "use(t=>t?b:(c,d)?{e}:()=>{f()});",
    ),
    "what is returned under a condition alone": (
        "use(a => { b(); if (a) { return c; } });",
        "use(e=>(b(),e?c:void 0));",
    ),
    "what is returned or not": ("use(a => { if (a) { return b; } });", "use(e=>e?b:void 0);"),
    "loops with bodies": (
        "while (a) { b(); c(); } do { d(); e(); } while (f);",
        "while(a)b(),c();do{d(),e()}while(f);",
    ),
    "variables as parameters": (
        "() => { const a = b => { const c = b + 1; let d; return c + d; }; use(a(1), a()); };",
        "()=>{let e=(e,t=e+1,r)=>t+r;use(e(1),e())};",
    ),
    "variables of a function without parameters": (
        "() => { const a = () => { const [b, {c}] = d; const e = () => b; f(c, e); }; a(); };",
        "()=>{let e=(e=()=>t,[t,{c:r}]=d)=>{f(r,e)};e()};",
    ),
    "variables of a function that is a value": (
        "() => { const a = b => { const c = b; use(c); }; use(a); };",
        "()=>{let e=e=>{let t=e;use(t)};use(e)};",
    ),
    "variables of a function that is given more": (
        "() => { const a = b => { const c = b; use(c); }; a(1, 2); };",
        "()=>{let e=e=>{let t=e;use(t)};e(1,2)};",
    ),
    "variables of a function that may be given more": (
        "() => { const a = b => { const c = b; use(c); }; a(...d); };",
        "()=>{let e=e=>{let t=e;use(t)};e(...d)};",
    ),
    "variables of a function that takes all": (
        "() => { const a = (...b) => { const c = b; use(c); }; a(1); };",
        "()=>{let e=(...e)=>{let t=e;use(t)};e(1)};",
    ),
    "variables in front of others": (
        "() => { const a = b => { const c = b; use(c); const d = c; use(d); }; a(1); };",
        "()=>{let e=e=>{let t=e;use(t);let r=t;use(r)};e(1)};",
    ),
    "variables of a property's function": (
        "() => { const a = { b() { const c = 1; use(c); } }; const d = () => { const e = 2; use(e); }; use({d}); };",
        "()=>{let e=()=>{let e=2;use(e)},t={b(){let e=1;use(e)}};use({d:e})};",
    ),
    "try": (
        "try { a(); b(); } catch (c) { d(c); e(); } finally { f(); } g();",
        "try{a(),b()}catch(t){d(t),e()}finally{f()}g();",
    ),
    "expressions that begin with a word": (
        "delete a.b; new C(); void d; typeof e;",
        "delete a.b,new C(),void d,typeof e;",
    ),
}


@pytest.mark.parametrize(("source", "short"), SHORT.values(), ids=SHORT)
def test_statements_are_made_short(source: str, short: str) -> None:
    """As short as they are here, and no shorter than what means the same."""
    assert minified(source, "jsmin").strip() == short
    assert meaning(short) == meaning(arranged(source))


@pytest.mark.parametrize(
    "source",
    ["/* never ends", 'const a = "never ends;', "const a = 'never\nends';", "const a = `template`;"],
    ids=["comment", "text", "text over two lines", "template literal"],
)
def test_what_jsmin_would_hang_on_or_change_is_refused(source: str) -> None:
    """The build fails with the line, instead of hanging or cutting the script."""
    with pytest.raises(BuildError, match="line 1 of the rendered script"):
        minified(source, "jsmin")


def test_pieces_are_the_whole_script() -> None:
    """Nothing is lost between texts, comments, regular expressions and code."""
    source = 'a = b / c / d; // e\nf(/[/\'"]/g, "g\\"", \'h\'); /* i */'
    parts = list(pieces(source))
    assert "".join(part.text for part in parts) == source
    assert [part.text for part in parts if not part.is_code] == ["// e", "/[/'\"]/g", '"g\\""', "'h'", "/* i */"]


@each_config
def test_production_builds_carry_no_word_of_the_reasons(changes: dict[str, Any]) -> None:
    """Neither their codes nor their sentences, nor the function that reports them."""
    script = render.bridge(site_of(changes), minifier="none")
    assert not [code for code in REASONS if f'"{code}"' in script]
    assert "report" not in script
    assert "trace" not in script


def test_debug_builds_know_a_sentence_for_every_reason() -> None:
    """Every code that a template reports is explained, and none is explained in vain."""
    reported = set()
    for template in TEMPLATES:
        for line in re.findall(r"^ *report\((.*)\);$", template.read_text(encoding="utf-8"), re.MULTILINE):
            reported |= {
                code.replace("$fill(before_identify)", before)
                for code in re.findall(r'"(failed|[a-z]+(?:-[a-z$()_]+)+)"', line)
                for before in ("hold", "drop")
            }
    assert reported == set(REASONS)


UNUSED: Final = {
    "charged": ({}, "order_id"),
    "hold": ({"track": {"before_identify": "send"}}, 'recall("held")'),
    "hold, where events are dropped": ({"track": {"before_identify": "drop"}}, 'recall("held")'),
    "country code": ({}, "site.code"),
    "defined events": ({"track": {"send": "all"}}, "site.events"),
    "all events": ({}, "Notification Viewed"),
    "use_ip": ({}, "useIP: true"),
    "transformations": ({}, "transform"),
    "an operation": (
        {"transformations": [{"op": "uppercase", "on": "identify", "property": "x"}]},
        "lowercase",
    ),
    "built-in properties": ({}, "call.moment"),
    "Global Privacy Control": ({}, "globalPrivacyControl"),
    "companion mode": ({}, "listen"),
    "single-page applications": ({}, "hashchange"),
    "fetch": ({}, "enableFetchApi"),
}


@pytest.mark.parametrize(("changes", "words"), UNUSED.values(), ids=UNUSED)
def test_what_a_site_does_not_use_costs_it_nothing(changes: dict[str, Any], words: str) -> None:
    """Its script has none of the words of the feature."""
    assert words not in render.bridge(site_of(changes), minifier="none")


@pytest.mark.parametrize("minifier", ["none", "jsmin", "tdewolff"])
def test_the_snippet_can_stand_in_html(minifier: str) -> None:
    """It is ASCII, and neither ends its element nor begins a comment."""
    snippet = render.snippet(site_of({}), minifier=minifier)
    assert snippet.isascii()
    assert "</script" not in snippet.lower()
    assert "<!--" not in snippet


def test_the_same_features_share_one_source() -> None:
    """Only the values differ between two sites, at the very end."""
    one, other = (
        render.bridge(config.from_mapping({"clevertap": {"account_id": account}}).valid())
        for account in ("AAA-AAA-AAAA", "BBB-BBB-BBBB")
    )
    same = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=True))))
    assert one[same - 20 : same].count('"account":"') == 1
