package diagnose

import (
	"fmt"
	"slices"
)

// What all judges of policy layers share: what the live sentence says about the
// layer, and what the documents say where they could be read.

// order is the sequence in which layers are searched for an Allow, once no Deny
// was found anywhere (IAM user guide, "How AWS enforcement code logic evaluates
// requests to allow or deny access").
var order = []string{layerRCP, layerSCP, layerResource, layerIdentity, layerBoundary, layerSession}

// judgeExplicit judges "a Deny in this layer".
func (r *reading) judgeExplicit(layer string) Finding {
	if f, ok := r.settled(); ok {
		return f
	}
	v := r.layer(layer)
	why := fmt.Sprintf("A Deny in %s forbids %s to %s", oneOfLayer(layer), r.action, r.who())
	switch {
	case r.reports(layer, explicitDeny):
		return confirmed(Reported, why+r.namedDeny(layer), r.denyShown(layer)...)
	case r.live.stop == stopListing:
		return ruledOut(Inferred, r.store()+" named s3:ListBucket, so it found no Deny for "+r.action, r.liveShown())
	case r.live.stop == stopReason && r.live.said.Effect == implicitDeny && layer != layerVPCE:
		return ruledOut(Inferred, r.store()+" looks for a Deny before it looks for an Allow, and it reported that an Allow is missing", r.liveShown())
	case v.always(explicitDeny):
		return r.computedDeny(why+r.namedDeny(layer), r.denyShown(layer)...)
	case string(v.base.Effect) == explicitDeny:
		return r.weigh(likely(Inferred, why+r.namedDeny(layer)+"; it hinges on "+r.hinges(), r.denyShown(layer)...))
	case v.effects[explicitDeny]:
		return r.weigh(possible(why + ", depending on " + r.hinges()))
	case v.read:
		return ruledOut(Computed, fmt.Sprintf("%s %s read, and no Deny matches", theLayer(layer), wasWere(layer)))
	default:
		return r.unread(layer)
	}
}

// judgeImplicit judges "this layer does not allow it".
func (r *reading) judgeImplicit(layer string) Finding {
	if f, ok := r.settled(); ok {
		return f
	}
	v := r.layer(layer)
	why := fmt.Sprintf("%s %s on %s", notAllowing(layer), r.action, r.resource)
	switch {
	case r.reports(layer, implicitDeny):
		return confirmed(Reported, why, r.missShown(layer)...)
	case r.live.stop == stopListing:
		return ruledOut(Inferred, r.store()+" named s3:ListBucket, so it had passed "+r.action, r.liveShown())
	case r.precedes(layer):
		return ruledOut(Inferred, fmt.Sprintf("%s asks %s first, and refused at %s", r.store(), theLayer(layer), theLayer(r.live.said.Layer)), r.liveShown())
	case v.read && v.always(implicitDeny) && r.counts(layer):
		return r.computedDeny(why, r.missShown(layer)...)
	case v.read && v.effects[implicitDeny] && r.mayCount(layer):
		return r.weigh(likely(Inferred, why+"; that hinges on "+r.hinges(), r.missShown(layer)...))
	case v.read:
		return ruledOut(Computed, fmt.Sprintf("%s %s read and let it through", theLayer(layer), wasWere(layer)))
	default:
		return r.unread(layer)
	}
}

// reports tells that the live sentence names this layer and effect for the
// action that was asked.
func (r *reading) reports(layer, effect string) bool {
	return r.live.stop == stopReason && r.live.said.Layer == layer && r.live.said.Effect == effect
}

// precedes tells that S3 must have found an Allow in this layer before it could
// report that a later layer has none.
func (r *reading) precedes(layer string) bool {
	if r.live.stop != stopReason || r.live.said.Effect != implicitDeny {
		return false
	}
	mine, said := slices.Index(order, layer), slices.Index(order, r.live.said.Layer)
	return mine >= 0 && said > mine && layer != layerResource
}

// counts tells that an implicit deny of the layer refuses by itself: no grant
// by the bucket policy makes up for it.
func (r *reading) counts(layer string) bool {
	if layer == layerSCP || layer == layerVPCE || layer == layerRCP || r.relation == otherAccount {
		return true
	}
	if !r.layer(layerResource).read || !r.doorRead() { // had it granted the caller, S3 would not have named the identity policies
		return r.reports(layerIdentity, implicitDeny)
	}
	for _, d := range r.eval.variants {
		if res, ok := d.Layer(policyLayer(layer)); ok && res.Overridden {
			return false
		}
	}
	return true
}

