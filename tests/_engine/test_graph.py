# ruff: noqa: F811 — project は借りた fixture の名
"""式の地図は、式の木と実装の呼びあいだけから決まり、食い違えば断られる。"""

import re
from functools import cache
from graphlib import TopologicalSorter
from itertools import combinations
from xml.etree import ElementTree

import pytest

from snippets._engine.book import check_book
from snippets._engine.graph import BOTH, CODE, FORMULA, Graph
from snippets._engine.graph_page import near_map, whole_map
from snippets._engine.layers import layered
from tests._engine.test_bad_input import Project, katex, project  # noqa: F401

PAGE = """---
title: {name}
symbols:
  x: R — 入力
{symbols}{uses}---
# {name}

{prose}
{formulas}

![見本]({topic}.plot)
"""
FORMULA_BLOCK = "$$\n{latex}\n\\label{{{label}}}\n$$\n"
PLOT = '\n\ndef plot(ax):\n    """見本の図。"""\n    ax.plot([0, 1], [0, 1])\n    ax.set(xlabel="x", ylabel="y")\n'


@cache
def book():
    return check_book()


def write_topic(project, name, functions, formulas, code, uses=(), prose=""):
    """話題を一つ書く。formulas は関数の名から LaTeX。"""
    topic = f"demo.{name}"
    symbols = "".join(f"  {function}: fn — 関数\n" for function in functions)
    used = f"uses: [{', '.join(uses)}]\n" if uses else ""
    blocks = "\n".join(FORMULA_BLOCK.format(latex=latex, label=f"{topic}{end}") for end, latex in formulas.items())
    project.write(f"snippets/demo/{name}.py", f'"""見本。"""\n{code}{PLOT}')
    text = PAGE.format(name=name, symbols=symbols, uses=used, prose=prose, formulas=blocks, topic=topic)
    project.write(f"docs/demo/{name}.md", text)
    project.write(f"tests/demo/test_{name}.py", "def test_nothing():\n    pass\n")


BASE = {"": r"f(x) = x + 1", ".double": r"g(x) = 2 f(x)"}
BASE_CODE = "def base(x):\n    return x + 1\n\n\ndef double(x):\n    return 2 * x + 2\n"


class TestRealBook:
    """このノートの地図。"""

    def test_every_end_is_a_formula(self):
        """辺の両端は、どれもページのラベルで、自分自身へは向かわない。"""
        graph = book().graph
        assert graph.edges
        assert all(user in graph.pages and used in graph.pages and user != used for user, used in graph.edges)

    def test_no_cycle(self):
        """式と実装を合わせた地図に、輪はない。"""
        graph = book().graph
        order = list(TopologicalSorter({label: graph.uses(label) for label in graph.pages}).static_order())
        assert len(order) == len(graph.pages)

    @pytest.mark.parametrize(
        ("user", "used", "kind"),
        [
            ("activation.sigmoid.derivative", "activation.sigmoid", FORMULA),
            ("activation.sigmoid:tail", "activation.sigmoid.derivative", FORMULA),
            ("activation.tanh.from_sigmoid", "activation.sigmoid", BOTH),
            ("learning.batch.error", "learning.gradient_descent.mse", CODE),
            ("neuron.xor.two_relus", "activation.relu", BOTH),
        ],
    )
    def test_known_edge(self, user, used, kind):
        """人が読んで分かるつながりは、その種類で地図にある。"""
        assert book().graph.edges[user, used] == kind

    def test_prime_is_not_its_function(self):
        """σ' だけが現れる式は、σ' の式を使い、σ の式はじかには使わない。"""
        graph = book().graph
        assert graph.uses("activation.sigmoid:tail") == ["activation.sigmoid.derivative"]
        assert "activation.sigmoid" in graph.ancestors("activation.sigmoid:tail")

    def test_own_symbol_hides_the_definition(self):
        """同じつづりを自分の記号にした式は、もとの定義を使わない。"""
        assert book().graph.edges["activation.sigmoid.gain", "activation.sigmoid"] == CODE

    def test_both_directions_agree(self):
        """使う式と使われる式は、互いに逆をたどる。"""
        graph = book().graph
        forward = {(a, b) for a in graph.pages for b in graph.uses(a)}
        assert forward == {(a, b) for b in graph.pages for a in graph.used_by(b)} == set(graph.edges)


def boxes(svg):
    for rect in svg.iter("rect"):
        x, y, width, height = (float(rect.get(k)) for k in ("x", "y", "width", "height"))
        yield x, y, x + width, y + height


