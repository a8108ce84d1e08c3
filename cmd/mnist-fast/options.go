package main

import (
	"math"
	"slices"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/urfave/cli/v3"
)

// trainOptions are what the flags of "train" set.
type trainOptions struct {
	data        string
	trainImages int
	validation  float64

	hidden     sizes
	activation nn.Activation
	init       nn.Initializer
	loss       nn.Loss
	optimizer  optimizerOptions
	regularization

	preset        string
	epochs, batch int
	seed          uint64
	workers       int
	tier          string

	checkpoint string
	resume     bool

	output, report string
	json, quiet    bool
}

// referenceRun returns the options of the Keras program that this one follows.
func referenceRun() *trainOptions {
	return &trainOptions{
		hidden: sizes{256, 128}, activation: nn.ReLU, init: nn.GlorotUniform, loss: nn.CategoricalCrossentropy,
		optimizer:      optimizerOptions{name: "adam"},
		regularization: regularization{schedule: "constant"},
		preset:         "reference", epochs: 10, seed: 1, tier: "auto",
	}
}

func (o *trainOptions) flags() []cli.Flag {
	return slices.Concat(
		section("Data", dataFlag(&o.data), trainImagesFlag(&o.trainImages),
			flag("validation", "SHARE\nhold back this share of the training images, at\ntheir end, and score the model on them every epoch", &o.validation, share),
		),
		section("Model",
			flag("hidden", "SIZES\nsizes of the hidden layers; none for no such layer", &o.hidden, parseSizes),
			flag("activation", "NAME\nof hidden layers: relu, sigmoid, tanh, linear or\nsoftmax. The last layer always has softmax", &o.activation, nn.ParseActivation),
			flag("init", "NAME\nfirst weights: glorot_uniform, he_uniform\nor zeros", &o.init, nn.ParseInitializer),
			lossFlag(&o.loss),
		),
		section("Optimizer (defaults are those of Keras)", slices.Concat(o.optimizer.flags(), o.rateFlags())...),
		section("Regularization", append(o.regularization.flags(),
			flag("early-stopping", "EPOCHS\nend when the loss on the validation images has not\nfallen for so many epochs, and keep the weights of\nthe best; 0: do not", &o.patience, integer(0, math.MaxInt32)))...),
		section("Checkpoints",
			flag("checkpoint", "DIR\nsave in a folder, after every epoch and at Ctrl-C,\nwhat it takes to go on: the last three, and the one\nof the lowest loss on validation images", &o.checkpoint, nonEmpty),
			boolFlag("resume", "go on from the last of these, to the same bits", &o.resume),
		),
		section("Output",
			flag("output", "FILE\nsave the model", &o.output, nonEmpty),
			reportFlag(&o.report),
			jsonFlag(&o.json),
			boolFlag("quiet", "tell only the result", &o.quiet),
		),
		section("Training", presetFlag(&o.preset),
			flag("epochs", "N\npasses over the training images", &o.epochs, integer(0, math.MaxInt32)),
			flag("batch", "N\nimages for a step (32; all of them for gd)", &o.batch, integer(1, math.MaxInt32)),
			flag("seed", "N\nof the first weights and of the order of images", &o.seed, parseSeed),
			workersFlag(&o.workers),
			tierFlag(&o.tier),
		),
	)
}

// maxWorkers is the most that a trainer takes.
const maxWorkers = 1024

// The functions below make flags of several commands.
func dataFlag(to *string) cli.Flag {
	return flag("data", "DIR\nfolder with train-images-idx3-ubyte and the other\nthree files of a data set, plain or .gz; without it,\nMNIST, which is built in", to, nonEmpty)
}

func trainImagesFlag(to *int) cli.Flag {
	return flag("train-images", "N\ntake only the first N training images", to, integer(1, math.MaxInt32))
}

func lossFlag(to *nn.Loss) cli.Flag {
	return flag("loss", "NAME\ncategorical_crossentropy, or mean_squared_error\nof the softmax and one-hot labels", to, nn.ParseLoss)
}

func workersFlag(to *int) cli.Flag {
	return flag("workers", "N\nprocessors to use; 0 for as many as train fastest.\nThe result is the same, to the bit", to, integer(0, maxWorkers))
}

func tierFlag(to *string) cli.Flag {
	return flag("tier", "NAME\nkind of processor to use: see mnist-fast info. The\nresult is the same, to the bit", to, nonEmpty)
}

func jsonFlag(to *bool) cli.Flag { return boolFlag("json", "write lines of JSON", to) }

// batchSize returns the batch size for that many training images.
func (o *trainOptions) batchSize(c *cli.Command, images int) (int, error) {
	switch {
	case o.batch > images:
		return 0, misusef(c, "-batch %d: there are only %d training images", o.batch, images)
	case o.batch > 0:
		return o.batch, nil
	case o.optimizer.name == "gd":
		return images, nil
	}
	return min(32, images), nil
}

// layers returns the layers of the model.
func (o *trainOptions) layers(classes int) []nn.Dense {
	layer := nn.Dense{Kernel: o.init, L1: float32(o.l1), L2: float32(o.l2)}
	var layers []nn.Dense
	for _, n := range o.hidden {
		layer.Units, layer.Activation, layer.Dropout = n, o.activation, float32(o.dropout)
		layers = append(layers, layer)
	}
	layer.Units, layer.Activation, layer.Dropout = classes, nn.Softmax, 0
	return append(layers, layer)
}

// maxMemory is what a training may take, in bytes: beyond it a slip of the
// finger is more likely than a machine to match.
const maxMemory = 16 << 30

// checkMemory fails if training would need too much memory.
func checkMemory(c *cli.Command, inputs int, config nn.Config, layers []nn.Dense) error {
	if bytes := nn.MemoryEstimate(inputs, config, layers...); bytes > maxMemory {
		return misusef(c, "-hidden, -batch and -workers: a model of these layers, in batches of %d, needs about %.0f GB of memory; the limit is %d GB",
			config.BatchSize, bytes/1e9, maxMemory>>30)
	}
	return nil
}
