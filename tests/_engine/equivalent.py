"""照合を通ってしまう変異と、その理由。どれも、もとの式と同じ意味か、成り立つ別の主張である。

(ラベル, 書きかえ方) から (個数, 理由)。ここにない変異が通れば、検査に穴がある。
"""

INNER = "縦ベクトルを並べた積は内積なので、転置がなくても同じ"
SQUARE = "差は 2 乗されるので、引く順によらない"
DOTS = "\\vdots の前の成分を一つ減らしても、同じ並びになる"
CHAIN = "二つの変数は同じだけ動くので、傾きも同じ"
SAME_FUNCTION = "H と ReLU′ は、どちらも正で 1、それ以外で 0 の同じ関数"
BITS = "0 と 1 の入力を残らず調べて、同じ真理値表になる"
ZERO = "ReLU も H も ReLU′ も 0 では 0 なので、引いても足しても、なくても同じ"
WEAKER = "x が負のときもっと大きい端になり、ゆるいが成り立つ"

EQUIVALENT = {
    ("activation.index.affine", "転置を落とす"): (1, INNER),
    ("activation.relu:away_from_zero", "文字"): (1, SAME_FUNCTION),
    ("activation.relu:secant", "文字"): (2, ZERO),
    ("activation.relu:secant", "符号"): (1, ZERO),
    ("activation.relu:secant", "項を落とす"): (1, ZERO),
    ("activation.sigmoid:quarter", "差の入れかえ"): (1, SQUARE),
    ("activation.sigmoid:tail", "絶対値を落とす"): (1, WEAKER),
    ("activation.step.error", "差の入れかえ"): (1, SQUARE),
    ("activation.step.fires", "転置を落とす"): (1, INNER),
    ("activation.step.straight_through", "転置を落とす"): (1, INNER),
    ("activation.tanh:derivation", "差の入れかえ"): (1, SQUARE),
    ("learning.autodiff.directional", "転置を落とす"): (1, INNER),
    ("learning.backprop", "文字"): (2, CHAIN),
    ("learning.backprop.delta", "文字"): (1, CHAIN),
    ("learning.backprop.error", "差の入れかえ"): (1, SQUARE),
    ("learning.backprop.loss", "差の入れかえ"): (1, SQUARE),
    ("learning.backprop.neuron_gradients", "文字"): (3, CHAIN),
    ("learning.backprop.output", "転置を落とす"): (1, INNER),
    ("learning.backprop.preactivation", "転置を落とす"): (1, INNER),
    ("learning.batch.losses", "差の入れかえ"): (1, SQUARE),
    ("learning.gradient_descent.delta_rule", "転置を落とす"): (1, INNER),
    ("learning.gradient_descent.gradient", "成分を落とす"): (1, DOTS),
    ("learning.gradient_descent.mse", "差の入れかえ"): (1, SQUARE),
    ("learning.gradient_descent.perceptron_criterion", "転置を落とす"): (1, INNER),
    ("learning.gradient_descent:steepest", "転置を落とす"): (1, INNER),
    ("neuron.bias_w0.absorbed", "成分を落とす"): (1, DOTS),
    ("neuron.bias_w0.absorbed", "転置を落とす"): (1, INNER),
    ("neuron.bias_w0.augmented_pair", "成分を落とす"): (1, DOTS),
    ("neuron.bias_w0.bias_slope", "転置を落とす"): (2, INNER),
    ("neuron.bias_w0.hyperplane_distance", "転置を落とす"): (1, INNER),
    ("neuron.bias_w0.on_boundary", "転置を落とす"): (1, INNER),
    ("neuron.linear_separability.positive_side", "転置を落とす"): (1, INNER),
    ("neuron.linear_separability.score", "転置を落とす"): (1, INNER),
    ("neuron.neuron:vector", "転置を落とす"): (1, INNER),
    ("neuron.perceptron.output", "転置を落とす"): (1, INNER),
    ("neuron.perceptron:growth", "転置を落とす"): (1, INNER),
    ("neuron.perceptron:progress", "転置を落とす"): (3, INNER),
    ("neuron.perceptron:slope", "転置を落とす"): (1, INNER),
    ("neuron.vectors.broadcast_mse", "差の入れかえ"): (3, SQUARE),
    ("neuron.vectors.column", "成分を落とす"): (1, DOTS),
    ("neuron.vectors.inner", "転置を落とす"): (1, INNER),
    ("neuron.vectors.row", "成分を落とす"): (1, DOTS),
    ("neuron.vectors.safe_mse", "差の入れかえ"): (1, SQUARE),
    ("neuron.vectors.vector", "成分を落とす"): (1, DOTS),
    ("neuron.xor.and_gate", "文字"): (1, BITS),
    ("neuron.xor.correct", "文字"): (4, SAME_FUNCTION),
    ("neuron.xor.four_nands", "文字"): (7, BITS),
    ("neuron.xor.nand_gate", "文字"): (1, BITS),
    ("neuron.xor.or_gate", "文字"): (1, BITS),
    ("neuron.xor.or_gate", "項を落とす"): (1, BITS),
    ("neuron.xor.two_relus", "文字"): (2, BITS),
    ("neuron.xor.unit", "文字"): (1, SAME_FUNCTION),
    ("neuron.xor.with_product", "定数"): (1, BITS),
    ("neuron.xor.with_product", "文字"): (1, BITS),
    ("neuron.xor.with_product", "項を落とす"): (1, BITS),
    ("neuron.xor:logic", "論理"): (1, BITS),
}
