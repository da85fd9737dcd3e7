package diagnose

import (
	"fmt"
	"strings"
	"time"

	"s403/diagnose/policy"
)

// A reading is evidence together with what follows from it for several causes:
// it is made once for each Explain, so that no judge works it out again.
type reading struct {
	*Evidence
	live     live
	proof    CauseID // what S3's code proves before any policy; "" for nothing
	unsigned bool    // the request carries no signature
	action   string  // the IAM action that was judged
	resource string  // the ARN that policies must cover for it
	relation relation
	door     string     // whose policy the resource-based one is: "" the bucket's, keyPolicyName
	eval     evaluation // the request judged by the documents that were read
	memo     map[string]layerView
	apart    map[*policy.Document]editable // documents taken apart; shared by the readings of one evidence
	defect   *Finding                      // what is wrong with the identity policies; nil: not looked for yet
	now      time.Time                     // the server's time when HEAD was sent; zero: unknown
}

// read works out what several judges need.
func read(e *Evidence) *reading {
	r := &reading{Evidence: e, live: listen(e), apart: map[*policy.Document]editable{}}
	r.proof = earlyCause(&r.live, e)
	r.unsigned = e.Options.Unsigned || e.Credentials.Known() && e.Credentials.Value.None
	r.action, r.resource = e.requested()
	if at := r.live.said.Resource; strings.Contains(at, ":accesspoint/") && strings.Contains(at, "/object/") {
		r.resource = at // an alias does not tell the access point's ARN, S3's sentence does
	}
	r.relation = e.relate(&r.live)
	if !e.Head.Source.Start.IsZero() {
		r.now = e.Head.Source.Start.Add(e.Skew.Value)
	}
	r.evaluate()
	return r
}

// requested names the IAM action and the resource of the refused request. For
// an access point policies see its own ARN (S3 user guide, access point policies).
func (e *Evidence) requested() (action, resource string) {
	bucket := e.Target.BucketARN()
	object := bucket + "/" + e.Target.Key
	if strings.HasPrefix(e.Target.Bucket, "arn:") {
		bucket, object = e.Target.Bucket, e.Target.Bucket+"/object/"+e.Target.Key
	} else if e.AccessPoint.Known() && e.AccessPoint.Value.ARN != "" {
		bucket = e.AccessPoint.Value.ARN
		object = bucket + "/object/" + e.Target.Key
	}
	if e.Target.Key == "" {
		return "s3:ListBucket", bucket
	}
	return e.Options.Action(), object
}

// A relation says whose bucket it is, seen from the caller.
type relation uint8

const (
	relationUnknown relation = iota
	sameAccount              // the bucket's account is the caller's
	otherAccount             // another one
)

// relate compares the accounts of caller and bucket. S3 names the lack of an
// Allow in a resource-based policy only to callers from other accounts: within
// one account the identity policies would have been enough.
func (e *Evidence) relate(l *live) relation {
	account := firstOf(e.callerAccount(), arnAccount(l.said.Principal))
	aboutS3 := l.stop == stopReason || l.stop == stopListing // and not about a KMS key
	foreign := aboutS3 && l.said.Layer == layerResource && l.said.Effect == implicitDeny
	switch {
	case e.OwnBuckets.Known() && e.OwnBuckets.Value:
		return sameAccount
	case foreign && e.Target.Kind == GeneralPurpose:
		return otherAccount
	case e.OwnerOfBucket.Known() && account != "":
		if e.OwnerOfBucket.Value == account {
			return sameAccount
		}
		return otherAccount
	case e.OwnBuckets.Known() && e.Target.Kind == GeneralPurpose:
		return otherAccount
	default:
		return relationUnknown
	}
}

// callerAccount is the account of whoever made the request; "" when not known.
func (e *Evidence) callerAccount() string {
	if e.Options.AsPrincipal != "" {
		return arnAccount(e.Options.AsPrincipal)
	}
	if e.Caller.Known() && e.Caller.Value.Account != "" {
		return e.Caller.Value.Account
	}
	return arnAccount(e.Caller.Value.ARN)
}

