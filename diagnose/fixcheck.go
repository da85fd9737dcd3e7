package diagnose

import (
	"maps"
	"strings"

	"s403/diagnose/policy"
)

// A computed fix is evaluated before it is shown: it must let this request
// through its layer, and must change nothing for anybody else.

// weighed is what the policies decide about the request. A KMS key is the
// exception to the rule that in one account either side may allow: identity
// policies count only where the key policy names the caller or lets the account
// decide (KMS Developer Guide, "Key policies in AWS KMS").
func (r *reading) weighed(set *policy.Set) (policy.Effect, policy.Layer) {
	effect, layer := policy.Decide(&r.eval.request, set)
	if r.door != keyPolicyName || effect != policy.Allow || r.relation == otherAccount || set.Resource == nil {
		return effect, layer
	}
	for _, m := range policy.EvaluateMatched(&r.eval.request, set).Matched {
		if m.Layer == policy.ResourceBased && m.Effect == "Allow" {
			return effect, layer
		}
	}
	return policy.ImplicitDeny, policy.ResourceBased
}

// lifts tells whether the layer's Deny is gone. What is left may be the lack of
// an Allow, which is another cause with a fix of its own.
func (r *reading) lifts(after policy.Set, layer policy.Layer) bool {
	d := policy.Evaluate(r.eval.request, after)
	result, ok := d.Layer(layer)
	return d.Effect == policy.Allow || ok && result.Effect != policy.ExplicitDeny
}

// spares tells whether nobody else gains or loses by the change: neither another
// user of either account, nor another account, nor the public, whether or not
// their own policies allow them everything.
func (r *reading) spares(p policy.Place, after policy.Set) bool {
	for _, stranger := range r.strangers() {
		was, is := r.carried(p, r.eval.set), r.carried(p, after)
		for i := range was {
			before, _ := policy.Decide(&stranger, &was[i])
			now, _ := policy.Decide(&stranger, &is[i])
			if (before == policy.Allow) != (now == policy.Allow) {
				return false
			}
		}
	}
	return true
}

// carried is the set as it binds a stranger: with the document at p where others
// carry it too, and otherwise without the caller's own policies. None: nobody
// else carries the document.
func (r *reading) carried(p policy.Place, s policy.Set) []policy.Set {
	mighty := []policy.Named{{Name: "everything", Document: everything}}
	s.Session = nil
	switch p.Layer {
	case policy.SessionPolicy:
		return nil
	case policy.IdentityBased:
		if !r.shared(p.Policy) {
			return nil
		}
		s.Boundaries = nil
		return []policy.Set{s}
	case policy.Boundary:
		s.Identity = mighty
		return []policy.Set{s}
	}
	s.Identity, s.Boundaries = nil, nil
	with := s
	with.Identity = mighty
	return []policy.Set{s, with}
}

// shared tells whether others may carry an identity policy: a managed one may be
// attached to anybody, and that of a group binds all its members.
func (r *reading) shared(name string) bool {
	d, _ := r.policyDoc(name)
	return d.ARN != "" || strings.HasPrefix(d.Attached, "group ")
}

// strangers make the same request as somebody else.
func (r *reading) strangers() []policy.Request {
	var all []policy.Request
	own := r.eval.request
	for _, account := range []string{own.ResourceAccount, r.callerAccount(), "999988887777", ""} {
		stranger := own
		stranger.Principal = "arn:aws:iam::" + account + ":user/s403-stranger"
		if account == "" {
			stranger.Principal = "anonymous"
		}
		stranger.Context = withoutCaller(own.Context)
		all = append(all, stranger)
	}
	return all
}

// otherwise are the caller's own requests that an Allow for one object must not
// grant: another key and another action. A key policy is about its key alone.
func (r *reading) otherwise() []policy.Request {
	other, write := r.eval.request, r.eval.request
	write.Action = "s3:DeleteObject"
	if r.door == keyPolicyName {
		write.Action = "kms:Encrypt"
		return []policy.Request{write}
	}
	other.Resource += ".s403-other"
	if other.BucketResource != "" {
		other.BucketResource += ".s403-other"
	}
	return []policy.Request{write, other}
}

// narrow tells whether the change grants none of the caller's requests that are
// given, which are not the one at hand.
func (r *reading) narrow(after policy.Set, others []policy.Request) bool {
	before := r.eval.set
	for i := range others {
		was, _ := policy.Decide(&others[i], &before)
		is, _ := policy.Decide(&others[i], &after)
		if was != is {
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
