package probe

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"

	"s403/diagnose"
	"s403/diagnose/lab"
)

// TestMarkdown holds the ticket of one refusal at each station, as the lab's
// reader gets it, whole and readable: testdata/markdown.
func TestMarkdown(t *testing.T) {
	stations := map[diagnose.CauseID]int{}
	for _, c := range diagnose.Catalogue() {
		stations[c.ID] = c.Station
	}
	if err := os.MkdirAll("testdata/markdown", 0o755); err != nil {
		t.Fatal(err)
	}
	told := map[int]bool{}
	for _, s := range lab.Scenarios() {
		at := stations[diagnose.CauseID(s.Cause)]
		if told[at] {
			continue
		}
		told[at] = true
		t.Run(s.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, _ := diagnoseScenario(t, s, "reader", 0)
				golden(t, fmt.Sprintf("markdown/%02d-%s.md", at, s.Name), diagnose.Explain(e).Markdown())
			})
		})
	}
	if len(told) < 13 { // no server on loopback is refused by a network alone
		t.Errorf("only %d stations have a ticket", len(told))
	}
}
