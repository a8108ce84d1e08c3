"""What the peers have in common: arguments, data, and turns.

A peer is started with the folder of the data, a number of threads, a size of batch
and the model, such as 784-256-128-10: its inputs and the units of its layers. It says
"ready VERSION" once it can work. Then it reads commands, a line each, and answers each
with a number on a line, until its input ends.
"""

import os
import sys
import time

import numpy as np

FOLDER, THREADS, BATCH = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
SIZES = [int(size) for size in sys.argv[4].split("-")]


def load(name, dtype, *shape):
    return np.fromfile(os.path.join(FOLDER, name), dtype).reshape(shape)


def images(part):
    return load(part + "-images", np.uint8, -1, 784).astype(np.float32) / 255


def labels(part):
    return load(part + "-labels", np.uint8, -1).astype(np.int64)


def layers():
    """The weights that our own model has, as pairs of kernel and bias."""
    for i, (inputs, units) in enumerate(zip(SIZES, SIZES[1:])):
        yield load(f"kernel{i}", np.float32, inputs, units), load(f"bias{i}", np.float32, units)


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def per_call(work):
    """Seconds a call: the median of slices of some ms, after warming up."""
    once = seconds(work)
    calls = max(1, int(0.005 / max(once, 1e-7)))
    slices = [seconds(lambda: [work() for _ in range(calls)]) / calls for _ in range(9)]
    return float(np.median(slices[2:]))


def serve(version, commands):
    """Answers commands by functions; arguments follow the name."""
    print("ready", version, flush=True)
    for line in sys.stdin:
        name, *arguments = line.split()
        print(repr(float(commands[name](*arguments))), flush=True)
