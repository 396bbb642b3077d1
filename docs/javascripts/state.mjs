// 図の状態を URL に残す。開きなおすと、同じところから始まる。

// [名, いまの値, 初めの値] の並びを URL に書く。初めのままのものは消す。
export function keep(entries) {
  const url = new URL(location.href)
  for (const [name, value, start] of entries) {
    if (value === start) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  history.replaceState(history.state, "", url)
}

// 手が止まってから一度だけ act を呼ぶ関数。URL の書きかえの回数を限るブラウザがあるため。
export function resting(act) {
  let pending = 0
  return () => {
    clearTimeout(pending)
    pending = setTimeout(act, 200)
  }
}
