package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"s403/s3view"
)

// View draws the screen: exactly as many cells as the terminal has.
func (a *App) View() tea.View {
	v := tea.NewView(a.theme.Glyphs.plainly(strings.Join(a.screen(), "\n")))
	v.AltScreen = true
	v.WindowTitle = "s403 " + a.theme.Clean(a.browse.at.String())
	if m := a.cfg.Settings.Mouse; m == nil || *m {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// layout is where everything stands now.
func (a *App) layout() layout {
	return arrange(a.w, a.h, len(a.strip(max(a.w-4, 20))), a.sideOpen || a.sideFocus)
}

// fitBrowser tells the list how many rows there are to see.
func (a *App) fitBrowser() {
	if l := a.layout(); !l.tooSmall {
		a.browse.win.resize(l.list.h-2-a.listNoteLines(l.list.w), a.browse.lens.total())
	}
}

func (a *App) screen() block {
	if a.w == 0 {
		return block{""}
	}
	l := a.layout()
	if l.tooSmall {
		return a.tooSmall()
	}
	a.fitBrowser()
	base := a.body(l)
	for i, p := range a.stack {
		r := p.place(a.w, a.h-1)
		if r.w <= 0 || r.h <= 0 || a.covered(i) {
			continue
		}
		base = overlay(base, p.view(a.theme, r.w, r.h), r.x, r.y)
	}
	foot := a.noticeLines(a.w)
	if len(foot) == 0 {
		foot = block{a.footer(a.w)}
	}
	return append(base[:len(base)+1-len(foot)], foot...)
}

// noticeMost is how many lines of the screen a notice takes at most.
const noticeMost = 4

// noticeLines is the notice that is to be read now: as many lines as it needs.
func (a *App) noticeLines(w int) block {
	if a.notice == nil {
		return nil
	}
	t, n := a.theme, *a.notice
	sign, style := t.noticeSign(n.kind)
	lines := wrap(t.CleanLine(n.text), w-4)
	if len(lines) > noticeMost {
		lines = append(lines[:noticeMost-1], t.fitMost(lines[noticeMost-1], w-5)+t.Glyphs.Ellipsis)
	}
	out := make(block, len(lines))
	for i, l := range lines {
		out[i] = t.fit(" "+sign+" "+style.Render(l), w)
		sign = " "
	}
	return out
}

// noticeSign is the sign before a notice, and how its text is drawn.
func (t Theme) noticeSign(k noticeKind) (string, Style) {
	switch k {
	case success:
		return t.Good.Render(t.Glyphs.Pass), t.Good
	case failure:
		return t.Bad.Render(t.Glyphs.Fail), t.Bad
	default:
		return t.Accent.Render(t.Glyphs.Middot), t.Text
	}
}

// covered tells that a pane higher up fills the screen, so that drawing pane i
// would be in vain.
func (a *App) covered(i int) bool {
	for _, p := range a.stack[min(i+1, len(a.stack)):] {
		if p.place(a.w, a.h-1) == whole(a.w, a.h-1) {
			return true
		}
	}
	return false
}

// body is the header, the strip, the list and the side pane.
func (a *App) body(l layout) block {
	if a.covered(-1) {
		return a.theme.exactly(nil, a.w, a.h-1)
	}
	out := block{a.header(a.w)}
	if l.strip.h > 0 {
		out = append(out, a.stripBlock(l.strip.w)...)
	}
	list := a.listView(l.list.w, l.list.h)
	switch {
	case l.side.w == 0:
	case l.narrow:
		list = overlay(list, a.sideView(l.side.w, l.side.h), l.side.x, 0)
	default:
		list = beside(list, a.sideView(l.side.w, l.side.h))
	}
	return append(out, list...)
}

func (a *App) tooSmall() block {
	t := a.theme
	lines := make([]string, a.h)
	say := []string{"s403 needs", fmt.Sprintf("%d×%d cells", leastWidth, leastHeight), fmt.Sprintf("here: %d×%d", a.w, a.h), "q quits"}
	if t.Glyphs.ASCII {
		say[1], say[2] = strings.ReplaceAll(say[1], "×", "x"), strings.ReplaceAll(say[2], "×", "x")
	}
	top := max(0, (a.h-len(say))/2)
	for i, s := range say {
		if top+i < len(lines) {
			lines[top+i] = spaces(max(0, (a.w-width(s))/2)) + s
		}
	}
	return t.exactly(lines, a.w, a.h)
}

// header is identity left and place right.
func (a *App) header(w int) string {
	t := a.theme
	where := t.Bright.Render(t.Clean(a.browse.at.String()))
	if a.browse.at.Root() {
		where = t.Bright.Render("buckets")
	}
	if r := a.browse.moved; r != "" {
		where = t.Warn.Render("in "+t.Clean(r)+" ") + where
	}
	who := a.identityLine(w)
	if width(where) > w*2/3 {
		where = t.Dim.Render(t.Glyphs.Ellipsis) + t.Bright.Render(strings.TrimRight(t.fitTail(t.Clean(a.browse.at.String()), w*2/3), " "))
	}
	return t.fit(" "+t.spread(who, where, w-2)+" ", w)
}

// identityLine says who asks: as much of it as is known and fits.
func (a *App) identityLine(w int) string {
	t := a.theme
	dot := t.Dim.Render(" " + t.Glyphs.Middot + " ")
	var parts []string
	switch {
	case a.connErr != nil:
		parts = append(parts, t.Bad.Render("not connected"))
	case a.conn == nil, a.dial.busy():
		parts = append(parts, t.Dim.Render("connecting"+t.Glyphs.Ellipsis))
	default:
		parts = a.callerParts()
	}
	if a.cfg.Lesson != nil {
		parts = append([]string{t.Accent.Render("lab")}, parts...)
	}
	for len(parts) > 1 && width(strings.Join(parts, dot)) > w/2 {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, dot)
}

func (a *App) callerParts() []string {
	t, s := a.theme, a.conn.Session
	name := t.Dim.Render("who" + t.Glyphs.Ellipsis)
	switch {
	case a.who.err != nil:
		name = t.Bad.Render("no identity")
	case s.Anonymous():
		name = t.Bright.Render("anonymous")
	case a.who.known && a.who.identity.Asked:
		name = t.Bright.Render(t.Clean(a.who.identity.Name()))
	case a.who.known:
		name = t.Bright.Render(t.Clean(a.who.credentials.AccessKeyID))
	}
	if p := a.who.credentials.Profile; p != "" && a.cfg.Lesson == nil {
		name += t.Dim.Render("@" + t.Clean(p))
	}
	parts := append([]string{name}, t.eyeParts(a.choice)...)
	if n := a.who.identity.Account; n != "" {
		parts = append(parts, t.Text.Render(account(n)))
	}
	if r := s.Region(); r != "" {
		parts = append(parts, t.Text.Render(t.Clean(r)))
	}
	if e := s.Endpoint(); e != "" && a.cfg.Lesson == nil {
		parts = append(parts, t.Text.Render(t.Clean(e)))
	}
	return parts
}

// account groups the twelve digits, which nobody reads otherwise.
func account(n string) string {
	if len(n) != 12 {
		return n
	}
	return n[:4] + "-" + n[4:8] + "-" + n[8:]
}

// footer is a pane's own line, or the keys that work now.
func (a *App) footer(w int) string {
	t := a.theme
	if p, ok := a.top().(footed); ok {
		return t.fit(p.footer(t, w), w)
	}
	return t.fit(" "+t.hintLine(a.hints(), w-2), w)
}

// hints are the keys of whatever has them.
func (a *App) hints() []hint {
	if p := a.top(); p != nil {
		return append(p.hints(), a.eyeHints()...)
	}
	if a.sideFocus {
		out := []hint{{"←→", "tabs"}, {a.keyOf("why"), "why"}, {a.keyOf("focus"), "list"}, {a.keyOf("escape"), "back"}, {a.keyOf("help"), "help"}}
		if a.side.lines > a.side.height {
			out = append([]hint{{"↑↓", "scroll"}}, out...)
		}
		return out
	}
	var out []hint
	for _, act := range a.table {
		if act.short != "" && act.why(a) == "" {
			out = append(out, hint{act.Help().Key, act.short})
		}
	}
	return out
}

// stripMost is how many lines of a story the strip shows.
const stripMost = 3

// strip is what tells a newcomer of the demo what she sees: a title, the story,
// and the key to press next.
func (a *App) strip(w int) []string {
	if a.cfg.Lesson == nil {
		return nil
	}
	t := a.theme
	title, story := "The lab", "A small AWS inside this program: accounts, policies, buckets. Nothing leaves your machine. Each lesson is one refused request."
	if s, ok := a.scenario(a.lesson); ok {
		title, story = s.Title, s.Story
		if s.Number > 0 {
			title = fmt.Sprintf("%d%s %s", s.Number, t.Glyphs.Middot, s.Title)
		}
	}
	lines := wrap(t.CleanLine(story), min(w, measure))
	if most := max(1, min(stripMost, a.h/8-1)); len(lines) > most {
		lines = lines[:most]
		lines[most-1] = t.fitMost(lines[most-1]+" "+t.Glyphs.Ellipsis, w)
	}
	out := []string{t.Title.Render(t.CleanLine(title))}
	for _, l := range lines {
		out = append(out, t.Text.Render(l))
	}
	return append(out, t.hintLine(a.stripHints(), w))
}

// stripHints are the keys that the strip tells of.
func (a *App) stripHints() []hint {
	if _, ok := a.scenario(a.lesson); ok {
		return []hint{{a.keyOf("why"), "walks to the cause"}, {a.keyOf("lessons"), "other lessons"}, {a.keyOf("story"), "whole story"}}
	}
	return []hint{{a.keyOf("lessons"), "lessons"}, {a.keyOf("open"), "opens a bucket"}, {a.keyOf("help"), "every key"}}
}

// stripBlock draws the strip, set off by a bar in the accent.
func (a *App) stripBlock(w int) block {
	t := a.theme
	text := a.strip(w - 4)
	for i, l := range text {
		text[i] = " " + t.Accent.Render(t.Glyphs.Cursor) + " " + l
	}
	return t.exactly(text, w, len(text))
}

// refusalLines words why something did not come, for the pane where it would be.
func (t Theme) refusalLines(e *s3view.Error, w int) []string {
	var out []string
	head := "no answer"
	if e.Status > 0 {
		head = fmt.Sprintf("%d %s", e.Status, t.CleanLine(e.Code))
	}
	switch {
	case e.Canceled():
		head = "stopped"
	case e.NotSent():
		head = "not sent"
	}
	out = append(out, t.Bad.Render(t.Glyphs.Fail+" "+head)+t.Dim.Render("  "+t.Clean(e.Op)))
	if m := t.CleanLine(e.Message); m != "" && m != e.Code {
		for _, l := range wrap(m, w-2) {
			out = append(out, "  "+t.Text.Render(l))
		}
	}
	if e.Hint != "" {
		for _, l := range wrap(t.CleanLine(e.Hint), w-2) {
			out = append(out, "  "+t.Dim.Render(l))
		}
	}
	return out
}
