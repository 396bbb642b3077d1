"""頭を付け替えた、小さなモデル。クラスは Transformers の本物、重みは乱数。"""

import functools

import torch

from snippets.language._tiny_models import seeded

VOCABULARY = 30522  # bert-base-uncased の config.json の vocab_size
LABELS = 6
TASKS = {  # タスク: Transformers のクラス
    "fill-mask": "BertForMaskedLM",
    "token classification": "BertForTokenClassification",
    "question answering": "BertForQuestionAnswering",
    "sequence classification": "BertForSequenceClassification",
    "summarization": "BartForConditionalGeneration",
}


@functools.cache
def build(task, vocab_size=VOCABULARY, num_labels=LABELS):
    """乱数の重みを持つ、隠れ次元 8 のモデル。task: TASKS の名。知らない task は ValueError。"""
    import transformers

    if task not in TASKS:
        raise ValueError(f"task は {', '.join(TASKS)} のどれかにする。受け取った値は {task}")
    kind = getattr(transformers, TASKS[task])
    if task == "summarization":
        return seeded(lambda: kind(tiny(kind.config_class, vocab_size)))
    labels = {"num_labels": num_labels} if "classification" in task else {}  # 答えの範囲の 2 は、設定の既定値
    config = kind.config_class(
        vocab_size=vocab_size, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=16, **labels,
    )  # fmt: skip
    return seeded(lambda: kind(config))


def tiny(config, vocab_size, **more):
    """文から文へのモデルの、小さな設定。config: 設定のクラス。特別な番号は語彙の先頭にそろえる。"""
    sizes = {f"{side}_{name}": size for side in ("encoder", "decoder")
             for name, size in (("layers", 1), ("attention_heads", 2), ("ffn_dim", 16))}  # fmt: skip
    ids = {"bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2, "forced_eos_token_id": None}
    start = {"decoder_start_token_id": 2}
    return config(vocab_size=vocab_size, d_model=8, max_position_embeddings=16, **sizes, **ids, **start, **more)


def head(model):
    """モデルの出口の層（nn.Linear）。語彙の出口がなければ、答えの範囲か、ラベルの出口。"""
    words = model.get_output_embeddings()
    return words if words is not None else getattr(model, "qa_outputs", None) or model.classifier


@torch.no_grad()
def scores(model, n=7, r=5):
    """n トークンの文を 1 つ通して出る点数のテンソルの列。文から文へのモデルでは、r トークンまで書いたところ。"""
    inputs = {"input_ids": torch.arange(n)[None]}
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = torch.arange(r)[None]
    outputs = model(**inputs)
    return [outputs.logits] if "logits" in outputs else [outputs.start_logits, outputs.end_logits]
