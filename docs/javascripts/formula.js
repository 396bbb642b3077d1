// 式の札。記号にふれると意味が出て、ボタンから写しを取れる。
// 記号の意味は「このページの記号」の表から、LaTeX と MathML は組み上がりから、Python はたたんだ実装から取る。

(() => {
  // 動かす道具は、その置き場のあるページだけが取ってくる
  const TOOLS = {
    ".controls": "moving.mjs", ".playground": "playground.mjs", ".stepper": "stepper.mjs",
    ".choices": "choices.mjs", ".board": "board.mjs",
  }
  const HOME = document.currentScript.src

  const MOUSE = 3, FINGER = 22        // 記号からの隔たりの許し（px）
  const LINGER = 220                  // 記号から札へ移るあいだ、札を閉じずに待つ（ms）

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    element.append(...children)
    return element
  }
  const spoken = element => {         // 読み上げる文。組んだ式は MathML の文字だけを読む
    const copy = element.cloneNode(true)
    copy.querySelectorAll(".katex-html, annotation").forEach(part => part.remove())
    return copy.textContent.trim()
  }

  const status = make("div", { class: "formula-status", role: "status" })
  const hint = make("div", { id: "formula-hint", hidden: "" }, "左右の矢印キーで記号を移ると、意味が出ます")
  const say = text => { status.textContent = text }

  // ---- 記号

  let names = []                      // このページの記号の表
  const card = make("div", { class: "symbol-card", hidden: "" })
  let shown = null                    // { math, k }
  let timer = 0

  function occurrences(math) {
    const groups = []
    for (const glyph of math.querySelectorAll("[data-s]")) (groups[glyph.dataset.s] ??= []).push(glyph)
    const left = math.scrollLeft - math.clientLeft, top = math.scrollTop - math.clientTop
    const home = math.getBoundingClientRect()
    const ids = math.dataset.symbols.split(" ")
    const spots = groups.map((glyphs, s) => {
      const boxes = glyphs.map(glyph => glyph.getBoundingClientRect())
      const x = Math.min(...boxes.map(box => box.left)), y = Math.min(...boxes.map(box => box.top))
      const right = Math.max(...boxes.map(box => box.right)), bottom = Math.max(...boxes.map(box => box.bottom))
      return { id: ids[s], x: x - home.left + left, y: y - home.top + top, w: right - x, h: bottom - y }
    })
    return spots.filter(Boolean).map((spot, k) => ({ k, ...spot }))
  }

  function nearest(math, event, reach) {
    const home = math.getBoundingClientRect()
    const px = event.clientX - home.left - math.clientLeft + math.scrollLeft
    const py = event.clientY - home.top - math.clientTop + math.scrollTop
    let best = null, least = reach
    for (const spot of occurrences(math)) {
      const dx = Math.max(spot.x - px, px - spot.x - spot.w, 0), dy = Math.max(spot.y - py, py - spot.y - spot.h, 0)
      const away = Math.hypot(dx, dy) + Math.hypot(px - spot.x - spot.w / 2, py - spot.y - spot.h / 2) / 1e3
      if (away < least) [best, least] = [spot, away]
    }
    return best
  }

  function fill(math, id) {
    const row = names[id].closest("tr"), [kind, meaning] = [row.cells[1], row.cells[2].firstElementChild]
    const link = row.querySelector(`[data-symbol="${id}"]`)?.cloneNode(true)
    card.replaceChildren(
      make("p", { class: "symbol-name" }, names[id].cloneNode(true), make("span", {}, meaning.textContent)),
      make("p", { class: "symbol-type" }, ...kind.cloneNode(true).childNodes),
    )
    if (link?.textContent === math.closest("div.formula").id) card.append(make("p", {}, "この式が定めます"))
    else if (link) card.append(make("p", {}, "定める式 ", link))
    return [spoken(names[id]), meaning.textContent, kind.lastElementChild.textContent].join("、")
  }

  function show(math, k, aloud) {
    clearTimeout(timer)
    if (shown?.math === math && shown.k === k) return
    hide()
    shown = { math, k }
    const spots = occurrences(math), spot = spots[k]
    for (const same of spots.filter(other => other.id === spot.id)) {
      const mark = make("i", { class: same === spot ? "symbol-mark symbol-here" : "symbol-mark" })
      for (const [side, value] of [["left", same.x], ["top", same.y], ["width", same.w], ["height", same.h]]) {
        mark.style[side] = `${value}px`
      }
      math.append(mark)
    }
    const text = fill(math, spot.id)
    math.after(card)
    card.hidden = false
    if (aloud) reveal(math, spot)
    place(math, spot)
    if (!aloud) return
    card.scrollIntoView({ block: "nearest" })
    say(`${text}（${k + 1} / ${spots.length}）`)
  }

  function reveal(math, { x, w }) {
    if (x < math.scrollLeft + 16) math.scrollLeft = x - 48
    else if (x + w > math.scrollLeft + math.clientWidth - 16) math.scrollLeft = x + w + 48 - math.clientWidth
  }

  function place(math, { x, y, w, h }) {
    const box = math.parentElement.getBoundingClientRect(), home = math.getBoundingClientRect()
    const middle = home.left - box.left + x - math.scrollLeft + w / 2
    const width = card.offsetWidth, edge = document.documentElement.clientWidth
    const left = Math.max(8 - box.left, Math.min(middle - width / 2, edge - 8 - width - box.left))
    card.style.left = `${left}px`
    card.style.top = `${home.top - box.top + y + h + 10}px`
    card.style.setProperty("--tip", `${middle - left}px`)
  }

  function hide() {
    clearTimeout(timer)
    shown?.math.querySelectorAll(".symbol-mark").forEach(mark => mark.remove())
    card.hidden = true
    shown = null
  }

  const later = () => { clearTimeout(timer); timer = setTimeout(hide, LINGER) }

  function enliven(math) {
    math.setAttribute("aria-describedby", hint.id)
    math.addEventListener("pointermove", event => {
      if (event.pointerType === "touch") return
      const spot = nearest(math, event, MOUSE)
      math.style.cursor = spot ? "help" : ""
      if (spot) show(math, spot.k)
      else if (shown) later()
    })
    math.addEventListener("pointerleave", event => event.pointerType !== "touch" && shown && later())
    math.addEventListener("click", event => {
      const spot = nearest(math, event, FINGER)
      if (spot) show(math, spot.k)
      else hide()
    })
    math.addEventListener("keydown", event => {
      const at = shown?.math === math ? shown.k : null, count = occurrences(math).length
      const next = {
        ArrowRight: at === null ? 0 : Math.min(at + 1, count - 1),
        ArrowLeft: at === null ? count - 1 : Math.max(at - 1, 0),
        Home: 0, End: count - 1,
      }[event.key]
      if (next === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
      event.preventDefault()
      show(math, next, true)
    })
  }
  card.addEventListener("pointerenter", () => clearTimeout(timer))
  card.addEventListener("pointerleave", event => event.pointerType !== "touch" && later())

  // ---- 写し

  const works = {
    latex: ["LaTeX をコピー", box => box.querySelector("annotation").textContent],
    mathml: ["MathML をコピー", box => box.querySelector("math").outerHTML],
    python: ["Python をコピー", box => box.querySelector(".formula-source code")?.textContent],
    link: ["この式へのリンクをコピー", box => box.id && location.href.split("#")[0] + "#" + box.id],
  }
  let menu = null, button = null

  async function copy(text, title) {
    try {
      await navigator.clipboard.writeText(text)
      say("コピーしました")
      button.dataset.done = "コピーしました"
      const pressed = button
      setTimeout(() => delete pressed.dataset.done, 2500)
    } catch {                         // http のページや、許しのない画面では、選んだ文を渡す
      const area = make("textarea", { readonly: "", rows: "8", "aria-label": title })
      const close = make("button", { type: "button" }, "閉じる")
      const dialog = make("dialog", { class: "formula-dialog", "aria-label": title },
        make("p", {}, "自動ではコピーできませんでした。選んである文を、コピーの操作で取ってください。"), area, close)
      area.value = text
      const back = button
      close.addEventListener("click", () => dialog.close())
      dialog.addEventListener("close", () => { dialog.remove(); back.focus() })
      document.body.append(dialog)
      dialog.showModal()
      area.select()
    }
  }

  function open(from, last) {
    close()
    hide()
    button = from
    const box = button.closest("div.formula")
    menu = make("ul", { class: "formula-menu", role: "menu", "aria-label": button.getAttribute("aria-label") })
    for (const [title, text] of Object.values(works)) {
      if (!text(box)) continue
      const item = make("li", { role: "menuitem", tabindex: "-1" }, title)
      item.addEventListener("click", () => { close(true); copy(text(box), title) })
      menu.append(item)
    }
    const ledger = box.querySelector(".formula-ledger")
    if (ledger) {
      const link = make("a", { role: "menuitem", tabindex: "-1", href: ledger.getAttribute("href") }, ledger.textContent)
      menu.append(make("li", { role: "none" }, link))
    }
    menu.addEventListener("keydown", steer)
    button.parentElement.after(menu)
    button.setAttribute("aria-expanded", "true")
    choices().at(last ? -1 : 0).focus()
  }

  const choices = () => [...menu.querySelectorAll("[role=menuitem]")]

  function close(back) {
    if (!menu) return
    menu.remove()
    menu = null
    button.setAttribute("aria-expanded", "false")
    if (back) button.focus()
  }

  function steer(event) {
    const items = choices(), at = items.indexOf(document.activeElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (event.key === "Escape") close(true)
    else if (event.key === "Tab") return close(true)
    else if (event.key === "Enter" || event.key === " ") items[at].click()
    else if (to !== undefined) items.at(to % items.length).focus()
    else if (event.key.length === 1) {
      const turned = [...items.slice(at + 1), ...items.slice(0, at + 1)]
      turned.find(item => item.textContent.toLowerCase().startsWith(event.key.toLowerCase()))?.focus()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  function equip(box) {
    const bar = box.querySelector(".formula-bar")
    const label = bar.firstElementChild.textContent
    const handle = make("button", {
      type: "button", class: "formula-more", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `${label} の写しとリンク`,
    })
    bar.append(handle)
    handle.addEventListener("click", () => menu && button === handle ? close(true) : open(handle))
    handle.addEventListener("keydown", event => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
      event.preventDefault()
      open(handle, event.key === "ArrowUp")
    })
  }

  // ---- 札のそとで

  document.addEventListener("keydown", event => {
    if (event.key !== "Escape" || !shown) return
    const { math } = shown
    if (card.contains(document.activeElement)) math.focus()
    hide()
  })
  document.addEventListener("pointerdown", event => {
    if (shown && !shown.math.contains(event.target) && !card.contains(event.target)) hide()
    if (menu && !menu.contains(event.target) && !button.contains(event.target)) close()
  })
  document.addEventListener("focusin", event => {
    if (shown && !shown.math.contains(event.target) && !card.contains(event.target)) hide()
    if (menu && !menu.contains(event.target) && event.target !== button) close()
  })
  addEventListener("resize", hide)

  document.body.append(status, hint)

  // ---- ページに着くたびに

  async function arrive() {
    hide()
    close()
    names = [...document.querySelectorAll(".symbols .symbol")]
    const alive = math => names.length && math.querySelector("[data-s]")
    ;[...document.querySelectorAll(".formula-math")].filter(alive).forEach(enliven)
    document.querySelectorAll("div.formula").forEach(equip)
    for (const [place, file] of Object.entries(TOOLS)) {
      if (document.querySelector(place)) (await import(new URL(file, HOME))).start(document)
    }
  }
  document$.subscribe(arrive)         // テーマが、読みこんだときと、ページを入れかえたときに知らせる
})()
