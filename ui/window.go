package ui

import tea "charm.land/bubbletea/v2"

// window is the part of a list that is seen, and the row that is chosen. It
// knows numbers only, so moving costs the same over ten rows and a million.
type window struct {
	cursor, top int
	height      int // rows on the screen
	total       int // rows there are
	// left is the place as she left it by a key or the mouse: a terminal that is made
	// small and large again shows the same rows.
	left struct{ cursor, top int }
}

// resize tells the window how many rows are seen and how many there are, and
// keeps the cursor among them and in sight.
func (w *window) resize(height, total int) {
	w.height, w.total = max(height, 0), max(total, 0)
	w.cursor, w.top = w.left.cursor, w.left.top
	w.fit()
}

// by moves the cursor by n rows, stopping at the ends.
func (w *window) by(n int) { w.to(w.cursor + n) }

// to moves the cursor to row i, or as near as there is a row.
func (w *window) to(i int) {
	w.cursor = i
	w.fit()
	w.leave()
}

// leave remembers the place as hers.
func (w *window) leave() { w.left.cursor, w.left.top = w.cursor, w.top }

// fit keeps the cursor among the rows and in sight.
func (w *window) fit() {
	w.cursor = max(0, min(w.cursor, w.total-1))
	w.top = min(w.cursor, w.top, max(0, w.total-w.height))
	if w.height > 0 && w.cursor >= w.top+w.height {
		w.top = w.cursor - w.height + 1
	}
	w.top = max(0, w.top)
}

// scroll moves what is seen by n rows, as the wheel does; the cursor follows
// only as far as it must.
func (w *window) scroll(n int) {
	w.top = max(0, min(w.top+n, w.total-w.height))
	w.cursor = max(w.top, min(w.cursor, w.top+max(0, w.height-1)))
	w.cursor = max(0, min(w.cursor, w.total-1))
	w.leave()
}

// seen gives the first row on the screen and the one after the last.
func (w *window) seen() (from, to int) {
	return w.top, min(w.total, w.top+w.height)
}

// nearEnd tells that fewer than two screens are left below the cursor.
func (w *window) nearEnd() bool { return w.total-w.cursor < 2*max(w.height, 10) }

// thumb is the window's place for the border of a frame.
func (w *window) thumb() scroll { return scroll{w.top, w.height, w.total} }

// read scrolls a text by the keys and the wheel that people read with.
func (w *window) read(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		rows, _ := wheelOf(msg)
		w.scroll(rows)
	case tea.KeyPressMsg:
		page := max(1, w.height-1)
		w.scroll(map[string]int{
			"up": -1, "k": -1, "down": 1, "j": 1, "pgup": -page, "ctrl+u": -page, "ctrl+b": -page,
			"pgdown": page, "ctrl+d": page, "ctrl+f": page, "space": page,
			"g": -w.total, "home": -w.total, "G": w.total, "end": w.total,
		}[msg.String()])
	}
}

// readHints puts before the hints of a dialog how to read on, where there is more.
func (w *window) readHints(own ...hint) []hint {
	if w.total <= w.height {
		return own
	}
	return append([]hint{{"↑↓", "scroll"}}, own...)
}
