"""More small model files of the kinds that public files are of, with what Keras predicts for them.

    make_kinds_more.py OUT      writes OUT/kinds_*.h5, OUT/kinds_*.keras and OUT/kinds_more.json

Weights are drawn from fixed seeds, so that the same numbers are made again.
"""

import json
import os
import sys
import zipfile

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")

import h5py
import keras
import numpy as np
import tensorflow as tf
import tf_keras
from keras import layers, ops
from tf_keras.src.engine.base_layer import TensorFlowOpLayer

OUT = sys.argv[1]
EXPECTED = {}


def draw(model, seed=1):
    generator = np.random.default_rng(seed)
    for weight in model.weights:
        numbers = np.array(weight)
        if numbers.ndim and numbers.dtype.kind != "i":
            weight.assign(generator.normal(size=numbers.shape, scale=0.5).astype("float32"))


def sample(shape, seed=0, whole=0):
    generator = np.random.default_rng(seed)
    if whole:
        return generator.integers(0, whole, (2, *shape)).astype("int32")
    return generator.normal(size=(2, *shape)).astype("float32")


def save(model, name, x, endings=("h5", "keras"), drawn=True):
    if drawn:
        draw(model)
    x = x if isinstance(x, list) else [x]
    given = dict(zip(sorted(model.input), x)) if isinstance(model.input, dict) else x if len(x) > 1 else x[0]
    y = model.predict(given, verbose=0)
    y = list(y.values()) if isinstance(y, dict) else y if isinstance(y, list) else [y]
    for ending in endings:
        file = f"kinds_{name}.{ending}"
        model.save(os.path.join(OUT, file))
        EXPECTED[file] = {
            "shapes": [list(a.shape[1:]) for a in x],
            "x": [[float(v) for v in a.ravel()] for a in x],
            "y": [[float(f"{v:.7g}") for v in np.asarray(a).astype("float32").ravel()] for a in y],
        }


# Masks of one's own, and the order in which attention takes masks away.


def own_masks3():
    x, y = keras.Input((4, 3)), keras.Input((5, 3))
    m, n = keras.Input((4, 5)), keras.Input((4,), dtype="int32")
    attention = [layers.MultiHeadAttention(2, 3) for _ in range(3)]
    embedded = layers.Embedding(5, 3, mask_zero=True)(n)
    return keras.Model([x, y, m, n], [
        attention[0](x, y, attention_mask=m > 0.1),
        attention[1](x, y, attention_mask=ops.logical_and(m < 1, m > -1)),
        attention[2](x, y, value_mask=ops.any(y > 0, axis=-1)),
        layers.LSTM(2)(x, mask=ops.not_equal(n, 3)), layers.LSTM(2)(embedded),
    ])  # fmt: skip


def order3(attends_first):
    x = keras.Input((5,), dtype="int32")
    embedded = layers.Embedding(5, 3, mask_zero=True)(x)
    a = layers.LSTM(3, return_sequences=True)(embedded)
    b = layers.Add()([a, a])
    makers = [lambda: layers.Attention()([a, b]), lambda: layers.MultiHeadAttention(2, 2)(a, b)]
    made = [make() for make in (makers if attends_first else makers[::-1])]
    return keras.Model(x, made)


save(own_masks3(), "own_masks3", [sample((4, 3)), sample((5, 3), 1), sample((4, 5), 2), sample((4,), 3, 5)], ["keras"])
words = np.array([[1, 2, 0, 3, 0], [4, 1, 1, 0, 0]], "int32")
save(order3(True), "order3", words, ["keras"])
save(order3(False), "other_order3", words, ["keras"])

# Numbers of two bytes, additions of low rank, vocabularies beside the weights.

x = keras.Input((3,))
half = layers.Dense(4, dtype="bfloat16")
model = keras.Model(x, half(x))
draw(model)
# Numbers of few digits, of which no sum is rounded.
model.set_weights([np.round(2 * np.array(w).astype("float32")) / 2 for w in model.weights])
save(model, "bfloat3", np.array([[1, 2, 4], [0.5, -1, 2]], "float32"), ["keras"], drawn=False)

x = keras.Input((3,))
dense = layers.Dense(4)
model = keras.Model(x, layers.Dense(2)(dense(x)))
dense.enable_lora(2)
save(model, "low_rank3", sample((3,)))
# What is stored is the sum: the file says what is to come out.
for file in ("kinds_low_rank3.h5", "kinds_low_rank3.keras"):
    y = keras.models.load_model(os.path.join(OUT, file)).predict(sample((3,)), verbose=0)
    EXPECTED[file]["y"] = [[float(f"{v:.7g}") for v in y.ravel()]]

lookups = [layers.IntegerLookup(output_mode="multi_hot"), layers.IntegerLookup(num_oov_indices=2), layers.IntegerLookup()]
for number, lookup in enumerate(lookups):
    lookup.adapt(np.array([5, 5, 5, 7, 7, 2 + number]))
