"""The reference model in PyTorch: an epoch of training, its accuracy, prediction."""

import torch
from torch import nn

torch.set_num_threads(THREADS)
torch.manual_seed(1)

linears = [nn.Linear(a, b) for a, b in zip(SIZES, SIZES[1:])]
model = nn.Sequential(linears[0], nn.ReLU(), linears[1], nn.ReLU(), linears[2])
state = {}


def prepare_training():
    for linear in linears:
        nn.init.xavier_uniform_(linear.weight)
        nn.init.zeros_(linear.bias)
    state["x"], state["y"] = torch.from_numpy(images("train")), torch.from_numpy(labels("train"))
    state["optimizer"] = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)


def loss(x, y):
    return nn.functional.cross_entropy(model(x), y)


if COMPILED:
    loss = torch.compile(loss)


def train():
    order = torch.randperm(len(state["y"]))
    x, y = state["x"][order], state["y"][order]
    for at in range(0, len(y), BATCH):
        value = loss(x[at:at + BATCH], y[at:at + BATCH])
        state["optimizer"].zero_grad()
        value.backward()
        state["optimizer"].step()


def epoch():
    if not state:
        prepare_training()
        if COMPILED:
            loss(state["x"][:BATCH], state["y"][:BATCH]).backward()  # compiles
    return seconds(train)


def accuracy():
    with torch.no_grad():
        return (model(torch.from_numpy(images("t10k"))).argmax(1).numpy() == labels("t10k")).mean()


def prepare_prediction():
    for linear, (kernel, bias) in zip(linears, layers()):
        linear.weight.data = torch.from_numpy(kernel.T.copy())
        linear.bias.data = torch.from_numpy(bias)


def prediction(batch):
    prepare_prediction()
    return torch.from_numpy(images("t10k")[:int(batch)])


def predict(batch):
    x = prediction(batch)
    with torch.inference_mode():
        return per_call(lambda: torch.softmax(model(x), 1))


def output(row, column):
    """One number of what our model predicts, to see that it is the same."""
    with torch.inference_mode():
        return torch.softmax(model(prediction(int(row) + 1)), 1)[int(row), int(column)]


serve(torch.__version__, {"epoch": epoch, "accuracy": accuracy, "predict": predict, "output": output})
