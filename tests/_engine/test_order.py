"""読む順では、先に読むものが必ず前に来る。"""

from xml.etree.ElementTree import tostring

from snippets._engine.book import Book, read_book
from snippets._engine.contents import contents
from snippets._engine.order import circular, ordered, prerequisites, reading_order


def pages(tmp_path, **before):
    """名から先に読むものの並びを、小さなサイトにする。"""
    for name, needs in before.items():
        links = "、".join(f"[題]({need}.md)" for need in needs)
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n読む前に: {links}\n" if needs else f"# {name}\n", "utf-8")
    return read_book(tmp_path)


def test_prerequisites_come_first():
    """サイトのどのページも、先に読むページより後に並び、先に読むもののあるページは残らず並ぶ。"""
    book = read_book()
    order = ordered(book)
    for name, page in book.items():
        for before in prerequisites(page, book):
            assert order.index(before) < order.index(name)
    assert len(order) == len(set(order)) > 20


def test_contents_follow_the_same_order():
    """目次でも、先に読むページが前にある。"""
    book = read_book()
    listed = [page.name for _, part in contents(book) for page in part]
    for name in listed:
        for before in prerequisites(book[name], book):
            assert listed.index(before) < listed.index(name), (before, name)


def test_order_overrides_the_alphabet(tmp_path):
    """名の順とは逆でも、先に読むものが前に来る。"""
    assert ordered(pages(tmp_path, a=["b"], b=["c"], c=[])) == ["c", "b", "a"]


def test_a_circle_is_an_error(tmp_path):
    """「読む前に」が輪になっていれば、場所の付いた誤りになる。"""
    (problem,) = circular(pages(tmp_path, a=["b"], b=["a"]))
    assert problem.line == 3 and "輪" in problem.message


def test_page_shows_the_question_and_what_comes_before():
    """一覧の項目には、ページの問いと、先に読むページへの移り先がある。"""
    html = tostring(reading_order(Book(read_book(), {}), lambda tex: f"[{tex}]"), "unicode")
    assert 'id="read-activation.sigmoid"' in html and 'href="#read-activation.index"' in html
    assert "[w_0] と書かれた重みは" in html
    assert "どんな実数も 0 と 1 のあいだに押し込むには" in html
