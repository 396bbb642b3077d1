"""証拠の強さ。成り立つもののうち、いちばん強いものを計算で選ぶ。宣言はさせない。"""

from dataclasses import dataclass

from .enclosure import enclose
from .proof import prove
from .sharpness import ORDER
from .timing import SECONDS, TimeLimit, time_limit

NAMES = {"proved": "証明", "enclosed": "包含", "sampled": "標本", "definition": "定義", "condition": "条件"}


CLAIMS = {"identity": "恒等式", "scalar": "うち、数どうしの恒等式", "bound": "不等式", "statement": "文中の関係"}


@dataclass(frozen=True)
class Evidence:
    """level は proved, enclosed, sampled か、比べる辺のない定義と条件では空。

    count は、証明では場合の数、包含では箱の数、標本では標本の数。
    """

    level: str
    count: int


def tally(verdicts):
    """主張の種類から (証明か包含の付いた数, 全部の数)。scalar は恒等式のうち、数どうしのもの。"""
    found = {kind: [v for v in verdicts if v["kind"] == kind] for kind in ("identity", "bound", "statement")}
    found["scalar"] = [v for v in found["identity"] if v["scalar"]]
    return {kind: (sum(v["level"] in ("proved", "enclosed") for v in some), len(some)) for kind, some in found.items()}


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
