package diagnose

import (
	"fmt"
	"strings"
)

// The judges of station 4: is there a bucket of that name, and whose is it?

// judgeBucketNotYours: bucket names are shared by all accounts, so a slip in a name
// leads to a stranger's bucket, who answers every request with a bare 403.
func judgeBucketNotYours(r *reading) Finding {
	if r.Store.Kind == StoreMinIO {
		return notApplicable("all buckets of this server belong to its operator")
	}
	switch {
	case r.relation == sameAccount:
		return ruledOut(Reported, "the bucket is in the caller's own account", show("owner", r.OwnBuckets.Source))
	case r.live.stop == stopReason || r.live.stop == stopListing:
		return ruledOut(Inferred, r.store()+" explains itself only to those it knows, so the bucket is no stranger's", r.liveShown())
	}
	if f, ok := r.settled(); ok {
		return f
	}
	if r.HeadWithoutOwner.State == Known && allowed(r.HeadWithoutOwner) {
		return ruledOut(Reported, "the bucket lets the caller in", show("allowed", r.HeadWithoutOwner.Source))
	}
	if r.listsIt() {
		return ruledOut(Reported, "the bucket lets the caller list it", show("allowed", r.HeadBucket.Source))
	}
	why := fmt.Sprintf("The bucket name %s exists and is not among your account's buckets: it belongs to somebody else", r.Target.Bucket)
	foreign := r.OwnBuckets.Known() && !r.OwnBuckets.Value
	if r.strangersName() && !r.unsigned {
		shown := []Shown{show("not in the list of your buckets", r.OwnBuckets.Source), show("HeadBucket refused", r.HeadBucket.Source)}
		if r.ownSideRefuses() {
			return possible(why, shown...)
		}
		if r.layer(layerResource).read {
			return likely(Computed, why+"; its policy, which was read, does not mention your account", append(shown, r.policyShown())...)
		}
		return likely(Inferred, why, shown...)
	}
	if foreign {
		return possible("the bucket is not in the caller's account; whether it is the one you mean, only you know")
	}
	return r.unreadSetting("whose bucket it is", r.dialect().buckets)
}

// listsIt tells that the caller may list the bucket.
func (r *reading) listsIt() bool {
	return allowed(r.HeadBucket) || r.Listing.Known() && !r.Listing.Source.Reader
}

// ownSideRefuses tells that the caller's own policies were read and refuse.
func (r *reading) ownSideRefuses() bool {
	v := r.layer(layerIdentity)
	return v.read && v.never(allowEffect)
}

// judgeNoSuchBucket: HEAD's 404 does not tell bucket from key; GET's code does, or a
// HeadBucket, which needs no signature.
func judgeNoSuchBucket(r *reading) Finding {
	gone := r.bucketGone()
	switch {
	case r.policiesOnly() && r.BucketRegion.Known():
		return ruledOut(Reported, "the bucket exists", show("the bucket lives in "+r.BucketRegion.Value, r.BucketRegion.Source))
	case r.live.stop == stopUnseen:
		return r.unseen()
	case r.live.stop == stopAbsent && gone:
		return confirmed(Reported, fmt.Sprintf("There is no bucket %q, and %s says so", r.Target.Bucket, r.store()), r.liveShown())
	case r.live.stop == stopAbsent && r.live.code == "" && !answered(r.HeadBucket) && !r.BucketRegion.Known():
		return possible("HEAD says 404 without telling whether the key or the bucket is missing; HeadBucket would tell", r.liveShown())
	case r.live.stop == stopNoAnswer:
		return unknown("no answer came")
	case !r.bucketSeen():
		return ruledOut(Inferred, lowerFirst(strings.TrimSuffix(r.bucketUntold(), ".")), r.liveShown())
	default:
		return ruledOut(Reported, "the bucket exists", r.liveShown())
	}
}

// bucketSeen tells that something showed the bucket. AWS says 404 for one that does
// not exist before it looks at any permission (facts section 1); other stores, MinIO
// for one, answer 403 for every name to those who may not read there.
func (r *reading) bucketSeen() bool {
	return r.awsRules() || r.listsIt() || r.settingsSeen() || r.Listing.Known() || allowed(r.Head) || allowed(r.Get) ||
		r.OwnBuckets.Known() && r.OwnBuckets.Value || r.live.stop == stopAbsent && !r.bucketGone()
}

// bucketUntold says that a refusal tells nothing of the bucket.
func (r *reading) bucketUntold() string {
	return fmt.Sprintf("The answer is a refusal, not a 404; whether there is a bucket %s it does not tell.", r.Target.Bucket)
}
