package ui

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
)

// lessonList is the demo's list of lessons: on the left what there is to learn,
// in its order and with what is learnt already, on the right the story of the
// chosen one.
type lessonList struct {
	all   []Scenario
	state lessonState
	win   window
	sure  bool // start over was asked for, and waits for a yes
	cut   bool // the story had no room for its end when it was drawn
}

// lessonState is how far she has come.
type lessonState struct {
	current string // the lesson that is on; empty: none
	learnt  map[string]bool
}

// startOver puts the lab back as it began and forgets what was learnt.
type startOver struct{}

func (startOver) intent() {}

// newLessonList lists the lessons and, after them, the other scenarios; the
// first that is not learnt yet is chosen.
func newLessonList(all []Scenario, state lessonState) *lessonList {
	l := &lessonList{all: all, state: state}
	l.win.resize(len(all), len(all))
	for i, s := range all {
		if s.Name == state.current {
			l.win.to(i)
			if state.learnt[s.Name] && i+1 < len(all) {
				l.win.to(i + 1)
			}
		}
	}
	return l
}

func (l *lessonList) place(w, h int) rect { return whole(w, h) }
func (l *lessonList) close()              {}

func (l *lessonList) hints() []hint {
	if l.sure {
		return []hint{{"y", "start over"}, {"n", "go on"}}
	}
	out := []hint{{"enter", "begin"}}
	if l.cut {
		out = append(out, hint{"space", "story"})
	}
	return append(out, hint{"↑↓", "choose"}, hint{"o", "start over"}, hint{"esc", "back"})
}

func (l *lessonList) update(msg tea.Msg) (intent, tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return l.press(m.String()), nil
	case tea.MouseWheelMsg:
		l.win.by(map[bool]int{true: -1, false: 1}[m.Mouse().Button == tea.MouseWheelUp])
	case tea.MouseClickMsg:
		if i := l.win.top + m.Mouse().Y - 2; m.Mouse().Y >= 2 && i < len(l.all) {
			l.win.to(i)
		}
	}
	return nil, nil
}

func (l *lessonList) press(key string) intent {
	if l.sure {
		l.sure = false
		if key == "y" {
			return startOver{}
		}
		return nil
	}
	switch key {
	case "up", "k":
		l.win.by(-1)
	case "down", "j":
		l.win.by(1)
	case "pgdown", "ctrl+d":
		l.win.by(max(l.win.height-1, 1))
	case "pgup", "ctrl+u":
		l.win.by(-max(l.win.height-1, 1))
	case "g", "home":
		l.win.to(0)
	case "G", "end":
		l.win.to(len(l.all) - 1)
	case "o":
		l.sure = true
	case "space":
		if len(l.all) > 0 {
			return openPane{storyOf(l.all[l.win.cursor])}
		}
	case "enter", "l", "right":
		if len(l.all) > 0 {
			return beginLesson{l.all[l.win.cursor].Name}
		}
	case "esc", "q", "backspace", "h", "left":
		return closeMe{}
	}
	return nil
}

// lessons counts the numbered lessons and how many of them are learnt.
func (l *lessonList) lessons() (all, learnt int) {
	for _, s := range l.all {
		if s.Number > 0 {
			all++
			if l.state.learnt[s.Name] {
				learnt++
			}
		}
	}
	return all, learnt
}

func (l *lessonList) view(t Theme, w, h int) block {
	all, learnt := l.lessons()
	head := " " + t.Title.Render("learn by mending")
	bar := 20
	if w < 60 {
		bar = 0 // the words say it
	}
	done := t.progress(learnt, all, bar) + " " + t.Dim.Render(strconv.Itoa(learnt)+" of "+strconv.Itoa(all)+" lessons ")
	out := block{t.spread(head, done, w)}
	if h < 3 {
		return t.exactly(out, w, h)
	}
	if h >= welcomeFrom {
		for _, line := range wrap(welcome, w-1) {
			out = append(out, t.fit(" "+t.Text.Render(line), w))
		}
	}
	total := h
	h -= len(out)
	if w < wideFrom {
		story := clamp(h*9/20, 0, 10)
		if h < 12 {
			story, l.cut = 0, true
		}
		out = append(out, l.list(t, w, h-story)...)
		if story > 0 {
			out = append(out, l.story(t, w, story)...)
		}
		return t.exactly(out, w, total)
	}
	left := clamp(w*11/20, 50, 82)
	return append(out, beside(l.list(t, left, h), l.story(t, w-left, h))...)
}

// welcome tells a newcomer what she sees and what to press, on screens of at
// least welcomeFrom lines.
const welcome = "A small AWS runs inside this program. Each lesson is a request that it refuses:\n" +
	"enter opens one, w walks you to its cause, and a mends it. esc to browse."

const welcomeFrom = 18

// progress is a bar of w cells.
func (t Theme) progress(n, all, w int) string {
	if all <= 0 {
		return ""
	}
	full := w * n / all
	return t.Good.Render(strings.Repeat(t.Glyphs.Bar, full)) + t.Border.Render(strings.Repeat(t.Glyphs.BarEmpty, w-full))
}

