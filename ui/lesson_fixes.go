package ui

import (
	"slices"

	"s403/diagnose"
)

// teach makes the panel the walk of a lesson: beside what the diagnosis offers
// it then shows the lesson's own mend, and the wrong turns that people take.
func (p *whyPanel) teach(s Scenario) { p.lesson = &s }

// layerRequest is where a fix goes that changes no policy and no setting: the
// lesson's request is made in another way.
const layerRequest = "request"

// lessonFixes are the fixes of a lesson: those of the diagnosis; the lesson's own
// mend where none of those is left to be carried out in the lab (the caller could
// not read the policy that would have to change); the other way to ask; and what
// people try in vain, to learn from. Where nothing but asking otherwise mends it,
// that comes first. untried tells which can still be carried out.
func lessonFixes(s Scenario, r diagnose.Report, offered []diagnose.Fix, untried func(diagnose.Fix) bool) []diagnose.Fix {
	out := slices.Clone(offered)
	if len(s.Mend) > 0 && !slices.ContainsFunc(offered, untried) && untried(s.Mend[0]) {
		out = append(out, s.Mend[0]) // the others go with it: restOf
	}
	if again, ok := askOtherwise(s); ok && len(s.Mend) == 0 {
		out = append([]diagnose.Fix{again}, out...)
	} else if ok {
		out = append(out, again)
	}
	return append(out, wrongTurns(s, r)...)
}

// restOf are the other changes of a mend that one change stands for; none for a
// change that is not of it.
func restOf(mend []diagnose.Fix, one diagnose.Fix) []diagnose.Fix {
	if len(mend) == 0 || one.Title != mend[0].Title || one.Applies != mend[0].Applies {
		return nil
	}
	return mend[1:]
}

// askOtherwise is the fix that makes the request in the lesson's other way.
func askOtherwise(s Scenario) (diagnose.Fix, bool) {
	if s.Retry == nil {
		return diagnose.Fix{}, false
	}
	return diagnose.Fix{
		Title: "ask again: " + s.Retry.Words, Who: diagnose.WhoCaller, Kind: diagnose.FixCommand,
		Text: s.Retry.Advice, Applies: diagnose.Place{Layer: layerRequest},
	}, true
}
