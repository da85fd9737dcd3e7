package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"s403/diagnose"
)

// A lesson that is green offers nothing to mend any more, and says what it has shown.
func TestMendedLesson(t *testing.T) {
	s := sampleLessons()[0]
	s.Mend = []diagnose.Fix{{Title: "allow it.", After: []byte(`{}`), Applies: diagnose.Place{Layer: "identity-based policy", Owner: "arn:aws:iam::111122223333:user/ana"}}}
	p := newWhyPanel(s.Target.String(), true)
	p.teach(s)
	p.applied = []string{"allow it."}
	p.setReport(diagnose.Report{Verdict: diagnose.Verdict{Cause: diagnose.Allowed}, Stations: []diagnose.StationReport{{Number: 9, Causes: []diagnose.CauseID{s.Cause}}}})
	if fixes := p.fixes(); len(fixes) > 0 || canApply(p) {
		t.Errorf("mended, and yet it offers %v", fixes)
	}
	card := strings.Join(strings.Fields(ansi.Strip(strings.Join(p.card(NewTheme(Look{ASCII: true}), 200), " "))), " ")
	if !strings.Contains(card, "Learnt: "+causeInfo(s.Cause).Words[:20]) || !strings.Contains(card, "Mended by: allow it.") || strings.Contains(card, "..") {
		t.Errorf("the card does not say what was learnt:\n%s", card)
	}
}
