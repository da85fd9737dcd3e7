package ui

import (
	"strconv"
	"strings"

	"s403/diagnose"
)

// A flowNode is a box of the flow picture: the person, a station, the object.
type flowNode struct {
	top, name string
	style     Style
	reached   bool // the request came this far
	chosen    bool
}

// flow draws the way as a picture: from you, through the stations, to the
// object, in rows that turn at the end. The line is solid as far as the request
// is known to have come.
func (p *whyPanel) flow(t Theme, w, h, y int) block {
	nodes := p.nodes(t)
	p.seen.list = rect{0, y, w, h}
	boxes := clamp((w-2)/24, 1, 6)
	p.seen.columns = boxes
	var lines []string
	if boxes == 1 || w < 50 {
		lines = t.ladder(nodes, w)
	} else {
		lines = t.snake(nodes, boxes, w)
	}
	if h > len(lines)+3 {
		lines = append(lines, "", " "+t.Dim.Render(p.legend(t)))
		lines = append(lines, p.flowCaption(t, w)...)
	}
	p.seen.all, p.seen.height = len(lines), h
	p.follow(boxes, len(nodes))
	return t.exactly(lines[p.seen.scrolled(p.scroll):], w, h)
}

// follow keeps the chosen box in sight.
func (p *whyPanel) follow(boxes, nodes int) {
	row, tall := (p.station+1)/max(boxes, 1), 3
	if p.seen.all <= nodes*2 { // a ladder: a line a node
		row, tall = p.station+1, 1
	}
	first, last := row*tall, row*tall+tall
	most := max(p.seen.all-p.seen.height, 0)
	p.seen.low, p.seen.high = clamp(last-p.seen.height, 0, most), clamp(first, 0, most)
}

// flowCaption says what happened at the chosen station, below the picture.
func (p *whyPanel) flowCaption(t Theme, w int) []string {
	at := p.here()
	if at.Name == "" {
		return nil
	}
	s := &sheet{Theme: t, width: w - 2}
	s.lines = append(s.lines, "")
	sign, style := t.station(at, p.frame)
	line := at.Line
	if line == "" {
		line = stationWord(at)
	}
	s.hang(" "+style.Render(sign)+" ", "   ", t.Bright, strconv.Itoa(at.Number)+" "+at.Name+": "+line)
	return s.lines
}

func (p *whyPanel) nodes(t Theme) []flowNode {
	who := callerName(p.report)
	if who == "" {
		who = "you"
	}
	stop := len(p.report.Stations)
	for i, s := range p.report.Stations {
		if s.State == diagnose.StoppedHere {
			stop = i
			break
		}
	}
	all := []flowNode{{top: "you", name: who, style: t.Accent, reached: true}}
	known := true
	for i, s := range p.report.Stations {
		sign, style := t.station(s, p.frame)
		known = known && i <= stop && (s.State != diagnose.StationOpen || stop < len(p.report.Stations) || p.allowed())
		all = append(all, flowNode{
			top: strconv.Itoa(s.Number) + " " + sign, name: s.Name, style: style,
			reached: known, chosen: i == p.station,
		})
	}
	end := flowNode{top: "the object", name: lastPart(p.uri), style: t.Dim}
	if p.allowed() {
		end.top, end.style, end.reached = "the object "+t.Glyphs.Pass, t.Good, true
	}
	return append(all, end)
}

func lastPart(uri string) string {
	trimmed := strings.TrimRight(uri, "/")
	return trimmed[strings.LastIndex(trimmed, "/")+1:]
}

// wire gives the characters of the line between two boxes: heavy as far as the
// request came, dashed beyond.
func (t Theme) wire(on bool) (across, down, right, left string, style Style) {
	switch {
	case t.Glyphs.ASCII && on:
		return "=", "#", ">", "<", t.Bright
	case t.Glyphs.ASCII:
		return ".", ":", ">", "<", t.Dim
	case on:
		return "━", "┃", "▶", "◀", t.Bright
	default:
		return "┄", "┆", "▷", "◁", t.Dim
	}
}

// ladder draws the way downwards, a line a box, for screens too narrow for boxes.
func (t Theme) ladder(nodes []flowNode, w int) []string {
	var out []string
	for i, n := range nodes {
		_, down, _, _, wire := t.wire(n.reached)
		cursor := " "
		if n.chosen {
			cursor = t.Accent.Render(t.Glyphs.Cursor)
		}
		if i == 0 {
			down = " "
		}
		out = append(out, t.fit(cursor+wire.Render(down)+" "+n.style.Render(t.fit(n.top, 5))+" "+t.Text.Render(t.Clean(n.name)), w))
	}
	return out
}

