"""Makes keras_muon.json: steps of Muon by real Keras 3 that runexp repeats.

Needs keras==3.15.1 and tensorflow-cpu==2.21. Run: python make_muon.py
"""
import json
import os
import pathlib

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0", CUDA_VISIBLE_DEVICES="")
import keras
import numpy as np

SHAPES = {"net/dense/kernel": (5, 3), "net/dense/bias": (3,), "net/wide/kernel": (3, 18), "net/Embedding/embeddings": (4, 3),
          "net/conv/kernel": (2, 2, 3), "net/output_dense/kernel": (6, 6)}
CASES = [
    {}, {"nesterov": False}, {"rms_rate": None}, {"exclude_layers": ["output", "w[a-i]de/"]},
    {"exclude_embeddings": False}, {"weight_decay": None, "adam_lr_ratio": 0.5}, {"adam_weight_decay": None},
    {"ns_steps": 2, "momentum": 0.5, "muon_a": 3.0, "muon_b": -3.2, "muon_c": 1.2}, {"clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.9}, {"gradient_accumulation_steps": 2},
    {"loss_scale_factor": 4.0, "adam_beta_1": 0.8, "epsilon": 1e-3},
]


def listed(x):
    return [float(np.format_float_scientific(v, precision=7)) for v in np.asarray(x, np.float32).ravel()]


rng = np.random.default_rng(3)
START = [rng.normal(size=shape).astype("float32") for shape in SHAPES.values()]
SLOPES = [[rng.normal(size=shape).astype("float32") for shape in SHAPES.values()] for _ in range(4)]


def case(settings):
    optimizer = keras.optimizers.Muon(learning_rate=0.02, **settings)
    weights = []
    for path, values in zip(SHAPES, START):
        weight = keras.Variable(values, name=path.split("/")[-1])
        weight._path = path
        weights.append(weight)
    steps = []
    for g in SLOPES:
        optimizer.apply([keras.ops.convert_to_tensor(x) for x in g], weights)
        steps.append([round(x, 6) for w in weights for x in listed(w)])
    names = [v.path for v in optimizer.variables]
    return dict(settings=settings, steps=steps, names=names, config=optimizer.get_config())


out = pathlib.Path(__file__).with_name("keras_muon.json")
cases = [case(c) for c in CASES]
out.write_text(json.dumps(dict(keras=keras.__version__, paths=list(SHAPES), shapes=list(SHAPES.values()), start=[listed(w) for w in START],
    gradients=[[listed(x) for x in g] for g in SLOPES], cases=cases)) + "\n")
print(out, out.stat().st_size, "bytes", len(cases), "cases", cases[0]["names"])
