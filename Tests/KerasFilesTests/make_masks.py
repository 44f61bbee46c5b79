"""Makes the files masks*.* in Fixtures: python make_masks.py [FOLDER] (needs keras 3).

Functional models in which Keras 3 records how masks are computed, each as a compressed .keras file and one as .h5,
with what Keras predicts for sequences that are padded with zeros. With a folder everything goes there, every model in
both kinds of file.
"""
import json
import os
import sys
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
from keras import layers as L

HERE = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "Fixtures")
MODELS = {}


def words(name, length=6):
    return keras.Input((length,), dtype="int32", name=name)


def embedded(inputs, vocabulary=9, **settings):
    return L.Embedding(vocabulary, 4, mask_zero=True, **settings)(inputs)


def model(build):
    """A function that returns inputs and outputs."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(len(MODELS))
    MODELS[build.__name__] = keras.Model(*build(), name=build.__name__)


@model
def lstm():
    x = words("words")
    return x, L.Dense(1)(L.LSTM(3)(embedded(x)))


@model
def bidirectional():
    x = keras.Input((6,), name="words")
    y = L.Bidirectional(L.GRU(3, return_sequences=True))(L.Dropout(0.1)(embedded(x)))
    return x, L.GlobalAveragePooling1D()(L.TimeDistributed(L.Dense(3))(y))


@model
def masking():
    x = keras.Input((6, 3), name="x")
    return x, L.LSTM(2)(L.LSTM(3, return_sequences=True)(L.Masking(0.0)(x)))


@model
def pooled():
    x = keras.Input((6, 3), name="x")
    return x, L.GlobalAveragePooling1D()(L.BatchNormalization()(L.Dense(3)(L.Masking(0.0)(x))))


@model
def transformer():
    x = words("words")
    y = embedded(x)
    for _ in range(2):
        y = L.LayerNormalization()(L.Add()([y, L.MultiHeadAttention(2, 3)(y, y)]))
    return x, L.GlobalAveragePooling1D()(y)


@model
def translator():
    x, z = words("words"), words("others", 5)
    y, c = embedded(x), embedded(z)
    a, b = L.MultiHeadAttention(2, 3)(y, c), L.MultiHeadAttention(2, 3)(y, y, use_causal_mask=True)
    return [x, z], L.GlobalAveragePooling1D()(L.Add()([y, a, b]))


@model
def grouped():
    x = words("words")
    y = embedded(x)
    return x, L.GlobalAveragePooling1D()(L.GroupQueryAttention(3, 2, 1)(y, y))


@model
def attention():
    x, z = words("words"), words("others", 5)
    y, c = embedded(x), embedded(z)
    a, b = L.Attention()([y, c]), L.AdditiveAttention()([y, c])
    return [x, z], L.GlobalAveragePooling1D()(L.Concatenate()([y, a, b]))


@model
def features():
    x, z = words("words"), words("tags")
    return [x, z], L.GRU(3)(L.Concatenate()([embedded(x), embedded(z)]))


@model
def half():
    x, z = words("words"), keras.Input((6, 2), name="x")
    return [x, z], L.GRU(3)(L.Concatenate()([embedded(x), z]))


@model
def steps():
    x, z = words("words"), words("others", 5)
    return [x, z], L.GRU(3)(L.Concatenate(axis=1)([embedded(x), embedded(z)]))


@model
def half_steps():
    x, z = words("words"), keras.Input((5, 4), name="x")
    return [x, z], L.GRU(3)(L.Concatenate(axis=1)([embedded(x), z]))


@model
def added():
    x, z = words("words"), words("tags")
    return [x, z], L.GRU(3)(L.Add()([embedded(x), embedded(z)]))


@model
def product():
    x, z = words("words"), words("tags")
    y, c = embedded(x), embedded(z)
    return [x, z], L.GRU(3)(L.Subtract()([L.Multiply()([y, c]), L.Maximum()([y, c])]))


@model
def shared():
    x, z = words("words"), words("others")
    e, r = L.Embedding(9, 4, mask_zero=True), L.LSTM(3)
    return [x, z], L.Dense(1)(L.Subtract()([r(e(x)), r(e(z))]))


@model
def nested():
    x, z, inner = words("words"), words("others"), words("inner")
    encoder = keras.Model(inner, L.LSTM(3)(embedded(inner)), name="encoder")
    return [x, z], L.Dense(1)(L.Concatenate()([encoder(x), encoder(z)]))


@model
def nested_in():
    x, inner = words("words"), keras.Input((6, 4), name="inner")
    return x, keras.Model(inner, L.LSTM(3)(inner), name="encoder")(embedded(x))


@model
def nested_out():
    x, inner = words("words"), words("inner")
    encoder = keras.Model(inner, L.LSTM(3, return_sequences=True)(embedded(inner)), name="encoder")
    return x, L.LSTM(2)(encoder(x))


@model
def nested_list():
    x = words("words")
    encoder = keras.Sequential([words("inner"), L.Embedding(9, 4, mask_zero=True), L.LSTM(3)], name="encoder")
    return x, L.Dense(1)(encoder(x))


@model
def decoder():
    x, z = words("words"), words("others", 5)
    _, h, c = L.LSTM(3, return_state=True)(embedded(x))
    y = L.LSTM(3, return_sequences=True)(embedded(z), initial_state=[h, c])
    return [x, z], L.TimeDistributed(L.Dense(3, activation="softmax"))(y)


@model
def unknown():
    x = keras.Input((None,), dtype="int32", name="words")
    y = L.Bidirectional(L.LSTM(3, return_sequences=True))(embedded(x))
    return x, L.Bidirectional(L.LSTM(2))(y)


@model
def given():
    x, z = words("words"), keras.Input((6,), name="counts")
    return [x, z], L.LSTM(3)(L.Embedding(9, 4)(x), mask=z)


@model
def bad_mask():
    x = words("words")
    return x, L.LSTM(3)(embedded(x), mask=keras.ops.not_equal(x, 1))


@model
def bad_attention():
    x = words("words")
    y = L.Embedding(9, 4)(x)
    seen = keras.ops.expand_dims(keras.ops.not_equal(x, 0), 1)
    return x, L.MultiHeadAttention(2, 3)(y, y, attention_mask=seen)


@model
def bad_scale():
    x = words("words")
    return x, L.LSTM(3)(embedded(x) * 2.0)


@model
def bad_sum():
    x = words("words")
    y = embedded(x)
    return x, L.LSTM(3)(y + L.Dense(4)(y))


def batch(random, tensor):
    """Sequences padded at their ends, some in the middle too."""
    shape = [5] + [size or 7 for size in tensor.shape[1:]]
    x = random.integers(1, 9, shape) if len(shape) == 2 else random.normal(size=shape)
    if tensor.name == "counts":
        x = np.ones(shape)
    for row in range(4):
        x[row, row + 2:] = 0
    x[2, 1] = 0
    return x.astype(tensor.dtype)


def main():
    expected = {}
    random = np.random.default_rng(3)
    for name, model in MODELS.items():
        # Large weights, so that masks make a difference.
        model.set_weights([random.normal(0, 0.7, w.shape) ** (2 if "variance" in v.path else 1)
                           for v, w in zip(model.weights, model.get_weights())])
        path = os.path.join(HERE, f"masks_{name}.keras")
        model.save(path)
        with zipfile.ZipFile(path) as old:
            members = [(member, old.read(member)) for member in old.namelist()]
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for member, content in members:
                new.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
        if name == "features" or len(sys.argv) > 1:
            model.save(os.path.join(HERE, f"masks_{name}.h5"))
        if not name.startswith("bad"):
            x = [batch(random, tensor) for tensor in model.inputs]
            y = model.predict(x if len(x) > 1 else x[0], verbose=0)
            expected[name] = {
                "inputs": [{"shape": list(one.shape), "numbers": one.ravel().tolist()} for one in x],
                "output": y.ravel().tolist()}
    with open(os.path.join(HERE, "masks.json"), "w") as file:
        json.dump(expected, file)


main()
