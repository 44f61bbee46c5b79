"""Records what Keras 3 makes of texts, into texts.json beside this script.

Written for Keras 3.15.1 on TensorFlow: `python make_texts.py`. Each case is a layer's class and config, and what it makes of the
texts.
"""
import json
import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
import numpy as np
from keras import layers

LONG = ["x" * n + "y" for n in [3, 7, 15, 16, 31, 32, 63, 64, 127, 128, 200]]
TEXTS = [["red", "green", ""], ["Blue", "é", "e\u0301"], ["[UNK]", "red", "red"], LONG[:3], LONG[3:6], LONG[6:9], ["a b", "red ", "猫"]]
cases = []


def record(layer, texts=TEXTS):
    y = np.asarray(layer(np.array(texts, dtype=object)), dtype="float64")
    config = {k: v for k, v in layer.get_config().items() if v is not None and k not in ["trainable", "dtype", "name"]}
    cases.append(
        dict(layer=type(layer).__name__, config=config, texts=texts, shape=list(y.shape), y=[round(v, 6) for v in y.ravel().tolist()]))


words = ["red", "green", "é", "猫"]
for own in [
    {}, {"mask_token": ""}, {"mask_token": "[MASK]", "oov_token": "?"}, {"num_oov_indices": 3}, {"num_oov_indices": 4, "mask_token": ""},
    {"num_oov_indices": 1000000, "salt": [5, 6]}, {"max_tokens": 9, "pad_to_max_tokens": True},
]:
    for mode in ["int", "multi_hot", "count", "tf_idf"]:
        if own.get("num_oov_indices", 0) > 9 and mode != "int":
            continue
        idf = {"idf_weights": [0.5, 1.5, 2.25, 3.0]} if mode == "tf_idf" else {}
        record(layers.StringLookup(vocabulary=words, output_mode=mode, **own, **idf))
record(layers.StringLookup(vocabulary=["[UNK]"] + words, output_mode="one_hot"), [[t] for t in ["red", "x", "[UNK]"]])
record(layers.StringLookup(vocabulary=["", "[UNK]"] + words, mask_token=""))
record(layers.StringLookup(vocabulary=["[UNK]"] + words, output_mode="tf_idf", idf_weights=[9.0, 0.5, 1.5, 2.25, 3.0]))
record(layers.StringLookup(vocabulary=words, num_oov_indices=0), [["red", "é", "猫"]])
for own in [{}, {"mask_value": "red"}, {"salt": 1337}, {"salt": [133, 137], "mask_value": ""}]:
    record(layers.Hashing(1 << 30, **own), TEXTS + [LONG[8:]])
    record(layers.Hashing(5, output_mode="multi_hot", **own))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "texts.json")
with open(path, "w") as file:
    json.dump({"cases": cases}, file, separators=(",", ":"), ensure_ascii=True)
print(len(cases), "cases,", os.path.getsize(path), "bytes")
