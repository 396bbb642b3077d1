"""Transformers の本物のクラスで組んだ、小さな会話モデルとトークナイザー。

形は本物と同じで、重みは乱数か、会話を 1 つ丸暗記させたものである。
Transformers の import は重いので、使う関数の中で行う。
"""

import functools

import torch

from snippets._threads import one_thread
from snippets.language._tiny_models import seeded

USER, ASSISTANT, END = MARKS = ("<|user|>", "<|assistant|>", "<|end|>")
UNKNOWN = "<|unk|>"
DIALOGUE = [
    {"role": "user", "content": "お元気ですか。"}, {"role": "assistant", "content": "はい、元気です。"},
    {"role": "user", "content": "よかった。"}, {"role": "assistant", "content": "ありがとう。"},
    {"role": "user", "content": "では、また。"}, {"role": "assistant", "content": "また明日。"},
]  # fmt: skip
TOKENS = [UNKNOWN, *MARKS, *sorted({letter for message in DIALOGUE for letter in message["content"]})]
TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
LIMIT = 128  # 会話と返事を合わせたトークン数の上限


@functools.cache
def tokenizer():
    """印は 1 トークン、ほかは 1 字 1 トークンにするトークナイザー。チャットテンプレートも持つ。"""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = Tokenizer(models.WordLevel({token: k for k, token in enumerate(TOKENS)}, unk_token=UNKNOWN))
    letters.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    letters.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=letters, unk_token=UNKNOWN, eos_token=END, pad_token=END,
        extra_special_tokens={"user_token": USER, "assistant_token": ASSISTANT}, chat_template=TEMPLATE,
    )  # fmt: skip


def untrained(seed=0, **sizes):
    """乱数の重みの LlamaForCausalLM。2 層で、問いのヘッド 4 つが、キーとバリューのヘッド 2 つを分けて使う（GQA）。

    sizes は LlamaConfig の項目で、既定の大きさを置きかえる。
    """
    from transformers import LlamaConfig, LlamaForCausalLM

    end = TOKENS.index(END)
    default = {
        "vocab_size": len(TOKENS), "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": LIMIT,
        "bos_token_id": None, "eos_token_id": end, "pad_token_id": end,
    }  # fmt: skip
    return seeded(lambda: LlamaForCausalLM(LlamaConfig(**default | sizes)), seed)


@functools.cache
@one_thread()
@torch.enable_grad()
def memorized(steps=120):
    """DIALOGUE だけを丸暗記させたモデル。"""
    model, ids = untrained(), torch.tensor([tokenizer().apply_chat_template(DIALOGUE)["input_ids"]])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        model(ids, labels=ids, use_cache=False).loss.backward()
        optimizer.step()
    return model
