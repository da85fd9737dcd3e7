package main

import (
	"cmp"
	"image/color"
	"slices"
)

// commonest lists the n colours that occur most, in an order that does not
// depend on the map's.
func commonest(counts map[color.RGBA]int, n int) color.Palette {
	type entry struct {
		c     color.RGBA
		count int
	}
	entries := make([]entry, 0, len(counts))
	for c, count := range counts {
		entries = append(entries, entry{c, count})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.count, a.count),
			cmp.Compare(a.c.R, b.c.R), cmp.Compare(a.c.G, b.c.G), cmp.Compare(a.c.B, b.c.B))
	})
	var out color.Palette
	for _, e := range entries[:min(n, len(entries))] {
		out = append(out, e.c)
	}
	return out
}
