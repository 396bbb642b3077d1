"""式の地図をページに織る。サイト全体の地図と、ページの終わりに付く小さな地図。

できるのは要素の木で、リンクは元の .md を指す。サイトの URL に直し、行き先を確かめるのは、組み立てる側の仕事である。
"""

from collections import Counter

from markdown.treeprocessors import Treeprocessor

from .binding import is_topic
from .contents import contents
from .elements import element, path_to
from .graph import BOTH, CODE, FORMULA, KINDS, is_relation
from .graph_svg import MARKS, Card, draw, mark_sample, sample


def near_map(book, page, levels=None):
    """ページの終わりの地図。話題のページでないか、つながる式がなければ None。"""
    edges = book.graph.near(page.name)
    if not is_topic(page.name) or not edges:
        return None
    picture = Picture(book, page, levels)
    guests = "灰色の札は、ほかのページの式です。" if set().union(*edges) - set(book.graph.labels_of(page.name)) else ""
    lead = element("p", text=f"このページの式には、{len(edges)} 本のつながりがあります。{guests}")
    if whole := book.placed.get("graph"):
        lead.append(element("a", text="全体の地図", href=f"{path_to(whole, page)}#page-{page.name}"))
    heading = element("h2", text="このページの式の地図", id="graph")
    inner = [heading, lead, legend(), *picture.band(page)]
    return element("section", *inner, class_="graph-near", data_search_exclude="true")


def whole_map(book, levels=None):
    """サイト全体の地図。ページのつながり、ページごとの式のつながり、式と実装の違いの一覧。"""
    picture = Picture(book, book.placed.get("graph"), levels, whole=True)
    parts = []
    for part, pages in picture.parts:
        sections = [section for page in pages for section in picture.section(page, part)]
        if sections and part != pages[0].title:
            parts.append(element("h2", text=f"{part}の式", id=f"part-{pages[0].name}"))
        parts += sections
    inner = [legend(), *picture.overview(), *parts, *picture.differences()]
    return element("section", *inner, class_="graph-map", data_search_exclude="true")


class SvgLinks(Treeprocessor):
    """SVG の中のリンクは xlink:href にする。テーマのページの入れかえは、href のある要素を HTML だと思うため。"""

    def run(self, root):
        for svg in root.iter("svg"):
            for node in svg.iter("a"):
                node.attrib = {"xlink:href" if key == "href" else key: value for key, value in node.attrib.items()}


def legend():
    """凡例。線の形と札の形だけで読み分けられる。"""
    lines = [element("span", sample(kind), element("span", text=f"{text}使う")) for kind, text in KINDS.items()]
    shapes = [("", "実装のある式"), ("relation", "名どうしの関係"), ("guest", "ほかのページの式")]
    boxes = [element("span", element("i", class_=f"graph-shape {kind}"), element("span", text=t)) for kind, t in shapes]
    return element("p", *lines, *boxes, class_="graph-legend")


