package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// strips are a number of strips of columns of c, side by side, that are computed
// with the same tile.
type strips struct {
	tile        *micro.Tile
	count, cols int // and the columns of each
}

// stripsFor is the rule by which c, of m rows, is cut into strips, from left to
// right: it returns the first ones of the columns that are left. They take the
// widest tile of which every vector has work there, among those as high as c or
// the highest. So two rows take a low and wide tile, and ten columns take one
// vector.
func stripsFor(s *micro.Set, m, left int) strips {
	t := tileFor(s, m, left)
	return strips{t, max(1, left/t.NR), min(left, t.NR)}
}

func tileFor(s *micro.Set, m, left int) *micro.Tile {
	height := min(m, highest(s))
	for i := range s.Tiles {
		if t := &s.Tiles[i]; t.MR >= height && t.NR-s.Vector < left {
			return t
		}
	}
	return &s.Tiles[len(s.Tiles)-1]
}

// highest is the number of rows of the highest tile: the narrowest one has it.
func highest(s *micro.Set) int { return s.Tiles[len(s.Tiles)-1].MR }

// lines are a number of lines of tiles, below each other, and the rows of each.
type lines struct{ count, rows int }

// cutRows covers that many rows evenly with tiles of at most mr: 16 rows are
// 6 + 5 + 5, not 6 + 6 + 4.
func cutRows(rows, mr int) [2]lines {
	tiles := (rows + mr - 1) / mr
	low := rows / tiles
	high := rows - tiles*low // tiles of one row more
	return [2]lines{{high, low + 1}, {tiles - high, low}}
}

// moves are the operands of which no vector can be loaded or stored as they lie.
type moves struct{ b, c bool }

// cost estimates the time of a product of m × n × depth with vectors of v elements, in
// multiply-adds: a step of depth takes at least 8, which are in flight, a strip of one
// vector waits for loads, and to move a vector takes as long as three.
func cost(v, m, n, depth int, needs moves) int {
	vectors := (n + v - 1) / v
	step := max(m*vectors+vectors%2*m/8, 8)
	moved := 0
	if needs.b {
		moved += depth * vectors
	}
	if needs.c {
		moved += m * vectors
	}
	return step*depth + 3*moved
}
