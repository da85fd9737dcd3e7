package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"s403/diagnose"
)

// whyPanel is the diagnosis as a person walks it: the verdict on top, the
// stations of the request's way, and for the chosen station what it is, what
// was seen there and how to mend it. It is a pane: it holds a report and where
// she stands in it, does no I/O and keeps no clock. App feeds it with
// setEvidence, update and tick, and carries out the intents that it returns.
type whyPanel struct {
	uri      string // the target as people write it
	eyes     Choice // who else reads, and whose request it is
	evidence diagnose.Evidence
	report   diagnose.Report
	lab      bool // fixes can be applied: the store is our own lab
	lesson   *Scenario
	applied  []string // titles of the fixes that were carried out in it
	open     bool     // in the lab: the object is open to every stranger

	station int  // index into report.Stations
	steered bool // she chose the station herself: it no longer follows the stop
	leaf    whyLeaf
	screen  whyScreen
	reading bool // the leaf has the focus: arrows scroll it
	scroll  int  // first visible line of the leaf, or of the flow picture, as she left it
	fix     int  // the chosen fix of the station's fixes
	ask     whyQuestion

	frame int // of the spinner
	now   time.Time
	what  whatIf

	seen whySeen // where the last view drew what, for the mouse and for paging
}

// whyLeaf is one of the three leaves of a station.
type whyLeaf uint8

const (
	leafAbout whyLeaf = iota // what it is
	leafSaw                  // what we saw
	leafMend                 // how to mend
)

// whyLeaves are the names of the leaves, as the tabs show them, long and short.
var whyLeaves = [...][2]string{
	leafAbout: {"what it is", "is"},
	leafSaw:   {"what we saw", "saw"},
	leafMend:  {"how to mend", "mend"},
}

// whyScreen is what the panel shows below the verdict.
type whyScreen uint8

const (
	screenWay whyScreen = iota
	screenFlow
	screenWhatIf
)

// whyQuestion is what the panel waits for before anything else.
type whyQuestion uint8

const (
	askNothing whyQuestion = iota
	askCopy                // y was pressed: which of them?
	askApply               // a was pressed: really?
)

// What the panel wants done that only App can do; copying, applying a fix and
// closing are intents of every pane.
type (
	// stopDiagnosis cancels the probes that are under way; what was seen stays.
	stopDiagnosis struct{}
	// diagnoseAgain asks everything anew.
	diagnoseAgain struct{}
)

func (stopDiagnosis) intent() {}
func (diagnoseAgain) intent() {}

// newWhyPanel returns a panel for the object at uri that waits for its first
// report. With lab, the fixes it shows can be applied.
func newWhyPanel(uri string, lab bool) *whyPanel {
	return &whyPanel{uri: uri, lab: lab, leaf: leafSaw}
}

// setReport shows a newer report of the same request. Until she has moved, the
// station follows the place where the request stopped.
func (p *whyPanel) setReport(r diagnose.Report) {
	p.report = r
	if !p.steered {
		p.station = p.stopOf(r)
		p.fix = p.firstFix()
	}
	if p.allowed() && p.leaf == leafMend {
		p.leaf = leafSaw // there is nothing to mend any more
	}
	p.station = clamp(p.station, 0, len(r.Stations)-1)
	p.fix = clamp(p.fix, 0, len(p.fixes())-1)
}

// setEyes says with whose eyes the report is made.
func (p *whyPanel) setEyes(c Choice) { p.eyes = c }

// setEvidence explains newer evidence and shows the report. The evidence stays
// at hand, so that "what if" can be answered on an edited copy.
func (p *whyPanel) setEvidence(e diagnose.Evidence) {
	p.evidence = e
	p.setReport(diagnose.Explain(e))
}

// tick moves the spinner and the clock; the root calls it a few times a second
// while probes are under way.
func (p *whyPanel) tick(now time.Time) {
	p.frame++
	p.now = now
}

// busy tells whether probes are under way, so that ticks are worth sending.
func (p *whyPanel) busy() bool { return p.report.Partial || len(p.report.Stations) == 0 }

// allowed tells whether the request would go through.
func (p *whyPanel) allowed() bool { return p.report.Verdict.Cause == diagnose.Allowed }

// stopOf is the index of the station to look at first: where the request
// stopped, else where the likeliest cause lives, else the first unknown one.
func (p *whyPanel) stopOf(r diagnose.Report) int {
	for i, s := range r.Stations {
		if r.Verdict.Cause == diagnose.Allowed && p.lesson != nil && holds(s, p.lesson.Cause) {
			return i // where it stopped before it was mended
		}
	}
	for i, s := range r.Stations {
		if s.State == diagnose.StoppedHere && holds(s, r.Verdict.Cause) {
			return i
		}
	}
	for _, want := range []diagnose.StationState{diagnose.StoppedHere, diagnose.StationOpen} {
		for i, s := range r.Stations {
			if s.State == want {
				return i
			}
		}
	}
	return 0
}

