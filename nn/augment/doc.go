// Package augment changes images at random while a model is trained on them:
// shifts, rotations, elastic distortions and more, so that it does not learn the
// training images by heart.
package augment