inner = keras.Sequential([keras.Input((3,), dtype="int64"), lookups[2], layers.Embedding(6, 2), layers.Flatten()])
x = keras.Input((3,), dtype="int64")
model = keras.Model(x, [lookups[0](x), layers.Embedding(7, 2)(lookups[1](x)), inner(x)])
save(model, "vocabulary3", np.array([[5, 7, 2], [3, 4, 9]], "int32"), ["keras"])

# Mappings, in a model within another one, too.

a, b = keras.Input((3,), name="z"), keras.Input((3,), name="a")
sum_ = layers.Add()([a, layers.Dense(3)(b)])
inner = keras.Model({"z": a, "a": b}, {"y": layers.Dense(2)(sum_), "b": layers.Dense(1)(sum_)}, name="inner")
x, y = keras.Input((3,)), keras.Input((3,))
given = inner({"z": x, "a": y})
model = keras.Model([x, y], [layers.Dense(2)(given["b"]), given["y"]])
save(model, "inner_mapping3", [sample((3,)), sample((3,), 1)], ["keras"])
a, b = keras.Input((3,), name="z"), keras.Input((2,), name="a")
both = layers.Concatenate()([layers.Dense(2)(a), b])
model = keras.Model({"z": a, "a": b}, {"y": layers.Dense(1)(both), "b": layers.Dense(2)(both)})
save(model, "two_mappings3", [sample((2,)), sample((3,), 1)])

# The hard_sigmoid of Keras 2.

old = tf_keras.layers
x = tf_keras.Input((4, 3))
h = old.Bidirectional(old.LSTM(2, recurrent_activation="hard_sigmoid", return_sequences=True))(x)
h = old.RNN([old.GRUCell(3, recurrent_activation="hard_sigmoid")], return_sequences=True)(h)
h = old.GRU(3, activation="hard_sigmoid", recurrent_activation="hard_sigmoid", return_sequences=True)(h)
h = old.TimeDistributed(old.Dense(3, activation="hard_sigmoid"))(h)
save(tf_keras.Model(x, old.Activation("hard_sigmoid")(h)), "hard2", 3 * sample((4, 3)))


# Nodes of graphs, as tf.keras 2.0 to 2.3 recorded them.


def node(operation, inputs, constants=None, several=False, **attributes):
    """A layer of one node: values in the order of its operands, None where a constant is."""
    places = iter(range(len(inputs)))
    definition = {
        "name": operation, "op": operation, "input": [f"x{next(places)}" for _ in inputs], "attr": attributes,
    }  # fmt: skip
    given = [value for value in inputs if value is not None]
    return TensorFlowOpLayer(definition, operation, constants=constants or {})(given if len(given) > 1 or several else given[0])


FLOAT, INT = {"T": {"type": "DT_FLOAT"}}, {"type": "DT_INT32"}


def nodes2():
    x = tf_keras.Input((4, 6))
    h = tf_keras.layers.Dense(6)(x)
    whole = {i: np.array(v, "int32") for i, v in {1: [0, 1, 0], 2: [0, 3, 0], 3: [1, 1, 2]}.items()}
    masks = {"begin_mask": {"i": "5"}, "end_mask": {"i": "5"}}
    slices = {f"{name}_mask": {"i": "0"} for name in ("ellipsis", "new_axis", "shrink_axis")}
    return tf_keras.Model(x, [
        node("Mul", [h, None], {1: np.float32(1.5)}, **FLOAT), node("Sub", [None, h], {0: np.float32(2)}, **FLOAT),
        node("AddV2", [h, x], **FLOAT), node("Tanh", [h], **FLOAT), node("LeakyRelu", [h], alpha={"f": 0.3}, **FLOAT),
        node("Mean", [h, None], {1: np.array([1], "int32")}, keep_dims={"b": True}, Tidx=INT, **FLOAT),
        node("Reshape", [h, None], {1: np.array([-1, 8, 3], "int32")}, Tshape=INT, **FLOAT),
        node("ConcatV2", [h, x, None], {2: np.int32(-1)}, N={"i": "2"}, Tidx=INT, **FLOAT),
        node("StridedSlice", [h, None, None, None], whole, Index=INT, **masks, **slices, **FLOAT),
        node("BatchMatMulV2", [h, x], adj_x={"b": False}, adj_y={"b": True}, **FLOAT),
        node("Transpose", [h, None], {1: np.array([0, 2, 1], "int32")}, Tperm=INT, **FLOAT),
        node("Squeeze", [node("ExpandDims", [h, None], {1: np.int32(1)}, Tdim=INT, **FLOAT)], squeeze_dims={"list": {"i": ["1"]}}, **FLOAT),
        node("Softmax", [h], **FLOAT), node("SquaredDifference", [h, x], **FLOAT), node("Pack", [h, x], N={"i": "2"}, axis={"i": "1"}, **FLOAT),
        node("Maximum", [h, None], {1: np.float32(0.1)}, **FLOAT),
    ])  # fmt: skip


save(nodes2(), "nodes2", sample((4, 6)), ["h5"])

# Products, differences and shapes that Keras 3 has other words for.

