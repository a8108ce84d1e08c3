# Writes the models pytorch-*.onnx beside this file, or in the folder given, as
# PyTorch's exporter to ONNX writes them, with inputs and what PyTorch makes of
# them. Made with PyTorch 2.14.1 of Debian and its exporter by tracing
# (dynamo=False); the other exporter needs onnxscript, which Debian lacks.
import json, pathlib, sys
import torch
from torch import nn

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
torch.manual_seed(1)


def save(name, model, shape, batch=4, dynamic=True, **options):
    model = model.eval()
    if dynamic:
        options["dynamic_axes"] = {"pixels": {0: "n"}, "probabilities": {0: "n"}}
    x = torch.randn(batch, *shape)
    torch.onnx.export(model, (torch.randn(batch, *shape),), folder / f"pytorch-{name}.onnx", dynamo=False,
                      input_names=["pixels"], output_names=["probabilities"], **options)
    with torch.no_grad():
        y = model(x)
    golden = {"input": x.flatten(1).tolist(), "output": y.tolist()}
    (folder / f"pytorch-{name}.json").write_text(json.dumps(golden) + "\n")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2, self.out = nn.Linear(6, 5), nn.Linear(5, 4), nn.Linear(4, 3)

    def forward(self, x):
        x = x.view(-1, 6)
        return self.out(torch.sigmoid(self.fc2(torch.tanh(self.fc1(x)))))


save("sequential", nn.Sequential(nn.Flatten(), nn.Linear(6, 5), nn.ReLU(), nn.Dropout(0.2), nn.Linear(5, 3), nn.Softmax(dim=1)), (2, 3))
save("module", Net(), (1, 2, 3), opset_version=13)
save("nobias", nn.Sequential(nn.Linear(6, 5, bias=False), nn.ReLU(), nn.Linear(5, 3, bias=False), nn.Softmax(dim=-1)), (6,))
save("static", nn.Sequential(nn.Flatten(), nn.Linear(6, 200), nn.Tanh(), nn.Linear(200, 3)), (1, 2, 3), batch=1, dynamic=False,
     opset_version=9, keep_initializers_as_inputs=True)
save("unfolded", nn.Sequential(nn.Linear(6, 5, bias=False), nn.ReLU(), nn.Dropout(), nn.Linear(5, 3)), (6,),
     do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE)
