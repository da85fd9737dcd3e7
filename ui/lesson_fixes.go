package ui

import (
	"encoding/json"
	"slices"

	"s403/diagnose"
)

// teach makes the panel the walk of a lesson: beside what the diagnosis offers
// it then shows the lesson's own mend, and the wrong turn that people take.
func (p *whyPanel) teach(s Scenario) { p.lesson = &s }

// lessonFixes are what a lesson adds to the fixes of the diagnosis: its own mend
// where none of those can be carried out in the lab (the caller could not read
// the policy that would have to change), and a wrong one to learn from.
func lessonFixes(s Scenario, offered []diagnose.Fix) []diagnose.Fix {
	var out []diagnose.Fix
	if !slices.ContainsFunc(offered, appliable) {
		out = append(out, s.Mend...)
	}
	if wrong, ok := wrongTurn(s); ok {
		out = append(out, wrong)
	}
	return out
}

// wrongTurn is what people try first: let everybody in. The lab carries it out
// too, and shows what comes of it.
func wrongTurn(s Scenario) (diagnose.Fix, bool) {
	bucket := "arn:aws:s3:::" + s.Target.Bucket
	statement, err := json.Marshal(struct {
		Sid, Effect, Principal, Action, Resource string
	}{"EverybodyMayRead", "Allow", "*", "s3:GetObject", bucket + "/*"})
	if err != nil || s.Target.Bucket == "" || s.Target.Key == "" {
		return diagnose.Fix{}, false
	}
	return diagnose.Fix{
		Title: "a wrong turn: let everybody read the bucket", Who: diagnose.WhoBucketOwner, Kind: diagnose.FixPolicy,
		Text:    "What people often try first. It opens the bucket to every stranger, and where something denies the request it does not even help. Apply it to see.",
		Policy:  statement,
		Applies: diagnose.Place{Layer: "resource-based policy", Owner: bucket, Policy: "bucket policy"},
	}, true
}