def overlaps(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


class TestDrawing:
    """地図の絵。"""

    def trees(self):
        pages = [near_map(book(), page) for page in book().pages.values()]
        return [whole_map(book()), *(tree for tree in pages if tree is not None)]

    def test_well_formed_with_unique_ids(self):
        """絵は XML として読みもどせ、id は一枚のページの中で重ならない。"""
        for tree in self.trees():
            again = ElementTree.fromstring(ElementTree.tostring(tree))
            idents = [e.get("id") for e in again.iter() if e.get("id")]
            assert len(idents) == len(set(idents))

    def test_no_card_overlaps_and_all_fit(self):
        """札どうしは重ならず、絵の枠からはみ出さない。"""
        for svg in (svg for tree in self.trees() for svg in tree.iter("svg") if svg.get("role") == "group"):
            found = list(boxes(svg))
            assert not any(overlaps(a, b) for a, b in combinations(found, 2))
            width, height = (float(svg.get(k)) for k in ("width", "height"))
            assert all(a[0] >= 0 and a[1] >= 0 and a[2] <= width and a[3] <= height for a in found)

    def test_every_link_resolves(self):
        """リンクの先の式と札は、どれも本当にある。"""
        whole = whole_map(book())
        here = book().placed["graph"].path.parent
        idents = {e.get("id") for e in whole.iter()}
        for link in (e.get("href") for e in whole.iter("a")):
            path, _, anchor = link.partition("#")
            if path:
                page, formula = book().labels[anchor]
                assert (here / path).resolve() == page.path
                assert formula.label == anchor
            else:
                assert anchor in idents

    def test_every_formula_and_edge_is_on_the_map(self):
        """全体の地図には、どの式もちょうど一度立ち、どの辺も絵と文の両方にある。"""
        whole = whole_map(book())
        idents = [e.get("id") for e in whole.iter("a") if (e.get("id") or "").startswith("map-")]
        assert sorted(idents) == sorted(f"map-{label}" for label in book().graph.pages)
        titles = {title.text for title in whole.iter("title")}
        for (user, used), kind in book().graph.edges.items():
            word = {BOTH: "式も実装も", FORMULA: "式だけ", CODE: "実装だけ"}[kind]
            assert f"{user} は {used} を使う（{word}）" in titles

    def test_same_bytes_twice(self):
        """同じ本からは、同じバイト列の絵ができる。"""
        assert ElementTree.tostring(whole_map(book())) == ElementTree.tostring(whole_map(book()))

    def test_level_is_a_hook(self):
        """証拠の段を渡すと、その札だけに印が付く。"""
        tree = near_map(book(), book().pages["activation.sigmoid"], {"activation.sigmoid": "proved"})
        marked = [e for e in tree.iter("a") if e.get("data-level")]
        assert [(e.get("href"), e.get("data-level")) for e in marked] == [("#activation.sigmoid", "proved")]
        assert "level-proved" in marked[0].get("class").split()

    def test_arrows_go_right(self):
        """どの辺も左の列から右の列へ進み、間の列ごとに通り道を持つ。"""
        nodes, edges = list("abcde"), [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c"), ("c", "e"), ("a", "e")]
        places, routes, _ = layered(nodes, edges, 30, 10)
        for start, end in edges:
            route = routes[start, end]
            assert [column for column, _ in route] == list(range(places[start][0], places[end][0] + 1))
            assert (route[0], route[-1]) == (places[start], places[end])

    def test_closures_follow_chains(self):
        """上流と下流は、間をはさんでたどれるものをすべて含む。"""
        graph = Graph(dict.fromkeys("abcd", "p"), {("b", "a"): BOTH, ("c", "b"): CODE})
        assert (graph.ancestors("c"), graph.dependents("a")) == (["a", "b"], ["b", "c"])
        assert graph.ancestors("d") == graph.dependents("d") == []


def edges_of(project):
    """graph の命令が言う、合計の行。"""
    code, output = project.run("snippets", "graph")
    return code, output


def counts(output):
    match = re.search(r"つながり (\d+)（式も実装も (\d+)、式だけ (\d+)、実装だけ (\d+)）、矛盾 (\d+)", output)
    assert match, output
    return tuple(map(int, match.groups()))


class TestMiniProject:
    """小さなサイトの地図。"""

    def test_removed_mention_removes_the_edge(self, project):
        """式から名を消すと、そのつながりだけがなくなる。"""
        write_topic(project, "base", "fg", BASE, BASE_CODE)
        assert counts(edges_of(project)[1]) == (1, 0, 1, 0, 0)
        write_topic(project, "base", "fg", BASE | {".double": "g(x) = 2 (x + 1)"}, BASE_CODE)
        assert counts(edges_of(project)[1]) == (0, 0, 0, 0, 0)

    def test_calls_are_found_through_every_path(self, project):
        """呼びあいは、下請け、別名、モジュール、表、関数の中の import のどれを通っても見つかる。"""
        calls = {
            "helper": "from snippets.demo.base import base\n\n\ndef helper(x):\n    return _part(x)\n\n\n"
            "def _part(x):\n    return 3 * base(x)\n",
            "module": "from snippets.demo import base as other\n\n\ndef module(x):\n    return 3 * other.base(x)\n",
            "dotted": "import snippets.demo.base\n\n\ndef dotted(x):\n    return 3 * snippets.demo.base.base(x)\n",
            "table": "from .base import base as b\n\nTABLE = {'f': b}\n\n\n"
            "def table(x):\n    return 3 * TABLE['f'](x)\n",
            "local": "def local(x):\n    from snippets.demo.base import base\n\n"
            "    return sum(base(x) for base in [base] * 3)\n",
        }
        write_topic(project, "base", "f", {"": BASE[""]}, BASE_CODE)
        for name, code in calls.items():
            write_topic(project, name, "h", {"": "h(x) = 3 x + 3"}, code, prose="[土台](base.md)です。")
        code, output = edges_of(project)
        assert code == 0, output
        assert [name for name in calls if f"  demo.base → demo.{name}\n" not in output] == []
        assert counts(output) == (len(calls), 0, 0, len(calls), 0)

    def test_hidden_name_is_not_a_call(self, project):
        """引数や局所の名が関数の名を隠せば、呼びあいとは見ない。"""
        code = "def base(x):\n    return x + 1\n\n\ndef double(x):\n    base = x + 1\n    return 2 * base\n"
        write_topic(project, "base", "fg", BASE, code)
        assert counts(edges_of(project)[1]) == (1, 0, 1, 0, 0)

    def test_opposite_directions_are_refused(self, project):
        """実装が、自分を使う式の関数を呼ぶと、両方の場所を言って断られる。"""
        code = "def base(x):\n    return double(x) / 2\n\n\ndef double(x):\n    return 2 * x + 2\n"
        write_topic(project, "base", "fg", BASE, code)
        code, output = project.run("snippets", "check")
        assert code == 1
        assert "docs/demo/base.md:12: demo.base\n  式と実装で、使う向きが輪になる" in output
        assert "輪になる — 実装 snippets/demo/base.py:2\n    実装は demo.base.double の関数を使う" in output
        assert "demo.base.double の式（docs/demo/base.md:17）は demo.base を使う" in output

    def test_mutual_recursion_of_code_alone_is_allowed(self, project):
        """式につながりがなければ、実装どうしが互いに呼んでも矛盾ではない。"""
        code = (
            "def base(x, n=2):\n    return double(x, n - 1) / 2 if n > 0 else x + 1\n\n\n"
            "def double(x, n=2):\n    return 2 * base(x, n - 1) if n > 0 else 2 * x + 2\n"
        )
        write_topic(project, "base", "fg", BASE | {".double": "g(x) = 2 (x + 1)"}, code)
        code, output = edges_of(project)
        assert code == 0, output
        assert counts(output) == (2, 0, 0, 2, 0)

    def test_unannounced_page_is_refused(self, project):
        """紹介していないページの関数を実装が使うと断られ、リンクか uses があれば通る。"""
        code = "from snippets.demo.base import base\n\n\ndef user(x):\n    return 3 * base(x)\n"
        write_topic(project, "base", "f", {"": BASE[""]}, BASE_CODE)
        write_topic(project, "user", "h", {"": "h(x) = 3 x + 3"}, code)
        status, output = project.run("snippets", "check")
        assert status == 1
        assert "docs/demo/user.md:11: demo.user\n  実装が使う demo.base のページを、このページは uses にも" in output
        assert "式 docs/demo/base.md:11" in output
        write_topic(project, "user", "h", {"": "h(x) = 3 f(x)"}, code, uses=["demo.base"])
        status, output = edges_of(project)
        assert status == 0, output
        assert counts(output) == (1, 1, 0, 0, 0)

    def test_directive(self, project):
        """知らない指示、字下げした指示、二つめの地図は、行を添えて断られる。"""
        project.write("docs/index.md", "# 入口\n\n{graf}\n\n  {graph}\n")
        project.write("docs/other.md", "# 次\n\n{graph}\n")
        code, output = project.run("snippets", "check")
        assert code == 1
        assert "docs/index.md:3\n  {graf} という指示はない。あるのは {graph}" in output
        assert "docs/index.md:5\n  {graph} は、字下げせずに書く" in output
        assert "docs/other.md:3\n  {graph} は、サイトに一つだけ書く" in output

    @pytest.mark.parametrize(("option", "href"), [("true", "../demo/base/"), ("false", "demo/base.html")])
    def test_built_links_follow_the_urls_of_the_site(self, project, option, href):
        """組み上がった地図のリンクは、サイトの URL の形に合わせた相対の道になる。"""
        config = project.root / "mkdocs.yml"
        config.write_text(config.read_text("utf-8") + f"use_directory_urls: {option}\n", "utf-8")
        write_topic(project, "base", "fg", BASE, BASE_CODE)
        project.write("docs/graph.md", "# 地図\n\n{graph}\n")
        code, output = project.run("mkdocs", "build", "--strict", "-q")
        assert code == 0, output
        built = project.root / "site" / ("graph/index.html" if option == "true" else "graph.html")
        assert f'href="{href}#demo.base.double"' in built.read_text("utf-8")
