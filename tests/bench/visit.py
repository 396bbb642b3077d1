"""1 ページを 1 度だけ、遅い機械と遅い回線で開いて測る。"""

import gzip
import mimetypes
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

CPU = 4  # 何倍遅い機械にするか
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
VIEWPORT = {"width": 1280, "height": 900}
SETTLE = 3000  # 読みこみの終わりから、静まるまで待つ（ms）

WATCH = """() => {
  const seen = window.bench = { cls: 0, long: 0, formulas: 0, last: 0 };
  const each = (type, look) =>
    new PerformanceObserver(list => list.getEntries().forEach(look)).observe({ type, buffered: true });
  each("layout-shift", entry => { if (!entry.hadRecentInput) seen.cls += entry.value; });
  each("longtask", entry => { seen.long += entry.duration - 50; });
  const found = document.getElementsByClassName("katex");
  new MutationObserver(() => {
    if (found.length > seen.formulas) [seen.formulas, seen.last] = [found.length, performance.now()];
  }).observe(document, { childList: true, subtree: true });
}"""
READ = """() => ({ ...bench, nodes: document.querySelectorAll("*").length,
  fcp: performance.getEntriesByName("first-contentful-paint")[0].startTime })"""
HEADINGS = "[...document.querySelectorAll('.md-content :is(h2, h3)[id]')].map(heading => heading.id)"
BOTTOM = "scrollY + innerHeight >= document.documentElement.scrollHeight - 2"


@dataclass(frozen=True)
class View:
    """1 度の訪れ。時間は ms、量はバイト。"""

    fcp: float
    last: float
    main: float
    script: float
    layout: float
    long: float
    cls_load: float
    cls_scroll: float
    cls_anchor: float
    main_end: float
    bytes: int
    html: int
    requests: int
    nodes: int
    formulas: int


@contextmanager
def serve(site: Path, path: str, variant):
    """variant の見せ方で site を見せ、path のページの URL を渡す。送るものは gzip で縮める。"""

    @cache
    def body(name):
        if name in variant.files:
            return variant.files[name]
        file = site / name.lstrip("/")
        content = (file / "index.html" if file.is_dir() else file).read_bytes()
        if name.removesuffix("index.html") == "/" + path.removesuffix("index.html"):
            return variant.page(content.decode()).encode()
        return variant.sheet(content.decode()).encode() if name.endswith(".css") else content

    @cache
    def packed(name):
        return gzip.compress(body(name), 6)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            name = unquote(urlsplit(self.path).path)
            kind = "text/html" if name.endswith("/") else mimetypes.guess_type(name)[0] or "application/octet-stream"
            try:
                content = body(name) if name.endswith(".woff2") else packed(name)
            except OSError:
                return self.send_error(404)
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
            self.send_header("Content-Length", str(len(content)))
            if not name.endswith(".woff2"):
                self.send_header("Content-Encoding", "gzip")
            with suppress(ConnectionError):  # 開きかけの通信を残して、タブは閉じる
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    packed("/" + path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{path.removesuffix('index.html')}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def view(browser, url: str) -> View:
    """開いて静まるまで、終わりまで送るまで、見出しへ飛んだあと、の順に測る。"""
    with _slow(browser) as (page, session):
        traffic = _traffic(session)
        page.goto(url, wait_until="load")
        page.wait_for_timeout(SETTLE)
        seen, cost = page.evaluate(READ), _cost(session)
        received = traffic()
        headings = page.evaluate(HEADINGS)
        page.mouse.move(VIEWPORT["width"] / 2, VIEWPORT["height"] / 2)
        while not page.evaluate(BOTTOM):
            page.mouse.wheel(0, 600)
            page.wait_for_timeout(100)
        page.wait_for_timeout(500)
        scrolled, main_end = page.evaluate(READ), _cost(session)["main"]
    with _slow(browser) as (page, session):
        page.goto(f"{url}#{headings[len(headings) * 2 // 3]}", wait_until="load")
        page.wait_for_timeout(SETTLE)
        page.evaluate("id => { location.hash = id }", headings[-1])
        page.wait_for_timeout(1000)
        page.evaluate("id => { location.hash = id }", headings[len(headings) // 3])
        page.wait_for_timeout(1000)
        jumped = page.evaluate(READ)
    return View(
        fcp=seen["fcp"],
        last=max(seen["last"], seen["fcp"]),
        long=seen["long"],
        cls_load=seen["cls"],
        cls_scroll=scrolled["cls"],
        cls_anchor=jumped["cls"],
        main_end=main_end,
        nodes=seen["nodes"],
        formulas=seen["formulas"],
        **cost,
        **received,
    )


@contextmanager
def _slow(browser):
    """遅くした新しいタブ。"""
    page = browser.new_context(viewport=VIEWPORT, locale="ja-JP").new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # 混んだ機械でも、使った CPU だけを数える
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    page.add_init_script(f"({WATCH})()")
    yield page, session
    page.context.close()


def _traffic(session):
    """受け取ったものを数えはじめ、そこまでの数を返す関数を返す。"""
    kinds, sizes = {}, {}
    session.on("Network.requestWillBeSent", lambda e: kinds.update({e["requestId"]: e["type"]}))
    session.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    return lambda: {
        "bytes": sum(sizes.values()),
        "requests": len(sizes),
        "html": sum(size for request, size in sizes.items() if kinds.get(request) == "Document"),
    }


def _cost(session):
    """主スレッドの時間。"""
    found = {m["name"]: m["value"] * 1000 for m in session.send("Performance.getMetrics")["metrics"]}
    return {
        "main": found["TaskDuration"],
        "script": found["ScriptDuration"],
        "layout": found["LayoutDuration"] + found["RecalcStyleDuration"],
    }
