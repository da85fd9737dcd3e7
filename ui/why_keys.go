package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"s403/diagnose"
)

// whyKey is one row of the panel's key table: footer and help are made from it.
type whyKey struct {
	keys []string
	hint hint // what footer and help show; empty: they do not
	run  func(*whyPanel) intent
	when func(*whyPanel) bool // nil: always
}

// whyTable lists what the keys do, the most useful first. Where two rows share
// a key, the first whose when holds gets it.
var whyTable = []whyKey{
	{keys: []string{"esc"}, hint: hint{"esc", "stop asking"}, run: (*whyPanel).stop, when: asking},
	{keys: []string{"space", "enter", "x"}, hint: hint{"space", "suppose"}, run: (*whyPanel).suppose, when: onWhatIf},
	{keys: []string{"up", "k"}, run: scrolls(-1), when: scrollsNow},
	{keys: []string{"down", "j"}, hint: hint{"↑↓", "scroll"}, run: scrolls(1), when: scrollsNow},
	{keys: []string{"up", "k"}, run: moves(-1)},
	{keys: []string{"down", "j"}, hint: hint{"↑↓", "choose"}, run: moves(1)},
	{keys: []string{"enter"}, hint: hint{"enter", "read"}, run: (*whyPanel).read, when: notReading},
	{keys: []string{"n"}, hint: hint{"n", "next lesson"}, run: (*whyPanel).nextLesson, when: mended},
	{keys: []string{"]", "n"}, hint: hint{"n", "next station"}, run: moves(1), when: isReading},
	{keys: []string{"[", "p"}, run: moves(-1), when: isReading},
	{keys: []string{"right", "l"}, run: (*whyPanel).read, when: pagesNow},
	{keys: []string{"tab", "right", "l"}, hint: hint{"tab", "leaf"}, run: turns(1), when: onWay},
	{keys: []string{"left", "h"}, run: (*whyPanel).back, when: firstLeafOfPage},
	{keys: []string{"shift+tab", "left", "h"}, run: turns(-1), when: onWay},
	{keys: []string{"right", "l"}, run: moves(1), when: onFlow},
	{keys: []string{"left", "h"}, run: moves(-1), when: onFlow},
	{keys: []string{"1"}, run: opens(leafAbout), when: onWay},
	{keys: []string{"2"}, run: opens(leafSaw), when: onWay},
	{keys: []string{"3"}, run: opens(leafMend), when: onWay},
	{keys: []string{"s"}, hint: hint{"s", "where it stopped"}, run: (*whyPanel).toStop, when: awayFromStop},
	{keys: []string{"f"}, hint: hint{"f", "flow"}, run: shows(screenFlow)},
	{keys: []string{"t"}, hint: hint{"t", "what if"}, run: (*whyPanel).startWhatIf, when: canSuppose},
	{keys: []string{"a"}, hint: hint{"a", "apply"}, run: (*whyPanel).askToApply, when: canApply},
	{keys: []string{"b"}, hint: hint{"b", "begin anew"}, run: (*whyPanel).anew, when: inLesson},
	{keys: []string{"e"}, hint: hint{"e", "edit"}, run: (*whyPanel).edit, when: canPlay},
	{keys: []string{"+", "x"}, hint: hint{"x", "next fix"}, run: (*whyPanel).nextFix, when: manyFixes},
	{keys: []string{"y"}, hint: hint{"y", "copy"}, run: (*whyPanel).askToCopy},
	{keys: []string{"r", "ctrl+r"}, hint: hint{"r", "again"}, run: (*whyPanel).again},
	{keys: []string{"g", "home"}, run: (*whyPanel).top},
	{keys: []string{"G", "end"}, run: (*whyPanel).bottom},
	{keys: []string{"pgdown", "ctrl+d", "space", "J"}, run: pages(1)},
	{keys: []string{"pgup", "ctrl+u", "K"}, run: pages(-1)},
	{keys: []string{"esc", "backspace", "q"}, hint: hint{"esc", "back"}, run: (*whyPanel).back},
}

func always(when func(*whyPanel) bool, p *whyPanel) bool { return when == nil || when(p) }

