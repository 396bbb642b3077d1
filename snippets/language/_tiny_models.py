"""その場で組み立てる、ごく小さな transformers のモデル。重みは乱数で、何も取り寄せない。

transformers の import には数秒かかるので、関数の中で行う。
"""

import contextlib

import torch


@contextlib.contextmanager
def quiet():
    """transformers の知らせと進みぐあいの表示を、中でだけ止める。"""
    from transformers.utils import logging

    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()


def bert(head="BertModel", *, hidden=8, vocab=10, limit=512, layers=1, heads=2, seed=0, **more):
    """小さな BERT。head: transformers のクラスの名、limit: 位置の表の行数、more: BertConfig のほかの設定。"""
    import transformers

    config = transformers.BertConfig(
        vocab_size=vocab, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
        intermediate_size=2 * hidden, max_position_embeddings=limit, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, **more,
    )  # fmt: skip
    return seeded(lambda: getattr(transformers, head)(config), seed)


def llama(*, hidden=8, vocab=10, limit=64, layers=1, heads=2, seed=0):
    """位置を RoPE で入れる、小さな Llama。limit: 学習したときの長さとして config に書く数。"""
    import transformers

    config = transformers.LlamaConfig(
        vocab_size=vocab, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads,
        intermediate_size=2 * hidden, max_position_embeddings=limit,
    )  # fmt: skip
    return seeded(lambda: transformers.LlamaModel(config), seed)


def tokenizer(limit=512):
    """語「あ」だけを知る、その場で作ったトークナイザー。limit: model_max_length に書く数。"""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    core = Tokenizer(models.WordLevel({"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3, "あ": 4}, unk_token="[UNK]"))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    core.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return PreTrainedTokenizerFast(tokenizer_object=core, pad_token="[PAD]", model_max_length=limit)


def parameters(model):
    """学習する数の個数。"""
    return sum(parameter.numel() for parameter in model.parameters())


def seeded(make, seed=0):
    """make() を、種を決めた乱数で呼ぶ。ほかの乱数の列は動かない。"""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return make().eval()
