package s3view

import (
	"fmt"
	"testing"
)

// Parts are taken for even only where their number allows it.
func TestEvenParts(t *testing.T) {
	for _, tt := range []struct {
		first, total int64
		parts        int
		want         string
	}{
		{5, 12, 3, "[5 5 2]"}, {5, 15, 3, "[5 5 5]"}, {5, 11, 3, "[5 5 1]"}, {5, 5, 1, "[5]"},
		{5, 10, 3, "[]"}, {5, 16, 3, "[]"}, {0, 0, 1, "[]"}, {-1, 5, 1, "[]"}, {7, 5, 1, "[5]"},
	} {
		if got := fmt.Sprint(evenParts(tt.first, tt.total, tt.parts)); got != tt.want {
			t.Errorf("%d parts of %d, the first %d: %s, want %s", tt.parts, tt.total, tt.first, got, tt.want)
		}
	}
}
