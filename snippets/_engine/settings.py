"""ページと対応表に YAML で書かれた設定。値は、数でも日付でも、書いたつづりのままの文字列にする。"""

import yaml

Wrong = yaml.YAMLError
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # C で書かれた読み手は、10 倍ほど速い


def read(text):
    """設定の木。読めなければ Wrong。"""
    return yaml.load(text, _LOADER)


def mapping(text):
    """「名前: 値」の並び。空なら空の辞書、読めないか形が違えば None。"""
    try:
        entries = read(text) or {}
    except Wrong:
        return None
    return entries if isinstance(entries, dict) else None
