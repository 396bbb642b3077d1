"""一ページの照合の結果の形。働き手から親へ、親から置き場へ、この形で渡る。"""

from dataclasses import dataclass, field


@dataclass
class Result:
    """一ページから求めたもの。どれも JSON に書ける。"""

    name: str
    verdicts: dict = field(default_factory=dict)
    symbols: dict = field(default_factory=dict)
    sources: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)
    references: dict = field(default_factory=dict)
    marks: dict = field(default_factory=dict)
    guests: dict = field(default_factory=dict)
    figures: dict = field(default_factory=dict)
    computed: dict = field(default_factory=dict)
    scripts: dict = field(default_factory=dict)
    widgets: dict = field(default_factory=dict)
    math: dict = field(default_factory=dict)
    spans: list = field(default_factory=list)
    problems: list = field(default_factory=list)
