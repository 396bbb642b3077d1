// 選んで引く表。選んだ値の番号から、ビルドのときに求めてある文を引く。

import { keep } from "./state.mjs"

export function start(root) {
  for (const box of root.querySelectorAll(".choices:not([data-live])")) enliven(box)
}

function enliven(box) {
  box.dataset.live = ""
  const texts = JSON.parse(box.dataset.texts), say = box.querySelector(".choices-say")
  const fields = [...box.querySelectorAll("select")]
  const starts = fields.map(field => field.value)
  const key = field => `${box.id}.${field.name}`

  function draw() {
    const place = fields.reduce((sum, field) => sum * field.length + field.selectedIndex, 0)
    const lines = texts[place].map(line => Object.assign(document.createElement("p"), { textContent: line }))
    say.replaceChildren(...lines)
  }

  const remember = () => keep(fields.map((field, k) => [key(field), field.value, starts[k]]))

  const asked = new URL(location.href).searchParams
  for (const field of fields) {
    const wanted = [...field.options].findIndex(option => option.value === asked.get(key(field)))
    if (wanted >= 0) field.selectedIndex = wanted
  }
  box.addEventListener("change", () => { draw(); remember() })
  draw()
}
