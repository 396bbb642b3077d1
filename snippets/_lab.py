"""本物のモデルを動かすノートブック。docs/lab/real_*.py を走らせ、結果を隣の .ipynb に書く。

サイトは、その .ipynb をそのまま見せる。だから、重みがなくてもサイトは組める。
.ipynb には、結果を変えうるもののハッシュ（鍵）が入っていて、原稿だけを直すと、テストとビルドが古いと言う。
"""

import json
import os
import sys
import tomllib
from importlib.metadata import version

from snippets._engine import ROOT
from snippets._engine.cache import digest
from snippets._engine.keys import closure, imports
from snippets._models import OFFLINE
from snippets._weights import LOCK, Missing

LAB = ROOT / "docs" / "lab"
COMMAND = "python -m snippets models --notebooks"
LIBRARIES = "torch", "transformers"
LIMIT = 600  # 1 つのセルの秒数
QUIET = {"PYTHONWARNINGS": "ignore:IProgress not found"}  # 進みぐあいの部品がなくても、出力は変わらない


class LabError(Exception):
    """走らせた結果が、そのままでは見せられない。"""


def main():
    """古いノートブックだけを走らせ、終了コードを返す。"""
    failed = 0
    for source in sources():
        if (reason := stale(source)) is None:
            print(f"{source.name}: そのまま使える")
            continue
        print(f"{source.name}: {reason}。走らせる", flush=True)
        try:
            write(source)
        except (LabError, Missing) as error:
            print(f"{source.name}: {error}", file=sys.stderr)
            failed = 1
    return failed


def sources(folder=LAB):
    """本物のモデルを動かすノートブックの原稿。"""
    return sorted(folder.glob("real_*.py"))


def key(source):
    """結果を変えうるもののハッシュ。原稿、import でたどれるソース、重みの版、ライブラリの版の指定。

    ライブラリは、入っている版でなく pyproject の指定を使う。入れた時期のちがう機械でも、同じ鍵になる。
    """
    modules = sorted(closure([source], imports) - {source})
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [line for line in project["dependencies"] if line.startswith(LIBRARIES)]
    return digest(LOCK.read_bytes(), *sorted(wanted), *(path.read_bytes() for path in [source, *modules]))


def stale(source):
    """.ipynb を作りなおすわけ。そのまま使えるなら None。"""
    path = source.with_suffix(".ipynb")
    try:
        notebook = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return f"{path.name} がない"
    except ValueError:
        return f"{path.name} が JSON として読めない"
    cells = [cell for cell in notebook.get("cells", ()) if cell["cell_type"] == "code"]
    if notebook.get("metadata", {}).get("real", {}).get("key") != key(source):
        return f"{path.name} を作ったときから、原稿か、使うソースか、版が変わっている"
    outputs = [output for cell in cells for output in cell["outputs"]]
    if any(output["output_type"] == "error" for output in outputs):
        return f"{path.name} に誤りの出力がある"
    if not outputs:
        return f"{path.name} に出力がない"
    return None


def write(source):
    """走らせた結果を、隣の .ipynb に書く。途中で失敗すれば、前の .ipynb が残る。"""
    notebook = execute(source)
    notebook.metadata["real"] = {"key": key(source), **{name: version(name).split("+")[0] for name in LIBRARIES}}
    path = source.with_suffix(".ipynb")
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)


def execute(source):
    """上から順に走らせたノートブック。ネットワークには触れず、スレッドは 1 本。セルの誤りは LabError。"""
    import jupytext
    import nbclient

    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    where, quiet = {"metadata": {"path": str(LAB)}}, ["--log-level=ERROR"]
    client = nbclient.NotebookClient(notebook, timeout=LIMIT, resources=where, extra_arguments=quiet)
    try:
        client.execute(env=os.environ | OFFLINE | QUIET | {"PYTHONPATH": paths})
    except nbclient.exceptions.CellExecutionError as error:
        if error.ename == "Missing":
            raise Missing(error.evalue) from None
        raise LabError(f"セルが失敗した。{error.ename}: {error.evalue}\n\n{error}") from None
    return tidy(notebook)


def tidy(notebook):
    """走らせるたびに変わるものを除く。番号、名、時刻。警告や機械の道が出力にあれば LabError。"""
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number}", {}
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = _joined(cell.outputs)
            for output in cell.outputs:
                _check(output)
                if "execution_count" in output:
                    output.execution_count = None
    return notebook


def _joined(outputs):
    """続いた print を一つにまとめた出力。切れ目は、機械の混みかたで変わる。"""
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == "stream" == last.output_type and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _check(output):
    text = json.dumps(output, ensure_ascii=False)
    if output.get("name") == "stderr":
        raise LabError(f"警告か誤りが出力された。原稿で、出ないようにする: {output.text[:300]}")
    if path := next((path for path in (str(ROOT), os.path.expanduser("~") + os.sep, "/tmp/") if path in text), None):
        raise LabError(f"出力に、この機械の道 {path} がある")
