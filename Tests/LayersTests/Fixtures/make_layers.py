"""Records what layers of Keras 3 and tf-keras compute, into layers.json beside this script.

Written for Keras 3.15.1 and tf-keras 2.21 on TensorFlow: `python make_layers.py`. Each case is the layer's class and
config, the phase, inputs, weights and outputs. Augmentations are recorded in training with bounds that leave no chance.
"""
import json
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import keras
import numpy as np
import tf_keras
from keras import layers as K3
from tf_keras import layers as K2

rng = np.random.default_rng(12)
cases = []


def images(*shape, low=0.0, high=255.0):
    return np.round(rng.uniform(low, high, shape)).astype("float32")


def numbers(*shape):
    return np.round(rng.normal(size=shape), 2).astype("float32")


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (np.integer, np.floating)):
        return value.item()
    if hasattr(value, "get_config") and not isinstance(value, type):
        return plain(keras.saving.serialize_keras_object(value))
    return value


def short_number(number):
    return int(number) if number == int(number) else number


def short(config):
    """Settings without what is the same for all layers, and without what is not set."""
    if isinstance(config, list):
        return [short(v) for v in config]
    if not isinstance(config, dict):
        return config
    skipped = ["trainable", "dtype", "build_config", "registered_name", "module"]
    return {
        k: short(v)
        for k, v in config.items()
        if v is not None and k not in skipped and not k.endswith("_initializer")
    }


def tensor(array):
    array = np.asarray(array)
    flat = array.reshape(-1).tolist()
    return {"shape": list(array.shape), "data": [short_number(float(f"{x:.7g}")) for x in flat]}


def record(layer, *inputs, training=False, semantics="keras3", mask=None, tag=""):
    kwargs = {}
    if mask is not None:
        kwargs["mask"] = keras.ops.convert_to_tensor(mask)
    arrays = [keras.ops.convert_to_tensor(x) if semantics == "keras3" else x for x in inputs]
    call = arrays[0] if len(arrays) == 1 else arrays[0]
    if len(arrays) > 1:
        kwargs["initial_state"] = arrays[1:]
    # Weights are made first, so that none is 0.
    try:
        layer(call, **kwargs)
    except TypeError:
        pass
    if layer.weights:
        made = [numbers(*w.shape) * 0.5 for w in layer.weights]
        layer.set_weights(made)
    before = [w.copy() for w in layer.get_weights()]
    try:
        y = layer(call, training=training, **kwargs)
    except TypeError:
        y = layer(call, **kwargs)
    outputs = [np.asarray(v) for v in (y if isinstance(y, (list, tuple)) else [y])]
    config = plain(layer.get_config())
    if semantics == "keras2":
        config = json.loads(json.dumps(config, default=lambda v: v.get_config() if hasattr(v, "get_config") else str(v)))
    case = {
        "class_name": type(layer).__name__,
        "config": short(config),
        "semantics": semantics,
        "training": training,
        "inputs": [tensor(x) for x in inputs],
        "outputs": [tensor(v) for v in outputs],
    }
    names = [getattr(w, "path", w.name) for w in layer.weights]
    seeds = ["seed" in n for n in names]
    case["weights"] = [
        {"name": n.split("/")[-1].split(":")[0], **tensor(w)} for n, w, s in zip(names, before, seeds) if not s
    ]
    if mask is not None:
        case["mask"] = tensor(np.asarray(mask).astype("float32"))
    cases.append(case)


# Sizes of images.
for interpolation in ["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"]:
    for size in [(7, 9), (3, 2), (1, 11)]:
        record(K3.Resizing(*size, interpolation=interpolation), images(1, 5, 6, 2))
    record(K3.Resizing(3, 4, interpolation=interpolation, antialias=True), images(1, 8, 9, 1))
    record(K3.Resizing(3, 7, interpolation=interpolation, pad_to_aspect_ratio=True, fill_value=9.5), images(1, 6, 5, 1))
    record(K3.Resizing(3, 7, interpolation=interpolation, crop_to_aspect_ratio=True), images(1, 6, 5, 1))
record(K3.Resizing(5, 3, data_format="channels_first", pad_to_aspect_ratio=True), images(1, 2, 6, 7))
for interpolation in ["gaussian", "mitchellcubic", "lanczos3", "area", "bicubic"]:
    record(K2.Resizing(7, 3, interpolation=interpolation), images(1, 5, 6, 1), semantics="keras2")
for interpolation in ["bilinear", "bicubic", "lanczos3", "lanczos5"]:
    record(K3.UpSampling2D((2, 3), interpolation=interpolation), images(1, 3, 4, 1))

