package cli

import (
	"net/http/httptest"
	"slices"
	"testing"

	"s403/diagnose/lab"
)

// TestTraps goes through each scenario in which one cause hides another: `why`
// names the first and says that the next waits behind it; when the first is
// mended, as the scenario says, `why` names the next.
func TestTraps(t *testing.T) {
	for _, s := range lab.Scenarios() {
		for i, b := range s.Behind {
			t.Run(s.Name+"/"+b.Cause, func(t *testing.T) {
				l, endpoint := labOf(t, s)
				more := map[string]string{"AWS_ENDPOINT_URL": endpoint}
				first := whyOf(t, l, s, more)
				if first.Verdict.Cause != s.Cause {
					t.Errorf("why names %q first, want %q: %s", first.Verdict.Cause, s.Cause, first.Verdict.Summary)
				}
				if said := slices.Contains(first.Verdict.Behind, b.Cause); said == b.Unseen {
					t.Errorf("why says that %v waits behind it; that %q is among them should be %t (it is %s)",
						first.Verdict.Behind, b.Cause, !b.Unseen, first.state(b.Cause))
				}
				then, mends := s.Uncovered(i)
				for _, m := range mends {
					if err := l.Change(m); err != nil {
						t.Fatal(err)
					}
				}
				next := whyOf(t, l, then, more)
				if next.Verdict.Cause != b.Cause {
					t.Errorf("after the first mend why names %q, want %q: %s", next.Verdict.Cause, b.Cause, next.Verdict.Summary)
				}
				innocent(t, then, next)
			})
		}
	}
}

// labOf serves a lab of one scenario.
func labOf(t *testing.T, s lab.Scenario) (*lab.Lab, string) {
	t.Helper()
	l, err := lab.New([]lab.Scenario{s})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(l.Handler())
	t.Cleanup(server.Close)
	return l, server.URL
}
