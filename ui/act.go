package ui

import (
	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
	"s403/s3view"
)

// press answers a key. ctrl+c always leaves; what lies on top comes first; then
// the table.
func (a *App) press(msg tea.KeyPressMsg) tea.Cmd {
	if msg.String() == "ctrl+c" {
		return tea.Quit
	}
	a.hush()
	if p := a.top(); p != nil {
		if !isTyping(p) && msg.String() == "q" {
			return tea.Quit
		}
		if _, helping := p.(*helpPane); !helping && !isTyping(p) && msg.String() == "?" {
			return a.openHelp()
		}
		if act, ok := a.actionFor(msg); ok && (act.id == "reader" || act.id == "as") && a.diagnosing() {
			return a.run(act)
		}
		in, cmd := p.update(msg)
		return tea.Batch(cmd, a.carry(p, in))
	}
	act, ok := a.actionFor(msg)
	if !ok {
		return nil
	}
	return a.act(act)
}

// act does what a key of the table does now: in the side pane, or in the list.
func (a *App) act(act action) tea.Cmd {
	if a.sideFocus {
		if cmd, done := a.pressSide(act); done {
			return cmd
		}
	}
	return a.run(act)
}

// run runs an action, or says why it cannot be run now. What can be asked as soon
// as there is a connection waits for it.
func (a *App) run(act action) tea.Cmd {
	if act.waits && a.dial.busy() {
		a.waiting = act.id
		a.say(info, act.Help().Key+" waits for the connection, "+a.keyOf("escape")+" gives it up")
		return nil
	}
	if why := act.why(a); why != "" {
		a.say(info, why)
		return nil
	}
	return act.run(a)
}

// pressSide moves the side pane's text while it has the focus.
func (a *App) pressSide(act action) (tea.Cmd, bool) {
	switch act.id {
	case "up":
		a.side.scrollBy(-1)
	case "down":
		a.side.scrollBy(1)
	case "half-up", "page-up":
		a.side.scrollBy(-a.side.height / 2)
	case "half-down", "page-down":
		a.side.scrollBy(a.side.height / 2)
	case "top":
		a.side.scrollBy(-1 << 30)
	case "bottom":
		a.side.scrollBy(1 << 30)
	case "open":
		return a.side.turn(1), true
	case "parent":
		return a.side.turn(-1), true
	default:
		return nil, false
	}
	return nil, true
}

func (a *App) paste(msg tea.PasteMsg) tea.Cmd {
	if p := a.top(); p != nil {
		in, cmd := p.update(msg)
		return tea.Batch(cmd, a.carry(p, in))
	}
	at, err := s3view.ParseURI(msg.Content)
	if err != nil {
		a.say(failure, err.Error())
		return nil
	}
	return a.visit(at)
}

func isTyping(p pane) bool {
	t, ok := p.(typist)
	return ok && t.typing()
}

// top is the pane that has the keys, or nil.
func (a *App) top() pane {
	if len(a.stack) == 0 {
		return nil
	}
	return a.stack[len(a.stack)-1]
}

func (a *App) push(p pane) { a.stack = append(a.stack, p) }

// drop takes a pane off the stack, wherever it is in it.
func (a *App) drop(p pane) {
	for i, q := range a.stack {
		if q == p {
			p.close()
			a.stack = append(a.stack[:i:i], a.stack[i+1:]...)
			break
		}
	}
	if _, why := p.(*whyPanel); why {
		a.probe.stop()
	}
}

// carry carries out what a pane wants.
func (a *App) carry(from pane, in intent) tea.Cmd {
	switch in := in.(type) {
	case closeMe:
		a.drop(from)
	case replaceMe:
		a.drop(from)
		a.push(in.by)
	case openPane:
		a.push(in.pane)
	case both:
		return tea.Batch(a.carry(from, in.first), a.carry(from, in.second))
	case pressed:
		return a.press(in.key)
	case copyText:
		return a.fx.copy(a.cfg.Clipboard, in.what, in.text)
	case tell:
		a.say(in.kind, in.text)
	case runAction:
		return a.runByID(in.id)
	default:
		return a.carryFar(in)
	}
	return nil
}

// carryFar carries out what leads elsewhere.
func (a *App) carryFar(in intent) tea.Cmd {
	switch in := in.(type) {
	case setFilter:
		return a.setFilter(in.query)
	case goTo:
		return a.visit(in.at)
	case presign:
		return a.presignFor(in.at)
	case choose:
		return a.reconnect(in.choice)
	case lookThrough:
		return a.lookThrough(in.choice)
	case beginLesson:
		return a.begin(in.scenario)
	case applyFix:
		return a.apply(in)
	case retryLesson:
		return a.retryLesson()
	case startOver:
		return a.startOver()
	case stopDiagnosis:
		a.probe.stop()
	case editDrafts:
		a.push(newDraftEditor(a.fx, in.drafts))
	case surveyAgain:
		return a.survey()
	case diagnoseAgain:
		return a.diagnose(a.whyAt)
	}
	return nil
}

func (a *App) runByID(id string) tea.Cmd {
	for _, act := range a.table {
		if act.id == id {
			return a.run(act)
		}
	}
	return nil
}

func move(n int) func(*App) tea.Cmd {
	return func(a *App) tea.Cmd { a.browse.win.by(n); return a.browse.more() }
}

func moveTo(i int) func(*App) tea.Cmd {
	return func(a *App) tea.Cmd { a.browse.win.to(i); return a.browse.more() }
}

// page moves by a part of the screen.
func page(dir, parts int) func(*App) tea.Cmd {
	return func(a *App) tea.Cmd {
		a.browse.win.by(dir * max(1, a.browse.win.height/parts))
		return a.browse.more()
	}
}

