package diagnose

import (
	"bytes"
	"encoding/json"
	"strings"
)

// DiffLine is one line of the difference between two documents.
type DiffLine struct {
	Op   byte // ' ' in both, '-' only before, '+' only after
	Text string
}

// maxDiff bounds the lines of each side that are compared; a policy document has
// at most 20 KB and so fewer.
const maxDiff = 1500

// Diff compares the two documents of the fix line by line, both indented alike,
// so that only what changes in meaning shows. It is empty when there is nothing
// to compare.
func (f Fix) Diff() []DiffLine {
	if len(f.After) == 0 {
		return nil
	}
	before, after := indented(f.Before), indented(f.After)
	if len(before) > maxDiff || len(after) > maxDiff {
		return nil
	}
	return diffLines(before, after)
}

// indented lays a JSON document out with one element a line; other text stays.
func indented(doc []byte) []string {
	if len(bytes.TrimSpace(doc)) == 0 {
		return nil
	}
	var out bytes.Buffer
	if json.Indent(&out, bytes.TrimSpace(doc), "", "  ") != nil {
		return strings.Split(strings.TrimRight(string(doc), "\n"), "\n")
	}
	return strings.Split(out.String(), "\n")
}

// diffLines walks the longest common subsequence of both sides.
func diffLines(a, b []string) []DiffLine {
	common := commonLengths(a, b)
	var out []DiffLine
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, DiffLine{' ', a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			out = append(out, DiffLine{'-', a[i]})
			i++
		default:
			out = append(out, DiffLine{'+', b[j]})
			j++
		}
	}
	return out
}

// commonLengths gives at [i][j] how many lines a[i:] and b[j:] have in common.
func commonLengths(a, b []string) [][]int16 {
	lengths := make([][]int16, len(a)+1)
	for i := range lengths {
		lengths[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				lengths[i][j] = lengths[i+1][j+1] + 1
			} else {
				lengths[i][j] = max(lengths[i+1][j], lengths[i][j+1])
			}
		}
	}
	return lengths
}

// Hunk keeps the changed lines of a difference and around lines on both sides
// of each; a gap shows as a line of "…".
func Hunk(lines []DiffLine, around int) []DiffLine {
	keep := make([]bool, len(lines))
	for i, l := range lines {
		if l.Op == ' ' {
			continue
		}
		for j := max(0, i-around); j <= min(len(lines)-1, i+around); j++ {
			keep[j] = true
		}
	}
	var out []DiffLine
	for i, l := range lines {
		switch {
		case keep[i]:
			out = append(out, l)
		case i > 0 && keep[i-1]:
			out = append(out, DiffLine{' ', "…"})
		}
	}
	if n := len(out); n > 0 && out[n-1] == (DiffLine{' ', "…"}) {
		out = out[:n-1]
	}
	return out
}
