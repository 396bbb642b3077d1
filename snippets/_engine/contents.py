"""目次。mkdocs.yml の nav に並ぶ順と、部の名。"""

from functools import lru_cache

import yaml

from . import ROOT


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """!ENV のような、値の分からない札を読みとばす。"""


_Loader.add_multi_constructor("", lambda loader, suffix, node: None)


def contents(pages, config=ROOT / "mkdocs.yml"):
    """(部の名, [ページ]) の並び。目次のないサイトや、目次にないページは、フォルダごとに名の順で続く。"""
    parts, seen = {}, set()
    for part, path in _nav(config.read_text("utf-8")) if config.is_file() else ():
        name = path.removesuffix(".md").replace("/", ".")
        if name in pages and name not in seen:
            seen.add(name)
            parts.setdefault(part, []).append(pages[name])
    for name in sorted(pages.keys() - seen):
        parts.setdefault(name.rpartition(".")[0] or name, []).append(pages[name])
    return list(parts.items())


@lru_cache(8)
def _nav(text):
    """目次の (部の名, 道) の並び。ページごとに聞かれるので、同じ設定は一度だけ読む。"""
    return tuple(_listed(yaml.load(text, _Loader).get("nav") or [], ""))


def _listed(items, part):
    for item in items:
        title, value = next(iter(item.items())) if isinstance(item, dict) else ("", item)
        if isinstance(value, list):
            yield from _listed(value, part or title)
        else:
            yield part or title, value
