package mnist_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"slices"

	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

func ExampleLoad() {
	data, err := mnist.Load()
	if err != nil {
		log.Fatal(err)
	}
	train, test := data.Train, data.Test
	fmt.Printf("%d training and %d test images of %d×%d pixels, %d classes\n",
		train.Len(), test.Len(), train.Height, train.Width, data.Classes)
	fmt.Println("the first are", train.Labels[:5])
	// Output:
	// 60000 training and 10000 test images of 28×28 pixels, 10 classes
	// the first are [5 0 4 1 9]
}

func ExampleReadDir() {
	_, err := mnist.ReadDir("fashion")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fmt.Println("a file is missing")
	case errors.Is(err, mnist.ErrFormat):
		fmt.Println("a file is damaged:", err)
	}
	// Output: a file is missing
}

func ExampleReadImages() {
	file := []byte{
		0, 0, 8, 3, // unsigned bytes, rank 3
		0, 0, 0, 2, // images
		0, 0, 0, 1, // rows
		0, 0, 0, 3, // columns
		0, 128, 255, // the first image
		255, 128, 0, // the second image
	}
	pixels, height, width, err := mnist.ReadImages(bytes.NewReader(file))
	if err != nil {
		log.Fatal(err)
	}
	n := len(pixels) / (height * width)
	fmt.Printf("%d images of %d×%d: %d\n", n, height, width, pixels)
	// Output: 2 images of 1×3: [0 128 255 255 128 0]
}

func ExampleSet_Slice() {
	data, err := mnist.Load()
	if err != nil {
		log.Fatal(err)
	}
	first := data.Test.Slice(0, 1)
	fmt.Println("label", first.Labels[0])
	for row := range slices.Chunk(first.Images, first.Width) {
		for _, pixel := range row {
			fmt.Printf("%c", ".-+#"[pixel/64])
		}
		fmt.Println()
	}
	// Output:
	// label 7
	// ............................
	// ............................
	// ............................
	// ............................
	// ............................
	// ............................
	// ............................
	// ......-+++..................
	// ......##############+.......
	// ......----+##########+......
	// ............-.---..##-......
	// ..................-##.......
	// ..................##-.......
	// .................+##........
	// .................##.........
	// ................+#+.........
	// ................##..........
	// ...............-#+..........
	// ..............-##...........
	// ..............##+...........
	// .............###............
	// .............##-............
	// ............##-.............
	// ...........+##..............
	// ...........###..............
	// ..........-###..............
	// ..........-##...............
	// ............................
}
