package diagnose

import (
	"fmt"
	"strings"
)

// verdict picks the finding that a person should act on first, and names what
// waits behind it.
func (r *reading) verdict(findings []Finding) Verdict {
	if v, ok := r.allowedVerdict(findings); ok {
		return v
	}
	best := first(findings, stands)
	if best < 0 {
		return r.undetermined(findings)
	}
	f := findings[best]
	v := Verdict{Cause: f.ID, Confidence: f.Confidence, Summary: r.summary(f)}
	for i, other := range findings {
		if i != best && other.waits() && !sameFamily(f.ID, other.ID) {
			v.Behind = append(v.Behind, other.ID)
		}
	}
	return v
}

// waits tells that a finding would refuse too, by evidence of its own.
func (f Finding) waits() bool {
	return f.State == Confirmed || f.State == Likely && (f.Confidence == Computed || f.Confidence == Reported) ||
		f.State == Likely && strings.Contains(f.Why, "waits behind")
}

// sameFamily tells causes that are readings of one and the same refusal, so that
// one does not wait behind the other.
func sameFamily(a, b CauseID) bool {
	return strings.HasPrefix(string(a), "identity-") && strings.HasPrefix(string(b), "identity-") &&
		a != CauseIdentityExplicitDeny && b != CauseIdentityExplicitDeny
}

// allowedVerdict is the verdict of a request that S3 lets through.
func (r *reading) allowedVerdict(findings []Finding) (Verdict, bool) {
	if r.live.stop == stopHeadOnly && allowed(r.HeadAgain) && r.Skew.Value.Abs() <= maxSkew && !r.Options.Presigned {
		return Verdict{Cause: Allowed, Confidence: Reported,
			Summary: "The first HEAD was refused and the same HEAD was allowed a moment later: a change of policy was still spreading, and it is allowed now."}, true
	}
	if r.policiesOnly() {
		return r.asVerdict(findings)
	}
	if r.live.stop != stopAllowed {
		return Verdict{}, false
	}
	if first(findings, stands) >= 0 {
		return Verdict{}, false
	}
	if allowed(r.Get) || r.Target.Key == "" {
		return Verdict{Cause: Allowed, Confidence: Reported, Summary: "The request is allowed: HEAD and GET both pass."}, true
	}
	return Verdict{Cause: Allowed, Confidence: Inferred, Summary: "HEAD is allowed; whether GET is was not seen."}, true
}

// undetermined says honestly that no cause stands out, and which are left.
func (r *reading) undetermined(findings []Finding) Verdict {
	v := Verdict{Cause: Undetermined, Confidence: Guess}
	var open []string
	for _, f := range findings {
		if f.State == Possible {
			open = append(open, string(f.ID))
		}
	}
	switch {
	case r.live.stop == stopUnseen && r.Options.AsPrincipal == "":
		v.Summary = "The request has not been answered yet."
	case r.policiesOnly():
		v.Summary = fmt.Sprintf("The policies that could be read do not settle whether %s is allowed to %s; what was not visible stands below.", r.action, r.who())
	case r.live.stop == stopOther && r.Head.Value.Status >= 500:
		v.Summary = fmt.Sprintf("%s answered %s: it failed, and has not judged the request. Ask again later.", capital(r.store()), r.liveName())
	case len(open) == 0:
		v.Summary = "What was seen does not tell why it was refused; the stations below say what was not visible."
	default:
		if len(open) > 4 {
			open = append(open[:3:3], fmt.Sprintf("%d more", len(open)-3))
		}
		v.Summary = fmt.Sprintf("It was refused without a reason that can be seen from here; still possible: %s. %s.", strings.Join(open, ", "), r.whoElse())
	}
	return v
}

// whoElse says who could see what was not seen.
func (r *reading) whoElse() string {
	if r.awsRules() {
		return "Ask with --reader-profile, or ask the bucket's owner"
	}
	return "Whoever runs the store can read the policies, and whoever may list the bucket can tell whether the key is there"
}

// first is the index of the finding that stops the request first among those
// that pass: the strongest, and of equals the one that S3 meets first.
func first(findings []Finding, pass func(Finding) bool) int {
	best := -1
	for i, f := range findings {
		if !pass(f) {
			continue
		}
		if best < 0 || rank(f) > rank(findings[best]) ||
			rank(f) == rank(findings[best]) && precedence(f.ID) < precedence(findings[best].ID) {
			best = i
		}
	}
	return best
}

// stands tells a finding that a person should act on.
func stands(f Finding) bool { return f.State == Confirmed || f.State == Likely }

// rank orders findings by how much they claim.
func rank(f Finding) int {
	n := 0
	switch f.Confidence {
	case Reported:
		n = 5
	case Computed:
		n = 4
	case Simulated:
		n = 3
	case Inferred:
		n = 2
	case Guess:
		n = 1
	}
	if f.State == Confirmed {
		n += 10
	}
	return n
}

// precedence is the order in which S3 comes to the causes: what is checked
// before policies, then every Deny, then the layers in which an Allow must be
// found, then the object (IAM user guide, policy evaluation logic).
func precedence(id CauseID) int {
	if at, ok := precedences[id]; ok {
		return at
	}
	return len(precedences)
}

var precedences = func() map[CauseID]int {
	at := map[CauseID]int{}
	for i, id := range []CauseID{
		CauseNetwork, CauseThrottled, CauseWebsiteEndpoint, CauseClockSkew, CauseMissingSessionToken,
		CauseInvalidAccessKey, CauseExpiredCredentials, CauseInvalidToken, CausePresignedExpired, CauseSignatureVersion,
		CauseSignatureMismatch, CauseRegionMismatch, CauseAccountProblem, CauseProxyInterference, CauseNoSuchBucket,
		CauseExpectedOwnerMismatch, CauseDirectoryBucketSession, CauseRequesterPays,
		CauseSCPExplicitDeny, CauseRCPExplicitDeny, CauseVPCEExplicitDeny, CauseBucketPolicyExplicitDeny, CauseRestrictPublicBuckets,
		CauseIdentityExplicitDeny, CauseBoundaryExplicitDeny, CauseSessionExplicitDeny,
		CauseSCPNoAllow, CauseVPCENoAllow, CauseAccessPointPolicy, CauseIgnorePublicACLs, CauseAnonymous, CauseObjectOwnership,
		CauseVersionPermission, CauseIdentityConditionUnmet, CauseIdentityWrongResource, CauseIdentityWrongAction, CauseIdentityNoAllow,
		CauseBucketNotYours, CauseObjectACL, CauseBucketPolicyNoAllow, CauseBoundaryNoAllow, CauseSessionNoAllow, CauseMissingKey,
	} {
		at[id] = i
	}
	return at
}()
