"""Small models of texts by real Keras 3, with what they predict.

    make_texts.py OUT      writes OUT/texts_*.keras and OUT/texts.json

Written for Keras 3.15.1 on TensorFlow. Vocabularies are learned from data, so that they stand in the files as assets, or given.
"""
import json
import os
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
import keras
import numpy as np
from keras import layers

OUT = sys.argv[1]
COLORS = ["red", "green", "red", "", "blue", "é", "violet", "green"]
SIZES = ["small", "large", "huge", "small", "", "large", "tiny", "large"]
EXPECTED = {}


def save(name, model, *columns):
    generator = np.random.default_rng(len(name))
    for weight in model.trainable_weights:
        weight.assign(generator.normal(size=weight.shape, scale=0.5).astype("float32"))
    texts = [np.array(c, dtype=object).reshape(-1, 1) for c in columns]
    y = model.predict([keras.ops.convert_to_tensor(t.astype(str)) for t in texts] if len(texts) > 1 else
                      keras.ops.convert_to_tensor(texts[0].astype(str)), verbose=0)
    model.save(os.path.join(OUT, f"texts_{name}.keras"))
    EXPECTED[f"texts_{name}.keras"] = dict(
        inputs={i.name: list(c) for i, c in zip(model.inputs, columns)}, y=[float(f"{v:.7g}") for v in np.asarray(y).ravel()])


def learned(data, **settings):
    lookup = layers.StringLookup(**settings)
    lookup.adapt(np.array(data, dtype=object).astype(str))
    return lookup


a = keras.Input((1,), dtype="string", name="color")
b = keras.Input((1,), dtype="string", name="size")
first = layers.Embedding(8, 3)(learned(COLORS, num_oov_indices=2, mask_token="")(a))
second = learned(SIZES[:4], output_mode="one_hot")(b)
save("two", keras.Model([a, b], layers.Dense(2)(layers.Concatenate()([layers.Flatten()(first), second]))), COLORS, SIZES)
save("given", keras.Sequential([
    keras.Input((1,), dtype="string", name="word"), layers.StringLookup(vocabulary=["red", "green"], output_mode="multi_hot"),
    layers.Dense(3)]), COLORS)
save("hashed", keras.Sequential([
    keras.Input((1,), dtype="string", name="word"), layers.Hashing(6, mask_value=""), layers.Embedding(6, 2), layers.Flatten(),
    layers.Dense(1)]), COLORS)
# Weighed by how rare they are: learned, so that the weights stand beside those of layers, and given.
rare = learned(COLORS[:7], output_mode="tf_idf", num_oov_indices=2)
save("rare", keras.Sequential([keras.Input((1,), dtype="string", name="word"), rare, layers.Dense(2)]), COLORS)
given = layers.StringLookup(vocabulary=["red", "green"], output_mode="tf_idf", idf_weights=[0.5, 2.0])
inner = keras.Sequential([keras.Input((1,), dtype="string"), learned(SIZES[:4], output_mode="tf_idf"), layers.Dense(2)])
a = keras.Input((1,), dtype="string", name="color")
b = keras.Input((1,), dtype="string", name="size")
save("rarer", keras.Model([a, b], layers.Concatenate()([layers.Dense(2)(given(a)), inner(b)])), COLORS, SIZES)
with open(os.path.join(OUT, "texts.json"), "w") as file:
    json.dump(EXPECTED, file)
