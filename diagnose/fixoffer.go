package diagnose

import (
	"fmt"

	"s403/diagnose/policy"
)

// offer holds a change to its promise. With it the request must pass: alone, or
// together with what the layers behind still lack, which is then offered beside
// it. An Allow is never offered for what a Deny blocks. Empty: the change does
// not mend its own layer.
func (r *reading) offer(fix Fix, p policy.Place, after policy.Set) []Fix {
	effect, by := r.weighed(&after)
	switch {
	case effect == policy.Allow:
		return []Fix{fix}
	case by == p.Layer:
		return nil
	case effect == policy.ExplicitDeny:
		return []Fix{r.later(fix, by, "a Deny in "+r.theLayer(string(by))+" still refuses it")}
	}
	rest := r.afterwards(after).fixesFor(by, effect)
	var all []Fix
	for _, next := range append([]Fix{fix}, rest...) {
		if len(next.Policy) > 0 {
			next.Together = true
			all = append(all, next)
		}
	}
	if len(all) < 2 {
		return []Fix{r.later(fix, by, r.theLayer(string(by))+" still would not allow it")}
	}
	return all
}

// later turns a change that would not help yet into advice: no Allow is shown
// where another layer blocks it.
func (r *reading) later(fix Fix, by policy.Layer, why string) Fix {
	return ask(fix.Who, fix.Title+", once "+r.theLayer(string(by))+" is mended",
		fmt.Sprintf("Alone it would not help: %s. Mend that, and ask again.", why))
}

// afterwards is the reading as it would be with other policies.
func (r *reading) afterwards(set policy.Set) *reading {
	next := *r
	next.eval.set = set
	next.eval.decision = policy.Evaluate(next.eval.request, set)
	next.eval.variants, next.eval.guessed = []policy.Decision{next.eval.decision}, []policy.Request{next.eval.request}
	next.memo = nil
	return &next
}

// fixesFor are the fixes of what a layer decides about the reading's request.
func (r *reading) fixesFor(layer policy.Layer, effect policy.Effect) []Fix {
	if effect == policy.ExplicitDeny {
		return r.fixDeny(layer, r.mender(layer))
	}
	switch layer {
	case policy.IdentityBased:
		return fixIdentityNoAllow(r, Finding{})
	case policy.ResourceBased:
		return r.fixDoor()
	case policy.ServiceControl:
		return fixSCPNoAllow(r, Finding{})
	case policy.Boundary:
		return fixBoundaryNoAllow(r, Finding{})
	case policy.SessionPolicy:
		return fixSessionNoAllow(r, Finding{})
	case policy.VPCEndpoint:
		return fixVPCENoAllow(r, Finding{})
	}
	return nil
}

// mender is who changes the policies of a layer.
func (r *reading) mender(layer policy.Layer) Who {
	switch layer {
	case policy.ServiceControl, policy.ResourceControl:
		return WhoOrgAdmin
	case policy.VPCEndpoint:
		return WhoNetworkAdmin
	case policy.ResourceBased:
		if r.door == keyPolicyName {
			return WhoKeyOwner
		}
		return WhoBucketOwner
	}
	return WhoCaller
}

// A purpose names the statement and the policy that grant one action.
type purpose struct{ sid, policy string }

// purposes are the names for actions other than reading an object.
var purposes = map[string]purpose{
	"s3:ListBucket":           {"ListThisBucket", "S3ListOneBucket"},
	"kms:Decrypt":             {"DecryptWithThisKey", "DecryptOneKey"},
	"s3express:CreateSession": {"OpenReadSession", "OpenReadSession"},
}

// purpose names what grants the reading's action.
func (r *reading) purpose() purpose {
	if p, ok := purposes[r.action]; ok {
		return p
	}
	return purpose{"ReadOneObject", allowPolicyName}
}

// grant is the smallest Allow of the reading's request.
func (r *reading) grant(principal any, resource string) members {
	s := allowing(r.purpose().sid, principal, r.action, literal(resource), nil)
	if r.action == sessionAction {
		s = withCondition(s, "StringEquals", sessionModeKey, "ReadOnly")
	}
	return s
}
