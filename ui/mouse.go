package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// doubleClick is how soon a second click on a row opens it.
const doubleClick = 400 * time.Millisecond

// wheelRows is how far one notch of the wheel moves.
const wheelRows = 3

// clicks remembers the last click, to know a double one.
type clicks struct {
	row int
	at  time.Time
}

// wheeled is a run of wheel events as one: see Coalesce.
type wheeled struct {
	x, y, rows int
}

// mouse answers a click or the wheel.
func (a *App) mouse(msg tea.Msg) tea.Cmd {
	x, y := 0, 0
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		x, y = msg.X, msg.Y
	case tea.MouseWheelMsg:
		x, y = msg.X, msg.Y
	case wheeled:
		x, y = msg.x, msg.y
	}
	if p := a.top(); p != nil {
		return a.mousePane(p, msg, x, y)
	}
	l := a.layout()
	rows, turned := wheelOf(msg)
	switch {
	case l.tooSmall:
	case l.side.holds(x, y) && turned:
		a.side.scrollBy(rows)
	case l.side.holds(x, y):
		a.sideFocus = true
	case l.list.holds(x, y) && turned:
		a.browse.win.scroll(rows)
		return a.browse.more()
	case l.list.holds(x, y):
		return a.clickList(msg, y-l.list.y-1)
	}
	return nil
}

// mousePane hands the mouse to a pane, in the pane's own coordinates.
func (a *App) mousePane(p pane, msg tea.Msg, x, y int) tea.Cmd {
	r := p.place(a.w, a.h-1)
	if !r.holds(x, y) {
		return nil
	}
	switch m := msg.(type) {
	case tea.MouseClickMsg:
		m.X, m.Y = x-r.x, y-r.y
		msg = m
	case tea.MouseWheelMsg:
		m.X, m.Y = x-r.x, y-r.y
		msg = m
	case wheeled:
		button := tea.MouseWheelDown
		if m.rows < 0 {
			button = tea.MouseWheelUp
		}
		msg = tea.MouseWheelMsg{X: x - r.x, Y: y - r.y, Button: button}
	}
	in, cmd := p.update(msg)
	return tea.Batch(cmd, a.carry(p, in))
}

func wheelOf(msg tea.Msg) (rows int, ok bool) {
	switch m := msg.(type) {
	case wheeled:
		return m.rows, true
	case tea.MouseWheelMsg:
		switch m.Button {
		case tea.MouseWheelUp:
			return -wheelRows, true
		case tea.MouseWheelDown:
			return wheelRows, true
		}
	}
	return 0, false
}

// clickList selects the row under the mouse; a second click soon after opens it.
func (a *App) clickList(msg tea.Msg, line int) tea.Cmd {
	click, ok := msg.(tea.MouseClickMsg)
	if !ok || click.Button != tea.MouseLeft {
		return nil
	}
	a.sideFocus = false
	row := a.browse.win.top + line
	if line < 0 || line >= a.browse.win.height || row >= a.browse.lens.total() {
		return nil
	}
	now := a.fx.now()
	double := a.clicks.row == row && now.Sub(a.clicks.at) < doubleClick
	a.clicks = clicks{row, now}
	a.browse.win.to(row)
	if double {
		a.clicks = clicks{row: -1}
		return a.enter()
	}
	return a.browse.more()
}

// Coalesce returns a filter for tea.WithFilter that lets at most one wheel event
// through in a frame and adds the others to the next, so that a fast wheel
// cannot queue up behind the drawing.
func Coalesce(now func() time.Time) func(tea.Model, tea.Msg) tea.Msg {
	var last time.Time
	held := 0
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		wheel, ok := msg.(tea.MouseWheelMsg)
		if !ok {
			return msg
		}
		rows, vertical := wheelOf(wheel)
		if !vertical {
			return nil
		}
		held += rows
		if t := now(); t.Sub(last) >= 16*time.Millisecond {
			last = t
			out := wheeled{wheel.X, wheel.Y, held}
			held = 0
			return out
		}
		return nil
	}
}
