# Writes pytorch-*.safetensors and weights.json beside this file, or in the folder
# given: the state of a network of PyTorch (2.14.1 of Debian), saved with the
# safetensors package (0.8.0) in the types of numbers that there are, and what it
# makes of some inputs.
import json, pathlib, sys
import torch
from safetensors.torch import save_file

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
torch.manual_seed(1)
net = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3), torch.nn.Softmax(1))
x = torch.randn(4, 6)
golden = {"input": x.tolist(), "output": {}}
for name, kind in {"f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}.items():
    state = {k: v.to(kind) for k, v in net.state_dict().items()}
    save_file(state, folder / f"pytorch-{name}.safetensors")
    rounded = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3), torch.nn.Softmax(1))
    rounded.load_state_dict(state)
    with torch.no_grad():
        golden["output"][name] = rounded(x).tolist()
(folder / "weights.json").write_text(json.dumps(golden) + "\n")
