"""Pages from files, and pages that are given a tag."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from freshtap import artifacts, config
from freshtap.errors import CommandError
from freshtap.verify import pages
from sites import BASE

POLICY = '<meta http-equiv="Content-Security-Policy" content="script-src \'self\'">'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<!doctype html><html><head lang=en>", "<script>a()</script></head>"),
        ("<!doctype html><html>", "<body>"),
        ("<!DOCTYPE html>", "<p>"),
        ("", "<p>"),
        (f"<head><meta charset=utf-8>{POLICY}", "<script>a()</script>"),
        ("<head>", f"<script>a()</script>{POLICY}"),
        ("<!-- <header> --><head>", "<p>é"),
        ("<!-- <head> --><!doctype html>\n<html>\n<!-- old: <head> --><head\n class='a>b'>", "<p>"),
        (f"<head><title><head></title>{POLICY}", "<body><header>"),
    ],
    ids=[
        "head",
        "no head",
        "nothing but a doctype",
        "nothing at all",
        "policy",
        "late policy",
        "header",
        "comments",
        "title",
    ],
)
def test_where_the_tag_is_put(before: str, after: str) -> None:
    """At the beginning of the head, in front of every script, and behind a policy that stands before all scripts."""
    assert pages.with_tag(f"{before}{after}".encode(), "<tag>").decode() == f"{before}<tag>{after}"


def test_which_pages_carry_a_tag() -> None:
    """Those with the snippet, the script's address, or the whole script in it."""
    site = config.from_mapping(BASE).valid()
    companion = config.from_mapping({**BASE, "freshpaint": {"mode": "companion"}}).valid()
    tags = [
        *(artifacts.tag(each, inline=inline) for each in (site, companion) for inline in (False, True)),
        artifacts.tag(site, stable=True),
        "<script async src=/tags/demo/freshtap.js?v=1></script>",
        artifacts.tag(site).splitlines()[0],
    ]
    assert all(pages.carries_tag(f"<head>{tag}</head>".encode()) for tag in tags)
    others = [
        "",
        "<script>freshpaint.track('A')</script>",
        "<script src=/freshtap-notes.js></script>",
        "<script>window.freshpaint = window.freshpaint || []; freshpaint.__SV = 2</script>",
    ]
    assert not any(pages.carries_tag(f"<head>{other}</head>".encode()) for other in others)


def test_a_folder_answers_for_itself_alone(tmp_path: Path) -> None:
    """What lies beside and below the page is served, with its type; what lies outside is not there."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    root = tmp_path / "site"
    (root / "js").mkdir(parents=True)
    page = root / "a page.html"
    page.write_text("<p>", encoding="utf-8")
    (root / "js" / "a.js").write_text("a()", encoding="utf-8")
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    folder = pages.Folder(page)
    assert folder.url == "http://freshtap.localhost/a%20page.html"
    there = folder.answer(folder.url)
    assert (there.status, there.headers["content-type"], there.body) == (200, "text/html; charset=utf-8", b"<p>")
    assert folder.answer(f"{pages.ORIGIN}/js/a.js?v=1").headers["content-type"].startswith("text/javascript")
    for path in ("/", "/js", "/b.html", "/../secret.txt", "/%2e%2e/secret.txt", "/link.txt", "/%00"):
        assert folder.answer(pages.ORIGIN + path).status == 404, path


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
@pytest.mark.parametrize("inside", ["", "site/of/"], ids=["out of the folder", "within the folder"])
def test_a_page_that_is_a_link(tmp_path: Path, inside: str) -> None:
    """It is the page that the link leads to, with what lies beside that."""
    real = tmp_path / inside / "real.html"
    real.parent.mkdir(parents=True, exist_ok=True)
    real.write_text("<p>", encoding="utf-8")
    (real.parent / "a.js").touch()
    (tmp_path / "site").mkdir(exist_ok=True)
    link = tmp_path / "site" / "link.html"
    link.symlink_to(real)
    folder = pages.Folder(link)
    assert folder.answer(folder.url).body == b"<p>"
    assert folder.answer(f"{pages.ORIGIN}/a.js").status == 200


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://www.site.test/a", "https://www.site.test/a"),
        ("www.site.test/a", "https://www.site.test/a"),
        ("localhost:3000", "http://localhost:3000"),
        ("127.0.0.1/a", "http://127.0.0.1/a"),
        ("127.1.2.3", "http://127.1.2.3"),
        ("[::1]:3000/a", "http://[::1]:3000/a"),
        ("shop.localhost:3000", "http://shop.localhost:3000"),
        ("LOCALHOST:3000", "http://LOCALHOST:3000"),
        ("localhost.example.com", "https://localhost.example.com"),
    ],
)
def test_addresses_as_people_type_them(typed: str, url: str) -> None:
    """The scheme may be missing."""
    assert pages.address(typed) == url


@pytest.mark.parametrize("typed", ["", "file:///etc/passwd", "javascript://1", "http://", "http://[", "ftp://a"])
def test_what_is_no_address_of_a_page(typed: str) -> None:
    """Is refused before a browser is started."""
    with pytest.raises(CommandError, match="is not an address of a page"):
        pages.address(typed)
