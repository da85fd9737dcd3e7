package ui

import (
	"strconv"
	"strings"

	"s403/diagnose"
)

// headline is the panel's first line: the question, the object, and at the
// right who asks and how far the asking has come.
func (p *whyPanel) headline(t Theme, w int) string {
	right := t.headEnd(p.eyes, w/2-2, t.Clean(p.progress()), plural(len(p.report.Exchanges), "call"))
	if p.report.Partial {
		right = t.Accent.Render(t.spin(p.frame)) + " " + right
	}
	left := " " + t.Title.Render(p.question()) + "  "
	room := w - width(left) - width(right) - 3
	uri := t.Clean(p.uri)
	if width(uri) > room {
		uri = t.fitTail(uri, room)
	}
	return t.spread(left+t.Bright.Render(uri), right+" ", w)
}

// headEnd is the right end of a header in at most w cells: who else looks, when
// somebody does, and behind that the longest of the ends that fits.
func (t Theme) headEnd(c Choice, w int, ends ...string) string {
	eyes := t.eyeParts(c)
	for _, end := range ends {
		line := strings.Join(append(eyes[:len(eyes):len(eyes)], t.Dim.Render(end)), t.Dim.Render(" "+t.Glyphs.Middot+" "))
		if width(line) <= w || len(eyes) == 0 && end == ends[len(ends)-1] {
			return t.fitMost(line, w)
		}
	}
	return t.fitMost(strings.Join(eyes, t.Dim.Render(" "+t.Glyphs.Middot+" ")), w)
}

// question names what is asked: HEAD answers 403, but also 301, 400 and 404.
func (p *whyPanel) question() string {
	switch status := p.report.Outcome.Status; {
	case p.report.Verdict.Cause == diagnose.Allowed:
		return "allowed"
	case status == 0 && len(p.report.Exchanges) > 0 && !p.report.Partial:
		return "why no answer?"
	case status == 0:
		return "why?"
	case status < 300:
		return "why is GET refused?" // for an encrypted or archived object HEAD may pass
	default:
		return "why " + strconv.Itoa(status) + "?"
	}
}

// card lays out the verdict: a sign, one or two sentences, how sure, who can
// mend it, and what waits behind it.
func (p *whyPanel) card(t Theme, w int) []string {
	s := &sheet{Theme: t, width: max(w, 1)}
	sign, style := t.verdict(p.report, p.frame)
	s.hang(style.Render(sign)+" ", "  ", t.Bright, p.summary())
	if line := p.basis(); line != "" {
		s.text(2, t.Text, line)
	}
	if p.open && p.allowed() {
		s.hang(t.Bad.Render(t.Glyphs.Fail)+" ", "  ", t.Bright, "But an unsigned request gets it as well: it is open to every stranger. That is no mend; r asks again, the list of lessons starts over.")
	}
	if line := p.behind(); line != "" {
		s.text(2, t.Text, line)
	}
	if line := p.taught(); line != "" {
		s.text(2, t.Text, line)
	}
	return s.lines
}

// taught is what a lesson has shown once it is mended: its cause in plain words,
// and what mended it.
func (p *whyPanel) taught() string {
	if !mended(p) || p.open {
		return ""
	}
	line := "Learnt: " + causeInfo(p.lesson.Cause).Words
	if n := len(p.applied); n > 0 {
		line += " Mended by: " + strings.TrimRight(p.applied[n-1], ".") + "."
	}
	return line
}

// summary is the verdict's sentence, or what stands for it as long as there is
// none.
func (p *whyPanel) summary() string {
	v := p.report.Verdict
	switch {
	case len(p.report.Stations) == 0:
		return "Asking S3 again, in ways that do answer."
	case v.Cause == diagnose.Undetermined && p.report.Partial:
		return "Still asking. Nothing is proven yet."
	case v.Summary != "":
		return sentence(v.Summary)
	case v.Cause == diagnose.Allowed:
		return "HEAD is allowed, and GET would be."
	default:
		return sentence(p.report.Store.Info(v.Cause).Title)
	}
}

// basis says how the verdict stands, how sure it is and who can mend it.
func (p *whyPanel) basis() string {
	v := p.report.Verdict
	f, ok := p.finding(v.Cause)
	if !ok {
		if v.Cause == diagnose.Undetermined && !p.report.Partial && len(p.report.Stations) > 0 {
			return p.possibles()
		}
		return ""
	}
	word := string(f.State)
	if p.report.Partial {
		word += " so far"
	}
	line := sentence(word + ": " + sureness(f.Confidence))
	if who := menders(p.report.Store, f); who != "" {
		line += " " + sentence(who+" can mend it")
	}
	return line
}

// possibles names what may still be the reason, for a verdict that is open.
func (p *whyPanel) possibles() string {
	var names []string
	for _, f := range p.report.Findings {
		if f.State == diagnose.Possible {
			names = append(names, p.report.Store.Info(f.ID).Title)
		}
	}
	if len(names) == 0 {
		return "What was not visible is listed at the stations that are unknown."
	}
	const most = 4
	if len(names) > most {
		names = append(names[:most:most], "something else of "+strconv.Itoa(len(names)-most)+" more")
	}
	return "Possible: " + strings.Join(names, "; ") + "."
}

// behind names what waits behind the first cause: mending one denial uncovers
// the next.
func (p *whyPanel) behind() string {
	var names []string
	for _, id := range p.report.Verdict.Behind {
		names = append(names, p.report.Store.Info(id).Title)
	}
	if len(names) == 0 {
		return ""
	}
	return "Behind it waits: " + strings.Join(names, "; ") + "."
}
