"""目次。mkdocs.yml の nav に並ぶ順と、部の名。"""

import yaml

from . import ROOT


class _Loader(yaml.SafeLoader):
    """!ENV のような、値の分からない札を読みとばす。"""


_Loader.add_multi_constructor("", lambda loader, suffix, node: None)


def contents(pages, config=ROOT / "mkdocs.yml"):
    """(部の名, [ページ]) の並び。目次のないサイトや、目次にないページは、フォルダごとに名の順で続く。"""
    nav = yaml.load(config.read_text("utf-8"), _Loader).get("nav") if config.is_file() else None
    parts, seen = {}, set()
    for part, path in _listed(nav or [], ""):
        name = path.removesuffix(".md").replace("/", ".")
        if name in pages and name not in seen:
            seen.add(name)
            parts.setdefault(part, []).append(pages[name])
    for name in sorted(pages.keys() - seen):
        parts.setdefault(name.rpartition(".")[0] or name, []).append(pages[name])
    return list(parts.items())


def _listed(items, part):
    for item in items:
        title, value = next(iter(item.items())) if isinstance(item, dict) else ("", item)
        if isinstance(value, list):
            yield from _listed(value, part or title)
        else:
            yield part or title, value