x = tf_keras.Input((4, 6))
h = old.Dense(6)(x)
model = tf_keras.Model(x, [
    tf.matmul(h, x, transpose_b=True), tf.matmul(h, x, transpose_a=True), tf.math.squared_difference(h, x),
    tf.reshape(h, [tf.shape(h)[0], -1, 3]), tf.reshape(h, [tf.shape(h)[0], 12, 2]),
    old.Dense(2)(tf.matmul(h, h, transpose_a=True, transpose_b=False)),
])  # fmt: skip
save(model, "words2", sample((4, 6)))

# Layers of Keras 1 that went with it, and models whose values are merged.


def write_old(file, config, weights, version):
    with h5py.File(os.path.join(OUT, file), "w") as root:
        root.attrs["keras_version"] = version.encode()
        root.attrs["model_config"] = json.dumps(config).encode()
        group = root.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name in weights]
        for name, arrays in weights.items():
            own = group.create_group(name)
            names = [f"{name}_{place}:0" for place in range(len(arrays))]
            own.attrs["weight_names"] = [n.encode() for n in names]
            for n, array in zip(names, arrays):
                own.create_dataset(n, data=array)


def expect_old(file, x, y):
    EXPECTED[file] = {
        "shapes": [list(a.shape[1:]) for a in x], "x": [[float(v) for v in a.ravel()] for a in x],
        "y": [[float(f"{v:.7g}") for v in y.ravel()]],
    }  # fmt: skip


def layer1(class_name, name, **settings):
    common = {"name": name, "trainable": True, "init": "glorot_uniform", "W_regularizer": None, "b_regularizer": None}
    return {"class_name": class_name, "config": {**common, "bias": True, "input_dim": None, **settings}}


numbers = np.random.default_rng(7)
some = lambda *shape: numbers.normal(size=shape, scale=0.5).astype("float32")
first, biases, matrix, carry, bias, carried = some(3, 5, 4), some(3, 4), some(4, 4), some(4, 4), some(4), some(4)
last, shift = some(4, 2), some(2)
for file, version, arrays in [
    ("kinds_highway1.h5", "1.2.2", [matrix, carry, bias, carried]), ("kinds_other_highway1.h5", "1.1.0", [matrix, bias, carry, carried]),
]:  # fmt: skip
    activation = "tanh" if version == "1.2.2" else "hard_sigmoid"
    config = {"class_name": "Sequential", "config": [
        layer1("MaxoutDense", "maxout", nb_feature=3, output_dim=4, batch_input_shape=[None, 5], input_dtype="float32"),
        layer1("Highway", "highway", transform_bias=-2, activation=activation),
        layer1("Dense", "dense", output_dim=2, activation="linear"),
    ]}  # fmt: skip
    write_old(file, config, {"maxout": [first, biases], "highway": arrays, "dense": [last, shift]}, version)
    x = sample((5,))
    h = (np.einsum("bi,fio->bfo", x, first) + biases).max(1)
    t = 1 / (1 + np.exp(-(h @ carry + carried)))
    act = np.tanh if version == "1.2.2" else lambda v: np.clip(0.2 * v + 0.5, 0, 1)
    expect_old(file, [x], (t * act(h @ matrix + bias) + (1 - t) * h) @ last + shift)


def branch1(name, kernel):
    dense = layer1("Dense", name, output_dim=3, activation="tanh")
    start = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 5], "input_dtype": "float32", "sparse": False, "name": name + "_in"}}
    return {"class_name": "Model", "config": {
        "name": name + "_model", "input_layers": [[name + "_in", 0, 0]], "output_layers": [[name, 0, 0]],
        "layers": [{**start, "name": name + "_in", "inbound_nodes": []}, {**dense, "name": name, "inbound_nodes": [[[name + "_in", 0, 0]]]}],
    }}  # fmt: skip


kernels = some(5, 3), some(5, 3), some(6, 2)
zeros = [np.zeros(k.shape[1], "float32") for k in kernels]
merge = {"class_name": "Merge", "config": {"name": "merge", "mode": "concat", "concat_axis": -1, "layers": [branch1("a", 0), branch1("b", 0)]}}
config = {"class_name": "Sequential", "config": [merge, layer1("Dense", "c", output_dim=2, activation="linear")]}
write_old("kinds_models1.h5", config, {"a_in": [], "a": [kernels[0], zeros[0]], "b_in": [], "b": [kernels[1], zeros[1]], "c": [kernels[2], zeros[2]]}, "1.2.2")
x, y = sample((5,)), sample((5,), 1)
expect_old("kinds_models1.h5", [x, y], np.concatenate([np.tanh(x @ kernels[0]), np.tanh(y @ kernels[1])], 1) @ kernels[2])

# Deflated, since most of a small file is room for more.
for file in EXPECTED:
    path = os.path.join(OUT, file)
    if file.endswith(".keras"):
        with zipfile.ZipFile(path) as archive:
            members = [(item, archive.read(item)) for item in archive.infolist()]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for item, content in members:
                archive.writestr(zipfile.ZipInfo(item.filename), content, zipfile.ZIP_DEFLATED)

with open(os.path.join(OUT, "kinds_more.json"), "w") as file:
    json.dump(EXPECTED, file, separators=(",", ":"))
    file.write("\n")
