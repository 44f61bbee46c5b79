"""Models of attention with masks of their own, and of layers beside it, by real Keras 3, with what they predict.

    make_query_masks.py OUT      writes OUT/query_*.keras and OUT/query_masks.json

Written for Keras 3.15.1 on TensorFlow.
"""
import json
import os
import sys

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
import keras
import numpy as np
from keras import layers

OUT = sys.argv[1]
TOKENS = np.array([[3, 7, 0, 0, 0], [1, 2, 8, 4, 0], [5, 6, 3, 2, 1]], "int32")
EXPECTED = {"tokens": TOKENS.ravel().tolist()}


def save(name, build):
    keras.backend.clear_session()
    x = keras.Input((5,), dtype="int32", name="tokens")
    model = keras.Model(x, build(x))
    generator = np.random.default_rng(len(name))
    for weight in model.weights:
        weight.assign(generator.normal(size=weight.shape, scale=0.7).astype("float32"))
    model.save(os.path.join(OUT, f"query_{name}.keras"))
    EXPECTED[f"query_{name}.keras"] = [float(f"{v:.8g}") for v in model.predict(TOKENS, verbose=0).ravel()]


def attended(x, masks=False, **how):
    y = layers.Embedding(9, 4, mask_zero=masks)(x)
    return y, layers.MultiHeadAttention(2, 3)(y, y, **how)


def mask(x):
    return layers.Embedding(9, 3, mask_zero=True)(x)


save("explicit", lambda x: layers.Dense(2)(layers.LSTM(3)(attended(x, query_mask=x > 2)[1])))
save("keys", lambda x: layers.Dense(2)(layers.LSTM(3)(attended(x, query_mask=x > 2, key_mask=x > 1, value_mask=x > 0)[1])))
save("beside", lambda x: (lambda y, h: layers.Dense(2)(layers.GlobalMaxPooling1D()(
    layers.add([h, layers.GRU(4, return_sequences=True)(y)]))))(*attended(x, True, use_causal_mask=True)))
save("known", lambda x: layers.Dense(1)(layers.GRU(2)(attended(x, True)[1])))
with open(os.path.join(OUT, "query_masks.json"), "w") as file:
    json.dump(EXPECTED, file)
