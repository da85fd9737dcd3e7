package diagnose

import "strings"

// The judges of station 12, and of IgnorePublicAcls: who owns the object, and
// what access control lists have to say.

// aclsOn tells whether access control lists count in the bucket.
func (r *reading) aclsOn() (on, known bool) {
	if r.Ownership.Known() {
		return r.Ownership.Value != "BucketOwnerEnforced", true
	}
	return r.Ownership.State == Absent, r.Ownership.State == Absent
}

// foreign tells whether the object belongs to another account than the bucket,
// by the canonical ids that the listing and the ACLs show.
func (r *reading) foreign() (foreign, known bool) {
	object := r.ObjectACL.Value.OwnerID
	if object == "" {
		object = r.Listing.Value.OwnerID
	}
	bucket := r.BucketACL.Value.OwnerID
	return object != bucket, object != "" && bucket != ""
}

// publicByACL tells that the object's ACL grants reading to everybody, or to
// everybody with an AWS account.
func (r *reading) publicByACL() bool {
	for _, g := range r.ObjectACL.Value.Grants {
		public := strings.HasSuffix(g.Grantee, "/AllUsers") || strings.HasSuffix(g.Grantee, "/AuthenticatedUsers") && !r.unsigned
		if public && (g.Permission == "READ" || g.Permission == "FULL_CONTROL") {
			return true
		}
	}
	return false
}

func (r *reading) ownershipShown() []Shown {
	shown := []Shown{r.liveShown()}
	if r.Ownership.Known() {
		shown = append(shown, show("Object Ownership: "+r.Ownership.Value, r.Ownership.Source))
	}
	if r.Listing.Value.OwnerID != "" {
		shown = append(shown, show("owner of the object: "+r.Listing.Value.OwnerID, r.Listing.Source))
	}
	if r.ObjectACL.Known() {
		shown = append(shown, show("owner in the object's ACL: "+r.ObjectACL.Value.OwnerID, r.ObjectACL.Source))
	}
	if r.BucketACL.Known() {
		shown = append(shown, show("owner of the bucket: "+r.BucketACL.Value.OwnerID, r.BucketACL.Source))
	}
	return shown
}

// aclGate rules both ACL causes out where ACLs are disabled, or S3 named a
// reason that comes before ACLs are read.
func (r *reading) aclGate() (Finding, bool) {
	if !r.awsRules() {
		return r.onlyAWS("objects of other accounts"), true
	}
	if f, ok := r.settled(); ok {
		return f, true
	}
	if on, known := r.aclsOn(); known && !on {
		return ruledOut(Reported, "ACLs are disabled: the bucket's owner owns every object", show("BucketOwnerEnforced", r.Ownership.Source)), true
	}
	switch {
	case r.live.stop == stopListing:
		return ruledOut(Inferred, "S3 named s3:ListBucket", r.liveShown()), true
	case r.live.stop == stopReason && !r.reports(layerResource, implicitDeny):
		return ruledOut(Inferred, "it was refused by "+theLayer(r.live.said.Layer)+", not by an ACL", r.liveShown()), true
	}
	return Finding{}, false
}

// judgeObjectOwnership: "Allow statements in a bucket policy apply only to objects
// that are owned by the bucket-owning account"; with ACLs enabled another account
// may own the object (S3 User Guide, "How Amazon S3 authorizes a request for an
// object operation").
func judgeObjectOwnership(r *reading) Finding {
	if f, ok := r.ownerBehind(); ok {
		return f
	}
	if f, ok := r.aclGate(); ok {
		return f
	}
	foreign, known := r.foreign()
	why := "The object belongs to another account than the bucket, so the bucket policy and its account's permissions do not grant it"
	switch {
	case known && !foreign:
		return ruledOut(Reported, "bucket and object have one owner", r.ownershipShown()...)
	case known && r.allowsBut():
		return r.ownershipProven(why)
	case known && r.objectRefused():
		return possible("the object belongs to another account; other policies refuse as well", r.ownershipShown()...)
	case known:
		return likely(Inferred, why, r.ownershipShown()...)
	case r.reports(layerResource, implicitDeny) && r.layer(layerResource).always(allowEffect):
		return likely(Inferred, "The bucket policy allows it and S3 says that no resource-based policy does: the object then belongs to another account", r.liveShown(), r.policyShown())
	default:
		return r.unreadSetting("whose object it is", "a listing with owners and s3:GetBucketAcl")
	}
}

// allowsBut tells that the policies that were read would allow the request, if
// the object were the bucket's.
func (r *reading) allowsBut() bool {
	bucket, home := r.layer(layerResource), r.layer(layerIdentity)
	if r.unsigned || r.relation == otherAccount {
		return bucket.read && bucket.always(allowEffect)
	}
	return r.allowsObject() || home.read && home.always(allowEffect) && bucket.read && bucket.never(explicitDeny)
}

// ownershipProven weighs a foreign object in a bucket whose policies allow: that is all
// that can have refused when S3 says that no resource-based policy allows it, or gave no
// reason and everything on the caller's side was read and allows.
func (r *reading) ownershipProven(why string) Finding {
	_, known := r.aclsOn()
	home := r.layer(layerIdentity)
	atHome := r.unsigned || home.read && home.always(allowEffect)
	alone := r.provable() && atHome && r.ceilingsSeen() && !r.otherwiseBare()
	if known && (alone || r.reports(layerResource, implicitDeny)) && !r.publicByACL() {
		return confirmed(Computed, why, r.ownershipShown()...)
	}
	return likely(Inferred, why, r.ownershipShown()...)
}