// enter opens the selected row: a bucket or a prefix as a list, an object in
// the side pane.
func (a *App) enter() tea.Cmd {
	e, ok := a.browse.selected()
	if !ok {
		return nil
	}
	if !e.Prefix {
		a.sideOpen = true
		a.sideFocus = a.layout().narrow
		if !a.sideFocus && !a.side.wanting() {
			a.say(info, "it is shown beside the list; "+a.keyOf("focus")+" goes there")
		}
		return a.side.load()
	}
	return a.visit(a.browse.place(e))
}

// visit goes to a place and remembers the one that was left.
func (a *App) visit(at s3view.Location) tea.Cmd {
	if at.Bucket != "" && at.Bucket == a.browse.at.Bucket && at.Region == "" {
		at.Region = a.browse.at.Region
	}
	a.past = append(a.past, a.browse.standing())
	a.future = nil
	return a.show(at)
}

func (a *App) show(at s3view.Location) tea.Cmd {
	a.sideOpen, a.sideFocus = false, false
	if at.Bucket != "" {
		a.memory.visited(at.Bucket)
		a.browse.known = a.memory.buckets()
	}
	return tea.Batch(a.browse.open(at), a.fx.keep(a.cfg.StateFile, a.memory))
}

func (a *App) parent() tea.Cmd {
	from := a.browse.at
	up := from.Parent()
	a.past, a.future = append(a.past, a.browse.standing()), nil
	cmd := a.show(up)
	a.browse.want = from.Name()
	return cmd
}

func (a *App) back() tea.Cmd {
	last := len(a.past) - 1
	at := a.past[last]
	a.past, a.future = a.past[:last], append(a.future, a.browse.standing())
	return a.show(at)
}

func (a *App) forward() tea.Cmd {
	last := len(a.future) - 1
	at := a.future[last]
	a.future, a.past = a.future[:last], append(a.past, a.browse.standing())
	return a.show(at)
}

func (a *App) startFilter() tea.Cmd {
	a.push(newFilterBar(a.browse.lens.query()))
	return nil
}

// setFilter narrows the list. A regular expression that is not finished yet is
// told in the filter's own line and leaves the list as it was.
func (a *App) setFilter(query string) tea.Cmd {
	cmd, err := a.browse.filter(query)
	if bar, ok := a.top().(*filterBar); ok {
		bar.wrong = ""
		if err != nil {
			bar.wrong = err.Error()
		}
	}
	return cmd
}

func (a *App) sortNext() tea.Cmd { return a.browse.sort(nextOrder(a.browse.lens.want.Order)) }

func (a *App) sortReverse() tea.Cmd {
	want := a.browse.lens.want
	return a.browse.sort(want.Order, !want.Descending)
}

func (a *App) turnFocus() {
	if a.layout().narrow {
		show := !a.sideOpen && !a.sideFocus
		a.sideOpen, a.sideFocus = show, show
		return
	}
	a.sideFocus = !a.sideFocus
}

func (a *App) nextTab() tea.Cmd     { return a.side.turn(1) }
func (a *App) previousTab() tea.Cmd { return a.side.turn(-1) }

func (a *App) loadAll() tea.Cmd {
	a.browse.all = true
	return a.browse.load()
}

// escape stops the nearest thing that can be stopped.
func (a *App) escape() tea.Cmd {
	switch {
	case a.browse.all && a.browse.page.busy():
		a.browse.stopAll()
		a.say(info, "stopped; what is loaded stays")
	case a.sideOpen || a.sideFocus:
		a.sideOpen, a.sideFocus = false, false
	case a.browse.lens.query() != "":
		return a.setFilter("")
	case len(a.browse.taken) > 0:
		a.browse.taken = map[string]bool{}
	case a.dial.busy():
		a.stopDialling()
	case a.browse.page.busy():
		a.browse.page.stop()
		a.say(info, "stopped; ctrl+r asks again")
	}
	return nil
}

func (a *App) openPalette() tea.Cmd { a.push(newPalette(a)); return nil }
func (a *App) openHelp() tea.Cmd    { a.push(newHelp(a)); return nil }

func (a *App) startGoTo() tea.Cmd {
	p := newGoTo(a.browse.at, a.memory, a.fx, a.browse.store)
	a.push(p)
	return p.changed()
}

// why opens the diagnosis of the selected row.
func (a *App) why() tea.Cmd {
	at := a.browse.here()
	a.whyAt = at
	w := newWhyPanel(at.String(), a.cfg.Lesson != nil)
	if s, ok := a.scenario(a.lesson); ok && a.course.at(s).String() == at.String() {
		w.teach(s)
	}
	a.push(w)
	return a.diagnose(at)
}

func (a *App) diagnose(at s3view.Location) tea.Cmd {
	if a.conn == nil || a.conn.Diagnose == nil {
		return nil
	}
	a.tellEyes()
	ctx, t := a.fx.ask(&a.probe)
	return a.fx.diagnosis(ctx, t, a.conn.Diagnose, at)
}

func (a *App) evidenceGathered(m evidenceGathered) tea.Cmd {
	if !a.probe.current(m.ticket) {
		return nil
	}
	for _, p := range a.stack {
		if w, ok := p.(interface{ setEvidence(diagnose.Evidence) }); ok {
			w.setEvidence(m.evidence)
		}
	}
	if m.done {
		a.probe.answered(m.ticket)
		return a.judged(m.evidence)
	}
	return m.next
}

// apply carries out a fix in the lab, and asks again.
func (a *App) apply(in applyFix) tea.Cmd {
	if a.cfg.Lesson == nil {
		return nil
	}
	ctx, t := a.fx.ask(&a.applying)
	return a.fx.apply(ctx, t, a.cfg.Lesson, in)
}
