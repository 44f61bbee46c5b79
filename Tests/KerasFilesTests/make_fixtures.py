"""Makes the files in Fixtures: python make_fixtures.py (needs keras 3, tf_keras, h5py).

Two small models saved by Keras itself, and variants of the first in the other ways HDF5 can say the same,
or in ways a file must not be.
"""
import json
import os
import shutil
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy as np
import tf_keras

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Fixtures")


def path(name):
    return os.path.join(HERE, name + ".h5")


def save_model(api, name):
    api.utils.set_random_seed(1)
    model = api.Sequential(
        [api.layers.Input((3,)), api.layers.Dense(4, activation="relu"), api.layers.BatchNormalization(),
         api.layers.Dense(2, activation="softmax")])
    model.compile(api.optimizers.SGD(0.01, momentum=0.9), "sparse_categorical_crossentropy")
    x = np.linspace(-1, 1, 18, dtype="float32").reshape(6, 3)
    model.fit(x, np.arange(6) % 2, batch_size=3, epochs=2, verbose=0)
    # Saving .h5 takes the optimizer out of what Keras 3 saves afterwards.
    model.save(os.path.join(HERE, name + ".keras"))
    model.save_weights(os.path.join(HERE, name + ".weights.h5"))
    model.save(path(name))


def save_open(api, suffix):
    """Models with axes of unknown length, and what they give for inputs of two lengths."""
    L = api.layers
    api.utils.set_random_seed(2)
    text = api.Sequential(
        [L.Input((None,), dtype="int32", name="tokens"), L.Embedding(20, 6, mask_zero=True, name="embedding"),
         L.LSTM(5, return_sequences=True, name="lstm"), L.GlobalAveragePooling1D(name="pool"),
         L.Dense(3, activation="softmax", name="kind")], name="text")
    image = api.Sequential(
        [L.Input((None, None, 2), name="image"), L.Conv2D(4, 3, padding="same", activation="relu", name="conv"),
         L.MaxPooling2D(name="max"), L.GlobalAveragePooling2D(name="mean"), L.Dense(2, name="out")], name="image")
    steps = api.Input((None, 3), name="steps")
    h = L.Conv1D(4, 2, padding="causal", name="causal")(steps)
    h = L.LayerNormalization(name="norm")(h)
    h = L.Add(name="sum")([h, L.Dense(4, name="gate")(steps)])
    each = api.Model(steps, L.Dense(2, name="out")(h), name="each")
    random = np.random.default_rng(3)

    def whole(length):
        x = random.integers(1, 20, (4, length))
        x[0, length // 2:] = 0
        return x.astype("int32")

    cases = [(text, [whole(5), whole(9)]),
             (image, [random.normal(size=(2, n, n + 1, 2)).astype("float32") for n in (6, 11)]),
             (each, [random.normal(size=(3, n, 3)).astype("float32") for n in (4, 7)])]
    expected = {}
    for model, inputs in cases:
        model.compile(api.optimizers.SGD(0.1), "sparse_categorical_crossentropy" if model is text else "mse")
        name = f"open_{model.name}{suffix}"
        if suffix:
            model.save(os.path.join(HERE, name + ".h5"))
        else:
            model.save(os.path.join(HERE, name + ".keras"))
        expected[model.name] = [
            {"shape": list(x.shape), "x": x.ravel().tolist(), "out": list(y.shape), "y": y.ravel().tolist()}
            for x in inputs for y in [model.predict(x, verbose=0)]]
    with open(os.path.join(HERE, f"open{suffix}.json"), "w") as file:
        json.dump(expected, file)


def rewrite(name, change, source="keras3"):
    """Copies a file and replaces every dataset and attribute by what `change(kind, value)` makes of it."""
    shutil.copy(path(source), path("tmp"))
    with h5py.File(path("tmp")) as old, h5py.File(path(name), "w") as new:
        def attributes(of, to):
            for key in of.attrs:
                value = of.attrs[key]
                if isinstance(value, str):
                    value = value.encode()
                change.attribute(to, key, value)

        def visit(key, item):
            if isinstance(item, h5py.Group):
                attributes(item, new.require_group(key))
            else:
                change.dataset(new, key, item[()])

        attributes(old, new)
        old.visititems(visit)
    os.remove(path("tmp"))


def deflate(name, source):
    """The same members, compressed, with a folder and a member of another program's between them."""
    with zipfile.ZipFile(os.path.join(HERE, source + ".keras")) as old:
        with zipfile.ZipFile(os.path.join(HERE, name + ".keras"), "w", zipfile.ZIP_DEFLATED) as new:
            new.writestr("assets/", "")
            for member in reversed(old.namelist()):
                new.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), old.read(member), zipfile.ZIP_DEFLATED)
            new.writestr("assets/notes.txt", "not Keras's")


