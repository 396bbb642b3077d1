"""小さなモデルとの会話。会話を文字列にし、返事を書かせ、通したトークンを数える。"""

import numpy as np
import torch

from snippets._threads import one_thread
from snippets.language import _tiny_models
from snippets.language._chat_model import (
    ASSISTANT,
    DIALOGUE,
    END,
    LIMIT,
    TOKENS,
    UNKNOWN,
    USER,
    memorized,
    tokenizer,
    untrained,
)
from snippets.language._generation import Cached, Whole, counted, extend


def chat_prompt(messages, add_generation_prompt=True):
    """会話を 1 本の文字列にする。空の会話と、知らない role は ValueError。

    messages: role と content の辞書の並び。
    """
    if not messages:
        raise ValueError("会話が空なので、続きが書けない。発言を 1 つ以上渡す")
    marks, text = {"user": USER, "assistant": ASSISTANT}, ""
    for message in messages:
        role = message["role"]
        if role not in marks:
            raise ValueError(f"role は user か assistant にする。受け取った値は {role}")
        text += marks[role] + message["content"] + END
    return text + ASSISTANT if add_generation_prompt else text


def encode(text):
    """文字列をトークンの番号にする。印は 1 トークン、ほかは 1 字 1 トークン。語彙にない文字は ValueError。"""
    tokens = tokenizer()(text, return_offsets_mapping=True)
    for token, (start, stop) in zip(tokens["input_ids"], tokens["offset_mapping"], strict=True):
        if token == TOKENS.index(UNKNOWN):
            raise ValueError(f"{text[start:stop]!r} は語彙にない。丸暗記した会話に出てくる文字だけを使う")
    return tokens["input_ids"]


def decode(ids):
    """トークンの番号を文字列に戻す。"""
    return tokenizer().decode(ids)


def reply(messages, scores=None, max_new=20, choose=torch.argmax):
    """会話に、モデルの返事を 1 つ足した会話。scores と choose は extend に渡す。

    返事が max_new 個まで延びたとき、モデルの上限を超える会話は ValueError。
    """
    ids = encode(chat_prompt(messages))
    if len(ids) + max_new > LIMIT:
        raise ValueError(
            f"会話の {len(ids)} トークンに返事の {max_new} トークンを足すと、上限の {LIMIT} を超える。古い発言を削る"
        )
    new = extend(scores or Cached(memorized()), ids, TOKENS.index(END), max_new, choose)
    return [*messages, {"role": "assistant", "content": decode(new).removesuffix(END)}]


def continuation(text, model=None):
    """文字列の続きを、終わりの印か 10 トークンまで書かせる。"""
    return decode(extend(Cached(model or memorized()), encode(text), TOKENS.index(END), max_new=10))


@one_thread()
@torch.no_grad()
def choices():
    """最初の発言への返事を 1 トークンずつ選んだ記録。次点のトークンと確率も並べる。"""
    ids, rows = encode(chat_prompt(DIALOGUE[:1])), []
    scores = Cached(memorized())
    while TOKENS[ids[-1]] != END:
        p = scores(ids).softmax(0)
        best, second = p.topk(2).indices.tolist()
        rows.append((TOKENS[best], p[best].item(), TOKENS[second], p[second].item()))
        ids.append(best)
    return ("選んだトークン", "確率", "次点", "次点の確率"), rows


def conversation(scores=None):
    """用意した発言に、1 回ずつ返事をさせた記録。"""
    messages, scores = [], scores or Cached(memorized())
    for said in DIALOGUE[::2]:
        messages = reply([*messages, said], scores)
    return ("role", "content"), [(message["role"], message["content"]) for message in messages]


def continuations():
    """同じ文字列の続きを、学習の前と後のモデルに書かせたもの。"""
    texts = [chat_prompt(DIALOGUE[:1]), USER + "お元気", chat_prompt([{"role": "user", "content": "明日。"}])]
    rows = [(text, continuation(text, untrained()), continuation(text)) for text in texts]
    return ("渡した文字列", "乱数の重みのモデルの続き", "丸暗記のあとの続き"), rows


def template_type():
    """いまの Transformers の apply_chat_template が、return_tensors="pt" で返すものの型の名。"""
    return type(tokenizer().apply_chat_template(DIALOGUE, return_tensors="pt")).__name__


def parameters():
    """小さなモデルの、学習する数の個数。"""
    return _tiny_models.parameters(memorized())


def fed_by_turn():
    """3 回の返事で、モデルを呼ぶごとに通したトークンの数。入口の表を引いた回数を、実際に数える。

    → {方法: [回ごとの並び]}。方法は、取っておかない、返事のあいだだけ取っておく、会話のあいだずっと取っておく。
    """
    model = memorized()
    kept = Cached(model)
    ways = {"取っておかない": Whole, "返事のあいだ": Cached, "会話のあいだ": lambda _: kept}
    result = {}
    for name, way in ways.items():
        result[name] = []
        for turn in range(0, len(DIALOGUE), 2):
            with counted(model) as fed:
                reply(DIALOGUE[: turn + 1], way(model))
            result[name].append(fed)
    return result


def turns():
    """返事 1 回ごとに、モデルに通したトークンの数。"""
    fed = fed_by_turn()
    rows = [[sum(calls) for calls in way] for way in fed.values()]
    table = [(f"{k} 回め", *column) for k, column in enumerate(zip(*rows, strict=True), start=1)]
    return ("返事", *fed), [*table, ("合計", *map(sum, rows))]


def plot_fed(fig):
    """3 回の返事のあいだに、モデルを呼ぶごとに通したトークンの数（実際に数えたもの）。
    取っておかなければ、会話が長くなるほど増える。取っておけば、新しい発言のところのほかは 1 つずつ。
    """
    fig.set_size_inches(6.2, 4.0)
    axes = fig.subplots(2, 1, sharex=True, sharey=True)
    fed = fed_by_turn()
    for ax, name, color in zip(axes, ("取っておかない", "会話のあいだ"), ("C1", "C0"), strict=True):
        calls = [count for turn in fed[name] for count in turn]
        ax.bar(range(1, len(calls) + 1), calls, color=color, alpha=0.35, edgecolor=color)
        ax.set(ylabel="トークン数", xlim=(0.3, len(calls) + 0.7), title=f"{name}（合わせて {sum(calls):,}）")
        for start in np.cumsum([len(turn) for turn in fed[name][:-1]]):
            ax.axvline(start + 0.5, color="C3", linestyle=":")
    ax.set(xlabel="モデルを呼んだ回（点線は、次の発言が来たところ）", xticks=(1, 5, 10, 15, 20))
