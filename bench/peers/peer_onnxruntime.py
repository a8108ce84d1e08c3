"""The model in ONNX Runtime: prediction."""

import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

tensors, nodes, value = [], [], "x"
for i, (kernel, bias) in enumerate(layers()):
    tensors += [numpy_helper.from_array(kernel, f"kernel{i}"), numpy_helper.from_array(bias, f"bias{i}")]
    nodes.append(helper.make_node("Gemm", [value, f"kernel{i}", f"bias{i}"], [f"sum{i}"]))
    last = i == len(SIZES) - 2
    nodes.append(helper.make_node("Softmax" if last else "Relu", [f"sum{i}"], [f"out{i}"]))
    value = f"out{i}"
graph = helper.make_graph(
    nodes, "model",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", SIZES[0]])],
    [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["batch", SIZES[-1]])], tensors)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = THREADS
session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def predict(batch):
    x = images("t10k")[:int(batch)]
    return per_call(lambda: session.run(None, {"x": x}))


def output(row, column):
    return session.run(None, {"x": images("t10k")[:int(row) + 1]})[0][int(row), int(column)]


serve(onnxruntime.__version__, {"predict": predict, "output": output})