func onWhatIf(p *whyPanel) bool { return p.screen == screenWhatIf }
func canSuppose(p *whyPanel) bool {
	return len(p.report.Trace) > 0 || onWhatIf(p) || p.evidence.IdentityPolicies.Known() || p.evidence.BucketPolicy.Known()
}
func asking(p *whyPanel) bool     { return p.busy() && !p.reading && p.screen == screenWay }
func onWay(p *whyPanel) bool      { return p.screen == screenWay }
func onFlow(p *whyPanel) bool     { return p.screen == screenFlow }
func isReading(p *whyPanel) bool  { return p.reading && p.screen == screenWay }
func scrollsNow(p *whyPanel) bool { return isReading(p) }
func notReading(p *whyPanel) bool { return !isReading(p) && !onWhatIf(p) }
func pagesNow(p *whyPanel) bool   { return onWay(p) && p.seen.oneAtime && !p.reading }

func firstLeafOfPage(p *whyPanel) bool {
	return isReading(p) && p.seen.oneAtime && p.leaf == leafAbout
}
func awayFromStop(p *whyPanel) bool { return p.station != p.stopOf(p.report) }
func manyFixes(p *whyPanel) bool    { return onWay(p) && p.leaf == leafMend && len(p.fixes()) > 1 }

func canApply(p *whyPanel) bool {
	return p.lab && slices.ContainsFunc(p.fixes(), appliable)
}

// update tells the panel of a key or of the mouse.
func (p *whyPanel) update(msg tea.Msg) (intent, tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return p.press(m.String()), nil
	case tea.MouseWheelMsg:
		p.wheel(m.Mouse())
		return nil, nil
	case tea.MouseClickMsg:
		return p.click(m.Mouse()), nil
	}
	return nil, nil
}

func (p *whyPanel) press(key string) intent {
	switch p.ask {
	case askCopy:
		return p.copies(key)
	case askApply:
		return p.applies(key)
	}
	for _, k := range whyTable {
		if slices.Contains(k.keys, key) && always(k.when, p) {
			return k.run(p)
		}
	}
	return nil
}

// hints are the keys that work now.
func (p *whyPanel) hints() []hint {
	switch p.ask {
	case askCopy:
		return []hint{{"r", "report"}, {"c", "command"}, {"f", "fix"}, {"u", "URI"}, {"esc", "not now"}}
	case askApply:
		return []hint{{"y", "apply it"}, {"n", "leave it"}}
	}
	now := map[string]string{}
	for _, k := range whyTable {
		if k.hint.key != "" && now[k.hint.key] == "" && always(k.when, p) {
			now[k.hint.key] = k.hint.does
		}
	}
	var out []hint
	for _, key := range hintOrder {
		if now[key] != "" {
			out = append(out, hint{key, now[key]})
		}
	}
	return out
}

// hintOrder is the order of the footer, which shows as many as fit: what leads on
// comes first, and the way out before what can be missed.
var hintOrder = []string{"n", "space", "↑↓", "enter", "tab", "a", "f", "esc", "t", "x", "b", "y", "s", "e", "r"}

func mended(p *whyPanel) bool { return p.lesson != nil && p.allowed() && !p.report.Partial }

func inLesson(p *whyPanel) bool { return p.lesson != nil && !p.report.Partial }

// anew begins the lesson again: the world as it was made, and the refused head.
func (p *whyPanel) anew() intent { return beginLesson{p.lesson.Name} }

// nextLesson opens the list of lessons, which knows what comes next.
func (p *whyPanel) nextLesson() intent { return runAction{"lessons"} }

func canPlay(p *whyPanel) bool { return p.lab && !p.report.Partial && len(p.report.Stations) > 0 }

// edit opens free play: a policy of the lab, to be rewritten by hand.
func (p *whyPanel) edit() intent { return editDrafts{diagnose.Drafts(p.evidence)} }

func (p *whyPanel) stop() intent  { return stopDiagnosis{} }
func (p *whyPanel) again() intent { p.steered = false; return diagnoseAgain{} }

