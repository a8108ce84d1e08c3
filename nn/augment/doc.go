// Package augment changes images at random while a model is trained on them, so
// that it does not learn the training images by heart:
//
//	pixels := nn.Bytes{Data: set.Images, Columns: set.Features(), Divisor: 255}
//	images, err := augment.New(pixels, set.Width, augment.Digits(), 1) // settings, seed
//	train := nn.Dataset{X: images, Y: nn.Labels{Of: set.Labels, Classes: 10}}
//	history, err := trainer.Fit(ctx, train, nn.FitConfig{Epochs: 20, Seed: 1})
//
// Fit asks the table for each epoch ([Images.Epoch]), and its workers draw the images
// of the next batch as soon as they are done with the one at hand. Evaluation,
// prediction and a validation split read the same table as it is, unchanged.
//
// # What is changed
//
// [Settings] have a range for each change; zero leaves it out. Scale, shear,
// rotation, shift and elastic distortion say together where each pixel comes from;
// the image is read there once, bilinearly, black outside. Noise comes next, then
// erasing. Colours are bytes throughout, from 0, the background, to 255.
//
// # The same bits everywhere
//
// What a sample looks like depends on its number, the epoch, the settings and the
// seed, and on nothing else: not on the processor, the workers, the batches, or what
// was drawn before. So training may be broken off and taken up at any step.
package augment
