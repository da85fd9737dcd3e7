package diagnose

import "fmt"

// The judges of the layers that stand above or below the identity policies:
// organization, boundary, session, VPC endpoint, access point.

func judgeSCPNoAllow(r *reading) Finding {
	if f, ok := r.noSCP(); ok {
		return f
	}
	f := r.judgeImplicit(layerSCP)
	if sim := r.Simulation; sim.Known() && open(f) && sim.Value.OrgAllow != nil && !*sim.Value.OrgAllow && r.live.stop != stopReason {
		return likely(Simulated, "AWS's policy simulator says that the organization does not allow it", show(sim.Value.Decision, sim.Source))
	}
	return f
}

func judgeSCPExplicitDeny(r *reading) Finding {
	if f, ok := r.noSCP(); ok {
		return f
	}
	return r.judgeExplicit(layerSCP)
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
	return notApplicable(what + ": judged at AWS alone, and this is " + r.store())
}

func judgeRCPExplicitDeny(r *reading) Finding {
	if !r.awsRules() {
		return r.onlyAWS("resource control policies")
	}
	return r.judgeExplicit(layerRCP)
}

func judgeBoundaryNoAllow(r *reading) Finding {
	if f, ok := r.noBoundary(); ok {
		return f
	}
	f := r.judgeImplicit(layerBoundary)
	if sim := r.Simulation; sim.Known() && open(f) && sim.Value.Boundary != nil && !*sim.Value.Boundary && r.live.stop != stopReason {
		return likely(Simulated, "AWS's policy simulator says that the permissions boundary does not allow it", show(sim.Value.Decision, sim.Source))
	}
	return f
}

func judgeBoundaryExplicitDeny(r *reading) Finding {
	if f, ok := r.noBoundary(); ok {
		return f
	}
	return r.judgeExplicit(layerBoundary)
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

func judgeSessionNoAllow(r *reading) Finding {
	if f, ok := r.noSession(); ok {
		return f
	}
	return r.judgeImplicit(layerSession)
}

func judgeSessionExplicitDeny(r *reading) Finding {
	if f, ok := r.noSession(); ok {
		return f
	}
	return r.judgeExplicit(layerSession)
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

func judgeVPCENoAllow(r *reading) Finding {
	if f, ok := r.noEndpoint(); ok {
		return f
	}
	return r.judgeImplicit(layerVPCE)
}

func judgeVPCEExplicitDeny(r *reading) Finding {
	if f, ok := r.noEndpoint(); ok {
		return f
	}
	return r.judgeExplicit(layerVPCE)
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

func judgeAccessPointPolicy(r *reading) Finding {
	if r.Target.Kind != AccessPointTarget && r.Target.Kind != MultiRegionAccessPoint && r.Target.Kind != ObjectLambda {
		return notApplicable("the request does not go through an access point")
	}
	if f, ok := r.settled(); ok {
		return f
	}
	ap := r.AccessPoint
	if r.live.stop == stopReason && r.live.said.Layer != layerResource {
		return ruledOut(Reported, "S3 named "+theLayer(r.live.said.Layer), r.liveShown())
	}
	if ap.Known() && ap.Value.NetworkOrigin == "VPC" && !r.fromVPC() {
		return r.accessPointDeny(fmt.Sprintf("The access point %s takes requests from %s alone", ap.Value.Name, orVPC(ap.Value.VPC)))
	}
	return r.judgeAccessPointDocuments()
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
