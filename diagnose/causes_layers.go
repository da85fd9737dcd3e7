package diagnose

import "fmt"

// The judges of the layers that stand above or below the identity policies:
// organization, boundary, session, VPC endpoint, access point.

// judgeSCPNoAllow: every level from the root to the caller's account must allow
// the action by some service control policy (AWS Organizations User Guide, "SCP
// evaluation"). Only an administrator of the organization can read them, so
// AWS's simulator, which knows them, may speak in their place.
func judgeSCPNoAllow(r *reading) Finding {
	f := r.gated(r.noSCP, r.judgeImplicit, layerSCP)
	if r.simulatedOutright() {
		return f // a missing Allow would be an implicit deny
	}
	return r.orSimulated(f, r.Simulation.Value.OrgAllow, "AWS's policy simulator says that the organization does not allow it")
}

// judgeSCPExplicitDeny: a Deny at any level binds everybody in the account, its
// root user included.
func judgeSCPExplicitDeny(r *reading) Finding {
	f := r.gated(r.noSCP, r.judgeExplicit, layerSCP)
	if !r.simulatedOutright() || !r.noDenyBelow() {
		return f
	}
	return r.orSimulated(f, r.Simulation.Value.OrgAllow,
		"AWS's policy simulator finds an explicit deny, and of the policies that it knows only those of the organization can hold it; which of them it does not say")
}

// explicitlyDenied is the simulator's word for a Deny that matched, in any of the
// policies that it knows; a missing Allow is "implicitDeny" (IAM API Reference,
// API_EvaluationResult, EvalDecision).
const explicitlyDenied = "explicitDeny"

// simulatedOutright tells that the simulator found a Deny.
func (r *reading) simulatedOutright() bool {
	return r.Simulation.Known() && r.Simulation.Value.Decision == explicitlyDenied
}

// ceilingRefuses tells that, by the simulator, the organization or the boundary
// refuses, so that the identity policies need not be what does.
func ceilingRefuses(s Simulation) bool {
	return s.OrgAllow != nil && !*s.OrgAllow || s.Boundary != nil && !*s.Boundary
}

// noDenyBelow tells that the caller's own policies and boundary were read and hold
// no Deny that could match: the simulator knows no others but the organization's.
func (r *reading) noDenyBelow() bool {
	for _, name := range []string{layerIdentity, layerBoundary} {
		if v := r.layer(name); !v.read || !v.never(explicitDeny) {
			return false
		}
	}
	return true
}

// gated judges a layer, unless the gate shows that it does not bind the caller.
func (r *reading) gated(gate func() (Finding, bool), judge func(layer string) Finding, layer string) Finding {
	if f, ok := gate(); ok {
		return f
	}
	return judge(layer)
}

// orSimulated lets AWS's simulator speak where the documents leave a ceiling open
// and S3 gave no reason. verdict: whether the ceiling allows; nil: not said.
func (r *reading) orSimulated(f Finding, verdict *bool, why string) Finding {
	if !r.Simulation.Known() || !open(f) || verdict == nil || *verdict || r.live.stop == stopReason {
		return f
	}
	return likely(Simulated, why, show(r.Simulation.Value.Decision, r.Simulation.Source))
}

// noSCP tells the callers that no service control policy binds.
func (r *reading) noSCP() (Finding, bool) {
	switch {
	case !r.awsRules():
		return r.onlyAWS("service control policies"), true
	case r.unsigned:
		return notApplicable("an anonymous caller belongs to no organization"), true
	case r.exemptFromSCPs():
		return notApplicable("service control policies do not bind the management account"), true
	}
	return Finding{}, false
}

// onlyAWS is the answer for what other stores do not have, or have by rules of their own.
func (r *reading) onlyAWS(what string) Finding {
	if r.Store.AWS() {
		return notApplicable(what + ": AWS's rules are not applied, for an endpoint was set for S3 and none for STS and IAM")
	}
	return notApplicable("not judged at " + r.store() + ", which goes by rules of its own")
}

// judgeRCPExplicitDeny: resource control policies can only deny, for
// RCPFullAWSAccess cannot be detached, and they bind callers from everywhere (AWS
// Organizations User Guide, "Resource control policies"). The simulator does not
// know them.
func judgeRCPExplicitDeny(r *reading) Finding {
	if !r.awsRules() {
		return r.onlyAWS("resource control policies")
	}
	return r.judgeExplicit(layerRCP)
}

