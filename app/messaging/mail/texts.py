"""Bytes and HTML to text, for what mail programs really send."""

import codecs
import html
import re
from html.parser import HTMLParser

import nh3

NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Codecs of Python that are no charset of a mail; some need quadratic time."""
MEANT = {
    # what is said, and what is meant by it (https://encoding.spec.whatwg.org/#names-and-labels)
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso8859_8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
    "macintosh": "mac_roman",
    "unicode-1-1-utf-7": "utf-7",
}
TAGS = frozenset(nh3.ALLOWED_TAGS) | {"font", "big", "address", "section", "main"}
ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {"style", "align", "dir", "lang", "title", "width", "height", "bgcolor"},
    "img": {"src", "alt", "width", "height", "title"},
    "table": {"border", "cellpadding", "cellspacing", "align", "width", "bgcolor"},
    "td": {"colspan", "rowspan", "valign", "nowrap"},
    "th": {"colspan", "rowspan", "valign", "nowrap"},
    "font": {"color", "size", "face"},
}
STYLES = {
    "color", "background-color", "font", "font-family", "font-size", "font-style", "font-weight",
    "text-align", "text-decoration", "line-height", "margin", "margin-top", "margin-right",
    "margin-bottom", "margin-left", "padding", "padding-top", "padding-right", "padding-bottom",
    "padding-left", "border", "border-top", "border-right", "border-bottom", "border-left",
    "border-collapse", "border-spacing", "border-radius", "width", "max-width", "height",
    "vertical-align", "white-space", "list-style-type", "direction",
}  # fmt: skip
"""Nothing that fetches, floats over the page, or hides."""
SCHEMES = {"http", "https", "mailto", "tel", "cid"}
DEEPEST = 512
"""Elements within each other in HTML; beyond it nothing is rendered anyway."""
BLOCKS = {
    "address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "footer", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section",
    "table", "tr", "ul",
}  # fmt: skip
_OPENING = re.compile(r"<[a-zA-Z][^<>]*>")
_CLOSING = re.compile(r"</[a-zA-Z][^<>]*>")


def decode(data: bytes, charset: str | None) -> str:
    """The text of some bytes: as declared, else as UTF-8, else as Windows writes it."""
    found = _as(data, (charset or "").strip().strip("\"'").lower())
    if found is None:
        try:
            found = data.decode("utf-8")
        except UnicodeDecodeError:
            found = data.decode("cp1252", "replace")
    return found.removeprefix("\ufeff")


def _as(data: bytes, name: str) -> str | None:
    if name in {"", "us-ascii", "ascii", "8bit", "7bit", "unknown", "unknown-8bit"}:
        return None  # nothing was said: UTF-8 tells itself
    meant = MEANT.get(name, name)
    try:
        if codecs.lookup(meant).name.replace("-", "_") in NO_CHARSETS:
            return None
        return data.decode(meant)
    except (LookupError, ValueError, AssertionError):
        pass
    try:  # as declared but for some bytes, if it is not UTF-8 after all
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return data.decode(meant, "replace")
        except (LookupError, ValueError, AssertionError):
            return None
    return None


def sanitised(source: str) -> str:
    """HTML in which nothing runs; what it would fetch is pictures alone."""
    if len(_OPENING.findall(source)) - len(_CLOSING.findall(source)) > DEEPEST * 4:
        source = _shallow(source)
    return nh3.clean(
        source,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        filter_style_properties=STYLES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _shallow(source: str) -> str:
    """What opens far more than it closes: its text alone."""
    return f"<pre>{html.escape(html.unescape(_OPENING.sub(' ', source)))}</pre>"


def text_of(clean: str) -> str:
    """Plain text of sanitised HTML: lines where blocks are, links with where they lead."""
    writer = _Writer()
    writer.feed(clean)
    writer.close()
    lines = (re.sub(r"[ \t\r\f\v\xa0]+", " ", line).strip() for line in writer.text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._pre = 0

    @property
    def text(self) -> str:
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in BLOCKS:
            self._out.append("\n- " if tag == "li" else "\n")
        elif tag in {"td", "th"}:
            self._out.append(" ")
        elif tag == "a":
            self._links.append((given.get("href") or "", len(self._out)))
        elif tag == "img" and given.get("alt"):
            self._out.append(f"[{given['alt']}]")
        self._pre += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "table", "ul", "ol", "blockquote", "h1", "h2", "h3"}:
            self._out.append("\n\n")
        elif tag in BLOCKS:
            self._out.append("\n")
        elif tag == "a" and self._links:
            to, start = self._links.pop()
            shown = "".join(self._out[start:]).strip()
            if to.startswith(("http://", "https://")) and to.rstrip("/") != shown.rstrip("/"):
                self._out.append(f" ({to})")
        self._pre -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self._out.append(data if self._pre > 0 else data.replace("\n", " "))
