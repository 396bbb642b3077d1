"""下流タスクとファインチューニング — 頭を外して、付け替える。

上流で穴埋めをしていた本体に、下流の分類の頭を付ける。
外したものと新しく付けたものは、重みの名前を照らし合わせれば分かる。
"""

import numpy as np
import torch
from torch import nn

from snippets.language.fill_mask import Body, Model, build

BERT_BASE_CASED = 108_310_272  # 頭を除いた bert-base-cased の、学習する数の個数（テストで確かめる）


class Pooler(nn.Sequential):
    """[CLS] の隠れベクトルを読み、クラスの点数を出す頭。"""

    def __init__(self, hidden, num_labels):
        super().__init__(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, num_labels))


def upstream(vocab_size=20, hidden=8, seed=0):
    """穴埋めの頭が付いた、事前学習の側のモデル。"""
    return build("fill-mask", vocab_size=vocab_size, hidden=hidden, seed=seed)


def downstream(num_labels=5, vocab_size=20, hidden=8, seed=1):
    """文の分類の頭が付いた、下流の側のモデル。重みは乱数。"""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Model(Body(vocab_size, hidden, 16), Pooler(hidden, num_labels), whole=True).eval()


def load_report(checkpoint, model):
    """checkpoint の重みのうち、名前の合うものを model に移す。→ (足りない名, 余った名)。

    頭の名前が違う重みは移さない。torch は形が違うだけの同名の重みを断るので、先に除く。
    """
    shapes = {name: value.shape for name, value in model.state_dict().items()}
    fitting = {name: value for name, value in checkpoint.items() if shapes.get(name) == value.shape}
    missing = model.load_state_dict(fitting, strict=False).missing_keys
    return sorted(missing), sorted(checkpoint.keys() - fitting.keys())


def report():
    """穴埋めの重みを分類のモデルに移したときの、重みの行き先。"""
    model = downstream()
    source = upstream().state_dict()
    missing, unused = load_report(source, model)
    moved = len(source) - len(unused)
    return ("行き先", "個数", "重みの名"), [
        ("移した（本体）", moved, "body.*"),
        ("捨てた（穴埋めの頭）", len(unused), ", ".join(unused)),
        ("新しく用意した（分類の頭）", len(missing), ", ".join(missing)),
    ]


def pool(x, A, a):
    """[CLS] の隠れベクトルをまとめなおす。x, a: (h,)、A: (h, h) → (h,)。"""
    return np.tanh(_linear(A, a, x))


def classify(u, W, b):
    """まとめたベクトルから求めるクラスの点数。u: (h,)、W: (C, h)、b: (C,) → (C,)。"""
    return _linear(W, b, u)


def head_parameters(h, C):
    """新しく付ける分類の層の、学習する数の個数。層を実際に作って数える。"""
    return sum(parameter.numel() for parameter in nn.Linear(int(h), int(C)).parameters())


def freeze_body(model):
    """本体を固める。以後、学習で動くのは頭だけになる。"""
    for parameter in model.body.parameters():
        parameter.requires_grad = False
    return model


def trainable_fraction(model):
    """学習で動く数の割合。"""
    sizes = [(parameter.numel(), parameter.requires_grad) for parameter in model.parameters()]
    return sum(n for n, moves in sizes if moves) / sum(n for n, _ in sizes)


def step(model, rho=0.1):
    """乱数の文 4 つで 1 歩だけ学習し、動いた重みの名を返す。"""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    ids = torch.randint(20, (4, 7), generator=torch.Generator().manual_seed(2))
    moving = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(moving, lr=rho)
    nn.functional.cross_entropy(model(ids), torch.tensor([0, 1, 2, 3])).backward()
    optimizer.step()
    return {name for name, value in model.state_dict().items() if not torch.equal(before[name], value)}


def plot(ax):
    """頭の付け替え。本体はそのまま引き継ぎ、穴埋めの頭は外す。"""
    boxes = [
        (0, 0, "本体（埋め込み＋エンコーダ）", "C0", "-"), (0, 2, "穴埋めの頭（外す）\n語彙数だけの点数", "C1", "--"),
        (5, 0, "本体（重みを引き継ぐ）", "C0", "-"), (5, 2, "分類の頭（新品）\nクラス数だけの点数", "C2", "-"),
    ]  # fmt: skip
    for x, y, text, color, line in boxes:
        ax.plot([x, x + 3.6, x + 3.6, x, x], [y, y, y + 1, y + 1, y], color=color, linestyle=line)
        ax.text(x + 1.8, y + 0.5, text, ha="center", va="center", linespacing=1.7)
    for x in (1.8, 6.8):
        ax.annotate("", xy=(x, 2), xytext=(x, 1), arrowprops={"arrowstyle": "->", "color": "C0"})
    ax.annotate("", xy=(5, 0.5), xytext=(3.6, 0.5), arrowprops={"arrowstyle": "->", "color": "C0"})
    ax.text(1.8, 3.35, "上流: 事前学習", ha="center", va="bottom")
    ax.text(6.8, 3.35, "下流: ファインチューニング", ha="center", va="bottom")
    ax.set(xlim=(-0.3, 8.9), ylim=(-0.3, 4.0))
    ax.set_axis_off()


def _linear(W, b, x):
    """torch の全結合層に、重みを入れて通す。"""
    layer = nn.Linear(len(x), len(b), dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(np.asarray(W, dtype=float)))
        layer.bias.copy_(torch.tensor(np.asarray(b, dtype=float)))
        return layer(torch.tensor(np.asarray(x, dtype=float))).numpy()
