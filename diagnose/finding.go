package diagnose

// Constructors of findings: they keep each judge to the sentence that matters.

// confirmed is for proofs alone: the live answer says so (Reported) or all the
// policies that matter were evaluated (Computed).
func confirmed(by Confidence, why string, shown ...Shown) Finding {
	return Finding{State: Confirmed, Confidence: by, Why: why, Evidence: shown}
}

// likely is for what fits every fact and is a step short of proof.
func likely(by Confidence, why string, shown ...Shown) Finding {
	return Finding{State: Likely, Confidence: by, Why: why, Evidence: shown}
}

// possible is for what nothing speaks against.
func possible(why string, shown ...Shown) Finding {
	return Finding{State: Possible, Confidence: Guess, Why: why, Evidence: shown}
}

// ruledOut is for what cannot have refused this request; why names the fact.
func ruledOut(by Confidence, why string, shown ...Shown) Finding {
	return Finding{State: RuledOut, Confidence: by, Why: why, Evidence: shown}
}

// unknown is for what could not be checked; why says what would settle it.
func unknown(why string, shown ...Shown) Finding {
	return Finding{State: Unknown, Confidence: Guess, Why: why, Evidence: shown}
}

// notApplicable is for what cannot happen to a request like this.
func notApplicable(why string) Finding {
	return Finding{State: NotApplicable, Confidence: Inferred, Why: why}
}

// show turns a fact and the call it came from into something to look at.
func show(fact string, x Exchange) Shown {
	source := x.Operation
	if x.Detail != "" {
		source += " " + x.Detail
	}
	return Shown{Fact: fact, Source: source, RequestID: x.RequestID, CLI: x.CLI}
}
