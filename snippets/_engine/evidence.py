"""証拠の強さ。成り立つもののうち、いちばん強いものを計算で選ぶ。宣言はさせない。"""

from dataclasses import dataclass

from .enclosure import enclose
from .proof import prove
from .sharpness import ORDER
from .timing import SECONDS, TimeLimit, time_limit

NAMES = {"proved": "証明", "enclosed": "包含", "sampled": "標本", "definition": "定義", "condition": "条件"}


@dataclass(frozen=True)
class Evidence:
    """level は proved, enclosed, sampled か、比べる辺のない定義と条件では空。

    count は、証明では場合の数、包含では箱の数、標本では標本の数。
    """

    level: str
    count: int


def tally(verdicts):
    """恒等式と、そのうち数どうしのものについて、(証明された数, 全部の数)。不等式は証明か包含の数。"""
    kinds = {
        "恒等式": [v for v in verdicts if v["kind"] == "identity"],
        "数の恒等式": [v for v in verdicts if v["kind"] == "identity" and v["scalar"]],
        "不等式": [v for v in verdicts if v["kind"] == "bound"],
    }
    return {
        name: (sum(v["level"] in ("proved", "enclosed") for v in found), len(found)) for name, found in kinds.items()
    }


def strongest(statements, scope, verdict):
    """照合を通った式の、いちばん強い証拠。"""
    if verdict.kind not in ("identity", "bound"):
        return Evidence("", verdict.points)
    try:
        with time_limit(SECONDS):
            if cases := prove(statements, scope):
                return Evidence("proved", cases)
            bounds = all(relation in ORDER for statement in statements for relation in statement.compared)
            if bounds and (boxes := enclose(statements, scope)):
                return Evidence("enclosed", boxes)
    except TimeLimit:
        pass
    return Evidence("sampled", verdict.points)
