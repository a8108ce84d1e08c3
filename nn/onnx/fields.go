package onnx

import "google.golang.org/protobuf/encoding/protowire"

// The fields of ONNX's messages that are used here, by their numbers in
// onnx.proto (https://github.com/onnx/onnx).
const (
	modelIRVersion     protowire.Number = 1
	modelProducerName  protowire.Number = 2
	modelGraph         protowire.Number = 7
	modelOpsetImport   protowire.Number = 8
	modelMetadata      protowire.Number = 14
	opsetDomain        protowire.Number = 1
	opsetVersion       protowire.Number = 2
	entryKey           protowire.Number = 1 // StringStringEntryProto
	entryValue         protowire.Number = 2
	graphNode          protowire.Number = 1
	graphName          protowire.Number = 2
	graphInitializer   protowire.Number = 5
	graphInput         protowire.Number = 11
	graphOutput        protowire.Number = 12
	nodeInput          protowire.Number = 1
	nodeOutput         protowire.Number = 2
	nodeName           protowire.Number = 3
	nodeOpType         protowire.Number = 4
	nodeAttribute      protowire.Number = 5
	nodeDomain         protowire.Number = 7
	attributeName      protowire.Number = 1
	attributeFloat     protowire.Number = 2
	attributeInt       protowire.Number = 3
	attributeTensor    protowire.Number = 5
	attributeFloats    protowire.Number = 7
	attributeInts      protowire.Number = 8
	tensorDims         protowire.Number = 1
	tensorDataType     protowire.Number = 2
	tensorFloatData    protowire.Number = 4
	tensorInt32Data    protowire.Number = 5
	tensorInt64Data    protowire.Number = 7
	tensorName         protowire.Number = 8
	tensorRawData      protowire.Number = 9
	tensorDoubleData   protowire.Number = 10
	tensorExternalData protowire.Number = 13
	valueName          protowire.Number = 1 // ValueInfoProto
	valueType          protowire.Number = 2
	typeTensor         protowire.Number = 1
	tensorTypeElement  protowire.Number = 1
	tensorTypeShape    protowire.Number = 2
	shapeDim           protowire.Number = 1
	dimValue           protowire.Number = 1
	dimParam           protowire.Number = 2
)

// The values of TensorProto.DataType that are used here.
const (
	float32Type = 1
	int32Type   = 6
	int64Type   = 7
	boolType    = 9
	float64Type = 11
)

// typeNames are names of data types, for errors.
var typeNames = map[int64]string{
	float32Type: "FLOAT", 2: "UINT8", 3: "INT8", int32Type: "INT32", int64Type: "INT64", 8: "STRING",
	boolType: "BOOL", 10: "FLOAT16", float64Type: "DOUBLE", 16: "BFLOAT16",
}