class Picture:
    """一つのページ here に載せる絵。whole なら、ほかのページの札も同じ地図の中を指す。"""

    def __init__(self, book, here, levels=None, whole=False):
        self.book, self.graph, self.here = book, book.graph, here
        self.levels, self.whole = levels or {}, whole
        self.parts, own = contents(book.pages), book.graph.labels_of
        folders = dict.fromkeys(_folder(page.name) for _, pages in self.parts for page in pages if own(page.name))
        self.hues = {folder: k % len(MARKS) for k, folder in enumerate(filter(None, folders))}

    def band(self, page):
        """ページの式と、それが使う式、それを使う式の絵。つながりがなければ空。"""
        edges = self.graph.near(page.name)
        if not edges:
            return []
        shown = set().union(*edges)
        cards = {label: self.card(label, page) for label in self.graph.pages if label in shown}
        drawn = {edge: (kind, f"{edge[0]} は {edge[1]} を使う（{KINDS[kind]}）") for edge, kind in edges.items()}
        return [_scrolled(draw(cards, drawn, f"{page.title} — 式のつながり")), self.text(edges, page)]

    def card(self, label, page):
        own = self.graph.pages[label] == page.name
        return Card(
            _short(label, page.name),
            f"#map-{label}" if self.whole and not own else self.href(label),
            f"{label} — 使う式 {len(self.graph.uses(label))}、使われる式 {len(self.graph.used_by(label))}",
            " ".join(["relation"] * is_relation(label) + ["guest"] * (not own)),
            self.hues.get(_folder(self.graph.pages[label])),
            marked=self.whole and not own,
            ident=f"map-{label}" if self.whole and own else "",
            level=self.levels.get(label, ""),
        )

    def href(self, label):
        page = self.book.labels[label][0]
        return ("" if page is self.here else path_to(page, self.here)) + f"#{label}"

    def link(self, label, page):
        return element("a", element("code", text=_short(label, page.name)), href=self.href(label))

    def text(self, edges, page):
        """同じ辺を、入れ子の一覧で。"""
        items = []
        for user in dict.fromkeys(user for user, _ in edges):
            inner = []
            for used in (used for other, used in edges if other == user):
                inner.append(element("li", self.link(used, page)))
                inner[-1][0].tail = f"（{KINDS[edges[user, used]]}）"
            items.append(element("li", self.link(user, page), element("ul", *inner)))
            items[-1][0].tail = " が使う式"
        return _folded(element("ul", *items))

    def overview(self):
        """ページを一枚の札にした絵。"""
        kinds = {}
        for (user, used), kind in self.graph.edges.items():
            pair = self.graph.pages[user], self.graph.pages[used]
            if pair[0] != pair[1]:
                kinds.setdefault(pair, Counter())[kind] += 1
        if not kinds:
            return []
        joined = [page for _, pages in self.parts for page in pages if page.name in set().union(*kinds)]
        cards = {}
        for page in joined:
            hue = self.hues.get(_folder(page.name))
            cards[page.name] = Card(page.title, f"#page-{page.name}", page.name, "page", hue, marked=True)
        drawn, items = {}, []
        for (user, used), counts in kinds.items():
            detail = "、".join(f"{KINDS[kind]} {counts[kind]}" for kind in KINDS if counts[kind])
            title = f"{self.book.pages[user].title} は {self.book.pages[used].title} の式を使う（{detail}）"
            drawn[user, used] = (next(iter(counts)) if len(counts) == 1 else BOTH, title)
            items.append(element("li", text=title))
        svg = draw(cards, drawn, "ページのつながり")
        heading = element("h2", text="ページのつながり", id="pages")
        return [heading, self.marks(joined), _scrolled(svg), _folded(element("ul", *items))]

    def marks(self, joined):
        """しるしと部の名。"""
        names = {}
        for part, page in ((part, page) for part, pages in self.parts for page in pages if page in joined):
            names.setdefault(self.hues.get(_folder(page.name)), part)
        kept = [(hue, part) for hue, part in names.items() if hue is not None]
        spans = [element("span", mark_sample(hue), element("span", text=part)) for hue, part in kept]
        return element("p", *spans, class_="graph-legend")

    def section(self, page, part):
        """全体の地図のうち、一ページぶん。式のないページは空。"""
        own = self.graph.labels_of(page.name)
        if not own:
            return []
        heading = element("h2" if part == page.title else "h3", text=page.title, id=f"page-{page.name}")
        alone = [label for label in own if not self.graph.uses(label) and not self.graph.used_by(label)]
        links = [self.link(label, page) for label in alone]
        for label, link in zip(alone, links, strict=True):
            link.set("id", f"map-{label}")
            link.tail = "、" if label != alone[-1] else ""
        rest = [element("p", *links, text="ほかの式とつながらない式: ", class_="graph-alone")] if alone else []
        return [heading, *self.band(page), *rest]

    def differences(self):
        """片方だけにある辺の一覧。関係は実装を持たないので、式だけの一覧から除く。"""
        kinds = {FORMULA: [e for e in self.graph.of_kind(FORMULA) if not is_relation(e[0])]}
        kinds[CODE] = self.graph.of_kind(CODE)
        parts = []
        for kind, edges in kinds.items():
            items = []
            for page in (page for _, pages in self.parts for page in pages):
                mine = [edge for edge in edges if self.graph.pages[edge[0]] == page.name]
                steps = [step for edge in mine for step in self.step(edge, page)]
                if steps:
                    steps[-1].tail = ""
                    items.append(element("li", *steps, text=f"{page.title}: "))
            if items:
                heading = element("h2", text=f"{KINDS[kind]}にあるつながり", id=f"only-{kind}")
                parts += [heading, element("ul", *items, class_="graph-steps")]
        return parts

    def step(self, edge, page):
        user, used = (self.link(label, page) for label in edge)
        used.tail, user.tail = " → ", "、"
        return used, user


def _folded(inner):
    summary = element("summary", text="この図を文で読む")
    return element("details", summary, inner, class_="graph-text", data_search_exclude="true")


def _scrolled(svg):
    """横に送れる箱。キーボードでも送れる。"""
    return element("div", svg, class_="graph-scroll", tabindex="0", role="region", aria_label=svg.get("aria-label"))


def _folder(name):
    return name.rpartition(".")[0]


def _short(label, page):
    """札に書く名。同じページの式ならページの名を、ほかのページの式ならフォルダの名を除く。"""
    if label == page:
        return label.rpartition(".")[2]
    own = label.startswith((f"{page}.", f"{page}:"))
    return label[len(page) + 1 :] if own else label.partition(".")[2]
