package diagnose

import "fmt"

// settled judges a cause that lives in policies, when the live answers alone
// prove that policies did not refuse: S3 never came to them, or came past them.
func (r *reading) settled() (Finding, bool) {
	shown := r.liveShown()
	if r.sessionRefused() {
		return notApplicable("a directory bucket asks for s3express:CreateSession alone, and never says why it refuses"), true
	}
	switch r.live.stop {
	case stopAllowed:
		return ruledOut(Reported, "the request was allowed", shown), true
	case stopNoAnswer:
		return ruledOut(Reported, "the request got no answer, so nothing was judged", shown), true
	case stopThrottled:
		return ruledOut(Reported, r.store()+" asked to slow down before it judged the request", shown), true
	case stopEarly:
		return ruledOut(Reported, fmt.Sprintf("%s answered %s, which comes before any policy is read", r.store(), r.liveName()), shown), true
	case stopAbsent:
		return ruledOut(Reported, r.store()+" said openly that it is not there", shown), true
	case stopHeadOnly:
		return ruledOut(Reported, "GET of the same object was allowed, and needs the same permission", show("allowed", r.Get.Source)), true
	case stopObject, stopSSEC, stopOther:
		return ruledOut(Reported, fmt.Sprintf("%s answered %s, which no policy causes", r.store(), r.liveName()), shown), true
	case stopWebPage:
		return unknown("the answer is a web page, not " + r.store() + "'s own; ask again without what stands in between"), true
	}
	if allowed(r.Head) && r.live.stop != stopReason {
		return ruledOut(Reported, "HEAD was allowed, and needs the same permission on the object", show("allowed", r.Head.Source)), true
	}
	return Finding{}, false
}

// sessionRefused tells a directory bucket that opened no session, for want of the
// permission: none of the permissions of other buckets was asked for.
func (r *reading) sessionRefused() bool {
	s := r.DirectorySession.Value
	return r.Target.Kind == DirectoryBucket && s.Status == 403 && (s.Code == "AccessDenied" || genericCode(s.Code))
}

// early judges a cause that S3 proves by its code before any policy: confirmed
// when the code is its own, ruled out when S3 got past this check. ok is false
// when the live answers leave it open.
func (r *reading) early(id CauseID, why string) (f Finding, ok bool) {
	switch {
	case r.live.stop == stopEarly && r.proof == id:
		return confirmed(Reported, why, r.liveShown()), true
	case r.live.stop == stopEarly:
		return ruledOut(Reported, fmt.Sprintf("%s named another reason: %s", r.store(), r.liveName()), r.liveShown()), true
	case r.live.stop == stopUnseen:
		return r.unseen(), true
	case r.live.stop == stopNoAnswer:
		return ruledOut(Reported, "the request got no answer, so nothing was judged", r.liveShown()), true
	case r.live.stop == stopWebPage:
		return unknown("the answer is a web page, not " + r.store() + "'s own"), true
	case r.live.stop == stopBlind:
		return r.earlyBlind()
	default:
		return ruledOut(Reported, fmt.Sprintf("%s would have named it; it answered %s", r.store(), r.liveName()), r.liveShown()), true
	}
}

// earlyBlind rules the causes of authentication out when STS took the very same
// credentials, although S3's own answer had no body to tell.
func (r *reading) earlyBlind() (Finding, bool) {
	if r.Caller.Known() && !r.unsigned {
		return ruledOut(Inferred, "STS took the same credentials", show(r.Caller.Value.ARN, r.Caller.Source)), true
	}
	return Finding{}, false
}

// unseen is the honest answer about what only a live answer shows: none came yet,
// or none is asked for.
func (r *reading) unseen() Finding {
	if r.policiesOnly() {
		return unknown("not asked: --as sends no request, it judges by the policies alone")
	}
	return unknown("HEAD has not been answered yet")
}

// policiesOnly tells that another principal's request is judged (--as), which
// nobody but that principal can send.
func (r *reading) policiesOnly() bool {
	return r.Options.AsPrincipal != "" && r.live.stop == stopUnseen
}

// hidden is the honest answer about a code that HEAD cannot show.
func (r *reading) hidden() Finding {
	return unknown("HEAD has no body, so its code is hidden; a GET of the first byte would show it", r.liveShown())
}
