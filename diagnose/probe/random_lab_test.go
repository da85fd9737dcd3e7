package probe

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"s403/diagnose"
	"s403/diagnose/lab"
	"s403/diagnose/policy"
)

// fullAccess is what FullAWSAccess says.
var fullAccess = []term{{action: "*", resource: "*"}}

// decide weighs one action on the policies as they were drawn, without the lab.
func (w wild) decide(t *testing.T, action, resource string) policy.Decision {
	t.Helper()
	parsed := func(text string) *policy.Document {
		if text == "" {
			return nil
		}
		d, err := policy.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	named := func(terms []term, principal string) []policy.Named {
		return []policy.Named{{Name: "p", Document: parsed(text(terms, principal))}}
	}
	set := policy.Set{Identity: named(orNothing(w.identity), ""), Resource: parsed(text(w.bucket, ""))}
	if w.fenced {
		set.Boundaries = named(orNothing(w.boundary), "")
	}
	if w.narrowed {
		set.Session = named(orNothing(w.session), "")
	}
	if w.account != "partner" {
		scp := w.scp
		if !w.restricted {
			scp = append(fullAccess[:1:1], scp...)
		}
		set.SCPs = []policy.Level{{Name: "Root", Policies: named(fullAccess, "")}, {Name: w.account, Policies: named(orNothing(scp), "")}}
	}
	if len(w.rcp) > 0 {
		set.RCPs = []policy.Level{{Name: "data", Policies: named(w.rcp, "*")}}
	}
	return policy.Evaluate(policy.Request{
		Principal: w.caller(), Action: action, Resource: resource, ResourceAccount: wildAccounts["data"],
		Context: map[string][]string{"aws:SourceIp": {"203.0.113.9"}, "aws:SecureTransport": {"true"}},
	}, set)
}

// truth is what a GET of the object must meet: its status, and in words what
// refuses it.
func (w wild) truth(t *testing.T) (status int, reason string) {
	t.Helper()
	for _, ask := range [][2]string{{"s3:GetObject", wildBucket + "/" + wildKey}, {"s3:ListBucket", wildBucket}} {
		if d := w.decide(t, ask[0], ask[1]); d.Effect != policy.Allow {
			return http.StatusForbidden, fmt.Sprint(ask[0], " ", d.Effect, " by ", d.DecidedBy)
		}
		if w.there {
			return http.StatusOK, ""
		}
	}
	return http.StatusNotFound, ""
}

// mend changes the world as the cause asks for, and tells whether this world can
// have that cause at all.
func (w *wild) mend(cause diagnose.CauseID) bool {
	allow := term{action: "s3:*", resource: "*"}
	drop := func(terms *[]term) bool {
		var kept []term
		for _, t := range *terms {
			if !t.deny {
				kept = append(kept, t)
			}
		}
		dropped := len(kept) < len(*terms)
		*terms = kept
		return dropped
	}
	add := func(terms *[]term) bool {
		*terms = append((*terms)[:len(*terms):len(*terms)], allow)
		return true
	}
	switch cause {
	case diagnose.CauseIdentityNoAllow, diagnose.CauseIdentityWrongResource, diagnose.CauseIdentityWrongAction, diagnose.CauseIdentityConditionUnmet:
		return add(&w.identity)
	case diagnose.CauseIdentityExplicitDeny:
		return drop(&w.identity)
	case diagnose.CauseBucketPolicyExplicitDeny:
		return drop(&w.bucket)
	case diagnose.CauseBucketPolicyNoAllow:
		allow.principal = w.arn()
		allow.resource = wildBucket + "*"
		return add(&w.bucket)
	case diagnose.CauseSCPExplicitDeny:
		return drop(&w.scp)
	case diagnose.CauseSCPNoAllow:
		was := w.restricted
		w.restricted = false
		return was
	case diagnose.CauseRCPExplicitDeny:
		return drop(&w.rcp)
	case diagnose.CauseBoundaryNoAllow:
		return w.fenced && add(&w.boundary)
	case diagnose.CauseBoundaryExplicitDeny:
		return drop(&w.boundary)
	case diagnose.CauseSessionNoAllow:
		return w.narrowed && add(&w.session)
	case diagnose.CauseSessionExplicitDeny:
		return drop(&w.session)
	case diagnose.CauseMissingKey:
		was := w.there
		w.there = true
		return !was
	}
	return false
}

// alone is the world with nothing in the caller's way but what the cause is about.
func (w wild) alone(cause diagnose.CauseID) wild {
	open := term{action: "s3:*", resource: "*"}
	a := wild{account: w.account, role: w.role, there: true, identity: []term{open}}
	if w.account != "data" {
		open.principal, open.resource = w.arn(), wildBucket+"*"
		a.bucket = []term{open}
	}
	switch layer, _, _ := strings.Cut(string(cause), "-"); layer {
	case "identity":
		a.identity = w.identity
	case "bucket":
		a.bucket = w.bucket
	case "scp":
		a.scp, a.restricted = w.scp, w.restricted
	case "rcp":
		a.rcp = w.rcp
	case "boundary":
		a.boundary, a.fenced = w.boundary, w.fenced
	case "session":
		a.session, a.narrowed = w.session, w.narrowed
	}
	return a
}

// accuses tells what is wrong with a confirmed cause; empty: nothing. Mended, it
// must leave another reason than before, or none. But to a caller whom S3 gives no
// reasons, a cause may be confirmed that stands behind another, as long as it is
// enough by itself to refuse the request.
func (w wild) accuses(t *testing.T, cause diagnose.CauseID, reason string) string {
	t.Helper()
	mended := w
	if !mended.mend(cause) {
		return "this world has nothing of it"
	}
	if _, still := mended.truth(t); still != reason {
		return ""
	}
	if status, _ := w.alone(cause).truth(t); w.account == "partner" && status == http.StatusForbidden {
		return ""
	}
	return "when it is mended, the same reason refuses still"
}

// TestRandomWorlds holds, over worlds drawn at random, that the lab decides over
// HTTP as the evaluator does on the policies as they were drawn, and that a cause
// which is confirmed is a true one (see accuses).
func TestRandomWorlds(t *testing.T) {
	const worlds = 150
	r := rand.New(rand.NewPCG(403, 5)) //nolint:gosec // the same worlds every time
	seen := map[int]int{}
	confirmed := map[diagnose.CauseID]int{}
	for n := range worlds {
		w := randomWild(r)
		l, err := lab.Open(w.world())
		if err != nil {
			t.Fatalf("world %d: %v", n, err)
		}
		status, reason := w.truth(t)
		seen[status]++
		if got := getWild(t, w.config(l, "caller")); got != status {
			t.Errorf("world %d: GET answers %d, the policies say %d (%s)\n%+v", n, got, status, reason, w)
		}
		if status != http.StatusForbidden {
			continue
		}
		for _, id := range w.confirmed(t, l) {
			confirmed[id]++
			if wrong := w.accuses(t, id, reason); wrong != "" {
				t.Errorf("world %d: %s is confirmed, but %s: %s\n%+v", n, id, wrong, reason, w)
			}
		}
	}
	if seen[200] < worlds/10 || seen[403] < worlds/2 || len(confirmed) < 6 {
		t.Errorf("the worlds are too much alike: statuses %v, confirmed %v", seen, confirmed)
	}
	t.Logf("statuses %v, confirmed %v", seen, confirmed)
}

// confirmed are the causes that are confirmed when the caller asks why: blind,
// and with the readers of the bucket's account and of her own.
func (w wild) confirmed(t *testing.T, l *lab.Lab) (all []diagnose.CauseID) {
	t.Helper()
	for _, reader := range []string{"", "data/reader", w.account + "/reader"} {
		c := Config{AWS: w.config(l, "caller"), S3Options: []func(*s3.Options){pathStyle}}
		if reader != "" {
			reading := w.config(l, reader)
			c.Reader = &reading
		}
		at := diagnose.Target{Bucket: "wild", Key: wildKey, Kind: diagnose.GeneralPurpose, Region: "eu-west-1", Endpoint: inProcessURL}
		for _, f := range diagnose.Explain(New(c).Gather(t.Context(), at, nil)).Findings {
			if f.State == diagnose.Confirmed {
				all = append(all, f.ID)
			}
		}
	}
	return all
}

// config is the configuration of the caller or, by her full name, of one of
// the staff whom every account of the lab has.
func (w wild) config(l *lab.Lab, name string) aws.Config {
	who := lab.Actor{Name: name, User: name}
	if name == "caller" {
		who = w.world().Actors[0]
	}
	held := who.Credentials()
	cfg := configFor(inProcessURL, held.AccessKeyID, held.SecretAccessKey, held.SessionToken)
	cfg.HTTPClient = &http.Client{Transport: inProcess{l.Handler(), 0}}
	return cfg
}

// getWild asks for the object and tells the status.
func getWild(t *testing.T, cfg aws.Config) int {
	t.Helper()
	cfg.RetryMaxAttempts = 1
	_, err := s3.NewFromConfig(cfg, pathStyle).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("wild"), Key: aws.String(wildKey)})
	var answer *awshttp.ResponseError
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &answer):
		return answer.HTTPStatusCode()
	}
	t.Fatal(err)
	return 0
}
