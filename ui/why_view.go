package ui

import (
	"strconv"
	"strings"

	"s403/diagnose"
)

// whySeen is where the last view drew what, and how much of it, so that a click
// finds its station and a page scrolls by what is seen.
type whySeen struct {
	list     rect
	top      int // index of the first station in the list
	leaf     rect
	tabs     [len(whyLeaves)]rect
	all      int // lines of the leaf or of the flow picture
	height   int // of them, seen at once
	columns  int // boxes in a row of the flow picture
	low      int // the first line that may be seen first,
	high     int // and the last
	oneAtime bool
}

// scrolled is the first line that is seen, as near to the wanted one as can be.
func (s whySeen) scrolled(want int) int { return clamp(want, s.low, s.high) }

// place gives the panel the whole screen above the footer.
func (p *whyPanel) place(w, h int) rect { return whole(w, h) }

// view draws exactly w×h cells. What it remembers of that is only where things
// are, for the mouse and for paging.
func (p *whyPanel) view(t Theme, w, h int) block {
	p.seen = whySeen{oneAtime: w < wideFrom}
	if w < 1 || h < 1 {
		return t.exactly(nil, w, h)
	}
	out := block{p.headline(t, w)}
	out = append(out, p.verdictCard(t, w, h-1)...)
	rest := h - len(out)
	if rest <= 0 {
		return t.exactly(out, w, h)
	}
	out = append(out, p.body(t, w, rest, len(out))...)
	if p.ask == askApply {
		out = p.asking(t, out, w, h)
	}
	return t.exactly(out, w, h)
}

// body draws what stands below the verdict, its first line at row y.
func (p *whyPanel) body(t Theme, w, h, y int) block {
	switch p.screen {
	case screenFlow:
		return p.flow(t, w, h, y)
	case screenWhatIf:
		return p.whatIfView(t, w, h)
	}
	switch {
	case !p.seen.oneAtime:
		left := wayWidth(w)
		return beside(p.way(t, rect{0, y, left, h}), p.leafPane(t, rect{left, y, w - left, h}))
	case p.reading:
		strip := p.strip(t, w)
		return append(block{strip}, p.leafPane(t, rect{0, y + 1, w, h - 1})...)
	default:
		return p.way(t, rect{0, y, w, h})
	}
}

// verdictCard draws the verdict in a frame, or without one where the screen is
// low. It never takes more than the stations can spare.
func (p *whyPanel) verdictCard(t Theme, w, h int) block {
	if h < 15 || w < 30 {
		lines := p.card(t, w-1)
		keep := clamp(h/4, 1, 3)
		if h < 4 {
			keep = min(1, h)
		}
		out := t.exactly(lines, w-1, min(keep, len(lines)))
		for i := range out {
			out[i] = " " + out[i]
		}
		return out
	}
	lines := p.card(t, min(w-4, measure))
	most := max(h-2-len(p.report.Stations), 3)
	if p.screen == screenFlow || p.reading && p.seen.oneAtime {
		most = 3
	}
	if len(lines) > most {
		lines = append(lines[:most-1:most-1], t.fit(lines[most-1], w-5)+t.Dim.Render(t.Glyphs.Ellipsis))
	}
	return t.framed(p.cardEdge(t), lines, w, len(lines)+2)
}

// cardEdge is the colour of the card's frame: that of the verdict.
func (p *whyPanel) cardEdge(t Theme) Style {
	_, style := t.verdict(p.report, p.frame)
	return style
}

// framed draws a frame whose whole edge has one style.
func (t Theme) framed(edge Style, lines []string, w, h int) block {
	t.Border, t.Focus = edge, edge
	return t.draw(frame{lines: lines, pad: 1}, w, h)
}

// wayWidth is the width of the list of stations beside the leaf.
func wayWidth(w int) int { return clamp(w*3/10, 30, 96) }

// measure is the longest line of text, in cells, that an eye still follows: on a
// wider screen the text keeps to it.
const measure = 140

// way draws the list of stations, and below it, where there is room, what the
// signs mean and what was not visible.
func (p *whyPanel) way(t Theme, r rect) block {
	p.seen.list = r
	n := len(p.report.Stations)
	if n > r.h {
		p.seen.top = clamp(p.station-r.h/2, 0, n-r.h)
	}
	var lines []string
	for i := p.seen.top; i < n && len(lines) < r.h; i++ {
		lines = append(lines, p.row(t, i, r.w))
	}
	s := &sheet{Theme: t, width: max(r.w-3, 1)}
	if free := r.h - len(lines); free >= 3 && n > 0 {
		p.below(s)
		if len(s.lines) > free-1 {
			s.lines = s.lines[:max(free-1, 0)]
		}
	}
	if len(s.lines) > 0 {
		lines = append(lines, "")
	}
	for _, l := range s.lines {
		lines = append(lines, "  "+l)
	}
	return t.exactly(lines, r.w, r.h)
}