func holds(s diagnose.StationReport, id diagnose.CauseID) bool {
	return slices.Contains(s.Causes, id)
}

// here is the chosen station; zero before the first report.
func (p *whyPanel) here() diagnose.StationReport {
	if p.station < 0 || p.station >= len(p.report.Stations) {
		return diagnose.StationReport{}
	}
	return p.report.Stations[p.station]
}

// findings are the judgements on the causes of a station, the worst first and
// otherwise in the order of the catalogue.
func (p *whyPanel) findings(s diagnose.StationReport) []diagnose.Finding {
	var out []diagnose.Finding
	for _, state := range whyStates {
		for _, f := range p.report.Findings {
			if f.State == state && holds(s, f.ID) {
				out = append(out, f)
			}
		}
	}
	return out
}

// whyStates are the states of a cause in the order in which they are shown.
var whyStates = []diagnose.CauseState{
	diagnose.Confirmed, diagnose.Likely, diagnose.Possible,
	diagnose.Unknown, diagnose.RuledOut, diagnose.NotApplicable,
}

// fixes are the ways to mend what may stop the request at the chosen station.
// Causes that are ruled out have none, whatever the report holds, and neither has
// a request that is allowed.
func (p *whyPanel) fixes() []diagnose.Fix {
	if p.allowed() {
		return nil
	}
	var out []diagnose.Fix
	for _, f := range p.findings(p.here()) {
		if f.State == diagnose.RuledOut || f.State == diagnose.NotApplicable {
			continue
		}
		out = append(out, f.Fixes...)
	}
	if p.lesson != nil && !p.report.Partial && p.lessonStops() {
		out = lessonFixes(*p.lesson, p.report, out, p.untried)
	}
	return out
}

// lessonStops tells whether the chosen station is the lesson's: where its cause
// lives, or where the request stops since something was changed.
func (p *whyPanel) lessonStops() bool {
	return holds(p.here(), p.lesson.Cause) || holds(p.here(), p.report.Verdict.Cause)
}

// firstFix is the index of the fix to begin with: in a lesson that is mended by
// asking otherwise, that one; else the verdict's own first.
func (p *whyPanel) firstFix() int {
	all := p.fixes()
	if len(all) > 0 && all[0].Applies.Layer == layerRequest {
		return 0
	}
	if n := p.verdictsFix(); n >= len(all) || !slices.Contains(p.applied, all[n].Title) {
		return n
	}
	return max(slices.IndexFunc(all, p.untried), 0) // that one was tried, in vain
}

func (p *whyPanel) verdictsFix() int {
	n := 0
	for _, f := range p.findings(p.here()) {
		if f.ID == p.report.Verdict.Cause {
			return n
		}
		n += len(f.Fixes)
	}
	return 0
}

// chosenFix is the fix that a applies and y f copies.
func (p *whyPanel) chosenFix() (diagnose.Fix, bool) {
	all := p.fixes()
	if p.fix < 0 || p.fix >= len(all) {
		return diagnose.Fix{}, false
	}
	return all[p.fix], true
}

// command is the AWS CLI command to copy: the first of the chosen station's
// evidence, else the refused request itself.
func (p *whyPanel) command() string {
	for _, f := range p.findings(p.here()) {
		for _, e := range f.Evidence {
			if e.CLI != "" {
				return e.CLI
			}
		}
	}
	return p.report.Outcome.CLI
}

// finding is the judgement on one cause.
func (p *whyPanel) finding(id diagnose.CauseID) (diagnose.Finding, bool) {
	for _, f := range p.report.Findings {
		if f.ID == id {
			return f, true
		}
	}
	return diagnose.Finding{}, false
}

// progress is the right half of the header: who, how many calls, how long.
func (p *whyPanel) progress() string {
	parts := []string{}
	if who := callerName(p.report); who != "" {
		parts = append(parts, who)
	}
	n := len(p.report.Exchanges)
	unit := " calls"
	if n == 1 {
		unit = " call"
	}
	parts = append(parts, strconv.Itoa(n)+unit)
	if d := p.elapsed(); d > 0 {
		parts = append(parts, strconv.FormatFloat(d.Seconds(), 'f', 1, 64)+" s")
	}
	return strings.Join(parts, " · ")
}

// elapsed is the wall time of the diagnosis: from the start of the first call
// to the end of the last, or to now while probes are under way.
func (p *whyPanel) elapsed() time.Duration {
	var first, last time.Time
	for _, x := range p.report.Exchanges {
		if x.Start.IsZero() {
			continue
		}
		if first.IsZero() || x.Start.Before(first) {
			first = x.Start
		}
		if end := x.Start.Add(x.Elapsed); end.After(last) {
			last = end
		}
	}
	if p.report.Partial && p.now.After(last) {
		last = p.now
	}
	if first.IsZero() {
		return 0
	}
	return last.Sub(first)
}

func clamp(n, low, high int) int { return max(low, min(n, high)) }