# Augmentations, in inference as they are and in training with bounds that leave no chance.
pictures = images(2, 4, 5, 3)
record(K3.RandomContrast((-0.5, 0.5)), pictures, training=True)
record(K3.RandomContrast((-0.25, 0.25), value_range=(20, 200)), pictures, training=True)
record(K3.RandomBrightness((0.25, 0.25)), pictures, training=True)
record(K3.RandomBrightness((-0.5, -0.5), value_range=(0, 1)), pictures / 255, training=True)
record(K3.RandomGrayscale(1.0), pictures, training=True)
record(K3.RandomGrayscale(1.0, data_format="channels_first"), images(2, 3, 4, 5), training=True)
record(K3.RandomColorDegeneration((0.4, 0.4)), pictures, training=True)
record(K3.RandomInvert((1, 1)), pictures, training=True)
record(K3.RandomInvert((1, 1), value_range=(0, 1)), pictures / 255, training=True)
record(K3.RandomPosterization((3, 3)), pictures, training=True)
record(K3.RandomPosterization((5, 5), value_range=(0, 1)), pictures / 255, training=True)
record(K3.Solarization(), pictures, training=True)
record(K3.Solarization(value_range=(0, 1)), pictures / 255, training=True)
record(K3.RandomSharpness((0.2, 0.2)), pictures, training=True)
record(K3.RandomSharpness((0.9, 0.9), data_format="channels_first"), images(2, 3, 4, 4), training=True)
for training in [False, True]:
    record(K3.AutoContrast(), pictures, training=training)
    record(K3.AutoContrast(value_range=(0, 1)), pictures / 300, training=training)
record(K3.AutoContrast(), np.full((1, 3, 3, 2), 7, "float32"))
for mode in ["reflect", "wrap", "constant", "nearest"]:
    for interpolation in ["bilinear", "nearest"]:
        same = {"fill_mode": mode, "interpolation": interpolation, "fill_value": 12.5}
        record(K3.RandomTranslation((0.3, 0.3), (-0.45, -0.45), **same), pictures, training=True)
        record(K3.RandomRotation((0.13, 0.13), **same), pictures, training=True)
        record(K3.RandomZoom((0.6, 0.6), (-0.3, -0.3), **same), pictures, training=True)
record(K3.RandomZoom((0.2, 0.2)), pictures, training=True)
record(K3.RandomTranslation((0.25, 0.25), (0.4, 0.4)), pictures, training=True)
record(K3.RandomRotation((-0.4, -0.4), data_format="channels_first"), images(1, 2, 5, 4), training=True)
for size in [(4, 5), (6, 8), (5, 3), (4, 9)]:
    record(K3.RandomCrop(*size, seed=3), images(1, 4, 5, 2), training=True)
    record(K2.RandomCrop(*size, seed=3), images(1, 4, 5, 2), semantics="keras2")
record(K3.RandomCrop(2, 3, seed=3), images(1, 4, 5, 2))
for layer in [
    K3.RandomFlip(), K3.RandomHue(0.2), K3.RandomSaturation(0.3), K3.RandomColorJitter(hue_factor=0.1), K3.MixUp(),
    K3.CutMix(), K3.RandAugment(), K3.AugMix(), K3.RandomGaussianBlur(), K3.RandomElasticTransform(),
    K3.RandomErasing(fill_value=3.0), K3.RandomPerspective(), K3.RandomShear(0.2, 0.1), K3.RandomRotation(0.1),
]:
    record(layer, images(1, 3, 3, 3))

# Layers of Keras 2.
record(K2.ThresholdedReLU(0.5), np.array([[-1, 0.5, 0.50001, 0, 3]], "float32"), semantics="keras2")
for implementation in [1, 2, 3]:
    for form in ["channels_last", "channels_first"]:
        own = {"implementation": implementation, "data_format": form}
        record(K2.LocallyConnected1D(2, 3, strides=2, **own), numbers(2, 7, 7), semantics="keras2")
        record(
            K2.LocallyConnected2D(2, (2, 3), strides=(1, 2), activation="tanh", **own), numbers(2, 4, 5, 3),
            semantics="keras2")
        if implementation > 1:
            record(K2.LocallyConnected1D(2, 3, padding="same", **own), numbers(1, 5, 4), semantics="keras2")
            record(
                K2.LocallyConnected2D(2, (2, 3), strides=2, padding="same", **own), numbers(1, 4, 5, 3),
                semantics="keras2")

# Cells, and recurrences of images.
steps = numbers(2, 5, 3)
mask = np.array([[0, 1, 1, 0, 1], [1, 1, 0, 0, 0]], bool)
for make in [
    lambda: K3.SimpleRNNCell(3), lambda: K3.LSTMCell(3, recurrent_activation="hard_sigmoid"),
    lambda: K3.GRUCell(3, reset_after=False), lambda: K3.GRUCell(2),
    lambda: [K3.LSTMCell(3), K3.GRUCell(2), K3.LSTMCell(2)],
    lambda: K3.StackedRNNCells([K3.SimpleRNNCell(3, use_bias=False)]),
]:
    record(K3.RNN(make(), return_sequences=True), steps)
    # Stacks and masks do not go together in Keras on TensorFlow.
    own = {} if isinstance(make(), (list, K3.StackedRNNCells)) else {"mask": mask}
    record(K3.RNN(make(), go_backwards=True), steps, **own)
    record(K3.RNN(make(), return_sequences=True, zero_output_for_mask=True), steps, **own)
