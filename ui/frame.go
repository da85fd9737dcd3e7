package ui

import "strings"

// frame is a bordered pane: what stands on its borders, and its lines.
type frame struct {
	title   string // upper left, on the border
	status  string // upper right: counts, "more…", the filter
	foot    string // lower right
	focused bool
	thumb   scroll
	lines   []string // padded and cut to the inside
	pad     int      // cells kept free left and right within the border
}

// scroll says which part of a longer text is seen, for the thumb on the border.
type scroll struct{ top, seen, all int }

// rows gives the first and last row of the thumb in a track of h rows; ok is
// false when all is seen.
func (s scroll) rows(h int) (first, last int, ok bool) {
	if s.all <= s.seen || h <= 0 || s.all <= 0 {
		return 0, 0, false
	}
	size := max(1, h*s.seen/s.all)
	first = min(h-size, s.top*h/s.all)
	if s.top+s.seen >= s.all {
		first = h - size
	}
	return first, first + size - 1, true
}

// draw returns the frame as a block of exactly w×h cells.
func (t Theme) draw(f frame, w, h int) block {
	if w < 4 || h < 2 {
		return t.exactly(nil, w, h)
	}
	edge, g := t.Border, t.Glyphs
	if f.focused {
		edge = t.Focus
	}
	out := make(block, 0, h)
	out = append(out, t.border(edge, g.TopLeft, g.TopRight, f.title, f.status, w))
	inner := w - 2 - 2*f.pad
	side, margin := edge.Render(g.Vertical), spaces(f.pad)
	first, last, scrolls := f.thumb.rows(h - 2)
	for i := range h - 2 {
		line := ""
		if i < len(f.lines) {
			line = f.lines[i]
		}
		right := side
		if scrolls && i >= first && i <= last {
			right = t.Dim.Render(g.Thumb)
		}
		out = append(out, side+margin+t.fit(line, inner)+margin+right)
	}
	return append(out, t.border(edge, g.BottomLeft, g.BottomRight, "", f.foot, w))
}

// border draws a horizontal edge with text set into it.
func (t Theme) border(edge Style, left, right, title, status string, w int) string {
	room := w - 2
	if title != "" {
		title = " " + t.fitMost(title, room-2) + " "
		room -= width(title)
	}
	if status != "" && room > 6 {
		status = " " + t.fitMost(status, room-4) + " "
		room -= width(status) + 1
	} else {
		status = ""
	}
	var b strings.Builder
	b.WriteString(edge.Render(left))
	b.WriteString(title)
	b.WriteString(edge.Render(strings.Repeat(t.Glyphs.Horizontal, max(0, room))))
	b.WriteString(status)
	if status != "" {
		b.WriteString(edge.Render(t.Glyphs.Horizontal))
	}
	b.WriteString(edge.Render(right))
	return b.String()
}

// fitMost cuts s to at most w cells, without padding.
func (t Theme) fitMost(s string, w int) string {
	if width(s) <= w {
		return s
	}
	return t.fit(s, w)
}