func (l *lessonList) list(t Theme, w, h int) block {
	l.win.resize(max(h-2, 1), len(l.all))
	from, to := l.win.seen()
	var lines []string
	for i := from; i < to; i++ {
		lines = append(lines, l.row(t, i, w-2))
	}
	f := frame{title: t.Title.Render("lessons"), focused: true, lines: lines, thumb: l.win.thumb()}
	return t.draw(f, w, h)
}

// row is one lesson: learnt or not, its number, its title.
func (l *lessonList) row(t Theme, i, w int) string {
	s := l.all[i]
	sign, style := " ", t.Text
	switch {
	case l.state.learnt[s.Name]:
		sign = t.Good.Render(t.Glyphs.Pass)
	case s.Name == l.state.current:
		sign = t.Accent.Render(t.Glyphs.Arrow)
	case s.Number == 0:
		style = t.Dim
	}
	cursor := " "
	if i == l.win.cursor {
		cursor, style = t.Accent.Render(t.Glyphs.Cursor), t.Bright
	}
	number := ""
	if s.Number > 0 {
		number = strconv.Itoa(s.Number)
	}
	line := t.fit(cursor+" "+sign+" "+t.Dim.Render(t.fitRight(number, 2))+"  "+style.Render(t.Clean(s.Title)), w)
	if i == l.win.cursor {
		line = t.Selected.Under(line)
	}
	return line
}

// story tells the chosen lesson: who wants what, and what there is to do.
func (l *lessonList) story(t Theme, w, h int) block {
	s := &sheet{Theme: t, width: clamp(w-6, 1, measure)}
	if len(l.all) == 0 {
		return t.draw(frame{lines: []string{" there are no lessons"}}, w, h)
	}
	chosen := l.all[clamp(l.win.cursor, 0, len(l.all)-1)]
	if h >= 10 { // where the screen is low, the title of the chosen row is enough
		s.text(0, t.Bright, sentence(chosen.Title))
		s.gap()
	}
	s.text(0, t.Text, strings.Join(strings.Fields(chosen.Story), " "))
	s.gap()
	s.text(0, t.Dim, "actor   "+chosen.Actor)
	s.text(0, t.Dim, "object  "+chosen.Target.String())
	if h > 12 { // elsewhere the welcome above says it
		s.gap()
		s.text(0, t.Text, "enter opens the refused object as "+chosen.Actor+"; w walks the way of the request to where it stopped; a mends it in the lab; and the request is tried again.")
	}
	if l.state.learnt[chosen.Name] {
		s.gap()
		s.hang(t.Good.Render(t.Glyphs.Pass)+" ", "  ", t.Good, "Learnt: you have seen this one allowed.")
		s.text(2, t.Dim, causeInfo(chosen.Cause).Words)
	}
	title := "the story"
	if l.sure {
		s.lines = nil
		s.text(0, t.Bright, "Start over?")
		s.gap()
		s.text(0, t.Text, "The lab's world goes back to how it began, and no lesson counts as learnt. y starts over, any other key goes on.")
		title = "start over"
	}
	most := h - 2
	l.cut = len(s.lines) > most
	if most > 0 && l.cut {
		s.lines = append(s.lines[:most-1:most-1], t.fitMost(s.lines[most-1], s.width-2)+t.Dim.Render(" "+t.Glyphs.Ellipsis))
	}
	return t.draw(frame{title: t.Dim.Render(title), lines: s.lines, pad: 2}, w, h)
}

// storyOf is a dialog with all of a lesson's story.
func storyOf(s Scenario) *message {
	head := strings.Join(strings.Fields(s.Story), " ")
	return newMessage(lessonTitle(s), head, []string{"who asks: " + s.Actor, "for: " + s.Target.String()})
}

// lessonTitle is the title of a lesson with its number, where it has one.
func lessonTitle(s Scenario) string {
	if s.Number > 0 {
		return strconv.Itoa(s.Number) + " " + s.Title
	}
	return s.Title
}

// verdictOf is what a lesson has to say when the diagnosis is complete: that it
// is learnt, or after something was tried that did not help, that it was the
// wrong thing, or that what waited behind it now shows. open says that a
// stranger gets the object, too.
func verdictOf(s Scenario, r diagnose.Report, tried, open bool) (kind noticeKind, text string, learnt bool) {
	switch allowed := r.Verdict.Cause == diagnose.Allowed; {
	case r.Partial || !tried:
		return info, "", false
	case allowed && open:
		return failure, "allowed, but to every stranger too: an unsigned request gets it as well. b begins the lesson anew", false
	case allowed:
		return success, "allowed: mended. n shows what there is to learn next", true
	case open:
		return failure, "still refused to you, and now open to every stranger. b begins the lesson anew", false
	case r.Verdict.Cause != s.Cause && slices.Contains(s.Behind, r.Verdict.Cause):
		return info, "that is mended, and the next shows, which waited behind it: " + causeInfo(r.Verdict.Cause).Title, false
	default:
		return failure, "still refused: that was not what stops it, or something else waits behind it", false
	}
}
