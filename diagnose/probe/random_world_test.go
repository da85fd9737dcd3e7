package probe

import (
	"encoding/json"
	"math/rand/v2"

	"s403/diagnose/lab"
)

// term is one statement of a random policy.
type term struct {
	deny             bool
	action, resource string
	elsewhere        bool   // on the condition of an address that the caller does not have
	principal        string // of a bucket policy
}

// wild is a random world: one caller, one bucket, and what each layer says.
type wild struct {
	account                                       string // the caller's: data (the bucket's), app (of the organization) or partner
	role                                          bool   // she is a session of a role; else a user
	there                                         bool   // the object exists
	identity, bucket, boundary, session, scp, rcp []term
	fenced, narrowed, restricted                  bool // there is a boundary, a session policy; FullAWSAccess is detached
}

var wildAccounts = map[string]string{"management": "777788889999", "data": "111122223333", "app": "444455556666", "partner": "555566667777"}

const (
	wildBucket = "arn:aws:s3:::wild"
	wildKey    = "a/k.txt"
)

// randomWild draws a world. Every layer has a fair chance to allow, or nearly all
// requests would be refused by the first.
func randomWild(r *rand.Rand) wild {
	w := wild{role: r.IntN(2) == 0, there: r.IntN(4) > 0, fenced: r.IntN(3) == 0, restricted: r.IntN(8) == 0}
	w.account = []string{"data", "data", "app", "partner"}[r.IntN(4)]
	w.narrowed = w.role && r.IntN(3) == 0
	terms := func(most, allows int) (all []term) {
		for range r.IntN(most + 1) {
			t := term{
				action:    []string{"s3:GetObject", "s3:GetObject", "s3:*", "s3:ListBucket", "s3:HeadObject", "s3:PutObject"}[r.IntN(6)],
				resource:  []string{wildBucket + "/*", wildBucket + "/a/*", wildBucket, wildBucket + "/b/*", "*"}[r.IntN(5)],
				deny:      r.IntN(5) == 0,
				elsewhere: r.IntN(6) == 0,
			}
			all = append(all, t)
		}
		if r.IntN(10) < allows {
			all = append(all, term{action: "s3:*", resource: "*"})
		}
		return all
	}
	w.identity, w.boundary, w.session = terms(3, 4), terms(2, 7), terms(2, 7)
	w.bucket, w.scp, w.rcp = terms(2, 4), terms(1, 0), terms(1, 0)
	for i := range w.bucket {
		t := &w.bucket[i]
		t.principal = []string{"*", w.arn(), "arn:aws:iam::" + wildAccounts[w.account] + ":root"}[r.IntN(3)]
		if t.action == "s3:HeadObject" { // S3 takes no bucket policy with an action that does not exist
			t.action = "s3:GetObject"
		}
	}
	for i := range w.rcp {
		w.rcp[i].deny = true
	}
	return w
}

// arn is the caller as policies name her.
func (w wild) arn() string {
	if w.role {
		return "arn:aws:iam::" + wildAccounts[w.account] + ":role/caller"
	}
	return "arn:aws:iam::" + wildAccounts[w.account] + ":user/caller"
}

// caller is the caller as requests name her.
func (w wild) caller() string {
	if w.role {
		return "arn:aws:sts::" + wildAccounts[w.account] + ":assumed-role/caller/session"
	}
	return w.arn()
}

// text writes terms as a policy; empty when there are none.
func text(terms []term, principal string) string {
	if len(terms) == 0 {
		return ""
	}
	var statements []map[string]any
	for _, t := range terms {
		s := map[string]any{"Effect": map[bool]string{false: "Allow", true: "Deny"}[t.deny], "Action": t.action, "Resource": t.resource}
		if t.elsewhere {
			s["Condition"] = map[string]any{"IpAddress": map[string]string{"aws:SourceIp": "192.0.2.0/24"}}
		}
		switch {
		case t.principal == "*" || principal == "*":
			s["Principal"] = "*"
		case t.principal != "":
			s["Principal"] = map[string]string{"AWS": t.principal}
		}
		statements = append(statements, s)
	}
	out, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		panic(err) // strings and booleans alone
	}
	return string(out)
}

// nothing is a policy that allows nothing that is asked here.
var nothing = []term{{action: "sqs:SendMessage", resource: "*"}}

// orNothing is for layers that apply even where they allow nothing.
func orNothing(terms []term) []term {
	if len(terms) == 0 {
		return nothing
	}
	return terms
}

// world writes it as a world of the lab.
func (w wild) world() lab.World {
	out := lab.World{
		Organization: lab.Organization{ID: "o-wild", Root: "r-wild", Management: "management"},
		Units:        []lab.Unit{{Path: "Root"}},
		Buckets:      []lab.Bucket{{Name: "wild", Account: "data", Region: "eu-west-1", Policy: text(w.bucket, "")}},
	}
	for _, name := range []string{"management", "data", "app", "partner"} {
		a := lab.Account{Name: name, ID: wildAccounts[name], Unit: "Root", Restricted: w.restricted && name == w.account}
		if name == "partner" {
			a.Unit, a.Restricted = "", false
		}
		out.Accounts = append(out.Accounts, a)
	}
	if w.there {
		out.Buckets[0].Objects = []lab.Object{{Key: wildKey, Body: "x"}}
	}
	who := lab.Carrier{Name: w.account + "/caller"}
	if len(w.identity) > 0 {
		who.Inline = map[string]string{"hers": text(w.identity, "")}
	}
	if w.fenced {
		who.Boundary = "fence"
		out.Policies = []lab.ManagedPolicy{{Name: w.account + "/fence", Document: text(orNothing(w.boundary), "")}}
	}
	actor := lab.Actor{Name: "caller"}
	if w.role {
		out.Roles, actor.Role, actor.Session = []lab.Role{{Carrier: who}}, who.Name, "session"
		if w.narrowed {
			actor.SessionPolicy = text(orNothing(w.session), "")
		}
	} else {
		out.Users, actor.User = []lab.User{{Carrier: who}}, who.Name
	}
	out.Actors = []lab.Actor{actor}
	if len(w.scp) > 0 && w.account != "partner" {
		out.Control = append(out.Control, lab.ControlPolicy{Name: "scp", Kind: "scp", Targets: []string{w.account}, Document: text(w.scp, "")})
	}
	if len(w.rcp) > 0 {
		out.Control = append(out.Control, lab.ControlPolicy{Name: "rcp", Kind: "rcp", Targets: []string{"data"}, Document: text(w.rcp, "*")})
	}
	return out
}
