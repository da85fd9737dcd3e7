package diagnose

import (
	"fmt"
	"strings"

	"s403/diagnose/policy"
)

// The judges of station 8: the bucket's policy, and Block Public Access on top of it.

// judgeBucketPolicyExplicitDeny: S3 calls three things an explicit deny in a
// resource-based policy: a Deny of the bucket policy, one of the access point's,
// and RestrictPublicBuckets, for which no statement denies. The document tells them
// apart where it could be read.
func judgeBucketPolicyExplicitDeny(r *reading) Finding {
	if r.dialect().noPolicies && !r.BucketPolicy.Known() {
		return notApplicable(r.store() + " has no bucket policies that could deny")
	}
	f := r.judgeExplicit(layerResource)
	_, found := r.denyOf(layerResource)
	reported := r.reports(layerResource, explicitDeny)
	switch {
	case f.State == RuledOut || f.State == NotApplicable:
		return f
	case r.onlyTheDoorDenies() && (reported || r.bucketPolicyRead()):
		return ruledOut(Computed, "the Deny is in the access point's policy, not in the bucket's")
	case r.onlyTheDoorDenies():
		return r.unread(layerResource)
	case reported && found && !r.layer(layerResource).always(explicitDeny) && r.deniedAlike():
		return likely(Inferred, f.Why+", if its conditions hold; what else S3 reports in the same words was not ruled out", f.Evidence...)
	case !reported || found:
		return f
	}
	if r.bucketPolicyRead() {
		return ruledOut(Computed, "the bucket policy was read, and no Deny in it matches, though "+r.store()+" reports one", r.policyShown())
	}
	return r.unseenDeny(f)
}

// deniedAlike tells that something else may have refused in the words of a Deny of the
// bucket policy: RestrictPublicBuckets, or an access point's policy that was not read.
func (r *reading) deniedAlike() bool {
	on, known := r.restricts()
	public, publicKnown := r.publicPolicy()
	shut := r.awsRules() && r.relation != sameAccount && (on || !known) && (public || !publicKnown)
	return shut || !r.doorRead()
}

// doorRead tells that there is no access point before the bucket, or that its policy,
// or that it has none, is known.
func (r *reading) doorRead() bool {
	return !r.throughAccessPoint() || r.AccessPoint.Known() && r.AccessPoint.Value.Policy.ParseErr == ""
}

// unseenDeny judges a reported explicit deny of a bucket policy that could not
// be read: RestrictPublicBuckets and access points are reported in the same
// words (S3 user guide, "Troubleshoot access denied errors").
func (r *reading) unseenDeny(f Finding) Finding {
	if !r.deniedAlike() {
		return f
	}
	return likely(Inferred, f.Why+"; RestrictPublicBuckets would be reported in the same words, and the policy was not read"+
		r.unreadBecause(layerResource), f.Evidence...)
}

// restricts tells whether RestrictPublicBuckets is on for the bucket or its
// account; known is false while one that matters was not read.
func (r *reading) restricts() (on, known bool) {
	bucket, account := r.PublicAccess, r.AccountPublic
	on = bucket.Value.RestrictPublicBuckets || account.Value.RestrictPublicBuckets
	return on, on || settledFact(bucket.State) && settledFact(account.State)
}

// ignores tells the same of IgnorePublicAcls.
func (r *reading) ignores() (on, known bool) {
	bucket, account := r.PublicAccess, r.AccountPublic
	on = bucket.Value.IgnorePublicACLs || account.Value.IgnorePublicACLs
	return on, on || settledFact(bucket.State) && settledFact(account.State)
}

func settledFact(s State) bool { return s == Known || s == Absent }

// publicPolicy tells whether the bucket policy counts as public.
func (r *reading) publicPolicy() (public, known bool) {
	switch {
	case r.PolicyPublic.Known():
		return r.PolicyPublic.Value, true
	case r.BucketPolicy.State == Absent || r.PolicyPublic.State == Absent:
		return false, true
	case r.BucketPolicy.Known() && r.BucketPolicy.Value.Document != nil:
		public, _ = policy.IsPublic(r.BucketPolicy.Value.Document)
		return public, true
	}
	return false, false
}

// judgeRestrictPublicBuckets: with a public bucket policy this switch lets in only AWS
// services and the bucket's own account (S3 User Guide, "Blocking public access to
// your Amazon S3 storage"). It takes both halves, the setting and a public policy.
func judgeRestrictPublicBuckets(r *reading) Finding {
	if !r.awsRules() {
		return r.onlyAWS("Block Public Access")
	}
	if f, ok := r.settled(); ok {
		return f
	}
	if r.relation == sameAccount {
		return ruledOut(Inferred, "RestrictPublicBuckets does not bind the bucket's own account")
	}
	on, known := r.restricts()
	public, publicKnown := r.publicPolicy()
	switch {
	case known && !on:
		return ruledOut(Computed, "RestrictPublicBuckets is off for the bucket and its account", r.blockShown()...)
	case publicKnown && !public:
		return ruledOut(Computed, "the bucket policy is not public", r.policyShown())
	case r.live.stop == stopReason && !r.reports(layerResource, explicitDeny):
		return ruledOut(Inferred, "S3 would report an explicit deny in a resource-based policy", r.liveShown())
	case r.live.stop == stopListing:
		return ruledOut(Inferred, "S3 named s3:ListBucket", r.liveShown())
	}
	return r.weighRestriction(on && public)
}

