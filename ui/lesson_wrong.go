package ui

import (
	"encoding/json"
	"slices"
	"strings"

	"s403/diagnose"
	"s403/s3view"
)

// A wrongTurn is what people try first, and what does not mend it. The lab
// carries it out if she insists, and what comes of it is evaluated like every
// other change: the request is made again, and so is one of a stranger.
type wrongTurn struct {
	title string
	text  string
	fits  func(diagnose.CauseID) bool
	place func(Scenario, diagnose.Report) (diagnose.Place, bool)
	grant func(Scenario) statement
}

// statement is the one statement of a policy that a wrong turn adds.
type statement struct {
	Sid, Effect string
	Principal   string `json:",omitempty"`
	Action      string
	Resource    string
}

// wrongTable holds the wrong turns, the most usual first.
var wrongTable = []wrongTurn{
	{
		title: "a wrong turn: allow s3:HeadObject",
		text:  "HEAD was refused, so this is what people look for. There is no such action: HEAD and GET both need s3:GetObject. Apply it to see.",
		fits:  causeIn(missingAllow), place: ownPolicy("AllowHeadObject"),
		grant: func(s Scenario) statement {
			return statement{"AllowHeadObject", "Allow", "", "s3:HeadObject", bucketARN(s) + "/*"}
		},
	},
	{
		title: "a wrong turn: allow everything beside what refuses it",
		text:  "One more Allow seems never to hurt. But a Deny outweighs every Allow, and a limit such as a boundary or an SCP stays a limit. Apply it to see.",
		fits:  causeIn(pastHerOwn), place: ownPolicy("AllowEverything"),
		grant: func(Scenario) statement { return statement{"AllowEverything", "Allow", "", "s3:*", "*"} },
	},
	{
		title: "a wrong turn: let everybody read the bucket",
		text:  "What people often try first. It opens the bucket to every stranger, and where something denies the request it does not even help. Apply it to see.",
		fits:  func(diagnose.CauseID) bool { return true }, place: herBucket,
		grant: func(s Scenario) statement {
			return statement{"EverybodyMayRead", "Allow", "*", "s3:GetObject", bucketARN(s) + "/*"}
		},
	},
}

// missingAllow are the causes that s3:HeadObject looks like a remedy for.
var missingAllow = []diagnose.CauseID{
	diagnose.CauseIdentityNoAllow, diagnose.CauseIdentityWrongResource, diagnose.CauseIdentityWrongAction,
	diagnose.CauseIdentityConditionUnmet, diagnose.CauseMissingKey,
}

// pastHerOwn are the causes that no Allow in the caller's own policies mends.
var pastHerOwn = []diagnose.CauseID{
	diagnose.CauseIdentityExplicitDeny, diagnose.CauseBucketPolicyExplicitDeny, diagnose.CauseBucketPolicyNoAllow,
	diagnose.CauseSCPNoAllow, diagnose.CauseSCPExplicitDeny, diagnose.CauseRCPExplicitDeny,
	diagnose.CauseBoundaryNoAllow, diagnose.CauseBoundaryExplicitDeny, diagnose.CauseSessionNoAllow,
	diagnose.CauseSessionExplicitDeny, diagnose.CauseVPCENoAllow, diagnose.CauseVPCEExplicitDeny,
}

func causeIn(list []diagnose.CauseID) func(diagnose.CauseID) bool {
	return func(id diagnose.CauseID) bool { return slices.Contains(list, id) }
}

func bucketARN(s Scenario) string { return "arn:aws:s3:::" + s.Target.Bucket }

// wrongTurns are those that fit a lesson and have a place to go.
func wrongTurns(s Scenario, r diagnose.Report) []diagnose.Fix {
	var out []diagnose.Fix
	for _, turn := range wrongTable {
		at, ok := turn.place(s, r)
		if !ok || !turn.fits(s.Cause) {
			continue
		}
		text, err := json.Marshal(turn.grant(s))
		if err != nil {
			continue // a struct of strings always marshals
		}
		out = append(out, diagnose.Fix{
			Title: turn.title, Text: turn.text, Who: whoOf(at), Kind: diagnose.FixPolicy, Policy: text, Applies: at,
		})
	}
	return out
}

func whoOf(at diagnose.Place) diagnose.Who {
	if at.Layer == "identity-based policy" {
		return diagnose.WhoCaller
	}
	return diagnose.WhoBucketOwner
}

// ownPolicy puts a turn into a new policy of the caller's user or role. Nobody
// can give one to the anonymous caller or to the root user.
func ownPolicy(name string) func(Scenario, diagnose.Report) (diagnose.Place, bool) {
	return func(_ Scenario, r diagnose.Report) (diagnose.Place, bool) {
		at := diagnose.Place{Layer: "identity-based policy", Owner: r.Caller.ARN, Policy: name}
		return at, strings.Contains(r.Caller.ARN, ":user/") || strings.Contains(r.Caller.ARN, ":assumed-role/")
	}
}

// herBucket puts a turn into the bucket policy, where the target is an object of
// a bucket; access points and directory buckets have policies of another kind.
func herBucket(s Scenario, _ diagnose.Report) (diagnose.Place, bool) {
	at := diagnose.Place{Layer: "resource-based policy", Owner: bucketARN(s), Policy: "bucket policy"}
	return at, s.Target.Key != "" && s.Target.Kind() == s3view.BucketKind
}
