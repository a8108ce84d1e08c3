# Writes the models *-style.onnx beside this file, or in the folder given: graphs
# as tf2onnx (which Keras uses), PyTorch's newer exporter (dynamo) and skl2onnx
# write them, with the same operators, names and ways to keep weights. Those
# programs are not in Debian: the graphs were put together here, after their
# documentation, with the onnx package (1.20), which also checks them; ONNX
# Runtime (1.23) made the outputs.
import json, pathlib, sys
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
random = np.random.default_rng(1)


def weights(*shape):
    return (random.standard_normal(shape) / 2).astype(np.float32)


def initializer(name, value):
    return numpy_helper.from_array(value, name)


def value(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def save(name, producer, ir, opsets, nodes, inputs, outputs, initializers, sample=None, external=None):
    graph = helper.make_graph(nodes, "main_graph", inputs, outputs, initializers)
    model = helper.make_model(graph, producer_name=producer, ir_version=ir,
                              opset_imports=[helper.make_opsetid(d, v) for d, v in opsets])
    path = folder / f"{name}-style.onnx"
    onnx.save_model(model, path, save_as_external_data=external is not None, location=external, size_threshold=50)
    if sample is None:
        return
    onnx.checker.check_model(path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    y = session.run(None, {inputs[0].name: sample})[0]
    golden = {"input": sample.reshape(len(sample), -1).tolist(), "output": y.tolist()}
    (folder / f"{name}-style.json").write_text(json.dumps(golden) + "\n")


# tf2onnx: MatMul and Add (BiasAdd), long names, a Reshape for Keras's Flatten.
p = "StatefulPartitionedCall/sequential"
save("keras", "tf2onnx", 8, [("", 15), ("ai.onnx.ml", 2)], [
    helper.make_node("Cast", ["flatten_input"], [f"{p}/Cast:0"], f"{p}/Cast", to=TensorProto.FLOAT),
    helper.make_node("Reshape", [f"{p}/Cast:0", "const_fold_opt__25"], [f"{p}/flatten/Reshape:0"], f"{p}/flatten/Reshape", allowzero=0),
    helper.make_node("MatMul", [f"{p}/flatten/Reshape:0", f"{p}/dense/MatMul/ReadVariableOp:0"], [f"{p}/dense/MatMul:0"], f"{p}/dense/MatMul"),
    helper.make_node("Add", [f"{p}/dense/MatMul:0", f"{p}/dense/BiasAdd/ReadVariableOp:0"], [f"{p}/dense/BiasAdd:0"], f"{p}/dense/BiasAdd"),
    helper.make_node("Relu", [f"{p}/dense/BiasAdd:0"], [f"{p}/dense/Relu:0"], f"{p}/dense/Relu"),
    helper.make_node("MatMul", [f"{p}/dense/Relu:0", f"{p}/dense_1/MatMul/ReadVariableOp:0"], [f"{p}/dense_1/MatMul:0"], f"{p}/dense_1/MatMul"),
    helper.make_node("Add", [f"{p}/dense_1/MatMul:0", f"{p}/dense_1/BiasAdd/ReadVariableOp:0"], [f"{p}/dense_1/BiasAdd:0"], f"{p}/dense_1/BiasAdd"),
    helper.make_node("Softmax", [f"{p}/dense_1/BiasAdd:0"], ["dense_1"], f"{p}/dense_1/Softmax", axis=-1),
], [value("flatten_input", ["unk__26", 2, 3])], [value("dense_1", ["unk__27", 3])], [
    initializer("const_fold_opt__25", np.array([-1, 6], np.int64)),
    initializer(f"{p}/dense/MatMul/ReadVariableOp:0", weights(6, 5)),
    initializer(f"{p}/dense/BiasAdd/ReadVariableOp:0", weights(5)),
    initializer(f"{p}/dense_1/MatMul/ReadVariableOp:0", weights(5, 3)),
    initializer(f"{p}/dense_1/BiasAdd/ReadVariableOp:0", weights(3)),
], weights(4, 2, 3))

# PyTorch's newer exporter: Gemm named node_…, weights in a file of their own.
save("dynamo", "pytorch", 10, [("", 18)], [
    helper.make_node("Reshape", ["x", "val_0"], ["view"], "node_view", allowzero=1),
    helper.make_node("Gemm", ["view", "fc1.weight", "fc1.bias"], ["linear"], "node_linear", beta=1.0, transB=1, alpha=1.0, transA=0),
    helper.make_node("Relu", ["linear"], ["relu"], "node_relu"),
    helper.make_node("Gemm", ["relu", "fc2.weight", "fc2.bias"], ["linear_1"], "node_linear_1", beta=1.0, transB=1, alpha=1.0, transA=0),
    helper.make_node("Softmax", ["linear_1"], ["softmax"], "node_softmax", axis=1),
], [value("x", ["batch", 1, 2, 3])], [value("softmax", ["batch", 3])], [
    initializer("val_0", np.array([-1, 6], np.int64)),
    initializer("fc1.weight", weights(5, 6)), initializer("fc1.bias", weights(5)),
    initializer("fc2.weight", weights(3, 5)), initializer("fc2.bias", weights(3)),
], weights(4, 1, 2, 3), external="dynamo-style.onnx.data")

# skl2onnx's MLPClassifier: Cast, MatMul and Add, double numbers. Up to the
# probabilities, and with the classes, which cannot be imported.
layers = [
    helper.make_node("Cast", ["X"], ["cast_input"], "Cast", to=TensorProto.FLOAT),
    helper.make_node("MatMul", ["cast_input", "coefficient"], ["mul_result"], "MatMul"),
    helper.make_node("Add", ["mul_result", "intercepts"], ["add_result"], "Add"),
    helper.make_node("Tanh", ["add_result"], ["next_activations"], "Tanh"),
    helper.make_node("MatMul", ["next_activations", "coefficient1"], ["mul_result1"], "MatMul1"),
    helper.make_node("Add", ["mul_result1", "intercepts1"], ["add_result1"], "Add1"),
    helper.make_node("Softmax", ["add_result1"], ["probabilities"], "Softmax", axis=-1),
]
numbers = [initializer("coefficient", weights(6, 5)), initializer("intercepts", weights(1, 5)),
           initializer("coefficient1", weights(5, 3)), initializer("intercepts1", weights(1, 3))]
double = [value("X", [None, 6], TensorProto.DOUBLE)]
save("sklearn", "skl2onnx", 8, [("", 17), ("ai.onnx.ml", 1)], layers, double, [value("probabilities", [None, 3])],
     numbers, weights(4, 6).astype(np.float64))
save("sklearn-classes", "skl2onnx", 8, [("", 17), ("ai.onnx.ml", 1)], layers + [
    helper.make_node("ArgMax", ["probabilities"], ["argmax_output"], "ArgMax", axis=1),
    helper.make_node("ArrayFeatureExtractor", ["classes", "argmax_output"], ["label"], "ArrayFeatureExtractor", domain="ai.onnx.ml"),
], double, [value("label", [1, None], TensorProto.INT64)], numbers + [initializer("classes", np.arange(3))])
