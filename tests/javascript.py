"""ページの JavaScript を、プロジェクトの Node で動かす。"""

import json

from snippets._engine import ROOT, node

SCRIPTS = (ROOT / "docs" / "javascripts").as_uri()


def javascript(folder, code, asked):
    """folder の中で code を動かし、書きだされた JSON を読む。

    code の中の SCRIPTS は docs/javascripts の場所に、ASKED は asked の値に置きかわる。
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "asked.json").write_text(json.dumps(asked), "utf-8")
    reading = 'JSON.parse((await import("node:fs")).readFileSync(process.argv[2], "utf8"))'
    (folder / "run.mjs").write_text(code.replace("SCRIPTS", SCRIPTS).replace("ASKED", reading), "utf-8")
    return json.loads(node.run([folder / "run.mjs", folder / "asked.json"], "計算できない"))
