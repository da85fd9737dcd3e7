package ui

import (
	"slices"

	"s403/diagnose"
)

func (p *whyPanel) askToCopy() intent {
	p.ask = askCopy
	return tell{info, "copy: r the report, c the command, f the fix, u the URI"}
}

// copies answers the question of what to copy; any other key puts it away.
func (p *whyPanel) copies(key string) intent {
	p.ask = askNothing
	switch key {
	case "r", "y":
		return copyText{"the report", p.report.Markdown()}
	case "c":
		if cmd := p.command(); cmd != "" {
			return copyText{"the command", cmd}
		}
		return tell{info, "this station has no command to copy"}
	case "f":
		if f, ok := p.chosenFix(); ok {
			return copyText{"the fix", fixText(f)}
		}
		return tell{info, "this station has no fix to copy"}
	case "u":
		return copyText{"the URI", p.uri}
	}
	return nil
}

// askToApply asks whether to carry out the chosen fix or, where that one is for
// people alone, the first that the lab can carry out.
func (p *whyPanel) askToApply() intent {
	all := p.fixes()
	if p.fix >= len(all) || !appliable(all[p.fix]) {
		p.fix = slices.IndexFunc(all, appliable)
		if i := slices.IndexFunc(all, p.untried); i >= 0 {
			p.fix = i
		}
	}
	if p.leaf != leafMend {
		p.leaf, p.scroll = leafMend, 0
	}
	p.ask = askApply
	return nil
}

// appliable tells what the lab can carry out, another request or a change of
// something that is named, from advice.
func appliable(f diagnose.Fix) bool {
	at := f.Applies
	return at.Layer == layerRequest || at.Layer != "" && at.Owner+at.Policy != "" && len(f.After)+len(f.Policy) > 0
}

// untried tells a fix that can be carried out and was not yet.
func (p *whyPanel) untried(f diagnose.Fix) bool {
	return appliable(f) && !slices.Contains(p.applied, f.Title)
}

// applies answers the question of whether to change the lab. Only a plain yes
// does.
func (p *whyPanel) applies(key string) intent {
	p.ask = askNothing
	f, ok := p.chosenFix()
	if !ok || key != "y" && key != "enter" {
		return nil
	}
	p.steered = false // what comes of it is shown where it stops then
	if f.Applies.Layer == layerRequest {
		return retryLesson{}
	}
	rest := p.goesWith(f)
	for _, other := range rest {
		p.applied = append(p.applied, other.Title)
	}
	p.applied = append(p.applied, f.Title)
	return applyFix{f, rest}
}

// goesWith are the other changes that are carried out along with one: those
// without which it mends nothing.
func (p *whyPanel) goesWith(f diagnose.Fix) []diagnose.Fix {
	if p.lesson != nil {
		if rest := restOf(p.lesson.Mend, f); len(rest) > 0 {
			return rest
		}
	}
	var out []diagnose.Fix
	if !f.Together {
		return nil
	}
	for _, found := range p.findings(p.here()) {
		if !slices.ContainsFunc(found.Fixes, func(g diagnose.Fix) bool { return sameFix(f, g) }) {
			continue
		}
		for _, g := range found.Fixes {
			if g.Together && appliable(g) && !sameFix(f, g) {
				out = append(out, g)
			}
		}
		return out
	}
	return nil
}

func sameFix(a, b diagnose.Fix) bool { return a.Title == b.Title && a.Applies == b.Applies }

// asking draws the question over the panel: what will be changed, and as whom.
func (p *whyPanel) asking(t Theme, under block, w, h int) block {
	f, ok := p.chosenFix()
	r := centered(w, h, 72, 16)
	if !ok || r.w < 20 || r.h < 5 {
		return under
	}
	s := &sheet{Theme: t, width: r.w - 6}
	s.text(0, t.Bright, sentence(f.Title))
	s.gap()
	if f.Applies.Layer == layerRequest {
		s.text(0, t.Text, "Nothing is changed: the request itself is made in this other way.")
	} else {
		s.text(0, t.Text, "It is carried out in the lab alone; then the request is tried again.")
		s.text(0, t.Dim, placeOf(f.Applies))
		for _, other := range p.goesWith(f) {
			s.text(0, t.Text, "with it goes: "+other.Title)
			s.text(0, t.Dim, placeOf(other.Applies))
		}
	}
	s.gap()
	s.raw(t.Key.Render("y") + t.Hint.Render(" apply it   ") + t.Key.Render("n") + t.Hint.Render(" leave it"))
	r.h = min(r.h, len(s.lines)+2)
	box := t.draw(frame{title: t.Title.Render("apply this fix?"), focused: true, pad: 2, lines: s.lines}, r.w, r.h)
	return overlay(t.exactly(under, w, h), box, r.x, r.y)
}