// weighRestriction decides once neither half is ruled out. inForce: both halves,
// the setting and the public policy, were read.
func (r *reading) weighRestriction(inForce bool) Finding {
	why := "RestrictPublicBuckets is on and the bucket policy counts as public, so it lets nobody in from other accounts"
	_, denied := r.denyOf(layerResource)
	reported := r.reports(layerResource, explicitDeny)
	shown := append([]Shown{r.liveShown(), r.policyShown()}, r.blockShown()...)
	switch {
	case inForce && reported && !denied && r.bucketPolicyRead() && r.doorRead():
		return confirmed(Reported, why, shown...)
	case inForce && r.layer(layerResource).always(allowEffect) && (r.relation == otherAccount || r.unsigned):
		return r.computedDeny(why, shown...)
	case inForce && !r.layer(layerResource).always(explicitDeny):
		return likely(Inferred, why, shown...)
	case reported && r.bucketPolicyRead() && !denied:
		return likely(Inferred, "S3 reports an explicit deny and the bucket policy holds none that matches, which is how RestrictPublicBuckets shows", shown...)
	case reported && denied:
		return ruledOut(Computed, "a Deny in the bucket policy explains it", r.policyShown())
	default:
		return r.unreadSetting("RestrictPublicBuckets", "s3:GetBucketPublicAccessBlock and s3:GetBucketPolicyStatus")
	}
}

// unreadSetting is the honest answer about a setting that was not read.
func (r *reading) unreadSetting(what, permission string) Finding {
	text := fmt.Sprintf("%s was not read; %s would show it", what, permission)
	if r.live.stop == stopReason && r.live.said.Effect == implicitDeny || !r.Done {
		return unknown(text)
	}
	return possible(text)
}

// blockShown are the Block Public Access settings that were read.
func (r *reading) blockShown() []Shown {
	var shown []Shown
	if r.PublicAccess.Known() {
		shown = append(shown, show(blockFact("bucket", r.PublicAccess.Value), r.PublicAccess.Source))
	}
	if r.AccountPublic.Known() {
		shown = append(shown, show(blockFact("account", r.AccountPublic.Value), r.AccountPublic.Source))
	}
	return shown
}

func blockFact(of string, b PublicAccessBlock) string {
	return fmt.Sprintf("%s: RestrictPublicBuckets %t, IgnorePublicAcls %t", of, b.RestrictPublicBuckets, b.IgnorePublicACLs)
}

// judgeBucketPolicyNoAllow: between accounts both sides must allow (IAM User Guide,
// "Cross-account policy evaluation logic"). Within one account the identity policies
// are enough, and S3 never names this.
func judgeBucketPolicyNoAllow(r *reading) Finding {
	switch {
	case r.unsigned:
		return notApplicable("the request is anonymous; see the cause of that name")
	case !r.awsRules():
		return notApplicable("there are no other accounts on " + r.store() + " that its policies would name")
	}
	if f, ok := r.settled(); ok {
		return f
	}
	if r.relation == sameAccount {
		return notApplicable("caller and bucket are in one account, where the identity policies are enough")
	}
	v := r.layer(layerResource)
	why := r.ownerWords(fmt.Sprintf("its policy does not allow %s to %s", r.action, r.who()))
	shown := r.missShown(layerResource)
	switch {
	case r.reports(layerResource, implicitDeny):
		return r.noAllowReported(v, why, shown)
	case r.live.stop == stopListing:
		return ruledOut(Inferred, "S3 named s3:ListBucket, so it had passed "+r.action, r.liveShown())
	case r.live.stop == stopReason && r.live.said.Effect == implicitDeny && r.live.said.Layer != layerSCP && r.live.said.Layer != layerVPCE && r.relation == otherAccount:
		return r.otherHalf(v, why, shown)
	case v.read && r.strangersName() && r.live.stop == stopBare:
		return likely(Computed, why, shown...)
	case r.aclsGovern():
		return possible("the bucket has no policy, and ACLs are enabled in it: " + lowerFirst(why))
	case v.read && v.always(implicitDeny) && r.relation == otherAccount && r.aclsIgnored():
		return possible(why+"; but ACLs are enabled, and Block Public Access ignores the public ones", shown...)
	case v.read && v.always(implicitDeny) && r.relation == otherAccount:
		return r.computedDeny(why, shown...)
	case v.read && v.always(allowEffect):
		return ruledOut(Computed, "the bucket policy allows it", r.policyShown())
	case v.read && v.effects[implicitDeny]:
		return r.weigh(likely(Inferred, why+"; that hinges on "+r.hinges(), shown...))
	case v.read:
		return ruledOut(Computed, "the bucket policy denies it outright", r.policyShown())
	default:
		return r.strangersPolicy(why)
	}
}

