package diagnose

import (
	"fmt"
	"strings"
)

// The judges of station 5: is the key there, and may S3 say so?

// judgeMissingKey: "if you don't have the s3:ListBucket permission, Amazon S3 returns
// an HTTP status code 403" for a key that is not there (API_HeadObject). The body of
// GET then names s3:ListBucket on the bucket, which S3 asks about only after it let
// the object's own action pass.
func judgeMissingKey(r *reading) Finding {
	if r.Target.Key == "" {
		return notApplicable("the request is about the bucket, not a key")
	}
	if f, ok := r.settled(); ok {
		return f
	}
	listed := r.Listing.Known() && r.Listing.Value.Found && !r.Listing.Value.DeleteMarker
	absent := r.Listing.Known() && !r.Listing.Value.Found || r.Listing.Value.DeleteMarker
	why := r.missingWhy()
	switch {
	case listed:
		return ruledOut(Reported, "the key is there", r.listingShown())
	case r.dialect().told:
		return r.missingToReaders(absent)
	case r.live.stop == stopListing:
		return confirmed(Reported, why+"; it named s3:ListBucket, which it asks about only then", r.missingShown()...)
	case r.policiesOnly() && absent && r.mayList():
		return ruledOut(Computed, "the policies allow s3:ListBucket, so S3 would say 404", r.missingShown()...)
	case allowed(r.HeadBucket) && r.awsRules() && absent:
		return ruledOut(Inferred, "the key is not there, but you may list the bucket: S3 would have said 404 if nothing else refused", r.missingShown()...)
	case allowed(r.HeadBucket) && r.awsRules():
		return ruledOut(Inferred, "you may list the bucket, so S3 would have said 404", show("HeadBucket allowed", r.HeadBucket.Source))
	case r.live.stop == stopReason:
		return r.missingBehind(absent)
	case absent && r.allowsObject() && r.ceilingsSeen() && !r.otherwiseBare():
		return r.computedDeny(why, r.missingShown()...)
	case absent && r.allowsObject():
		return likely(Computed, why, r.missingShown()...)
	case absent && !r.objectRefused():
		return likely(Inferred, why, r.missingShown()...)
	case absent:
		return likely(Inferred, fmt.Sprintf("There is no key %q either", r.Target.Key), r.missingShown()...)
	case r.objectRefused():
		return unknown("whether the key exists is not known, and the policies refuse anyway")
	default:
		return possible("whether the key exists is not known: the bucket may not be listed; "+r.dialect().list+", or the bucket's owner, would tell", r.listingShown())
	}
}

// missingWhy says that the key is missing, and why S3, or the store, does not.
func (r *reading) missingWhy() string {
	switch {
	case r.Options.VersionID != "":
		return fmt.Sprintf("There is no such key %q, or no such version of it, and %s says so only to those who may list", r.Target.Key, r.store())
	case !r.awsRules():
		return fmt.Sprintf("There is no key %q, and %s may say 403 instead of 404 to those who may not list the bucket (%s)", r.Target.Key, r.store(), r.dialect().list)
	}
	return fmt.Sprintf("There is no key %q, and without s3:ListBucket S3 says 403 instead of 404", r.Target.Key)
}

// missingToReaders judges a missing key at a store that says 404 to whoever may read
// the object: there a 403 is about the right to read, with the key or without it.
func (r *reading) missingToReaders(absent bool) Finding {
	if absent {
		return likely(Inferred, fmt.Sprintf("There is no key %q either: it waits behind the right to read, without which %s says 403", r.Target.Key, r.store()), r.missingShown()...)
	}
	return ruledOut(Inferred, r.store()+" says 404 for a missing key to whoever may read the object, so its 403 is about the right to read", r.liveShown())
}

// missingBehind: S3 reported that the object's own permission is missing, so a
// missing key is not what stopped this request, but it may wait behind.
func (r *reading) missingBehind(absent bool) Finding {
	if absent {
		return likely(Inferred, fmt.Sprintf("There is no key %q either: it waits behind what %s reported", r.Target.Key, r.store()), r.missingShown()...)
	}
	return ruledOut(Inferred, "what S3 refused is "+r.live.said.Action+"; for a missing key it would name s3:ListBucket", r.liveShown())
}

// ceilingsSeen tells that no layer above the identity policies, which might refuse
// first, was left unread.
func (r *reading) ceilingsSeen() bool {
	for _, layer := range []string{layerSCP, layerRCP, layerVPCE, layerBoundary, layerSession} {
		if !r.layerRead(layer) && r.mayApply(layer) {
			return false
		}
	}
	return true
}

// mayList tells that the policies that were read let the caller list the bucket,
// for a caller who cannot be asked (--as).
func (r *reading) mayList() bool {
	list := r.asking("s3:ListBucket", r.Target.BucketARN())
	list.evaluate()
	return list.allowsObject()
}

func (r *reading) missingShown() []Shown {
	shown := []Shown{r.liveShown()}
	if r.Listing.Known() {
		shown = append(shown, r.listingShown())
	}
	return shown
}

// allowsObject tells that all policies that matter were read and allow the
// object's action, so that only the missing key is left.
func (r *reading) allowsObject() bool {
	return r.eval.ran && r.layer(layerIdentity).read && r.layer(layerResource).read && r.everyVariant(allowEffect)
}

