package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// doubleClick is how soon a second click on a row opens it.
const doubleClick = 400 * time.Millisecond

// wheelRows is how far one notch of the wheel moves.
const wheelRows = 3

// wheelFrame is how often the wheel moves something, at most.
const wheelFrame = 16 * time.Millisecond

// clicks remembers the last click on a row, to know a double one.
type clicks struct {
	at   s3view.Location
	when time.Time
}

type (
	// wheeled is a run of wheel events as one: see Coalesce.
	wheeled struct {
		x, y, rows int
	}
	// wheelRested says that a frame has passed since the wheel moved something.
	wheelRested struct{}
)

// mouse answers a click or the wheel.
func (a *App) mouse(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		return a.click(msg)
	case tea.MouseWheelMsg:
		rows, ok := wheelOf(msg)
		if !ok {
			return nil
		}
		return a.wheel(wheeled{msg.X, msg.Y, rows})
	case wheeled:
		return tea.Batch(a.wheel(msg), a.fx.after(wheelFrame, wheelRested{}))
	}
	return nil
}

// click answers a click: on the footer and on the demo's strip it presses the key
// under the mouse, on a tab it opens the tab, on a row it selects or opens it.
func (a *App) click(msg tea.MouseClickMsg) tea.Cmd {
	l := a.layout()
	left := msg.Button == tea.MouseLeft
	switch {
	case l.tooSmall:
		return nil
	case left && l.footer.holds(msg.X, msg.Y):
		return a.clickFooter(msg.X)
	}
	a.hush()
	if p := a.top(); p != nil {
		return a.clickPane(p, msg)
	}
	switch {
	case !left:
	case l.strip.holds(msg.X, msg.Y):
		return a.clickStrip(l, msg.X, msg.Y)
	case l.side.holds(msg.X, msg.Y):
		return a.clickSide(l.side, msg.X, msg.Y)
	case l.list.holds(msg.X, msg.Y):
		return a.clickList(msg.Y - l.list.y - 1)
	}
	return nil
}

// wheel scrolls what is under the mouse.
func (a *App) wheel(m wheeled) tea.Cmd {
	if p := a.top(); p != nil {
		return a.wheelPane(p, m)
	}
	l := a.layout()
	switch {
	case l.tooSmall:
	case l.side.holds(m.x, m.y):
		a.side.scrollBy(m.rows)
	case l.list.holds(m.x, m.y):
		a.browse.win.scroll(m.rows)
		return a.browse.more()
	}
	return nil
}

// clickPane hands a click to a pane, in the pane's own coordinates.
func (a *App) clickPane(p pane, msg tea.MouseClickMsg) tea.Cmd {
	r := p.place(a.w, a.h-1)
	if !r.holds(msg.X, msg.Y) {
		return nil
	}
	msg.X, msg.Y = msg.X-r.x, msg.Y-r.y
	in, cmd := p.update(msg)
	return tea.Batch(cmd, a.carry(p, in))
}

// wheelPane hands a run of the wheel to a pane, notch by notch, in the pane's own
// coordinates.
func (a *App) wheelPane(p pane, m wheeled) tea.Cmd {
	r := p.place(a.w, a.h-1)
	if !r.holds(m.x, m.y) {
		return nil
	}
	msg := tea.MouseWheelMsg{X: m.x - r.x, Y: m.y - r.y, Button: tea.MouseWheelDown}
	notches := m.rows / wheelRows
	if notches < 0 {
		msg.Button, notches = tea.MouseWheelUp, -notches
	}
	var cmds []tea.Cmd
	for range notches {
		in, cmd := p.update(msg)
		cmds = append(cmds, cmd, a.carry(p, in))
	}
	return tea.Batch(cmds...)
}

// wheelOf is how many rows one notch moves; ok is false for a wheel that turns
// sideways.
func wheelOf(msg tea.MouseWheelMsg) (rows int, ok bool) {
	switch msg.Button {
	case tea.MouseWheelUp:
		return -wheelRows, true
	case tea.MouseWheelDown:
		return wheelRows, true
	}
	return 0, false
}

// clickSide gives the side pane the focus, and opens the tab whose name was hit.
func (a *App) clickSide(r rect, x, y int) tea.Cmd {
	a.sideFocus = true
	const corner = 2 // what the border draws before the title
	if y != r.y {
		return nil
	}
	tab, ok := a.side.tabAt(x-r.x-corner, r.w-titleMargin)
	if !ok {
		return nil
	}
	return a.side.turnTo(tab)
}

// clickList selects the row under the mouse; a second click soon after opens it.
func (a *App) clickList(line int) tea.Cmd {
	a.sideFocus = false
	row := a.browse.win.top + line
	if line < 0 || line >= a.browse.win.height || row >= a.browse.lens.total() {
		return nil
	}
	a.browse.win.to(row)
	at, now := a.browse.here(), a.fx.now()
	double := a.clicks.at == at && now.Sub(a.clicks.when) < doubleClick
	a.clicks = clicks{at, now}
	if double {
		a.clicks = clicks{}
		return a.enter()
	}
	return a.browse.more()
}

// Coalesce returns a filter for tea.WithFilter that lets at most one wheel event
// through in a frame and adds the others to the next, so that a fast wheel
// cannot queue up behind the drawing. What is held back when the wheel stops comes
// with the end of the frame, which the explorer itself announces.
func Coalesce(now func() time.Time) func(tea.Model, tea.Msg) tea.Msg {
	var last time.Time
	var held wheeled
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		ends := false
		switch m := msg.(type) {
		case tea.MouseWheelMsg:
			rows, vertical := wheelOf(m)
			if !vertical {
				return nil
			}
			held = wheeled{m.X, m.Y, held.rows + rows}
		case wheelRested:
			ends = true
		default:
			return msg
		}
		t := now()
		if held.rows == 0 || !ends && t.Sub(last) < wheelFrame {
			return nil
		}
		last = t
		out := held
		held.rows = 0
		return out
	}
}