// row is one station: number, name, sign, and what happened where it fits.
func (p *whyPanel) row(t Theme, i, w int) string {
	at := p.report.Stations[i]
	sign, style := t.station(at, p.frame)
	number := strconv.Itoa(at.Number)
	cursor, name := " ", t.Text
	switch {
	case i == p.station && !p.reading:
		cursor, name = t.Accent.Render(t.Glyphs.Cursor), t.Title
	case i == p.station:
		cursor, name = t.Dim.Render(t.Glyphs.Cursor), t.Bright
	case at.State == diagnose.StoppedHere:
		name = t.Bad
	case at.State == diagnose.NotOnThisWay:
		name = t.Dim
	}
	line := cursor + t.Dim.Render(spaces(2-len(number))+number) + " " +
		name.Render(t.fit(t.Clean(at.Name), min(21, max(w-8, 6)))) + " " + style.Render(sign)
	if rest := w - width(line) - 2; rest >= 12 {
		line += " " + t.wayLine(at, rest)
	}
	line = t.fit(line, w)
	if i == p.station && !p.reading {
		line = t.Selected.Under(line)
	}
	return line
}

// wayLine is what happened at a station, in the rest of its row.
func (t Theme) wayLine(at diagnose.StationReport, w int) string {
	text := at.Line
	if text == "" {
		text = stationWord(at)
	}
	style := t.Dim
	if at.State == diagnose.StoppedHere {
		style = t.Bright
	}
	return style.Render(t.fit(t.CleanLine(text), w))
}

// below explains the signs and lists what was not visible.
func (p *whyPanel) below(s *sheet) {
	s.raw(s.Dim.Render(p.legend(s.Theme)))
	if s.width < 40 {
		s.lines = s.lines[:0]
		s.raw(s.Good.Render(s.Glyphs.Pass) + s.Dim.Render(" passed  "+s.Glyphs.Middot+" not on this way"))
		s.raw(s.Bad.Render(s.Glyphs.Fail) + s.Dim.Render(" stopped here  ") + s.Warn.Render(s.Glyphs.Skip) + s.Dim.Render(" unknown"))
	}
	if len(p.report.Gaps) == 0 {
		return
	}
	s.heading("Not visible to you")
	for _, g := range p.report.Gaps {
		s.hang(s.Warn.Render(s.Glyphs.Skip)+" ", "  ", s.Dim, g)
	}
}

func (p *whyPanel) legend(t Theme) string {
	g := t.Glyphs
	return g.Pass + " passed  " + g.Fail + " stopped here  " + g.Skip + " unknown  " + g.Middot + " not on this way"
}

// strip is the way in one line, above the leaf of a narrow screen.
func (p *whyPanel) strip(t Theme, w int) string {
	var b strings.Builder
	b.WriteString(" ")
	for i, at := range p.report.Stations {
		sign, style := t.station(at, p.frame)
		part := strconv.Itoa(at.Number) + sign
		if i == p.station {
			b.WriteString(t.Selected.Under(style.Render(part)))
		} else {
			b.WriteString(style.Render(part))
		}
		b.WriteString(" ")
	}
	if width(b.String()) > w {
		return t.fit(t.Dim.Render(" station "+strconv.Itoa(p.here().Number)+" of "+strconv.Itoa(len(p.report.Stations))), w)
	}
	return t.fit(b.String(), w)
}

// leafPane draws the chosen leaf in a frame that names the station and the
// leaves. Its lines scroll inside.
func (p *whyPanel) leafPane(t Theme, r rect) block {
	if r.h < 3 || r.w < 12 {
		return t.exactly(p.leafOf(t, r.w), r.w, r.h)
	}
	lines := p.leafOf(t, min(r.w-4, measure))
	p.seen.leaf, p.seen.all, p.seen.height = r, len(lines), r.h-2
	p.seen.low, p.seen.high = 0, max(len(lines)-p.seen.height, 0)
	first := p.seen.scrolled(p.scroll)
	at := p.here()
	name := strconv.Itoa(at.Number) + " " + t.Clean(at.Name)
	if at.Number == 0 {
		name = "the way"
	}
	tabs := p.tabs(t, r, width(name))
	f := frame{
		title: t.Title.Render(name), status: tabs, focused: p.reading, pad: 1,
		thumb: scroll{first, p.seen.height, len(lines)}, lines: lines[first:],
	}
	if left := len(lines) - first - p.seen.height; left > 0 {
		f.foot = t.Dim.Render(t.Glyphs.Down + " " + strconv.Itoa(left) + " more")
	}
	return t.draw(f, r.w, r.h)
}

// tabs names the leaves on the frame's edge, the chosen one in brackets so that
// it is told without colour, and remembers where each stands. Long names are
// used where they fit beside the station's.
func (p *whyPanel) tabs(t Theme, r rect, taken int) string {
	words := 0
	if r.w-taken < 52 {
		words = 1
	}
	var parts []string
	var wide []int
	for i, names := range whyLeaves {
		if whyLeaf(i) == p.leaf {
			parts = append(parts, t.Title.Render("["+names[words]+"]"))
		} else {
			parts = append(parts, t.Dim.Render(names[words]))
		}
		wide = append(wide, width(parts[i]))
	}
	line := strings.Join(parts, t.Dim.Render(" "+t.Glyphs.Middot+" "))
	x := r.x + r.w - 3 - width(line)
	for i, w := range wide {
		p.seen.tabs[i] = rect{x, r.y, w, 1}
		x += w + 3
	}
	return line
}
