"""サイトの約束。ページと実装とテストと図が、同じ名でそろっていること。"""

import contextlib

from . import ROOT, FormulaError, Problem
from .binding import path_of_tests, public_functions, split_label, topic_path, topics
from .page import shown


def contract(pages):
    """ページと実装とテストと図が、互いにそろっていること。"""
    problems, owner, shown_figures, bound_topics = [], {}, set(), set()
    for page in pages.values():
        shown_figures |= {ident for _, ident, _ in page.figures}
        for formula in page.formulas:
            if not formula.expected:
                continue
            if formula.label in owner:
                message = f"ラベルが {owner[formula.label]} と重なっている"
                problems.append(Problem(page.shown, formula.line, formula.label, message))
            owner[formula.label] = f"{page.shown}:{formula.line}"
            with contextlib.suppress(FormulaError):
                bound_topics.add(split_label(formula.label)[0])
    placed = set()
    for page, line, name in ((p, line, name) for p in pages.values() for line, name in p.directives):
        if name in placed:
            problems.append(Problem(page.shown, line, "", f"{{{name}}} は、サイトに一つだけ書く"))
        placed.add(name)
    for topic in topics():
        problems += _topic_contract(topic, pages, bound_topics, shown_figures)
    return problems


def _topic_contract(topic, pages, bound_topics, figures):
    path = topic_path(topic)
    try:
        plots = [name for name in public_functions(topic) if name == "plot" or name.startswith("plot_")]
    except FormulaError as error:
        return [Problem(shown(path), 1, topic, error.message)]
    causes = []
    if topic not in pages:
        causes.append(f"docs/{topic.replace('.', '/')}.md がない。話題には同じ名のページがいる")
    if topic not in bound_topics:
        causes.append("この話題に結ばれた式がどのページにもない")
    if not path_of_tests(topic).is_file():
        causes.append(f"{path_of_tests(topic).relative_to(ROOT)} がない。話題には同じ名のテストがいる")
    if "plot" not in plots:
        causes.append("図を描く plot がない")
    causes += [f"図 {topic}.{n} がどのページにも出ていない" for n in plots if f"{topic}.{n}" not in figures]
    return [Problem(shown(path), 1, topic, cause) for cause in causes]
