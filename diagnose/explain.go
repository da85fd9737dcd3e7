package diagnose

import "slices"

// Explain judges every cause of the catalogue from the evidence so far. It is
// pure and cheap (some tenths of a millisecond, and a few milliseconds for policies
// larger than AWS takes), so it is called again after every fact, and the panel, the
// text, the JSON and the tests show one reasoning.
func Explain(e Evidence) Report {
	r := read(&e)
	report := Report{
		Target: e.Target, Options: e.Options, Store: e.Store, Caller: r.caller(), Source: e.Credentials.Value.Source,
		Outcome: r.outcome(), Exchanges: e.Exchanges, Partial: !e.Done,
	}
	report.Findings = r.judgeAll()
	report.Verdict = r.verdict(report.Findings)
	r.addFixes(report.Findings)
	report.Stations = r.walk(report.Findings)
	report.Trace = r.trace()
	report.Gaps = r.gaps()
	return report
}

// outcome is the exchange that the person asked about: HEAD, or GET where a
// presigned URL is for GET alone.
func (r *reading) outcome() Exchange {
	if r.Head.Source.Operation == "" && answered(r.Get) {
		return r.Get.Source
	}
	return r.Head.Source
}

// judgeAll asks every row of the catalogue, in its order, and keeps at most one
// finding confirmed.
func (r *reading) judgeAll() []Finding {
	findings := make([]Finding, len(catalogue))
	for i, c := range catalogue {
		f := c.judge(r)
		f.ID, f.Evidence = c.id, seenAlone(f.Evidence)
		findings[i] = f
	}
	r.keepOneConfirmed(findings)
	r.leaveOne(findings)
	return findings
}

// seenAlone drops what stands for an answer that was never seen.
func seenAlone(shown []Shown) []Shown {
	return slices.DeleteFunc(shown, func(s Shown) bool { return s.Fact == "" })
}

// keepOneConfirmed holds the program to one proof a request: S3 stops at the
// first thing that refuses. Where several are proven the one that S3 meets
// first stays, and the others wait behind it.
func (r *reading) keepOneConfirmed(findings []Finding) {
	best := first(findings, func(f Finding) bool { return f.State == Confirmed })
	for i := range findings {
		if i != best && findings[i].State == Confirmed {
			findings[i].State = Likely
			findings[i].Why += "; it waits behind " + r.Store.Info(findings[best].ID).Title
		}
	}
}

// leaveOne promotes the single possibility that is left when everything else
// was ruled out: that is an inference, and said so.
func (r *reading) leaveOne(findings []Finding) {
	only := -1
	for i, f := range findings {
		switch f.State {
		case Confirmed, Likely, Unknown:
			return
		case Possible:
			if only >= 0 {
				return
			}
			only = i
		}
	}
	if only >= 0 && r.Done {
		findings[only].State, findings[only].Confidence = Likely, Inferred
		findings[only].Why = "Everything else is ruled out: " + findings[only].Why
	}
}

// addFixes asks for the ways to mend what is worth mending.
func (r *reading) addFixes(findings []Finding) {
	for i, c := range catalogue {
		if c.fixes != nil && r.worthFixing(findings[i]) {
			findings[i].Fixes = c.fixes(r, findings[i])
			for j := range findings[i].Fixes {
				findings[i].Fixes[j].Text = r.aimed(findings[i].Fixes[j].Text)
			}
		}
	}
}

// worthFixing tells whether a person should be shown how to mend the cause. While
// probes are under way, what is merely possible changes with every fact.
func (r *reading) worthFixing(f Finding) bool { return stands(f) || f.State == Possible && r.Done }
