package diagnose

import (
	"maps"
	"strings"

	"s403/diagnose/policy"
)

// A computed fix is evaluated before it is shown: it must let this request
// through its layer, and must change nothing for anybody else.

// mends tells whether the request passes the layer with the changed policies.
// Another layer may still refuse it: that is the next thing to mend.
func (r *reading) mends(after policy.Set, layer policy.Layer) bool {
	d := policy.Evaluate(r.eval.request, after)
	if d.Effect == policy.Allow {
		return true
	}
	result, ok := d.Layer(layer)
	if !ok || d.DecidedBy == layer {
		return false
	}
	return result.Effect == policy.Allow || result.Overridden
}

// lifts tells whether the layer's Deny is gone. What is left may be the lack of
// an Allow, which is another cause with a fix of its own.
func (r *reading) lifts(after policy.Set, layer policy.Layer) bool {
	d := policy.Evaluate(r.eval.request, after)
	result, ok := d.Layer(layer)
	return d.Effect == policy.Allow || ok && result.Effect != policy.ExplicitDeny
}

// spares tells whether nobody else gains or loses by the change: neither another
// user of the same account, nor another account, nor the public. A permissions boundary, a session
// policy and an identity policy bind only those who carry them.
func (r *reading) spares(layer policy.Layer, after policy.Set) bool {
	if layer == policy.Boundary || layer == policy.SessionPolicy || layer == policy.IdentityBased {
		return true
	}
	before := r.eval.set
	for _, probe := range r.others() {
		if policy.Evaluate(probe, before).Effect != policy.Evaluate(probe, after).Effect {
			return false
		}
	}
	return true
}

// others are the requests that a fix must not touch.
func (r *reading) others() []policy.Request {
	var all []policy.Request
	own := r.eval.request
	for _, principal := range []string{
		"arn:aws:iam::" + own.ResourceAccount + ":user/s403-stranger",
		"arn:aws:iam::" + r.callerAccount() + ":user/s403-stranger",
		"arn:aws:iam::999988887777:user/s403-stranger",
		"anonymous",
	} {
		if strings.Contains(principal, "::::") || strings.Contains(principal, ":::user") || principal == own.Principal {
			continue
		}
		stranger := own
		stranger.Principal = principal
		stranger.Context = withoutCaller(own.Context)
		all = append(all, stranger)
	}
	return all
}

// otherwise are the caller's own requests that an Allow for one object must not
// grant: another key, another action.
func (r *reading) otherwise() []policy.Request {
	key, write := r.eval.request, r.eval.request
	key.Resource += ".s403-other"
	write.Action = "s3:DeleteObject"
	return []policy.Request{key, write}
}

// narrow tells whether an Allow grants this request and no other of the caller's.
func (r *reading) narrow(before, after policy.Set) bool {
	for _, probe := range r.otherwise() {
		if policy.Evaluate(probe, before).Effect != policy.Evaluate(probe, after).Effect {
			return false
		}
	}
	return true
}

// withoutCaller drops the condition keys that belong to the caller.
func withoutCaller(context map[string][]string) map[string][]string {
	out := maps.Clone(context)
	for key := range out {
		k := strings.ToLower(key)
		if strings.HasPrefix(k, "aws:principal") || k == "aws:userid" || k == "aws:username" {
			delete(out, key)
		}
	}
	return out
}

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }
