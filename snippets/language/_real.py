"""本物のモデルのうち、Transformers だけでは読みこめないものの読みかた。docs/lab/real_*.py で使う。

重みは _weights.folder の置き場から読み、なければ Missing。
"""

import json
import re

from snippets._weights import folder

# SMILES の 1 トークン。[ ] で囲んだ原子、2 文字の元素、反応の矢印、2 桁の環の番号、そのほかの 1 文字
_SMILES = re.compile(r"\[[^\]]+\]|Br|Cl|>>|%\d\d|\S")


class Reactions:
    """化学反応の式（SMILES）のトークナイザー。語彙は rxnfp の vocab.txt（MIT ライセンス）。"""

    def __init__(self):
        self.words = (folder("rxnfp") / "bert_pretrained" / "vocab.txt").read_text("utf-8").splitlines()
        self.numbers = {word: number for number, word in enumerate(self.words)}

    def __len__(self):
        return len(self.words)

    def encode(self, reaction):
        """番号の列。前後に [CLS] と [SEP] が付く。語彙にないものがあれば ValueError。"""
        pieces = _SMILES.findall(reaction)
        if unknown := [piece for piece in pieces if piece not in self.numbers]:
            raise ValueError(f"{unknown[0]} は語彙にない。ほかの反応にする")
        return [self.numbers[word] for word in ("[CLS]", *pieces, "[SEP]")]


class PartOfSpeech:
    """日本語の文字ごとに品詞を答える、小さな ALBERT（CC BY-SA 3.0、もとの文は Wikipedia）。

    語の頭の文字には品詞を、続きの文字には「続き」を答える。
    """

    def __init__(self):
        import torch
        from transformers import AlbertConfig, AlbertModel
        from transformers.models.albert.modeling_albert import AlbertMLMHead

        place = folder("unidic")
        settings = json.loads((place / "config.json").read_text("utf-8"))
        config = AlbertConfig.from_json_file(place / "config.json")
        self.model = torch.nn.ModuleDict(
            {"albert": AlbertModel(config, add_pooling_layer=False), "predictions": AlbertMLMHead(config)}
        )
        self.model.load_state_dict(torch.load(place / "model.pth", weights_only=True))
        self.model.eval()
        self.labels = ["空き", "続き", *settings["parts_of_speech"]]
        self.numbers = {char: number for number, char in enumerate(settings["chars"], 3)}

    def encode(self, text):
        """文字の番号。表にない漢字は 1、そのほかの表にない文字は 2。"""
        return [self.numbers.get(char, 1 if "\u3400" <= char <= "\u9fff" else 2) for char in text]

    def logits(self, text):
        """文字ごとの点数。(文字の数, 出力の数)。"""
        import torch

        with torch.inference_mode():
            hidden = self.model["albert"](input_ids=torch.tensor([self.encode(text)])).last_hidden_state
            return self.model["predictions"](hidden)[0]

    def parse(self, text):
        """[(語, 品詞), …]。"""
        words = []
        for char, number in zip(text, self.logits(text)[:, : len(self.labels)].argmax(-1).tolist(), strict=True):
            if self.labels[number] == "続き" and words:
                words[-1][0] += char
            else:
                words.append([char, self.labels[number]])
        return [tuple(word) for word in words]
