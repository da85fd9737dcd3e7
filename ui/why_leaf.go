package ui

import (
	"strconv"
	"strings"

	"s403/diagnose"
)

// leafOf lays out one leaf of the chosen station in a column of w cells.
func (p *whyPanel) leafOf(t Theme, w int) []string {
	s := &sheet{Theme: t, width: max(w, 1)}
	at := p.here()
	switch {
	case at.Name == "":
		s.text(0, t.Dim, "Waiting for the first answer.")
	case p.leaf == leafAbout:
		p.about(s, at)
	case p.leaf == leafMend:
		p.mend(s, at)
	default:
		p.saw(s, at)
	}
	return s.lines
}

// about explains the station and its causes to somebody who never heard of it.
func (p *whyPanel) about(s *sheet, at diagnose.StationReport) {
	s.text(0, s.Text, at.About)
	if at.Line != "" {
		s.gap()
		p.happened(s, at)
	}
	if len(at.Causes) == 0 {
		return
	}
	s.heading("What can stop a request here")
	for _, f := range p.findings(at) {
		info := p.report.Store.Info(f.ID)
		s.gap()
		sign, style := s.cause(f.State)
		s.hang(style.Render(sign)+" ", "  ", s.Bright, sentence(info.Title))
		s.text(2, s.Text, info.Words)
	}
}

// happened says in one line how the request fared at the station.
func (p *whyPanel) happened(s *sheet, at diagnose.StationReport) {
	sign, style := s.station(at, p.frame)
	s.hang(style.Render(sign)+" ", "  ", s.Bright, sentence(at.Line))
}

// saw lists the causes of the station as they stand: what still may be the
// reason in full, with the facts and how to see them again; what is excluded
// in a line each.
func (p *whyPanel) saw(s *sheet, at diagnose.StationReport) {
	sign, style := s.station(at, p.frame)
	s.raw(style.Render(sign+" "+stationWord(at)) + s.Dim.Render(p.counted(at)))
	settled := []diagnose.Finding{}
	for _, f := range p.findings(at) {
		switch f.State {
		case diagnose.RuledOut, diagnose.NotApplicable:
			settled = append(settled, f)
		default:
			s.gap()
			s.finding(p.report.Store, f)
		}
	}
	if at.Line != "" && len(settled) == len(at.Causes) {
		s.gap()
		s.text(0, s.Text, sentence(at.Line))
	}
	s.settled(p.report.Store, settled)
	s.trace(p.report.Trace, at)
}

// counted tells how many causes are settled, for the first line of the leaf.
func (p *whyPanel) counted(at diagnose.StationReport) string {
	out := 0
	for _, f := range p.findings(at) {
		if f.State == diagnose.RuledOut || f.State == diagnose.NotApplicable {
			out++
		}
	}
	if out == 0 {
		return ""
	}
	return "   " + strconv.Itoa(out) + " of " + plural(len(at.Causes), "cause") + " excluded"
}

// finding shows one cause that may be the reason: how it stands, why we say so,
// and each fact with the call that showed it.
func (s *sheet) finding(at diagnose.Store, f diagnose.Finding) {
	sign, style := s.cause(f.State)
	s.hang(style.Render(sign)+" ", "  ", s.Bright, sentence(at.Info(f.ID).Title))
	s.raw("  " + style.Render(string(f.State)) + s.Dim.Render(confidenceTail(f)))
	s.text(2, s.Text, sentence(f.Why))
	for _, e := range f.Evidence {
		s.gap()
		s.shown(e)
	}
}

// confidenceTail says on what a finding rests, where that means something.
func confidenceTail(f diagnose.Finding) string {
	if f.State == diagnose.Unknown || f.Confidence == "" {
		return ""
	}
	return ": " + sureness(f.Confidence)
}

// shown is one fact: what it says, which call said it, and the command that
// shows the same again.
func (s *sheet) shown(e diagnose.Shown) {
	s.hang("  "+s.Dim.Render(s.Glyphs.Middot)+" ", "    ", s.Text, e.Fact)
	source := []string{}
	if e.Source != "" {
		source = append(source, e.Source)
	}
	if e.RequestID != "" {
		source = append(source, "request "+e.RequestID)
	}
	if len(source) > 0 {
		s.text(4, s.Dim, strings.Join(source, " · "))
	}
	if e.Quote != "" || e.Note != "" {
		s.quote(e)
	}
	if e.CLI != "" {
		s.command(4, e.CLI)
	}
}

