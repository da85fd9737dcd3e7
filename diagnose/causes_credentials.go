package diagnose

import (
	"fmt"
	"strings"
)

// The judges of station 1: who asks, and are the credentials whole and alive?

// judgeAnonymous: an unsigned request has the rights of everybody, by the bucket
// policy or an ACL, and S3 never says why it refuses one ("Troubleshoot access
// denied (403 Forbidden) errors in Amazon S3").
func judgeAnonymous(r *reading) Finding {
	if !r.unsigned {
		if r.Credentials.Known() {
			return ruledOut(Reported, fmt.Sprintf("the request was signed with key %s", r.Credentials.Value.AccessKeyID))
		}
		if r.policiesOnly() {
			return notApplicable("--as judges a principal's request, which is signed")
		}
		return unknown("it is not known yet whether the request was signed")
	}
	if r.live.stop == stopUnseen {
		return r.unseen()
	}
	if f, ok := r.settled(); ok {
		return f
	}
	why := "The request was not signed, and the public may not read this object"
	if strings.Contains(strings.ToLower(r.live.text), "anonymous access is forbidden") {
		return confirmed(Reported, why, r.liveShown())
	}
	return r.judgeAnonymousByPolicy(why)
}

// judgeAnonymousByPolicy asks the bucket policy whether the public may read:
// a missing key in a public bucket looks the same from outside.
func (r *reading) judgeAnonymousByPolicy(why string) Finding {
	v := r.layer(layerResource)
	switch {
	case !v.read && r.Listing.Known() && r.Listing.Value.Found && !r.Listing.Source.Reader:
		return confirmed(Reported, why+"; the key is there, as the listing shows", r.liveShown(), r.listingShown())
	case !v.read:
		return likely(Inferred, why+" (a missing key in a public bucket would look the same)", r.liveShown())
	case v.always(allowEffect):
		return ruledOut(Computed, "the bucket policy lets everybody read it", r.policyShown())
	case r.publicByACL():
		return possible(why + " by policy; an ACL grants to everybody")
	case v.never(allowEffect) && r.aclsIgnored():
		return likely(Inferred, why+": no statement of the bucket policy allows it to everybody, and public ACLs are ignored", r.liveShown(), r.policyShown())
	case v.never(allowEffect):
		return confirmed(Computed, why+": no statement of the bucket policy allows it to everybody", r.liveShown(), r.policyShown())
	default:
		return likely(Inferred, why+" from where it was asked; the bucket policy decides by "+r.hinges(), r.policyShown())
	}
}

// judgeInvalidAccessKey: S3 looks the key id up before anything else. STS gives the
// same judgement about the same key, so its answer stands in where HEAD hides S3's.
func judgeInvalidAccessKey(r *reading) Finding {
	if r.unsigned {
		return notApplicable("the request carries no key")
	}
	if f, ok := r.early(CauseInvalidAccessKey, fmt.Sprintf("%s does not know the access key %s", capital(r.store()), r.keyID())); ok {
		return f
	}
	if code := r.Caller.Source.Code; code == "InvalidClientTokenId" || code == "UnrecognizedClientException" {
		if tokenless(r.Evidence) {
			return ruledOut(Inferred, "the session token is missing, which explains it")
		}
		return likely(Inferred, fmt.Sprintf("STS does not know the access key %s", r.keyID()), show(code, r.Caller.Source))
	}
	return r.hidden()
}

// keyID is the masked key for a sentence.
func (r *reading) keyID() string {
	if id := r.Credentials.Value.AccessKeyID; id != "" {
		return id
	}
	return "that signed the request"
}

// judgeMissingSessionToken: a key id that begins with ASIA is temporary and counts
// only with its token (IAM User Guide, "Understanding unique ID prefixes"). S3
// answers InvalidAccessKeyId, as for a key that it never knew.
func judgeMissingSessionToken(r *reading) Finding {
	c := r.Credentials
	why := fmt.Sprintf("The key %s is temporary (ASIA), and no session token was sent with it", r.keyID())
	switch {
	case r.unsigned:
		return notApplicable("the request carries no key")
	case c.Known() && c.Value.SessionToken:
		return ruledOut(Inferred, "a session token goes with the key")
	case r.Store.foreign():
		return notApplicable("nothing in a key id of " + r.store() + " tells that it needs a session token")
	case c.Known() && c.Value.Prefix != "ASIA":
		return notApplicable(fmt.Sprintf("the key %s is a long-term key and needs no session token", r.keyID()))
	}
	if f, ok := r.early(CauseMissingSessionToken, why); ok {
		return f
	}
	if tokenless(r.Evidence) && r.awsRules() {
		return likely(Inferred, why, r.liveShown())
	}
	return r.hidden()
}

// judgeExpiredCredentials: only credentials with a session token end by
// themselves; long-term keys are deleted, not expired.
func judgeExpiredCredentials(r *reading) Finding {
	c := r.Credentials
	switch {
	case r.unsigned:
		return notApplicable("the request carries no credentials")
	case r.live.stop != stopEarly && c.Known() && !c.Value.SessionToken && r.awsRules():
		return notApplicable("long-term keys do not expire")
	}
	if f, ok := r.early(CauseExpiredCredentials, "The session token has expired"+r.expiredAgo()); ok {
		return f
	}
	if ended := c.Value.Expires; c.Known() && !ended.IsZero() && !r.now.IsZero() && r.now.After(ended) {
		return likely(Inferred, "The credentials ended at "+ended.UTC().Format("2006-01-02 15:04:05 UTC"), r.liveShown())
	}
	return r.hidden()
}

// expiredAgo adds when, if the client knows.
func (r *reading) expiredAgo() string {
	if t := r.Credentials.Value.Expires; !t.IsZero() {
		return " at " + t.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	return ""
}

// judgeInvalidToken: a token may be cut, or come from the global STS endpoint, whose
// tokens do not hold in opt-in regions (IAM User Guide, "Manage AWS STS in an AWS
// Region").
func judgeInvalidToken(r *reading) Finding {
	c := r.Credentials
	if r.unsigned {
		return notApplicable("the request carries no token")
	}
	if r.live.stop != stopEarly && c.Known() && !c.Value.SessionToken {
		return notApplicable("no session token was sent")
	}
	if f, ok := r.early(CauseInvalidToken, "The session token is malformed, or not valid in this region"); ok {
		return f
	}
	return r.hidden()
}

// judgeAccountProblem: these codes are about an account's standing, but
// AllAccessDisabled most often means a name that is no real bucket (facts 1b).
func judgeAccountProblem(r *reading) Finding {
	why := fmt.Sprintf("%s answered %s: an account is not in good standing, or the bucket name is not a real one", capital(r.store()), r.liveName())
	if f, ok := r.early(CauseAccountProblem, why); ok {
		return f
	}
	return r.hidden()
}