// objectRefused tells that the policies that were read refuse the object's action.
func (r *reading) objectRefused() bool {
	for _, name := range []string{layerIdentity, layerResource, layerSCP, layerRCP, layerBoundary, layerVPCE, layerSession} {
		v := r.layer(name)
		if v.always(explicitDeny) || v.read && v.applies && v.always(implicitDeny) && r.counts(name) && (name != layerResource || r.relation == otherAccount) {
			return true
		}
	}
	return false
}

func (r *reading) everyVariant(effect string) bool {
	for _, d := range r.eval.variants {
		if string(d.Effect) != effect {
			return false
		}
	}
	return true
}

// judgeNoSuchKey: a 404 says openly that it is not there; what is missing, key,
// version or bucket, only GET's code tells.
func judgeNoSuchKey(r *reading) Finding {
	if f, ok := r.noKeyBehind(); ok {
		return f
	}
	switch {
	case r.policiesOnly() && r.Listing.Known() && !r.Listing.Value.Found && !r.Listing.Value.DeleteMarker && r.allowsObject() && r.mayList():
		return likely(Computed, fmt.Sprintf("There is no key %q in %s, and the policies let the caller be told so", r.Target.Key, r.Target.Bucket), r.listingShown())
	case r.live.stop == stopUnseen:
		return r.unseen()
	case r.live.stop != stopAbsent:
		return ruledOut(Reported, "the answer is not 404", r.liveShown())
	case r.marker():
		return ruledOut(Reported, "a delete marker lies on top of it", r.liveShown())
	case r.bucketGone():
		return ruledOut(Reported, "the bucket itself does not exist", r.liveShown())
	}
	why := fmt.Sprintf("There is no key %q in %s", r.Target.Key, r.Target.Bucket)
	if r.live.code == "NoSuchVersion" || r.Options.VersionID != "" && strings.Contains(r.live.code, "Version") {
		why = fmt.Sprintf("The key %q has no such version", r.Target.Key)
	}
	if near := r.Listing.Value.Near; len(near) > 0 {
		why += fmt.Sprintf("; there is %q", near[0])
	}
	if r.live.code == "" && !answered(r.HeadBucket) && !r.BucketRegion.Known() {
		return likely(Inferred, why+" (or no such bucket: HEAD does not tell)", r.liveShown())
	}
	if answered(r.Head) && !isAbsent(r.Head.Value) {
		return likely(Inferred, why+", as GET says; HEAD was refused otherwise", r.liveShown(), show("HEAD", r.Head.Source))
	}
	return confirmed(Reported, why, r.liveShown(), r.listingShown())
}

// bucketGone tells that the 404 is about the bucket. GET's code decides, where
// it was seen.
func (r *reading) bucketGone() bool {
	switch r.live.code {
	case "NoSuchBucket":
		return true
	case "NoSuchKey", "NoSuchVersion":
		return false
	}
	return r.BucketRegion.State == Absent || isAbsent(r.HeadBucket.Value)
}

// marker tells that the version on top is a delete marker.
func (r *reading) marker() bool {
	return r.Head.Value.Header["x-amz-delete-marker"] == "true" || r.Get.Value.Header["x-amz-delete-marker"] == "true" ||
		r.Listing.Value.DeleteMarker
}

// judgeDeleteMarker: x-amz-delete-marker is on the answer, 404 for the current version
// and 405 for the marker's own (S3 User Guide, "Working with delete markers").
func judgeDeleteMarker(r *reading) Finding {
	switch {
	case r.policiesOnly() && r.Listing.Value.DeleteMarker && r.allowsObject() && r.mayList():
		return confirmed(Computed, fmt.Sprintf("The object %q was deleted: a delete marker lies on top of its versions, and the policies let the caller be told so", r.Target.Key), r.listingShown())
	case r.live.stop == stopUnseen:
		return r.unseen()
	case r.live.stop != stopAbsent:
		return ruledOut(Reported, r.store()+" did not answer 404 or 405", r.liveShown())
	case r.marker():
		return confirmed(Reported, fmt.Sprintf("The object %q was deleted: a delete marker lies on top of its versions", r.Target.Key), r.liveShown())
	case r.Head.Value.Status == 405:
		return likely(Inferred, "The version asked for is probably a delete marker", r.liveShown())
	default:
		return ruledOut(Reported, "the answer carries no x-amz-delete-marker", r.liveShown())
	}
}

// judgeArchived: the metadata of an archived object can be read at any time, its
// bytes only once it was restored (API_GetObject, InvalidObjectState).
func judgeArchived(r *reading) Finding {
	class := r.Head.Value.Header["x-amz-storage-class"]
	archive := r.Head.Value.Header["x-amz-archive-status"] != "" || class == "GLACIER" || class == "DEEP_ARCHIVE"
	restored := strings.Contains(r.Head.Value.Header["x-amz-restore"], `ongoing-request="false"`)
	why := "The object is archived" + classTail(class) + ": HEAD works, and GET must wait for a restore"
	switch {
	case r.live.stop == stopUnseen:
		return r.unseen()
	case r.live.code == "InvalidObjectState":
		return confirmed(Reported, why, r.liveShown())
	case allowed(r.Get):
		return ruledOut(Reported, "GET was allowed", show("allowed", r.Get.Source))
	case allowed(r.Head) && archive && !restored:
		return likely(Inferred, why, show("storage class "+class, r.Head.Source))
	case refused(r.Head):
		return ruledOut(Reported, "an archived object does not refuse HEAD", r.liveShown())
	default:
		return ruledOut(Inferred, "the object is in no archive class", r.liveShown())
	}
}

func classTail(class string) string {
	if class == "" {
		return ""
	}
	return " (" + class + ")"
}
