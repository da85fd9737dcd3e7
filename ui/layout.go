package ui

// The smallest screen that holds a list one can read, and the width from which
// the side pane has room beside it.
const (
	leastWidth, leastHeight = 40, 10
	wideFrom                = 100
	sideMost                = 88 // beyond this the side pane only gets emptier
)

// layout is where everything stands on a screen.
type layout struct {
	tooSmall bool
	narrow   bool // the side pane lies over the list instead of beside it
	header   rect
	strip    rect // the hint strip of the demo; empty without one
	list     rect
	side     rect // empty when the side pane is not shown
	footer   rect
}

// arrange computes the layout of a screen of w×h cells. strip is the number of
// lines that the demo's hint strip wants, side whether the side pane is wanted
// even where it covers the list. It depends on nothing else.
func arrange(w, h, strip int, side bool) layout {
	if w < leastWidth || h < leastHeight {
		return layout{tooSmall: true}
	}
	if h < 16 {
		strip = 0
	}
	l := layout{
		narrow: w < wideFrom,
		header: rect{0, 0, w, 1},
		strip:  rect{0, 1, w, strip},
		footer: rect{0, h - 1, w, 1},
	}
	body := rect{0, 1 + strip, w, h - 2 - strip}
	l.list = body
	switch {
	case !l.narrow:
		l.list.w = max(body.w*6/10, body.w-sideMost)
		l.side = rect{l.list.w, body.y, body.w - l.list.w, body.h}
	case side:
		cover := max(leastWidth-4, body.w*7/10)
		l.side = rect{body.w - cover, body.y, cover, body.h}
	}
	return l
}
