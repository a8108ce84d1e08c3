"""The model in PyTorch: an epoch of training, its accuracy, prediction."""

import torch
from torch import nn

torch.set_num_threads(THREADS)
torch.manual_seed(1)


def build():
    linears = [nn.Linear(a, b) for a, b in zip(SIZES, SIZES[1:])]
    modules = [module for linear in linears for module in (linear, nn.ReLU())]
    return linears, nn.Sequential(*modules[:-1])


# One model is trained; another has our weights, and predicts.
trained_layers, trained = build()
for linear in trained_layers:
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
predictor_layers, predictor = build()
for linear, (kernel, bias) in zip(predictor_layers, layers()):
    linear.weight.data = torch.from_numpy(kernel.T.copy())
    linear.bias.data = torch.from_numpy(bias)

state = {}


def loss(x, y):
    return nn.functional.cross_entropy(trained(x), y)


def prepare():
    state["x"], state["y"] = torch.from_numpy(images("train")), torch.from_numpy(labels("train"))
    state["optimizer"] = torch.optim.Adam(trained.parameters(), lr=1e-3, eps=1e-7, fused=True)
    state["loss"] = torch.compile(loss) if COMPILED else loss
    if COMPILED:  # now, or fail: it needs a C++ compiler
        state["loss"](state["x"][:BATCH], state["y"][:BATCH]).backward()


def train():
    order = torch.randperm(len(state["y"]))
    x, y = state["x"][order], state["y"][order]
    for at in range(0, len(y), BATCH):
        value = state["loss"](x[at:at + BATCH], y[at:at + BATCH])
        state["optimizer"].zero_grad()
        value.backward()
        state["optimizer"].step()


def epoch():
    if not state:
        prepare()
    return seconds(train)


def accuracy():
    with torch.no_grad():
        return (trained(torch.from_numpy(images("t10k"))).argmax(1).numpy() == labels("t10k")).mean()


def predict(batch):
    x = torch.from_numpy(images("t10k")[:int(batch)])
    with torch.inference_mode():
        return per_call(lambda: torch.softmax(predictor(x), 1))


def output(row, column):
    """One number of what our model predicts, to see that it is the same."""
    x = torch.from_numpy(images("t10k")[:int(row) + 1])
    with torch.inference_mode():
        return torch.softmax(predictor(x), 1)[int(row), int(column)]


if COMPILED:
    prepare()
serve(torch.__version__, {"epoch": epoch, "accuracy": accuracy, "predict": predict, "output": output})
