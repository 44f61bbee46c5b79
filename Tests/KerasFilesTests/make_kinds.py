"""Small model files of the kinds that public files are of, with what Keras predicts for them.

    make_kinds.py OUT      writes OUT/kinds_*.h5, OUT/kinds_*.keras and OUT/kinds.json

Files of Keras 1 are written by hand, since it cannot be installed any more: models of tf-keras that compute the same say
what they predict. Weights are drawn from fixed seeds, so that the same numbers are made again.
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
from keras import ops

OUT = sys.argv[1]
EXPECTED = {}


def draw(model, seed):
    generator = np.random.default_rng(seed)
    model.set_weights([generator.normal(size=w.shape, scale=0.5).astype("float32") for w in model.get_weights()])


def sample(shape, seed=0, whole=0):
    generator = np.random.default_rng(seed)
    if whole:
        return generator.integers(0, whole, (2, *shape)).astype("int32")
    return generator.normal(size=(2, *shape)).astype("float32")


def expect(file, x, y):
    y = list(y.values()) if isinstance(y, dict) else y if isinstance(y, list) else [y]
    x = x if isinstance(x, list) else [x]
    EXPECTED[file] = {
        "shapes": [list(a.shape[1:]) for a in x],
        "x": [[float(v) for v in a.ravel()] for a in x],
        "y": [[float(f"{v:.6g}") for v in np.asarray(a).ravel()] for a in y],
    }


def save(model, name, x, endings=("h5", "keras"), seed=1):
    draw(model, seed)
    y = model.predict(x, verbose=0)
    for ending in endings:
        file = f"kinds_{name}.{ending}"
        model.save(os.path.join(OUT, file))
        expect(file, x if isinstance(x, (list, np.ndarray)) else [x[k] for k in sorted(x)], y)


# Operations between the layers.

X = sample((4, 6))


def operations3(x):
    o = ops
    return [
        x * 1.5, 2 - x, 1 / (x + 9), x**2, -x, abs(x), x[:, 0], x[:, 1:3, ::2], x[:, None, :, 0], x[:, -1], x[:, ::-1],
        x - np.array([1, 2, 3, 4, 5, 6], "float32"), x[:, 1:, :3] + x[:, :3, 3:], o.mean(x, axis=[1, 2], keepdims=True),
        o.max(x, -1), o.sum(x, 2), o.relu(x), o.leaky_relu(x, 0.1), o.gelu(x, approximate=False), o.elu(x, 0.5),
        o.reshape(x, (-1, 8, 3)), o.expand_dims(x, -1), o.transpose(x, [0, 2, 1]), o.concatenate([x, x * 2], axis=1),
        o.stack([x, x * 3], axis=1), o.split(x, [1, 4], axis=-1)[1], o.clip(x, -0.3, 0.5), o.softmax(x, axis=1),
        o.matmul(x, o.transpose(x, (0, 2, 1))), o.maximum(x, 0.1), o.where(x > 0, x, 0.0), o.tile(x, [1, 2, 1]),
        o.pad(x, [[0, 0], [1, 1], [0, 0]]), o.take(x, [0, 2], axis=1), o.einsum("bij,bkj->bik", x, x * 2),
        o.norm(x, axis=-1), o.max_pool(o.expand_dims(x, -1), 2), o.average_pool(x, 2, strides=1), o.cumsum(x, 1),
        o.image.resize(o.expand_dims(x, -1), (8, 12)), o.top_k(x, 2)[0], o.flip(x, 1), o.logsumexp(x, axis=-1),
        keras.activations.relu(x, negative_slope=0.1), o.one_hot(o.cast(x[:, 0] > 0, "int32"), 3), x // 2, x % 2,
    ]


def operations2(x):
    return [
        x * 1.5, 2 - x, 1 / (x + 9), x**2, -x, tf.abs(x), x[:, 0], x[:, 1:3, ::2], x[:, tf.newaxis, :, 0], x[:, -1],
        x - [1.0, 2, 3, 4, 5, 6], x // 2, x % 2, tf.multiply(2.0, x), tf.reduce_mean(x, axis=[1, 2], keepdims=True),
        tf.reduce_max(x, -1), tf.reduce_sum(x, 2), tf.nn.relu(x), tf.nn.leaky_relu(x), tf.nn.leaky_relu(x, 0.1),
        tf.nn.gelu(x), tf.nn.elu(x), tf.nn.softmax(x, axis=1), tf.reshape(x, (-1, 8, 3)), tf.expand_dims(x, -1),
        tf.squeeze(tf.expand_dims(x, 1), 1), tf.transpose(x, [0, 2, 1]), tf.concat([x, x * 2], axis=1),
        tf.stack([x, x * 3], axis=1), tf.split(x, [1, 3, 2], axis=-1)[1], tf.clip_by_value(x, -0.3, 0.5),
        tf.matmul(x, x, transpose_b=True), tf.maximum(x, 0.1), tf.where(x > 0, x, 0.0), tf.tile(x, [1, 2, 1]),
        tf.pad(x, [[0, 0], [1, 1], [0, 0]]), tf.gather(x, [0, 2], axis=1), tf.math.l2_normalize(x, axis=-1),
        tf.cast(tf.argmax(x, 1), "float32"), tf.reverse(x, [1]), tf.identity(x), tf.add_n([x, x, x]), tf.cumsum(x, 1),
        tf.one_hot(tf.cast(x[:, 0] > 0, "int32"), 3), tf.image.resize(tf.expand_dims(x, -1), (8, 12)),
        tf.nn.max_pool2d(tf.expand_dims(x, -1), 2, 2, "SAME"), tf_keras.backend.mean(x, axis=1),
        tf.reshape(x, (tf.shape(x)[0], 24)), tf.reshape(x, (tf.shape(x)[0], -1, 3)),
        tf_keras.activations.relu(x), tf.math.squared_difference(x, x * 2), tf.math.top_k(x, 2)[0],
    ]


x = keras.Input((4, 6))
save(keras.Model(x, operations3(x)), "operations3", X)
x = tf_keras.Input((4, 6))
save(tf_keras.Model(x, operations2(x)), "operations2", X, ["keras"])

# Names, mappings, activations, layers of layers.

for kit, version in ((keras, 3), (tf_keras, 2)):
    L = kit.layers
    a, z = L.Input((2,), name="a"), L.Input((3,), name="z")
    both = L.Concatenate()([L.Dense(2, name="da")(a), L.Dense(2, name="dz")(z)])
    model = kit.Model({"z": z, "a": a}, {"y": L.Dense(1, name="yy")(both), "b": L.Dense(2, name="bb")(both)})
    save(model, f"mappings{version}", {"a": sample((2,), 1), "z": sample((3,), 2)}, ["h5"] if version == 2 else ["keras"])
    if version == 2:
        x = L.Input((4,))
        model = kit.Model(x, L.Dense(2, name="c/d/e")(L.Dense(3, name="c")(L.Dense(4, name="c/d")(x))))
        save(model, "slashes2", sample((4,)), ["h5", "keras"])
    x = L.Input((5, 4))
    y = L.Dense(3, activation=L.LeakyReLU(0.2) if version == 3 else L.LeakyReLU(alpha=0.2))(x)
    y = L.Conv1D(3, 2, activation=L.PReLU())(y)
    y = L.Dense(2, activation=L.ELU(0.7))(y)
    save(kit.Model(x, y), f"activations{version}", sample((5, 4)), ["h5"] if version == 2 else ["keras"])
    inner = kit.Sequential([L.Input((4, 2)), L.Conv1D(3, 2), L.Flatten(), L.Dense(2)], name="inner")
    x = L.Input((3, 4, 2))
    save(kit.Model(x, L.GRU(2)(L.TimeDistributed(inner)(x))), f"each{version}", sample((3, 4, 2)), ["keras"])
    x = L.Input((4, 3))
    y = L.SpatialDropout1D(0.3)(L.Rescaling([1.0, 2.0, 0.5], offset=[0.0, 1.0, -1.0])(x))
    save(kit.Model(x, L.Flatten()(y)), f"rescaling{version}", sample((4, 3)), ["keras"] if version == 2 else ["h5"])


@keras.saving.register_keras_serializable("kinds")
class Block(keras.layers.Layer):
    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.norm = keras.layers.LayerNormalization()
        self.ffn = keras.Sequential([keras.layers.Dense(units), keras.layers.Dense(units, activation="relu")])
        self.att = keras.layers.MultiHeadAttention(2, 3)
        self.rnn = keras.layers.Bidirectional(keras.layers.LSTM(2, return_sequences=True))
        self.dense = [keras.layers.Dense(units), keras.layers.Dense(units)]

    def call(self, x):
        x = x + self.att(x, x)
        x = self.dense[1](self.dense[0](self.rnn(x)))
        return self.norm(self.ffn(x))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


x = keras.Input((3, 4))
save(keras.Model(x, keras.layers.Flatten()(Block()(x))), "block3", sample((3, 4)))

# How a model was compiled.

x = keras.Input((3,))
model = keras.Model(x, keras.layers.Dense(2)(x))


def mine(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred) * 3, axis=-1)


model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.01)), mine, metrics=["mae", mine])
draw(model, 1)
model.fit(sample((3,)), sample((2,)), epochs=3, verbose=0)
for ending in ("h5", "keras"):
    file = f"kinds_compiled3.{ending}"
    model.save(os.path.join(OUT, file))
    expect(file, sample((3,)), model.predict(sample((3,)), verbose=0))


def rewritten(source, target, config=lambda c: c, path=lambda p: p):
    """A copy of a .keras file with another config, or other paths of weights."""
    with zipfile.ZipFile(os.path.join(OUT, source)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["config.json"] = json.dumps(config(json.loads(members["config.json"]))).encode()
    with open("w.h5", "wb") as file:
        file.write(members["model.weights.h5"])
    with h5py.File("w.h5") as old, h5py.File("v.h5", "w") as new:
        for top in old:
            found = []
            old[top].visititems(lambda name, item: found.append((f"{top}/{name}", item)))
            for name, item in found:
                if isinstance(item, h5py.Dataset):
                    new.create_dataset(path(name), data=item[()])
    with open("v.h5", "rb") as file:
        members["model.weights.h5"] = file.read()
    os.remove("w.h5"), os.remove("v.h5")
    with zipfile.ZipFile(os.path.join(OUT, target), "w") as new:
        for name, content in members.items():
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    EXPECTED[target] = EXPECTED[source]


def packed(file):
    """The same file, smaller: Keras does not compress."""
    path = os.path.join(OUT, file)
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def windows(path):
    way, _, end = path.partition("/vars/")
    return way.replace("/", "\\") + "/vars/" + end


def without_optimizer(config):
    config["compile_config"].pop("optimizer", None)
    config["compile_config"].update(loss="mse", metrics=["mae"])
    return config


rewritten("kinds_each3.keras", "kinds_windows3.keras", path=windows)
rewritten("kinds_each2.keras", "kinds_windows2.keras", path=windows)
rewritten("kinds_compiled3.keras", "kinds_unnamed3.keras", without_optimizer)

# Keras 2 before TensorFlow 2.2, and Keras 1: the same numbers in other words.


def write_old(file, config, layers, version):
    with h5py.File(os.path.join(OUT, file), "w") as root:
        if version:
            root.attrs["keras_version"] = version.encode()
        root.attrs["model_config"] = json.dumps(config).encode()
        group = root.create_group("model_weights")
        group.attrs["layer_names"] = [name.encode() for name, _ in layers]
        for name, weights in layers:
            own = group.create_group(name)
            own.attrs["weight_names"] = [n.encode() for n, _ in weights]
            for n, value in weights:
                own.create_dataset(n, data=value)


def old2():
    L = tf_keras.layers
    model = tf_keras.Sequential([L.Embedding(7, 4, input_length=3, name="e"), L.Flatten(name="f"), L.Dense(2, name="d")])
    x = sample((3,), whole=7)
    model(x)
    draw(model, 3)
    initializer = {"class_name": "GlorotUniform", "config": {"seed": None, "dtype": "float32"}}
    uniform = {"class_name": "RandomUniform", "config": {"minval": -0.05, "maxval": 0.05, "seed": None, "dtype": "float32"}}
    zeros = {"class_name": "Zeros", "config": {"dtype": "float32"}}
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "Embedding", "config": {"name": "e", "trainable": True, "batch_input_shape": [None, 3],
         "dtype": "float32", "input_dim": 7, "output_dim": 4, "embeddings_initializer": uniform,
         "embeddings_regularizer": None, "activity_regularizer": None, "embeddings_constraint": None,
         "mask_zero": False, "input_length": 3}},
        {"class_name": "Flatten", "config": {"name": "f", "trainable": True, "dtype": "float32", "data_format": "channels_last"}},
        {"class_name": "Dense", "config": {"name": "d", "trainable": True, "dtype": "float32", "units": 2,
         "activation": "linear", "use_bias": True, "kernel_initializer": initializer, "bias_initializer": zeros,
         "kernel_regularizer": None, "bias_regularizer": None, "activity_regularizer": None,
         "kernel_constraint": None, "bias_constraint": None}}]}}
    e, k, b = model.get_weights()
    write_old("kinds_old2.h5", config,
              [("e", [("e/embeddings:0", e)]), ("f", []), ("d", [("d/kernel:0", k), ("d/bias:0", b)])], "2.2.4-tf")
    expect("kinds_old2.h5", x, model.predict(x, verbose=0))
    nested = {"class_name": "Sequential", "config": {"name": "t", "layers": [config,
        {"class_name": "Activation", "config": {"name": "a", "trainable": True, "dtype": "float32", "activation": "tanh"}}]}}
    write_old("kinds_nested2.h5", nested,
              [("s", [("e/embeddings:0", e), ("d/kernel:0", k), ("d/bias:0", b)]), ("a", [])], "2.2.4-tf")
    expect("kinds_nested2.h5", x, np.tanh(model.predict(x, verbose=0)))


def dense1(name, units, **more):
    return {"class_name": "Dense", "config": {"W_constraint": None, "b_constraint": None, "name": name,
            "activity_regularizer": None, "trainable": True, "init": "glorot_uniform", "bias": True, "input_dim": None,
            "b_regularizer": None, "W_regularizer": None, "activation": "linear", "output_dim": units, **more}}


def gates(name, weights, order, tail):
    """Keras 1 has kernel, recurrent kernel and bias of every gate by itself."""
    kernel, recurrent, bias = weights
    n = len(order)
    arrays = []
    parts = [np.split(a, n, axis=-1) for a in (kernel, recurrent, bias)]
    for gate, place in order:
        for letter, part in zip("WUb", parts):
            arrays.append((f"{name}_{letter}_{gate}{tail}", part[place]))
    return arrays


def recurrent1(units, **more):
    return {"output_dim": units, "init": "glorot_uniform", "inner_init": "orthogonal", "forget_bias_init": "one",
            "activation": "tanh", "inner_activation": "hard_sigmoid", "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01},
            "U_regularizer": None, "b_regularizer": None, "dropout_W": 0.2, "dropout_U": 0.0, "input_dim": None,
            "input_length": None, "return_sequences": True, "go_backwards": False, "stateful": False, "unroll": False,
            "consume_less": "cpu", "trainable": True, **more}


LSTM1, GRU1 = [("i", 0), ("c", 2), ("f", 1), ("o", 3)], [("z", 0), ("r", 1), ("h", 2)]


def recurrent_file():
    L = tf_keras.layers
    model = tf_keras.Sequential([
        L.Input((5, 3)), L.LSTM(4, recurrent_activation="hard_sigmoid", return_sequences=True),
        L.Bidirectional(L.GRU(3, recurrent_activation="hard_sigmoid", reset_after=False, return_sequences=True)),
        L.SimpleRNN(3), L.Dense(2)])
    draw(model, 4)
    lstm, both, simple, dense = [l.get_weights() for l in model.layers]
    gru = {"class_name": "GRU", "config": recurrent1(3, name="gru_1")}
    del gru["config"]["forget_bias_init"]
    config = {"class_name": "Sequential", "config": [
        {"class_name": "LSTM", "config": recurrent1(4, name="lstm_1", batch_input_shape=[None, 5, 3], input_dtype="float32")},
        {"class_name": "Bidirectional", "config": {"name": "b", "trainable": True, "merge_mode": "concat", "layer": gru}},
        {"class_name": "SimpleRNN", "config": {k: v for k, v in recurrent1(3, name="r", return_sequences=False).items()
                                               if k not in ("forget_bias_init", "inner_activation")}},
        dense1("d", 2)]}
    arrays = gates("f", both[:3], GRU1, ":0") + gates("g", both[3:], GRU1, ":0")
    write_old("kinds_recurrent1.h5", config, [
        ("lstm_1", gates("lstm_1", lstm, LSTM1, ":0")), ("b", arrays),
        ("r", list(zip(("r_W:0", "r_U:0", "r_b:0"), simple))), ("d", list(zip(("d_W:0", "d_b:0"), dense)))], "1.2.2")
    expect("kinds_recurrent1.h5", sample((5, 3)), model.predict(sample((5, 3)), verbose=0))


def convolution1(name, filters, rows, columns, **more):
    return {"class_name": "Convolution2D", "config": {
        "b_regularizer": None, "W_constraint": {"name": "MaxNorm", "m": 2, "axis": 0}, "b_constraint": None, "name": name,
        "activity_regularizer": None, "trainable": True, "dim_ordering": "tf", "nb_col": columns, "subsample": [1, 1],
        "init": "glorot_uniform", "bias": True, "nb_filter": filters, "border_mode": "same", "W_regularizer": None,
        "activation": "relu", "nb_row": rows, **more}}


def pictures_file():
    L = tf_keras.layers
    model = tf_keras.Sequential([
        L.Input((6, 5, 2)), L.Conv2D(3, (3, 2), padding="same", activation="relu"), L.BatchNormalization(epsilon=1e-5),
        L.MaxPooling2D(2, 2), L.Flatten(), L.Dense(2)])
    draw(model, 5)
    model.layers[1].set_weights([abs(w) for w in model.layers[1].get_weights()])
    conv, norm, _, _, dense = [l.get_weights() for l in model.layers]
    x = sample((6, 5, 2))
    y = model.predict(x, verbose=0)
    rest = [
        {"class_name": "BatchNormalization", "config": {"name": "n", "trainable": True, "mode": 0, "axis": 3,
         "momentum": 0.99, "epsilon": 1e-5, "gamma_regularizer": None, "beta_regularizer": None}},
        {"class_name": "MaxPooling2D", "config": {"name": "p", "trainable": True, "dim_ordering": "tf",
         "pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid"}},
        {"class_name": "Dropout", "config": {"p": 0.5, "trainable": True, "name": "o"}},
        {"class_name": "Flatten", "config": {"trainable": True, "name": "f"}}, dense1("d", 2)]
    first = convolution1("c", 3, 3, 2, batch_input_shape=[None, 6, 5, 2], input_dtype="float32")
    norms = list(zip(("n_gamma", "n_beta", "n_running_mean", "n_running_std"), norm))
    tail = [("p", []), ("o", []), ("f", []), ("d", [("d_W:0", dense[0]), ("d_b:0", dense[1])])]
    write_old("kinds_pictures1.h5", {"class_name": "Sequential", "config": [first] + rest},
              [("c", [("c_W:0", conv[0]), ("c_b:0", conv[1])]), ("n", norms)] + tail, "1.1.2")
    expect("kinds_pictures1.h5", x, y)
    # Theano's: channels first, and kernels turned around.
    first = convolution1("c", 3, 3, 2, dim_ordering="th", batch_input_shape=[None, 2, 6, 5], input_dtype="float32")
    rest[0]["config"]["axis"] = 1
    rest[1]["config"]["dim_ordering"] = "th"
    kernel = conv[0].transpose(3, 2, 0, 1)[:, :, ::-1, ::-1]
    flat = dense[0].reshape(3, 2, 3, 2).transpose(2, 0, 1, 3).reshape(18, 2)
    tail[-1] = ("d", [("d_W", flat), ("d_b", dense[1])])
    write_old("kinds_theano1.h5", {"class_name": "Sequential", "config": [first] + rest},
              [("c", [("c_W", kernel), ("c_b", conv[1])]), ("n", norms)] + tail, None)
    expect("kinds_theano1.h5", x.transpose(0, 3, 1, 2), y)


def merged_file():
    L = tf_keras.layers
    a, b = L.Input((3,)), L.Input((4,))
    da, db, d = L.Dense(2, activation="tanh"), L.Dense(2), L.Dense(1)
    model = tf_keras.Model([a, b], d(L.Concatenate()([da(a), db(b)])))
    draw(model, 6)
    branch = lambda name, n, f: {"class_name": "Sequential", "config": [
        dense1(name, 2, batch_input_shape=[None, n], input_dtype="float32", activation=f)]}
    merge = {"mode": "concat", "concat_axis": -1, "dot_axes": -1, "mode_type": "raw", "output_shape": None,
             "output_shape_type": "raw", "name": "m"}
    config = {"class_name": "Sequential", "config": [
        {"class_name": "Merge", "config": {**merge, "layers": [branch("da", 3, "tanh"), branch("db", 4, "linear")]}}, dense1("d", 1)]}
    named = lambda name, layer: (name, list(zip((f"{name}_W:0", f"{name}_b:0"), layer.get_weights())))
    weights = [named("da", da), named("db", db), ("m", []), named("d", d)]
    x = [sample((3,), 1), sample((4,), 2)]
    write_old("kinds_merged1.h5", config, weights, "1.2.0")
    expect("kinds_merged1.h5", x, model.predict(x, verbose=0))
    entry = lambda layer, *sources: {**layer, "name": layer["config"]["name"], "inbound_nodes": [[[s, 0, 0] for s in sources]] if sources else []}
    start = lambda name, n: {"class_name": "InputLayer", "config": {"batch_input_shape": [None, n], "input_dtype": "float32", "sparse": False, "name": name}}
    graph = {"class_name": "Model", "config": {"name": "g", "layers": [
        entry(start("ia", 3)), entry(start("ib", 4)), entry(dense1("da", 2, activation="tanh"), "ia"), entry(dense1("db", 2), "ib"),
        entry({"class_name": "Merge", "config": merge}, "da", "db"), entry(dense1("d", 1), "m")],
        "input_layers": [["ia", 0, 0], ["ib", 0, 0]], "output_layers": [["d", 0, 0]]}}
    write_old("kinds_graph1.h5", graph, [("ia", []), ("ib", [])] + weights, "1.2.0")
    expect("kinds_graph1.h5", x, model.predict(x, verbose=0))


old2()
recurrent_file()
pictures_file()
merged_file()
for file in sorted(os.listdir(OUT)):
    if file.startswith("kinds_") and file.endswith(".keras"):
        packed(file)
with open(os.path.join(OUT, "kinds.json"), "w") as file:
    json.dump(EXPECTED, file, indent=None, sort_keys=True)