record(K3.RNN(K3.LSTMCell(3), return_state=True), steps)
record(K3.RNN(K3.LSTMCell(3), return_state=True), steps, numbers(2, 3), numbers(2, 3))
record(K3.Bidirectional(K3.RNN(K3.GRUCell(2), return_sequences=True), merge_mode="sum"), steps)
record(K2.RNN([K2.LSTMCell(3), K2.GRUCell(2)]), steps, semantics="keras2")
record(K2.RNN(K2.LSTMCell(2, recurrent_activation="hard_sigmoid"), return_sequences=True), steps, semantics="keras2")
record(K3.ConvLSTM1D(2, 3, strides=2, return_sequences=True, return_state=True), numbers(2, 3, 7, 2))
record(K3.ConvLSTM1D(2, 2, padding="same", go_backwards=True), numbers(2, 3, 5, 1), mask=mask[:, :3])
record(K3.ConvLSTM1D(2, 2, padding="same", return_sequences=True), numbers(2, 5, 3, 1), mask=mask)
record(
    K3.ConvLSTM1D(2, 2, padding="same", return_sequences=True, zero_output_for_mask=True), numbers(2, 5, 3, 1),
    mask=mask)
record(K3.ConvLSTM2D(2, (2, 3), dilation_rate=2, use_bias=False), numbers(1, 2, 5, 6, 1))
record(
    K3.ConvLSTM2D(2, (2, 3), padding="same", recurrent_activation="hard_sigmoid", activation="relu"),
    numbers(1, 2, 3, 4, 1))
record(K3.ConvLSTM2D(1, 2, return_state=True), numbers(1, 2, 3, 3, 1), numbers(1, 2, 2, 1), numbers(1, 2, 2, 1))
record(K3.ConvLSTM3D(1, 2, return_sequences=True), numbers(1, 2, 3, 2, 3, 1))
record(K3.Bidirectional(K3.ConvLSTM1D(1, 2, padding="same")), numbers(1, 3, 4, 1))
record(K2.ConvLSTM2D(2, 2, recurrent_activation="hard_sigmoid"), numbers(1, 2, 3, 3, 1), semantics="keras2")
for inner, x in [
    (K3.Dense(3), numbers(2, 4)), (K3.Conv2D(2, 2), numbers(1, 3, 3, 2)),
    (K3.Embedding(4, 3), np.array([[0, 3, 1]], "float32")),
]:
    record(K3.SpectralNormalization(inner, power_iterations=2), x)

# Lookups.
whole = np.array([[1, 5, 42], [7, -1, 100], [42, 2000000000, -2000000000]], "int32")
for own in [{}, {"mask_value": 42}, {"salt": 1337}, {"salt": [133, 137], "mask_value": 1}]:
    for mode in ["int", "multi_hot", "count"]:
        record(K3.Hashing(7, output_mode=mode, **own), whole)
    record(K3.Hashing(6, output_mode="one_hot", **own), whole[:, :1])
    record(K3.Hashing(1 << 30, **own), whole)
for own in [
    {}, {"mask_token": -1, "oov_token": -7}, {"num_oov_indices": 3}, {"num_oov_indices": 3, "mask_token": 7},
    {"num_oov_indices": 3, "oov_method": "farmhash"}, {"num_oov_indices": 2, "oov_method": "farmhash", "salt": [5, 6]},
    {"max_tokens": 9, "pad_to_max_tokens": True, "oov_token": -9},
]:
    for mode in ["int", "multi_hot", "count", "tf_idf"]:
        idf = {"idf_weights": [0.5, 1.5, 2.25]} if mode == "tf_idf" else {}
        record(K3.IntegerLookup(vocabulary=[1, 42, 5], output_mode=mode, **own, **idf), whole)
    record(K3.IntegerLookup(vocabulary=[1, 42, 5], output_mode="one_hot", **own), whole[:, :1])
record(K3.IntegerLookup(vocabulary=[-1, 42, 5], output_mode="int"), whole)
record(K3.IntegerLookup(vocabulary=[10, 42, 5], invert=True), np.array([[0, 1, 2, 3, 4, -1]], "int32"))
record(
    K3.IntegerLookup(vocabulary=[10, 42, 5], invert=True, mask_token=0, oov_token=-5),
    np.array([[0, 1, 2, 3, 4, 5]], "int32"))
record(K3.ReLU(threshold=0.5), np.array([[0.5, 0.25, 0.75, -1]], "float32"))
record(K3.ReLU(threshold=0.5, negative_slope=0.1, max_value=0.7), np.array([[0.5, 0.25, 0.75, -1]], "float32"))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json")
with open(path, "w") as file:
    json.dump({"keras": keras.__version__, "tf_keras": tf_keras.__version__, "cases": cases}, file, separators=(",", ":"))
print(len(cases), "cases,", os.path.getsize(path), "bytes")
