package diagnose

import "fmt"

// What waits behind a refusal whose reason S3 named: S3 stops at the first, so
// these are told from what else was seen of the object, and from the policies.

// noKeyBehind: who may list the bucket sees that the key is not there, and will be
// told 404 once the object's own action passes.
func (r *reading) noKeyBehind() (Finding, bool) {
	l := r.Listing
	if r.live.stop != stopReason || !l.Known() || l.Value.Found || l.Value.DeleteMarker || !allowed(r.HeadBucket) {
		return Finding{}, false
	}
	return likely(Inferred, fmt.Sprintf("There is no key %q in %s either: it waits behind what %s reported", r.Target.Key, r.Target.Bucket, r.store()),
		r.liveShown(), r.listingShown()), true
}

// keyBehind: GET needs kms:Decrypt besides. The key is the bucket's default one, for
// a refused HEAD does not tell with which key the object was encrypted; so this is
// an inference, and one that only policies which were all read can bear.
func (r *reading) keyBehind() (Finding, bool) {
	key := r.KMSKey
	if r.live.stop != stopReason || !r.encryptedByKMS() || !key.Known() || key.Value.Policy.Document == nil || !r.layerRead(layerIdentity) {
		return Finding{}, false
	}
	k := r.onKey(key.Value.ARN)
	k.tryUnseen(&k.eval)
	for _, d := range k.eval.variants {
		if string(d.Effect) == allowEffect {
			return Finding{}, false
		}
	}
	return likely(Inferred, "The caller may not use the KMS key that the bucket encrypts with: for GET, kms:Decrypt waits behind what S3 reported",
		r.liveShown(), show("key "+key.Value.ARN, key.Source)), true
}

// ownerBehind: a Deny of the bucket's comes first, and when it is lifted the bucket
// policy still grants no object of another account.
func (r *reading) ownerBehind() (Finding, bool) {
	on, _ := r.aclsOn()
	foreign, known := r.foreign()
	if r.live.stop != stopReason || r.reports(layerResource, implicitDeny) || !on || !known || !foreign {
		return Finding{}, false
	}
	return possible("the object belongs to another account than the bucket: unless its ACL grants the caller, that waits behind what S3 reported",
		r.ownershipShown()...), true
}