// settled lists what was excluded, in short.
func (s *sheet) settled(at diagnose.Store, all []diagnose.Finding) {
	if len(all) == 0 {
		return
	}
	s.heading("Excluded")
	for _, f := range all {
		sign, style := s.cause(f.State)
		s.hang(style.Render(sign)+" ", "  ", s.Text, at.Info(f.ID).Title)
		word := "ruled out"
		if f.State == diagnose.NotApplicable {
			word = "not applicable"
		}
		if f.Why != "" {
			word += ": " + f.Why
		}
		s.text(2, s.Dim, word)
	}
}

// trace shows how the policies of this station's layers were evaluated.
func (s *sheet) trace(steps []diagnose.TraceStep, at diagnose.StationReport) {
	headed := false
	for _, step := range steps {
		if stationOfLayer(step.Layer) != at.Number {
			continue
		}
		if !headed {
			s.heading("How the policies were evaluated")
			headed = true
		}
		sign, style := s.effect(step.Effect)
		where := step.Policy
		if step.Sid != "" {
			where += " " + strconv.Quote(step.Sid)
		} else if step.Statement >= 0 && step.Policy != "" {
			where += " statement " + strconv.Itoa(step.Statement+1)
		}
		s.hang(style.Render(sign)+" ", "  ", s.Text, strings.TrimSpace(step.Effect+"  "+where))
		if step.Reason != "" {
			s.text(2, s.Dim, step.Reason)
		}
	}
}

// mend shows the ways to mend what stops, or may stop, the request here.
func (p *whyPanel) mend(s *sheet, at diagnose.StationReport) {
	all := p.fixes()
	if len(all) == 0 {
		s.text(0, s.Text, nothingToMend(at))
		if at.State != diagnose.StoppedHere && p.report.Verdict.Cause != diagnose.Allowed {
			s.gap()
			s.text(0, s.Dim, "s goes to the station where the request stopped.")
		}
		return
	}
	if len(all) == 1 {
		p.fixed(s, all[0])
		return
	}
	for i, f := range all { // the choice first: a change is longer than a screen
		sign, style := "  ", s.Text
		if i == p.fix {
			sign, style = s.Accent.Render(s.Glyphs.Cursor)+" ", s.Title
		}
		s.hang(sign, "  ", style, strconv.Itoa(i+1)+". "+sentence(f.Title))
	}
	s.gap()
	p.fixed(s, all[clamp(p.fix, 0, len(all)-1)])
}

// nothingToMend says why a station has no remedy.
func nothingToMend(at diagnose.StationReport) string {
	switch at.State {
	case diagnose.Passed:
		return "Nothing: the request passed this station."
	case diagnose.NotOnThisWay:
		return "Nothing: this station is not on the way of this request."
	case diagnose.StoppedHere:
		return "The request stopped here, but no change of a policy or setting mends it. What we saw says more."
	default:
		return "Nothing is known yet that would have to be mended here. What we saw says what would settle it."
	}
}

// fixed shows one fix: what, who can, how, and the change itself.
func (p *whyPanel) fixed(s *sheet, f diagnose.Fix) {
	s.text(2, s.Bright, sentence(f.Title))
	how := kindOf(f.Kind)
	if f.Who != "" {
		how = "who can: " + mender(p.report.Store, f.Who) + " · " + how
	}
	s.text(2, s.Dim, how)
	if goes := placeOf(f.Applies); goes != "" {
		s.text(2, s.Dim, "goes to: "+goes)
	}
	for _, other := range p.goesWith(f) {
		s.text(2, s.Text, "only together with: "+other.Title+" ("+placeOf(other.Applies)+")")
	}
	if f.Text != "" {
		s.script(f.Text)
	}
	s.gap()
	if s.diff(f) {
		return
	}
	doc := f.After
	if len(doc) == 0 {
		doc = f.Policy
	}
	if len(doc) > 0 {
		for _, l := range s.code(pretty(doc)) {
			s.long("    ", "      ", l)
		}
	}
}

// placeOf says in words where the document of a fix goes.
func placeOf(at diagnose.Place) string {
	what := at.Layer
	if at.Policy != "" {
		what = strconv.Quote(at.Policy)
		if at.Layer != "" {
			what = at.Layer + " " + what
		}
	}
	if at.Policy == "bucket policy" || at.Layer == "resource-based policy" && at.Policy == "" {
		what = "bucket policy"
	}
	if at.Owner == "" {
		return what
	}
	return strings.TrimSpace(what + " of " + at.Owner)
}

// script shows the commands of a fix, one a line; lines that are no command
// (a comment, a sentence) stay text.
func (s *sheet) script(text string) {
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if strings.HasPrefix(l, "aws ") {
			s.command(2, l)
		} else {
			s.text(2, s.Text, l)
		}
	}
}