// snake draws boxes in rows that run to the right and back in turns.
func (t Theme) snake(nodes []flowNode, boxes, w int) []string {
	const gap = 3
	bw := (w - 4 - gap*(boxes-1)) / boxes
	var out []string
	for from := 0; from < len(nodes); from += boxes {
		to := min(from+boxes, len(nodes))
		out = append(out, t.snakeRow(nodes, from, to, boxes, bw)...)
	}
	return out
}

// snakeRow draws the boxes from..to, three lines high, with the bends at both
// sides that join it to the rows above and below.
func (t Theme) snakeRow(nodes []flowNode, from, to, boxes, bw int) []string {
	row := from / boxes
	back := row%2 == 1
	lines := [3]strings.Builder{}
	left, right := t.bends(nodes, from, to, boxes)
	for i := range lines {
		lines[i].WriteString(left[i])
	}
	for col := range boxes {
		i := from + col
		if back {
			i = from + boxes - 1 - col
		}
		box := t.flowBox(nodes, i, to, bw)
		joint := t.joint(nodes, i, to, col, boxes, back)
		for k := range lines {
			lines[k].WriteString(box[k])
			lines[k].WriteString(joint[k])
		}
	}
	out := make([]string, 3)
	for i := range lines {
		out[i] = lines[i].String() + right[i]
	}
	return out
}

// flowBox draws box i, or the empty place where the last row ends early.
func (t Theme) flowBox(nodes []flowNode, i, to, bw int) block {
	if i >= to {
		return t.exactly(nil, bw, 3)
	}
	n := nodes[i]
	edge, name := n.style, t.Text
	if n.chosen {
		edge, name = t.Focus, t.Title
	}
	if !n.reached && !n.chosen {
		edge, name = t.Border, t.Dim
	}
	t.Border = edge
	top := n.style.Render(n.top)
	if n.chosen {
		top = t.Accent.Render(t.Glyphs.Cursor) + top
	}
	return t.draw(frame{title: top, lines: []string{name.Render(t.Clean(n.name))}, pad: 1}, bw, 3)
}

// joint draws the line between box i and the one at its right, in the middle of
// three lines.
func (t Theme) joint(nodes []flowNode, i, to, col, boxes int, back bool) [3]string {
	none := [3]string{"   ", "   ", "   "}
	next := i + 1
	if back {
		next = i - 1
	}
	if col == boxes-1 {
		return [3]string{}
	}
	if i >= to || next >= to {
		return none
	}
	across, _, right, left, style := t.wire(nodes[max(i, next)].reached)
	line := across + across + right
	if back {
		line = left + across + across
	}
	return [3]string{"   ", style.Render(line), "   "}
}

// bends draws the two columns at either side of a row where the way turns.
func (t Theme) bends(nodes []flowNode, from, to, boxes int) (left, right [3]string) {
	row := from / boxes
	blankSide := [3]string{"  ", "  ", "  "}
	left, right = blankSide, blankSide
	if row > 0 { // comes in from above: at the right into odd rows, at the left into even ones
		in := t.bend(nodes[from].reached, row%2 == 1, true)
		if row%2 == 1 {
			right = in
		} else {
			left = in
		}
	}
	if to < len(nodes) { // goes on below
		out := t.bend(nodes[to].reached, row%2 == 0, false)
		if row%2 == 0 {
			right = out
		} else {
			left = out
		}
	}
	return left, right
}

// bend draws one turn: at the right or left side, coming in from above or going
// out below.
func (t Theme) bend(on, atRight, in bool) [3]string {
	across, down, toRight, toLeft, style := t.wire(on)
	corner := t.corner(on, atRight, in)
	middle, side := across+corner, " "+down
	if in && atRight {
		middle = toLeft + corner
	}
	if !atRight {
		middle, side = corner+across, down+" "
		if in {
			middle = corner + toRight
		}
	}
	lines := [3]string{"  ", style.Render(middle), "  "}
	if in {
		lines[0] = style.Render(side)
	} else {
		lines[2] = style.Render(side)
	}
	return lines
}

// corner is the character of a turn.
func (t Theme) corner(on, atRight, in bool) string {
	set := "┐┘┌└"
	switch {
	case t.Glyphs.ASCII && on:
		return "#"
	case t.Glyphs.ASCII:
		return ":"
	case on:
		set = "┓┛┏┗"
	}
	i := 0
	if !atRight {
		i = 2
	}
	if in {
		i++
	}
	return string([]rune(set)[i])
}