// judgeObjectACL: an ACL can only grant. It is to blame where nothing but an ACL could
// have let this caller in, and the one that was read does not name them.
func judgeObjectACL(r *reading) Finding {
	if f, ok := r.aclGate(); ok {
		return f
	}
	foreign, ownerKnown := r.foreign()
	bucket := r.layer(layerResource)
	why := "Only an access control list could grant this caller, and none does"
	switch {
	case ownerKnown && foreign && r.allowsBut():
		return ruledOut(Computed, "the policies allow it, and the object's owner is what stands in the way", r.ownershipShown()...)
	case bucket.read && bucket.effects[allowEffect]:
		return ruledOut(Computed, "the bucket policy grants this caller", r.policyShown())
	case r.relation == sameAccount && (!ownerKnown || !foreign):
		return ruledOut(Inferred, "caller and bucket are in one account, where policies grant")
	case ownerKnown && foreign && r.ObjectACL.Known() && !r.publicByACL():
		return likely(Inferred, why+": the object belongs to another account", r.ownershipShown()...)
	case r.aclsGovern() && r.ObjectACL.Known() && r.aclNamesNobody() && r.relation == otherAccount:
		return r.computedDeny(why+": the bucket has no policy, and the object's ACL names nobody but its owner", r.ownershipShown()...)
	case r.BucketPolicy.State == Absent && r.ObjectACL.Known() && !r.publicByACL():
		return likely(Inferred, why+": the bucket has no policy, and the object's ACL does not name the caller", r.ownershipShown()...)
	case r.listSilent():
		return likely(Inferred, why+": its ACL can be read, and lets nobody read the object but its owner", r.ownershipShown()...)
	case ownerKnown && foreign:
		return possible(why, r.ownershipShown()...)
	default:
		return r.unreadSetting("the object's ACL", "s3:GetObjectAcl")
	}
}

// judgeIgnorePublicACLs: the setting makes S3 pass over grants to AllUsers and
// AuthenticatedUsers, and GetObjectAcl then does not show them either (S3 User Guide,
// "Blocking public access to your Amazon S3 storage").
func judgeIgnorePublicACLs(r *reading) Finding {
	if f, ok := r.aclGate(); ok {
		return f
	}
	on, known := r.ignores()
	why := "Only a public ACL granted this, and IgnorePublicAcls makes S3 ignore it"
	shown := append(r.ownershipShown(), r.blockShown()...)
	bucket := r.layer(layerResource)
	switch {
	case r.relation == sameAccount && r.layer(layerIdentity).effects[allowEffect]:
		return ruledOut(Computed, "the caller's own policies grant it, ACLs or not")
	case known && !on:
		return ruledOut(Reported, "IgnorePublicAcls is off for the bucket and its account", r.blockShown()...)
	case on && r.publicByACL() && bucket.read && bucket.never(allowEffect):
		return r.ignoredProven(why, shown)
	case on && r.publicByACL():
		return likely(Inferred, why, shown...)
	case on && r.reports(layerResource, implicitDeny) && bucket.read && bucket.never(allowEffect):
		return r.aclHidden(why, shown)
	case r.ObjectACL.Known() && !r.publicByACL() && !on:
		return ruledOut(Reported, "the object's ACL grants nothing to the public", r.ownershipShown()...)
	default:
		return r.unreadSetting("IgnorePublicAcls or the object's ACL", "s3:GetBucketPublicAccessBlock")
	}
}

// aclHidden: no policy allows, ACLs are enabled and public ones are ignored.
// Whether there is a public ACL does not show, since S3 answers GetObjectAcl with
// what is in effect (S3 user guide, "Blocking public access").
func (r *reading) aclHidden(why string, shown []Shown) Finding {
	if enabled, known := r.aclsOn(); known && enabled {
		return likely(Inferred, why+": ACLs are enabled here, and no policy lets the caller read", shown...)
	}
	return possible(why, shown...)
}

// listSilent tells that the object's ACL was read by the caller, from another
// account, and grants reading to nobody but its owner: the bucket is one where
// ACLs grant, and this object's does not.
func (r *reading) listSilent() bool {
	if !r.ObjectACL.Known() || r.ObjectACL.Source.Reader || r.relation == sameAccount || r.publicByACL() {
		return false
	}
	on, known := r.aclsOn()
	return r.aclNamesNobody() && (on || !known)
}

// aclNamesNobody tells that the object's ACL lets only its owner read.
func (r *reading) aclNamesNobody() bool {
	for _, g := range r.ObjectACL.Value.Grants {
		if (g.Permission == "READ" || g.Permission == "FULL_CONTROL") && g.Grantee != r.ObjectACL.Value.OwnerID {
			return false
		}
	}
	return true
}

// aclsGovern tells a bucket without a policy in which ACLs are known to count,
// and no setting hides them: access lists are how it lets others in.
func (r *reading) aclsGovern() bool {
	on, known := r.aclsOn()
	ignored, _ := r.ignores()
	return r.BucketPolicy.State == Absent && known && on && r.Ownership.Known() && !ignored
}

// ignoredProven weighs a public ACL that the setting hides, with no policy that
// would allow in its place.
func (r *reading) ignoredProven(why string, shown []Shown) Finding {
	if r.provable() || r.reports(layerResource, implicitDeny) {
		return confirmed(Computed, why, shown...)
	}
	return likely(Inferred, why, shown...)
}
