"""教科書、論文、文書の式。書き手の書き方のまま写し、意味を Python で別に書いたもの。

各項は (名, 出典, 記号, LaTeX, 意味, 先に定めておく式…)。
記号は「つづり: 型」をセミコロンで並べたもので、最初の記号が、式の定めるものである。
意味は、記号の値から右辺の値を求める関数。引数の名は記号の名に当たる（\\hat{y} は y_hat、\\sigma^2 は sigma2）。
等号でつながる辺は、どれもこの値になる。不等式や条件なら、意味は真偽を返す。
"""

from . import (
    calculus,
    distributions,
    information,
    kernels,
    learning,
    linear,
    losses,
    metrics,
    networks,
    numerics,
    units,
)

TOPICS = {
    module.__name__.rpartition(".")[2]: module.ENTRIES
    for module in (
        units, losses, metrics, networks, learning, information, distributions, linear, kernels, calculus, numerics,
    )
}  # fmt: skip
ENTRIES = [entry for entries in TOPICS.values() for entry in entries]
