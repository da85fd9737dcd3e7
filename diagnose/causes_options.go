package diagnose

import "fmt"

// The judges of station 14, and of the directory bucket's session: headers of
// the request that change the decision.

// judgeExpectedOwnerMismatch: S3 compares the owner before it reads any policy (S3
// User Guide, "Verifying bucket ownership with bucket owner condition"), so the same
// HEAD without the header is the proof.
func judgeExpectedOwnerMismatch(r *reading) Finding {
	want := r.Options.ExpectedOwner
	if want == "" {
		return notApplicable("x-amz-expected-bucket-owner was not sent")
	}
	if f, ok := r.settled(); ok {
		return f
	}
	why := fmt.Sprintf("The request expects the bucket to belong to account %s, and it does not", want)
	owner := r.OwnerOfBucket
	switch {
	case allowed(r.HeadWithoutOwner):
		return confirmed(Reported, why+": the same HEAD without that header was allowed",
			show("refused with the header", r.Head.Source), show("allowed without it", r.HeadWithoutOwner.Source))
	case owner.Known() && owner.Value == want:
		return ruledOut(Reported, "the bucket does belong to account "+want, show("owner "+owner.Value, owner.Source))
	case r.live.stop == stopReason || r.live.stop == stopListing:
		return ruledOut(Inferred, "a wrong owner is refused before policies are read, and without a reason", r.liveShown())
	case owner.Known():
		return r.computedDeny(fmt.Sprintf("%s: it belongs to %s", why, owner.Value), show("owner "+owner.Value, owner.Source))
	case isAbsent(r.HeadWithoutOwner.Value):
		return confirmed(Reported, why+": without that header the answer is another", show("without the header", r.HeadWithoutOwner.Source))
	default:
		return possible("the same HEAD without that header is refused too, or was not tried; the owner's account id would tell", r.liveShown())
	}
}

// judgeRequesterPays: whoever is not of the bucket's account must agree to pay (S3
// User Guide, "Using Requester Pays general purpose buckets"). The request is never
// tried as payer, for that costs money: the bucket's setting has to show it.
func judgeRequesterPays(r *reading) Finding {
	switch {
	case !r.awsRules():
		return r.onlyAWS("Requester Pays")
	case r.Options.RequestPayer:
		return notApplicable("x-amz-request-payer was sent")
	}
	if f, ok := r.settled(); ok {
		return f
	}
	why := "The bucket's readers pay (Requester Pays), and the request does not carry x-amz-request-payer: requester"
	payer := r.RequestPayment
	switch {
	case r.relation == sameAccount:
		return ruledOut(Inferred, "callers of the bucket's own account need no such header")
	case r.live.stop == stopReason || r.live.stop == stopListing:
		return ruledOut(Inferred, "Requester Pays is refused without a reason, and S3 gave one", r.liveShown())
	case payer.State == Absent || payer.Known() && payer.Value != "Requester":
		return ruledOut(Reported, "the bucket's owner pays", show("payer "+payer.Value, payer.Source))
	case payer.Known() && r.relation == otherAccount:
		return r.computedDeny(why, r.liveShown(), show("payer Requester", payer.Source))
	case payer.Known():
		return likely(Inferred, why, r.liveShown(), show("payer Requester", payer.Source))
	default:
		return r.unreadSetting("who pays for requests", "s3:GetBucketRequestPayment")
	}
}

// ownerDoubted tells that the owner which the request expects may be the wrong one: that
// is refused before any policy is read, and without a reason.
func (r *reading) ownerDoubted() bool {
	return r.Options.ExpectedOwner != "" && !r.OwnerOfBucket.Known()
}

// otherwiseBare tells that a header of the request, or one that it lacks, may have been
// refused without a reason although all policies allow.
func (r *reading) otherwiseBare() bool {
	payer := settledFact(r.RequestPayment.State) || r.Options.RequestPayer || r.relation != otherAccount
	return r.ownerDoubted() || !payer || r.payerMissing()
}

// payerMissing tells that the bucket is known to want a payer whom the request
// does not name, which explains a refusal without a reason.
func (r *reading) payerMissing() bool {
	return r.RequestPayment.Value == "Requester" && !r.Options.RequestPayer && r.relation != sameAccount
}

// judgeDirectoryBucketSession: directory buckets let in by CreateSession, and their
// refusals are always bare (S3 User Guide, "Authorizing Regional and Zonal endpoint
// API operations"); trying CreateSession itself tells.
func judgeDirectoryBucketSession(r *reading) Finding {
	if r.Target.Kind != DirectoryBucket {
		return notApplicable("the bucket is not a directory bucket")
	}
	s := r.DirectorySession
	why := "The directory bucket opens no session: s3express:CreateSession is not allowed"
	if r.sessionRefused() {
		return confirmed(Reported, why, show("CreateSession refused", s.Source))
	}
	if f, ok := r.settled(); ok {
		return f
	}
	switch {
	case allowed(s):
		return ruledOut(Reported, "a session was opened", show("allowed", s.Source))
	case r.Head.Value.Status == 403:
		return likely(Inferred, why, r.liveShown())
	default:
		return unknown("CreateSession was not tried")
	}
}