// back leaves what she is in: the leaf, the picture, at last the panel.
func (p *whyPanel) back() intent {
	switch {
	case p.screen != screenWay:
		p.screen = screenWay
	case p.reading:
		p.reading = false
	default:
		return closeMe{}
	}
	p.scroll = 0
	return nil
}

func (p *whyPanel) read() intent {
	p.screen, p.reading, p.scroll = screenWay, true, 0
	return nil
}

func moves(by int) func(*whyPanel) intent {
	return func(p *whyPanel) intent {
		if onWhatIf(p) {
			p.what.cursor = max(p.what.cursor+by, 0)
			return nil
		}
		p.visit(p.station + by)
		return nil
	}
}

// visit goes to a station; from now on she steers.
func (p *whyPanel) visit(i int) {
	p.station = clamp(i, 0, len(p.report.Stations)-1)
	p.steered = true
	p.scroll, p.fix = 0, p.firstFix()
}

func (p *whyPanel) toStop() intent { p.visit(p.stopOf(p.report)); p.steered = false; return nil }

func scrolls(by int) func(*whyPanel) intent {
	return func(p *whyPanel) intent { p.scrollBy(by); return nil }
}

func pages(by int) func(*whyPanel) intent {
	return func(p *whyPanel) intent { p.scrollBy(by * max(p.seen.height-2, 1)); return nil }
}

func (p *whyPanel) scrollBy(n int) {
	p.scroll = p.seen.scrolled(p.seen.scrolled(p.scroll) + n)
}

func turns(by int) func(*whyPanel) intent {
	return func(p *whyPanel) intent {
		n := len(whyLeaves)
		return opens(whyLeaf((int(p.leaf) + by + n) % n))(p)
	}
}

func opens(l whyLeaf) func(*whyPanel) intent {
	return func(p *whyPanel) intent {
		p.leaf, p.scroll = l, 0
		if p.seen.oneAtime {
			p.reading = true
		}
		return nil
	}
}

func shows(s whyScreen) func(*whyPanel) intent {
	return func(p *whyPanel) intent {
		was := p.screen
		if p.screen, p.scroll = s, 0; was == s {
			p.screen = screenWay
		}
		return nil
	}
}

func (p *whyPanel) top() intent {
	if isReading(p) {
		p.scroll = 0
	} else {
		p.visit(0)
	}
	return nil
}

func (p *whyPanel) bottom() intent {
	if isReading(p) {
		p.scroll = p.seen.high
	} else {
		p.visit(len(p.report.Stations) - 1)
	}
	return nil
}

func (p *whyPanel) nextFix() intent {
	p.fix = (p.fix + 1) % max(len(p.fixes()), 1)
	return nil
}

// wheel scrolls what lies under the pointer: the leaf, or the stations.
func (p *whyPanel) wheel(m tea.Mouse) {
	by := 3
	if m.Button == tea.MouseWheelUp {
		by = -3
	}
	if p.screen == screenWay && p.seen.list.holds(m.X, m.Y) {
		p.visit(p.station + by/3)
		return
	}
	p.scrollBy(by)
}

// click chooses the station, the leaf or the pane under the pointer.
func (p *whyPanel) click(m tea.Mouse) intent {
	if m.Button != tea.MouseLeft || p.screen != screenWay {
		return nil
	}
	for i, r := range p.seen.tabs {
		if r.holds(m.X, m.Y) {
			return opens(whyLeaf(i))(p)
		}
	}
	if p.seen.list.holds(m.X, m.Y) {
		p.reading = false
		if i := p.seen.top + m.Y - p.seen.list.y; i < len(p.report.Stations) {
			p.visit(i)
		}
	} else if p.seen.leaf.holds(m.X, m.Y) {
		p.reading = true
	}
	return nil
}

// close has nothing to cancel: App holds the context of the probes.
func (p *whyPanel) close() {}

// fixText is a fix as it goes to the clipboard: the policy where there is one,
// else the command or the sentence.
func fixText(f diagnose.Fix) string {
	switch {
	case len(f.After) > 0:
		return pretty(f.After) + "\n"
	case len(f.Policy) > 0:
		return pretty(f.Policy) + "\n"
	default:
		return f.Text
	}
}