// mayCount is counts with the benefit of the doubt.
func (r *reading) mayCount(layer string) bool {
	res, ok := r.eval.decision.Layer(policyLayer(layer))
	return !ok || !res.Overridden
}

// computedDeny is a deny that the documents prove: confirmed when the live
// answers leave room for it, and only waiting when they named something else.
func (r *reading) computedDeny(why string, shown ...Shown) Finding {
	switch {
	case r.live.stop == stopReason || r.live.stop == stopKMS:
		return likely(Computed, why+"; it waits behind what "+r.store()+" reported", shown...)
	case r.provable() && !r.ownerDoubted():
		return confirmed(Computed, why, shown...)
	default:
		return likely(Computed, why, shown...)
	}
}

// weigh lowers a finding that is not proven when S3 reported another reason.
func (r *reading) weigh(f Finding) Finding {
	if r.live.stop == stopReason && f.State == Likely {
		f.State = Possible
		f.Why += "; it may wait behind what " + r.store() + " reported"
	}
	return f
}

// provable tells that the refusal is one that policies make: S3 said
// AccessDenied, or only HEAD spoke while STS took the credentials, or the
// request is another principal's and judged from policies alone (--as).
func (r *reading) provable() bool {
	switch r.live.stop {
	case stopBare:
		return true
	case stopBlind:
		return r.Head.Value.Status == 403 && r.Caller.Known() && r.Skew.Value.Abs() <= maxSkew
	case stopUnseen:
		return r.Options.AsPrincipal != ""
	}
	return false
}

// unread is the honest answer about a layer that could not be read.
func (r *reading) unread(layer string) Finding {
	missing := fmt.Sprintf("%s %s not read%s; %s", theLayer(layer), wasWere(layer), r.unreadBecause(layer), r.settles(layer))
	switch {
	case r.live.stop == stopReason:
		return unknown(fmt.Sprintf("%s %s not read%s; %s named another reason, and names only one", theLayer(layer), wasWere(layer), r.unreadBecause(layer), r.store()))
	case !r.Done || r.live.stop == stopUnseen:
		return unknown(missing)
	default:
		return possible(missing)
	}
}

// unreadBecause says what kept the layer from being read.
func (r *reading) unreadBecause(layer string) string {
	fact := r.layerFact(layer)
	switch fact.state {
	case Denied:
		return " (not allowed)"
	case Failed:
		return " (the call failed)"
	case Known:
		return " (a document could not be parsed)"
	case NotAsked:
		if !r.awsRules() {
			return "" // there is no service of AWS to ask
		}
	}
	return noteTail(fact.note)
}

// settles says what would show the layer.
func (r *reading) settles(layer string) string {
	if !r.awsRules() {
		if wasWere(layer) == "were" {
			return "whoever runs the store can read them"
		}
		return "whoever runs the store can read it"
	}
	switch layer {
	case layerIdentity:
		return "credentials that may read IAM (--reader-profile) would settle it"
	case layerResource:
		return "s3:GetBucketPolicy would settle it"
	case layerBoundary:
		return "iam:GetRole or iam:GetUser would show whether there is one"
	case layerSession:
		return "no API shows it; whoever assumed the role knows what was passed"
	case layerSCP, layerRCP:
		return "an administrator of the organization can read them"
	default:
		return "ec2:DescribeVpcEndpoints, or the same request from another network, would settle it"
	}
}

// oneOfLayer is one policy of the layer, for "a Deny in …".
func oneOfLayer(layer string) string {
	switch layer {
	case layerIdentity:
		return "an identity policy"
	case layerSCP:
		return "a service control policy"
	case layerRCP:
		return "a resource control policy"
	}
	return theLayer(layer)
}

// notAllowing begins the sentence that a layer allows nothing.
func notAllowing(layer string) string {
	switch layer {
	case layerIdentity:
		return "No identity policy allows"
	case layerSCP:
		return "No service control policy allows"
	case layerRCP:
		return "No resource control policy allows"
	}
	return capital(theLayer(layer)) + " does not allow"
}

// wasWere agrees with theLayer in number.
func wasWere(layer string) string {
	if layer == layerIdentity || layer == layerSCP || layer == layerRCP {
		return "were"
	}
	return "was"
}

// theLayer is a layer with its article, for the middle of a sentence.
func theLayer(layer string) string {
	switch layer {
	case layerResource:
		return "the bucket policy"
	case layerIdentity:
		return "the caller's identity policies"
	case layerBoundary:
		return "the permissions boundary"
	case layerSession:
		return "the session policy"
	case layerSCP:
		return "the service control policies"
	case layerRCP:
		return "the resource control policies"
	default:
		return "the VPC endpoint's policy"
	}
}
