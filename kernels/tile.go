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
	if left <= t.NR {
		return strips{t, 1, left}
	}
	return strips{t, left / t.NR, t.NR}
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
	if rows <= mr {
		return [2]lines{{1, rows}}
	}
	tiles := (rows + mr - 1) / mr
	low := rows / tiles
	high := rows - tiles*low // tiles of one row more
	return [2]lines{{high, low + 1}, {tiles - high, low}}
}

// cycles estimates the time of a product of m × n × depth, two multiply-adds a
// cycle, but 8 of them in flight, and a strip of one vector waiting for loads.
// What has to be moved because no vector can be loaded or stored along it takes
// three cycles a vector.
func cycles(s *micro.Set, m, n, depth int, movesB, movesC bool) int {
	vectors := (n + s.Vector - 1) / s.Vector
	step := max(m*vectors+vectors%2*m/8, 8)
	moved := 0
	if movesB {
		moved += depth * vectors
	}
	if movesC {
		moved += m * vectors
	}
	return step*depth/2 + 3*moved
}
