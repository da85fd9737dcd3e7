package diagnose

// Explain judges every cause of the catalogue from the evidence so far. It is
// pure and cheap (well under a millisecond), so it is called again after every
// fact, and the panel, the text, the JSON and the tests show one reasoning.
func Explain(e Evidence) Report {
	r := read(&e)
	report := Report{
		Target: e.Target, Options: e.Options, Store: e.Store, Caller: r.caller(), Source: e.Credentials.Value.Source,
		Outcome: e.Head.Source, Exchanges: e.Exchanges, Partial: !e.Done,
	}
	report.Findings = r.judgeAll()
	report.Verdict = r.verdict(report.Findings)
	report.Stations = r.walk(report.Findings)
	return report
}

// judgeAll asks every row of the catalogue, in its order.
func (r *reading) judgeAll() []Finding {
	findings := make([]Finding, len(catalogue))
	for i, c := range catalogue {
		f := unknown("nothing that was asked so far speaks about it")
		if c.judge != nil {
			f = c.judge(r)
		}
		f.ID = c.id
		if c.fixes != nil && worthFixing(f.State) {
			f.Fixes = c.fixes(r, f)
		}
		findings[i] = f
	}
	return findings
}

// worthFixing tells whether a person should be shown how to mend the cause.
func worthFixing(s CauseState) bool { return s == Confirmed || s == Likely || s == Possible }

// verdict picks the finding that a person should act on first.
func (r *reading) verdict(findings []Finding) Verdict {
	best := -1
	for i, f := range findings {
		if rank(f) > 0 && (best < 0 || rank(f) > rank(findings[best])) {
			best = i
		}
	}
	if best < 0 {
		return Verdict{Cause: Undetermined, Confidence: Guess, Summary: "what was seen does not tell yet why it was refused"}
	}
	f := findings[best]
	return Verdict{Cause: f.ID, Confidence: f.Confidence, Summary: f.Why}
}

// rank orders findings by how much they claim; 0: not enough for a verdict.
func rank(f Finding) int {
	order := map[Confidence]int{Reported: 5, Computed: 4, Simulated: 3, Inferred: 2, Guess: 1}
	switch f.State {
	case Confirmed:
		return 10 + order[f.Confidence]
	case Likely:
		return order[f.Confidence]
	default:
		return 0
	}
}
