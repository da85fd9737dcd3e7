package diagnose

import "s403/diagnose/policy"

// The fixes of a layer that does not allow. The Allow goes into that very layer:
// an Allow elsewhere could not help.

// fixBucketPolicyNoAllow: the bucket's owner lets this caller read this object.
func fixBucketPolicyNoAllow(r *reading, _ Finding) []Fix {
	if r.identityARN() == "" || r.unsigned {
		return []Fix{ask(WhoCaller, "Send a signed request", "The bucket's owner can let an account, user or role in, but not an unknown caller.")}
	}
	fixes := r.fixDoor()
	if r.relation == otherAccount {
		fixes = append(fixes, ask(WhoCaller, "Check that this is the profile you meant",
			"Your credentials belong to account "+firstOf(r.callerAccount(), "another")+", and the bucket to another account; environment variables beat the profile. Both sides must allow a request between accounts."))
	}
	return fixes
}

// fixDoor adds the caller to the policy of the bucket or, in a reading of KMS, of
// the key, in which the resource * means this key.
func (r *reading) fixDoor() []Fix {
	principal := map[string]string{"AWS": r.identityARN()}
	place := policy.Place{Layer: policy.ResourceBased, Policy: "bucket policy"}
	if r.door == keyPolicyName {
		return r.addTo(place, "Let "+r.who()+" use the key by the key policy", WhoKeyOwner, r.grant(principal, "*"))
	}
	return r.addTo(place, "Let "+r.who()+" in by the bucket policy", WhoBucketOwner, r.grant(principal, r.bucketResource()))
}

// fixSCPNoAllow widens a policy of the level that does not allow. FullAWSAccess
// is AWS's own and cannot be edited.
func fixSCPNoAllow(r *reading, _ Finding) []Fix {
	result, _ := r.eval.decision.Layer(policy.ServiceControl)
	place := policy.Place{Layer: policy.ServiceControl, Level: result.Level}
	for _, l := range r.eval.set.SCPs {
		for _, p := range l.Policies {
			if l.Name == result.Level && p.Name != "FullAWSAccess" {
				place.Policy = p.Name
			}
		}
	}
	return r.addTo(place, "Allow it in the service control policy", WhoOrgAdmin, r.forCaller(r.grant(nil, r.resource)))
}

// fixBoundaryNoAllow: an Allow in an identity policy would not help, for the
// boundary is a ceiling over it (IAM user guide, "Permissions boundaries"). A
// boundary is a managed policy, so others may have the same one.
func fixBoundaryNoAllow(r *reading, _ Finding) []Fix {
	place := policy.Place{Layer: policy.Boundary}
	if b := r.eval.set.Boundaries; len(b) > 0 {
		place.Policy = b[0].Name
	}
	if r.ownedByAWS(place) {
		return []Fix{ask(WhoCaller, "Have another permissions boundary set",
			"The boundary "+r.placeOf(place).Policy+" is AWS's own and cannot be edited: a policy of the account that allows "+r.action+" on "+r.resource+" besides can take its place.")}
	}
	return r.addTo(place, "Widen the permissions boundary by "+r.thing(), WhoCaller, r.forCaller(r.grant(nil, r.resource)))
}

// forCaller holds a statement to this caller, in a document that binds others too.
func (r *reading) forCaller(s members) members {
	if r.identityARN() != "" {
		s = withCondition(s, "ArnEquals", "aws:PrincipalArn", r.principalARNs()...)
	}
	return s
}

// fixSessionNoAllow: no API reads a session policy, so the whole document is
// known only in the lab.
func fixSessionNoAllow(r *reading, _ Finding) []Fix {
	s, place := r.grant(nil, r.resource), policy.Place{Layer: policy.SessionPolicy}
	if len(r.eval.set.Session) == 0 {
		fix := r.assumeAgain()
		fix.Policy, fix.Applies = pretty(s), r.placeOf(place)
		return []Fix{fix}
	}
	place.Policy = r.eval.set.Session[0].Name
	return r.addTo(place, "Assume the role again with a wider session policy", WhoCaller, s)
}

// fixVPCENoAllow names the caller in a condition: the Principal of an endpoint
// policy should be "*" (VPC guide, "Control access to VPC endpoints").
func fixVPCENoAllow(r *reading, _ Finding) []Fix {
	place := policy.Place{Layer: policy.VPCEndpoint}
	if v := r.eval.set.VPCEndpoint; len(v) > 0 {
		place.Policy = v[0].Name
	}
	return append(r.addTo(place, "Allow it in the VPC endpoint's policy", WhoNetworkAdmin, r.forCaller(r.grant("*", r.resource))), r.otherNetwork())
}

// addTo adds a statement to the document at p, and shows the whole change when
// the document was read and the change holds. Otherwise it shows the statement
// alone, for a document that was not read must not be overwritten.
func (r *reading) addTo(p policy.Place, title string, who Who, s members) []Fix {
	fix := Fix{
		Title: title, Who: who, Kind: FixPolicy, Policy: pretty(s),
		Applies: r.placeOf(p),
	}
	note := ""
	if p.Layer == policy.ResourceBased {
		note = r.pathNote()
	}
	fix.Text = "Ask " + fix.whoCan() + " to add the statement below to " + r.theDocument(p) + "." + r.readFirst(p) + note
	doc, source, ok := r.opened(p)
	if !ok {
		return []Fix{fix}
	}
	changed := doc.plus(s)
	text, parsed := changed.document()
	if parsed == nil {
		return []Fix{fix}
	}
	after := r.withDocument(p, parsed)
	if !r.spares(p, after) || !r.narrow(after, r.otherwise()) {
		return []Fix{fix}
	}
	fix.Text, fix.After = r.putBack(p, who)+note, text
	if source {
		fix.Before = doc.bytes()
	}
	return r.offer(fix, p, after)
}

// opened is the document at p for editing: as it was read or, where it is known
// that there is none, a new one. source: there is one. Not ok: it was not read.
func (r *reading) opened(p policy.Place) (doc editable, source, ok bool) {
	if d := r.document(p); d != nil {
		doc, ok = r.takeApart(d)
		return doc, true, ok
	}
	if p.Layer != policy.ResourceBased || !r.bucketPolicyRead() || p.Policy == accessPointPolicyName && r.AccessPoint.Value.Policy.ParseErr != "" {
		return doc, false, false
	}
	doc, ok = openDocument(nil)
	return doc, false, ok
}

// theDocument names what a statement is added to.
func (r *reading) theDocument(p policy.Place) string {
	if p.Policy == accessPointPolicyName {
		return "the access point's policy"
	}
	return r.theLayer(string(p.Layer))
}

// theLayer is theLayer in the words of the reading: the resource-based policy of
// a KMS key is its key policy.
func (r *reading) theLayer(layer string) string {
	if layer == layerResource && r.door == keyPolicyName {
		return "the key policy"
	}
	return theLayer(layer)
}