// judgeBoundaryNoAllow: a permissions boundary grants nothing, and what it does
// not allow no identity policy can grant (IAM User Guide, "Permissions boundaries
// for IAM entities").
func judgeBoundaryNoAllow(r *reading) Finding {
	f := r.gated(r.noBoundary, r.judgeImplicit, layerBoundary)
	return r.orSimulated(f, r.Simulation.Value.Boundary, "AWS's policy simulator says that the permissions boundary does not allow it")
}

// judgeBoundaryExplicitDeny: a Deny in the boundary is a Deny like any other.
func judgeBoundaryExplicitDeny(r *reading) Finding {
	return r.gated(r.noBoundary, r.judgeExplicit, layerBoundary)
}

// noBoundary tells the callers that have no permissions boundary.
func (r *reading) noBoundary() (Finding, bool) {
	switch {
	case !r.awsRules():
		return r.onlyAWS("permissions boundaries"), true
	case r.unsigned:
		return notApplicable("an anonymous caller has no permissions boundary"), true
	case r.caller().Kind == KindRoot:
		return notApplicable("the root user has no permissions boundary"), true
	case r.Boundary.State == Absent && r.live.said.Layer != layerBoundary:
		return ruledOut(Computed, "no permissions boundary is set", show("no boundary", r.Boundary.Source)), true
	}
	return Finding{}, false
}

// judgeSessionNoAllow: a session has what its role and its session policy both
// allow (IAM User Guide, "Session policies"). No API reads the policy of a live
// session, so S3's sentence alone can prove it.
func judgeSessionNoAllow(r *reading) Finding {
	return r.gated(r.noSession, r.judgeImplicit, layerSession)
}

// judgeSessionExplicitDeny: a Deny that was passed when the session was opened.
func judgeSessionExplicitDeny(r *reading) Finding {
	return r.gated(r.noSession, r.judgeExplicit, layerSession)
}

// noSession tells the callers whose credentials cannot carry a session policy:
// only AssumeRole and its kin and GetFederationToken take one (IAM user guide,
// "Session policies").
func (r *reading) noSession() (Finding, bool) {
	if r.live.said.Layer == layerSession {
		return Finding{}, false
	}
	switch kind := r.caller().Kind; {
	case !r.awsRules():
		return r.onlyAWS("session policies"), true
	case r.unsigned:
		return notApplicable("an anonymous caller has no session"), true
	case kind == KindUser || kind == KindRoot:
		return notApplicable("the credentials of a user carry no session policy"), true
	}
	return Finding{}, false
}

// judgeVPCENoAllow: what passes a VPC endpoint must be allowed by the endpoint's
// policy as well (VPC User Guide, "Control access to VPC endpoints using endpoint
// policies"). Across accounts S3 does not name it ("Troubleshoot access denied
// (403 Forbidden) errors in Amazon S3").
func judgeVPCENoAllow(r *reading) Finding {
	return r.gated(r.noEndpoint, r.judgeImplicit, layerVPCE)
}

// judgeVPCEExplicitDeny: a Deny in the endpoint's policy.
func judgeVPCEExplicitDeny(r *reading) Finding {
	return r.gated(r.noEndpoint, r.judgeExplicit, layerVPCE)
}

// noEndpoint tells the requests that passed no VPC endpoint.
func (r *reading) noEndpoint() (Finding, bool) {
	switch {
	case r.live.said.Layer == layerVPCE:
		return Finding{}, false
	case !r.awsRules():
		return r.onlyAWS("VPC endpoints"), true
	case r.VPCEndpoint.State == Absent:
		if f, ok := r.settled(); ok {
			return f, true
		}
		return unknown("the account has no VPC endpoint for S3 in this region; one of a VPC that another account shares would not show",
			show("no VPC endpoint", r.VPCEndpoint.Source)), true
	}
	return Finding{}, false
}