// callerAccount is the account of whoever made the request, also where only S3's
// sentence names them; "" when not known.
func (r *reading) callerAccount() string {
	return firstOf(r.Evidence.callerAccount(), r.caller().Account)
}

// arnAccount is the fifth part of an ARN.
func arnAccount(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return ""
	}
	return parts[4]
}

// caller is who asked, as far as it is known.
func (r *reading) caller() Identity {
	switch {
	case r.Options.AsPrincipal != "":
		return Identity{ARN: r.Options.AsPrincipal, Account: r.Evidence.callerAccount(), Kind: kindOf(r.Options.AsPrincipal)}
	case r.Caller.Known():
		id := r.Caller.Value
		if id.Kind == "" {
			id.Kind = kindOf(id.ARN)
		}
		return id
	case r.unsigned:
		return Identity{Kind: KindAnonymous}
	case r.live.said.Principal != "":
		arn := r.live.said.Principal
		return Identity{ARN: arn, Account: arnAccount(arn), Kind: kindOf(arn)}
	default:
		return Identity{Kind: KindUnknown}
	}
}

// kindOf reads the kind of a principal from its ARN (IAM user guide, "IAM identifiers").
func kindOf(arn string) CallerKind {
	rest := ""
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		rest = parts[5]
	}
	switch {
	case rest == "root":
		return KindRoot
	case strings.HasPrefix(rest, "user/"):
		return KindUser
	case strings.HasPrefix(rest, "assumed-role/"), strings.HasPrefix(rest, "role/"):
		return KindRoleSession
	case strings.HasPrefix(rest, "federated-user/"):
		return KindFederated
	default:
		return KindUnknown
	}
}

// who is the caller in two or three words for a sentence: "user ana".
func (r *reading) who() string {
	id := r.caller()
	parts := strings.SplitN(id.ARN, ":", 6)
	if len(parts) < 6 {
		if id.Kind == KindAnonymous {
			return "an anonymous caller"
		}
		return "the caller"
	}
	names := strings.Split(parts[5], "/")
	switch {
	case id.Kind == KindRoot:
		return "the root user of " + id.Account
	case names[0] == "assumed-role" && len(names) > 1:
		return "role " + names[1]
	case len(names) > 1:
		return strings.TrimSuffix(names[0], "-user") + " " + names[len(names)-1]
	default:
		return "the caller"
	}
}

// awsRules tells whether AWS's own rules apply: at AWS, and at a store of
// unknown make that speaks AWS's sentence about why it refused: a proxy before
// AWS does. A store that is known is not AWS, whatever words it borrows.
func (r *reading) awsRules() bool {
	if r.live.said.Layer != "" && !r.Store.foreign() {
		return true
	}
	return (r.Store.AWS() || r.Store.Kind == "") && !r.Store.CustomEndpoint
}

// store is what the store is called in sentences.
func (r *reading) store() string { return r.Store.said() }

// liveName is the shortest name of the refusal: its code, else its status.
func (r *reading) liveName() string {
	if r.live.code != "" {
		return r.live.code
	}
	if r.live.from.Status == 0 {
		return "no answer"
	}
	return fmt.Sprintf("%d", r.live.from.Status)
}

// liveShown is the refusal as evidence; empty while there is none.
func (r *reading) liveShown() Shown {
	x := r.live.from
	if r.live.stop == stopUnseen {
		return Shown{}
	}
	if x.Operation == "" {
		x.Operation = "HeadObject"
	}
	fact := fmt.Sprintf("%d %s", x.Status, r.liveName())
	if r.live.code == "" {
		fact = fmt.Sprintf("%d %s", x.Status, x.Code)
	}
	if x.Status == 0 {
		fact = "no answer: " + x.Err
	}
	if r.live.text != "" {
		fact += ": " + r.live.text
	}
	return show(strings.TrimSpace(fact), x)
}