// ownerWords says whose bucket it is as far as that is known: nothing of an access
// point's name tells in which account its buckets are.
func (r *reading) ownerWords(rest string) string {
	if r.relation == otherAccount || r.reports(layerResource, implicitDeny) {
		return "The bucket belongs to another account, and " + rest
	}
	return "The bucket seems to belong to another account, and " + rest
}

// noAllowReported: S3 says that no resource-based policy allows it. The same is
// said when only a public ACL granted access and IgnorePublicAcls is on, so it
// is proven only when ACLs are out of the question.
func (r *reading) noAllowReported(v layerView, why string, shown []Shown) Finding {
	ignores, known := r.ignores()
	aclsOn, aclsKnown := r.aclsOn()
	aclsOut := aclsKnown && !aclsOn || known && !ignores || r.ObjectACL.Known() && !r.publicByACL() && !ignores
	switch {
	case v.read && v.always(allowEffect):
		return ruledOut(Computed, "the bucket policy allows it; ACLs or ownership are behind what S3 reports", r.policyShown())
	case r.Target.Kind == AccessPointTarget:
		return likely(Inferred, why+"; the access point's policy would be reported in the same words", shown...)
	case r.aclsIgnored():
		return possible(why+"; a public ACL that Block Public Access ignores would be reported in the same words", shown...)
	case aclsOut:
		return confirmed(Reported, why, shown...)
	default:
		return likely(Inferred, why, shown...)
	}
}

// aclsIgnored tells that a public ACL may have granted access until Block Public
// Access hid it, so that the missing Allow is not the whole story.
func (r *reading) aclsIgnored() bool {
	ignores, _ := r.ignores()
	on, known := r.aclsOn()
	return ignores && known && on
}

// otherHalf: S3 named the caller's own side, and the bucket's side is judged
// from its document, if at hand.
func (r *reading) otherHalf(v layerView, why string, shown []Shown) Finding {
	if v.read && v.always(implicitDeny) {
		return likely(Computed, why+"; it waits behind what S3 reported", shown...)
	}
	if v.read {
		return ruledOut(Computed, "the bucket policy allows it", r.policyShown())
	}
	return r.unread(layerResource)
}

// strangersPolicy judges the policy of a bucket that is not the caller's and
// that nobody here may read.
func (r *reading) strangersPolicy(why string) Finding {
	f := r.unread(layerResource)
	if f.State != Possible || r.throughAccessPoint() || !r.grantedAtHome() || r.strangersName() || r.foreignObject() || r.listSilent() || r.payerMissing() {
		return f
	}
	if r.relation == otherAccount || r.live.stop == stopBare && r.awsRules() {
		return likely(Inferred, why+", as far as can be seen: the caller's own policies allow it, and S3 gave no reason, as it does to strangers", r.liveShown())
	}
	return f
}

// strangersName tells that nothing ties the caller to the bucket: it is not in
// the list of the account's buckets, and lets the caller do nothing.
func (r *reading) strangersName() bool {
	return r.OwnBuckets.Known() && !r.OwnBuckets.Value && refused(r.HeadBucket) && !r.settingsSeen() &&
		!r.mentioned() && !r.SameOrganization.Value
}

// mentioned tells that the bucket policy was read and mentions the caller's account.
func (r *reading) mentioned() bool {
	account := r.callerAccount()
	return r.BucketPolicy.Known() && account != "" && strings.Contains(string(r.BucketPolicy.Value.Source), account)
}

// settingsSeen tells that the bucket let the caller, not a reader, see some
// setting, so that it is one they have to do with.
func (r *reading) settingsSeen() bool {
	return seen(r.RequestPayment) || seen(r.BucketACL) || seen(r.Ownership) || seen(r.BucketPolicy) ||
		seen(r.PublicAccess) || seen(r.ObjectACL)
}

func seen[T any](f Fact[T]) bool { return f.Known() && !f.Source.Reader }

// foreignObject tells that the object is known to belong to another account than
// the bucket.
func (r *reading) foreignObject() bool {
	foreign, known := r.foreign()
	return foreign && known
}

// grantedAtHome tells that everything on the caller's side was read and allows.
func (r *reading) grantedAtHome() bool {
	for _, name := range []string{layerIdentity, layerBoundary, layerSCP} {
		v := r.layer(name)
		if name == layerIdentity && (!v.read || !v.always(allowEffect)) || v.effects[implicitDeny] || v.effects[explicitDeny] {
			return false
		}
	}
	return true
}
