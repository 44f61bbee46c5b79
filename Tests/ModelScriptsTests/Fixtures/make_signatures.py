#!/usr/bin/env python3
"""Writes keras_signatures.txt: how the functions of keras.ops are called, one a line.

usage: make_signatures.py > keras_signatures.txt, with Keras 3.15.1
"""
import inspect

import keras


def spelled(parameter):
    name = "*" + parameter.name if parameter.kind is parameter.VAR_POSITIONAL else parameter.name
    return name if parameter.default is parameter.empty else f"{name}={parameter.default!r}"


for name in sorted(vars(keras.ops)):
    function = getattr(keras.ops, name)
    if inspect.isfunction(function) and not name.startswith("_"):
        print(f"{name}({', '.join(spelled(p) for p in inspect.signature(function).parameters.values())})")
