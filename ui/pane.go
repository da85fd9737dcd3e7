package ui

import (
	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/s3view"
)

// A pane is what lies over the browser: a screen such as the diagnosis, or a
// dialog such as the palette. App keeps a stack of them; the one on top gets
// keys and mouse, all of them get the answers to questions they asked.
//
// A pane does no I/O and knows no other pane: update returns an intent, which
// App carries out, and perhaps a command, which it made with effects.
type pane interface {
	// update tells the pane of a message. Mouse positions are relative to the
	// rectangle that place returned.
	update(msg tea.Msg) (intent, tea.Cmd)
	// view draws exactly w×h cells.
	view(t Theme, w, h int) block
	// place says where the pane lies on a screen of w×h cells (the footer is
	// not in it).
	place(w, h int) rect
	// hints are the keys that work now, most useful first; the footer shows as
	// many as fit and the help shows all.
	hints() []hint
	// close is called when the pane leaves the stack: it cancels what it asked.
	close()
}

// typist is a pane with a text field under the keys: letters are text there,
// never shortcuts.
type typist interface{ typing() bool }

// hint is a key and what it does, in a word or two.
type hint struct{ key, does string }

// rect is a rectangle of cells.
type rect struct{ x, y, w, h int }

func (r rect) holds(x, y int) bool { return x >= r.x && y >= r.y && x < r.x+r.w && y < r.y+r.h }

// whole is the place of a pane that fills the screen above the footer.
func whole(w, h int) rect { return rect{0, 0, w, h} }

// Below this size a dialog covers the screen from edge to edge.
const smallWidth, smallHeight = 64, 14

// centered is the place of a dialog that wants at most wantW×wantH cells.
func centered(w, h, wantW, wantH int) rect {
	margin := 2
	if w < smallWidth || h < smallHeight {
		margin = 0 // there is no room to waste on what lies behind
	}
	dw, dh := min(wantW, w-margin), min(wantH, h-margin)
	return rect{(w - dw) / 2, max(0, (h-dh)/2), dw, dh}
}

// An intent is what a pane wants done by somebody else. Nil means nothing.
type intent interface{ intent() }

type (
	// closeMe takes the pane off the stack.
	closeMe struct{}
	// replaceMe takes the pane off the stack and puts another in its place.
	replaceMe struct{ by pane }
	// openPane puts a pane on top of the stack.
	openPane struct{ pane pane }
	// copyText puts text on the clipboard; what names it ("URI", "report").
	copyText struct{ what, text string }
	// tell shows a notice on the footer line until the next key.
	tell struct {
		kind noticeKind
		text string
	}
	// applyFix changes the lab's world as a fix says; only the demo can. also are
	// the other changes that the same mend is made of.
	applyFix struct {
		fix  diagnose.Fix
		also []diagnose.Fix
	}
)

func (closeMe) intent()   {}
func (replaceMe) intent() {}
func (openPane) intent()  {}
func (copyText) intent()  {}
func (tell) intent()      {}
func (applyFix) intent()  {}

// noticeKind tells the three looks of a notice apart.
type noticeKind uint8

const (
	info noticeKind = iota
	success
	failure
)

// notice is one line for the person, shown on the footer until the next key.
type notice struct {
	kind noticeKind
	text string
}

type (
	// both carries out two intents, one after the other.
	both struct{ first, second intent }
	// pressed hands a key to what lies below.
	pressed struct{ key tea.KeyPressMsg }
	// setFilter narrows the list.
	setFilter struct{ query string }
	// goTo leaves for another place.
	goTo struct{ at s3view.Location }
	// runAction runs an action of the table by its id.
	runAction struct{ id string }
	// choose connects anew with another profile or region.
	choose struct{ choice Choice }
	// beginLesson enters a scenario of the demo.
	beginLesson struct{ scenario string }
	// retryLesson makes the lesson's request in its other way.
	retryLesson struct{}
)

func (both) intent()        {}
func (pressed) intent()     {}
func (setFilter) intent()   {}
func (goTo) intent()        {}
func (runAction) intent()   {}
func (choose) intent()      {}
func (beginLesson) intent() {}
func (retryLesson) intent() {}

// footed is a pane that draws the footer line itself, as a line of input does.
type footed interface {
	footer(t Theme, w int) string
}