// judgeAccessPointPolicy: through an access point its policy and the bucket's must
// both let the request pass, and one with network origin VPC takes nothing from
// outside (S3 User Guide, "Configuring IAM policies for using access points").
func judgeAccessPointPolicy(r *reading) Finding {
	if !r.throughAccessPoint() {
		return notApplicable("the request does not go through an access point")
	}
	if f, ok := r.settled(); ok {
		return f
	}
	ap := r.AccessPoint
	if r.live.stop == stopReason && r.live.said.Layer != layerResource {
		return ruledOut(Reported, r.store()+" named "+theLayer(r.live.said.Layer), r.liveShown())
	}
	if ap.Known() && ap.Value.NetworkOrigin == "VPC" && !r.fromVPC() {
		return r.accessPointDeny(fmt.Sprintf("The access point %s takes requests from %s alone", ap.Value.Name, orVPC(ap.Value.VPC)))
	}
	return r.judgeAccessPointDocuments()
}

// throughAccessPoint tells that a door with a policy of its own stands before the
// bucket, whose refusal cannot be told from the bucket's.
func (r *reading) throughAccessPoint() bool {
	return r.Target.Kind == AccessPointTarget || r.Target.Kind == MultiRegionAccessPoint || r.Target.Kind == ObjectLambda
}

func orVPC(id string) string {
	if id == "" {
		return "its VPC"
	}
	return id
}

// fromVPC tells that the request is known to come from the access point's VPC.
func (r *reading) fromVPC() bool {
	return r.VPCEndpoint.Known() && r.VPCEndpoint.Value.VPC == r.AccessPoint.Value.VPC
}

// accessPointDeny weighs a refusal that the access point's settings show.
func (r *reading) accessPointDeny(why string) Finding {
	shown := []Shown{r.liveShown(), show("the access point's settings", r.AccessPoint.Source)}
	if r.live.stop == stopReason || r.provable() {
		return likely(Inferred, why, shown...)
	}
	return possible(why, shown...)
}

// judgeAccessPointDocuments evaluates the access point's policy beside the
// bucket's: both doors must let the request through, a Deny at one is enough.
func (r *reading) judgeAccessPointDocuments() Finding {
	shown := []Shown{r.liveShown(), show("the access point's policy", r.AccessPoint.Source)}
	v := r.layer(layerResource)
	reported := r.live.stop == stopReason
	m, denies := r.denyOf(layerResource)
	byDoor := denies && m.Policy == accessPointPolicyName
	switch {
	case r.reports(layerResource, explicitDeny) && byDoor:
		return confirmed(Reported, "A Deny in the access point's policy refuses it: "+statementName(m.Place), append(shown, r.quoted(m.Place, "it denies", termLines(m.Terms)))...)
	case r.reports(layerResource, explicitDeny) && denies:
		return ruledOut(Computed, "the Deny is in the bucket policy", shown...)
	case r.onlyTheDoorDenies() && v.always(explicitDeny):
		return r.computedDeny("A Deny in the access point's policy forbids "+r.action+" to "+r.who()+r.namedDeny(layerResource), append(shown, r.quoted(m.Place, "it denies", termLines(m.Terms)))...)
	case v.read && r.AccessPoint.Known() && v.never(allowEffect) && (r.reports(layerResource, implicitDeny) || r.relation == otherAccount && r.provable()):
		return confirmed(confidenceOf(reported), "The access point and the bucket do not both allow it: "+r.doorsSaid(), shown...)
	case r.AccessPoint.Known() && v.read && v.always(allowEffect):
		return ruledOut(Computed, "the access point's policy and the bucket's both allow it", shown...)
	case reported:
		return likely(Inferred, "S3 names a resource-based policy, and the request goes through an access point, whose policy and whose bucket's must both allow it", shown...)
	default:
		return possible("the access point's policy was not read; s3:GetAccessPointPolicy would show it", shown...)
	}
}

// onlyTheDoorDenies tells that the access point's policy denies, and the bucket's
// under no guess: a bucket policy that was not read is not blamed for it.
func (r *reading) onlyTheDoorDenies() bool {
	door := false
	for _, d := range r.eval.variants {
		for _, m := range d.Matched {
			if string(m.Layer) != layerResource || m.Effect != "Deny" {
				continue
			}
			if m.Policy != accessPointPolicyName {
				return false
			}
			door = true
		}
	}
	return door
}

func confidenceOf(reported bool) Confidence {
	if reported {
		return Reported
	}
	return Computed
}

// doorsSaid tells which of the two documents exist.
func (r *reading) doorsSaid() string {
	if r.eval.set.AccessPoint == nil {
		return "the access point has no policy of its own"
	}
	if r.eval.set.Resource == nil {
		return "the bucket has no policy that delegates to the access point"
	}
	return "no pair of statements in the two policies allows " + r.action
}