class Same:
    def attribute(self, to, key, value):
        to.attrs[key] = value

    def dataset(self, to, key, value):
        to.create_dataset(key, data=value)


class Compressed(Same):
    def dataset(self, to, key, value):
        if value.ndim > 1:
            to.create_dataset(key, data=value, chunks=True, compression="gzip", shuffle=True, fletcher32=True)
        else:
            super().dataset(to, key, value)


class OfType(Same):
    def __init__(self, floats, integers="int64"):
        self.floats, self.integers = floats, integers

    def dataset(self, to, key, value):
        wanted = self.floats if value.dtype.kind == "f" else self.integers
        to.create_dataset(key, data=value.astype(wanted))


class FixedStrings(Same):
    def attribute(self, to, key, value):
        value = np.asarray(value)
        if value.dtype.kind == "O":
            value = value.astype("S")
        to.attrs.create(key, value, dtype=value.dtype)


class SplitNames(Same):
    def attribute(self, to, key, value):
        if key.endswith("_names") and len(value):
            for index, part in enumerate(np.array_split(value.astype("S"), 2)):
                to.attrs[f"{key}{index}"] = part
        else:
            super().attribute(to, key, value)


def minimal(name, make):
    """A file of weights with one layer `a` whose one weight `w` is what `make(group)` puts there."""
    with h5py.File(path(name), "w") as file:
        file.attrs["layer_names"] = [b"a"]
        group = file.create_group("a")
        group.attrs["weight_names"] = [b"w"]
        make(group)


def huge(group):
    group.create_dataset("w", shape=(1 << 20, 1 << 20), chunks=(16, 16), dtype="f4")


def overflowing(group):
    group.create_dataset("w", shape=(1 << 40, 1 << 40), chunks=(1, 1), dtype="f4")


def virtual(group):
    layout = h5py.VirtualLayout(shape=(3,), dtype="f4")
    layout[:] = h5py.VirtualSource("keras3.h5", "x", shape=(3,))
    group.create_virtual_dataset("w", layout)


def external_data(group):
    group.create_dataset("w", shape=(3,), dtype="f4", external=[("other.bin", 0, 12)])


def circle(group):
    group["w"] = h5py.SoftLink("/a/w")


if __name__ == "__main__":
    os.makedirs(HERE, exist_ok=True)
    save_model(keras, "keras3")
    save_model(tf_keras, "keras2")
    save_open(keras, "")
    save_open(tf_keras, "_2")
    deflate("deflated", "keras3")
    rewrite("compressed", Compressed())
    rewrite("big_endian", OfType(">f4", ">i8"))
    rewrite("double", OfType("f8", "i4"))
    rewrite("fixed_strings", FixedStrings())
    rewrite("split_names", SplitNames())
    with h5py.File(path("keras3")) as old, h5py.File(path("weights_only"), "w") as new:
        for key in old["model_weights"]:
            old.copy(f"model_weights/{key}", new)
        for key, value in old["model_weights"].attrs.items():
            new.attrs[key] = value
    rewrite("half", OfType("f2"), source="weights_only")
    minimal("bad_huge", huge)
    minimal("bad_overflow", overflowing)
    minimal("bad_virtual", virtual)
    minimal("bad_external_data", external_data)
    minimal("bad_circle", circle)
    minimal("bad_external_link", lambda g: g.__setitem__("w", h5py.ExternalLink("keras3.h5", "/x")))
    minimal("bad_group", lambda g: g.create_group("w"))
    minimal("bad_text", lambda g: g.create_dataset("w", data=b"text"))
    # bad_index.h5 is not made here: the fuzzer found it, a header that says its links are kept apart.
    minimal("bad_missing", lambda g: None)
