package diagnose

import (
	"fmt"
	"time"
)

// The judges of station 2: clock and signature.

// maxSkew is how far a request's time may be from S3's (RequestTimeTooSkewed).
const maxSkew = 15 * time.Minute

// judgeSignatureMismatch: S3 computes the signature again from the request as it
// came; it differs with another secret, and when something on the way changed what
// was signed (API reference, "Signature calculations"). A presigned URL is signed
// for one method alone.
func judgeSignatureMismatch(r *reading) Finding {
	if r.unsigned && !r.Options.Presigned {
		return notApplicable("the request is not signed")
	}
	if r.live.stop == stopHeadOnly && r.Options.Presigned {
		return confirmed(Reported, "The presigned URL is signed for GET, and a signature covers the method, so HEAD does not match it",
			show("HEAD refused", r.Head.Source), show("GET allowed", r.Get.Source))
	}
	why := "The signature does not match: the secret key is wrong, or something changed the request after it was signed"
	if r.live.stop == stopEarly && malformedScope(r.live.code) {
		why = "The credential scope of the signature is malformed"
	}
	if f, ok := r.early(CauseSignatureMismatch, why); ok {
		return f
	}
	return r.hidden()
}

// judgeClockSkew compares the Date header of the first answer with the local clock.
// SDKs mend the skew for later calls, so a HEAD that is refused and the same HEAD
// allowed with the time corrected prove it.
func judgeClockSkew(r *reading) Finding {
	off := r.Skew.Value.Abs() > maxSkew
	why := fmt.Sprintf("The local clock is %s %s than %s's, and a signature may be 15 minutes off at most",
		roundSkew(r.Skew.Value), slowOrFast(r.Skew.Value), r.store())
	switch {
	case r.unsigned:
		return notApplicable("a request without a signature carries no time")
	case !r.Skew.Known() && r.live.stop == stopEarly && r.proof == CauseClockSkew:
		return confirmed(Reported, "The time in the signature is more than 15 minutes off", r.liveShown())
	case r.Skew.Known() && !off && r.live.stop == stopEarly && r.proof == CauseClockSkew:
		return confirmed(Reported, fmt.Sprintf("%s says that the time in the signature is more than 15 minutes off, although the Date header of its answer "+
			"is within %s of the local clock: something held the request back, or answers with a clock of its own", capital(r.store()), roundSkew(r.Skew.Value)),
			r.liveShown(), show("Date header", r.Skew.Source))
	case r.Skew.Known() && !off:
		return ruledOut(Reported, fmt.Sprintf("the clocks differ by %s only", roundSkew(r.Skew.Value)), show("Date header", r.Skew.Source))
	case off && refused(r.Head) && (allowed(r.HeadAgain) || allowed(r.Get)):
		return confirmed(Reported, why+"; with the time corrected the same request was allowed", r.skewShown()...)
	}
	if f, ok := r.early(CauseClockSkew, why); ok && (f.State == Confirmed || !off) {
		return f
	}
	if off && refused(r.Head) && r.pastTheClock() {
		return possible(fmt.Sprintf("the Date header of %s is %s off, but a wrong clock would have been refused as RequestTimeTooSkewed before any permission was judged, and the answer is %s",
			r.store(), roundSkew(r.Skew.Value), r.liveName()), r.skewShown()...)
	}
	if off && refused(r.Head) {
		return likely(Inferred, why, r.skewShown()...)
	}
	return unknown("the server's clock was not seen; the Date header of any answer would show it")
}

// pastTheClock tells that the refusal itself comes from after the check of the
// signature's time: permissions, or what the request asks for, were judged.
func (r *reading) pastTheClock() bool {
	switch r.live.stop {
	case stopBare, stopReason, stopListing, stopKMS, stopSSEC, stopAbsent, stopObject:
		return r.live.code != ""
	}
	return false
}

// skewShown is the clock as it was seen, and the pair of requests around it.
func (r *reading) skewShown() []Shown {
	shown := []Shown{show(fmt.Sprintf("clocks differ by %s", roundSkew(r.Skew.Value)), r.Skew.Source), show("refused", r.Head.Source)}
	if allowed(r.HeadAgain) {
		return append(shown, show("allowed with the time corrected", r.HeadAgain.Source))
	}
	if answered(r.Get) {
		return append(shown, r.liveShown())
	}
	return shown
}

func roundSkew(d time.Duration) string {
	d = d.Abs()
	if d >= time.Minute {
		d = d.Round(time.Minute)
		return d.String()[:len(d.String())-len("0s")]
	}
	return d.Round(time.Second).String()
}

func slowOrFast(d time.Duration) string {
	if d > 0 {
		return "slower"
	}
	return "faster"
}

// judgePresignedExpired: a presigned URL carries its own lifetime, seven days at most
// (S3 User Guide, "Download and upload objects with presigned URLs").
func judgePresignedExpired(r *reading) Finding {
	if !r.Options.Presigned {
		return notApplicable("the request is not a presigned URL")
	}
	ends := r.Options.PresignedAt.Add(r.Options.PresignedExpires)
	why := "The presigned URL has outlived its time"
	dated := !r.Options.PresignedAt.IsZero() && r.Options.PresignedExpires > 0
	if dated {
		why += ", which ended at " + ends.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	if f, ok := r.early(CausePresignedExpired, why); ok {
		return f
	}
	switch {
	case dated && !r.now.IsZero() && r.now.After(ends):
		return likely(Inferred, why, r.liveShown())
	case dated && !r.now.IsZero():
		return ruledOut(Inferred, "the presigned URL is valid until "+ends.UTC().Format("2006-01-02 15:04:05 UTC"))
	default:
		return r.hidden()
	}
}

// judgeSignatureVersion: regions opened after January 2014 take signature version 4
// alone. The SDK cannot sign with version 2, so this is met with presigned URLs.
func judgeSignatureVersion(r *reading) Finding {
	if r.live.stop != stopEarly && !r.Options.SignatureV2 {
		return ruledOut(Inferred, "the request is signed with version 4, or not at all")
	}
	if f, ok := r.early(CauseSignatureVersion, "The request is signed with version 2, and this region takes only version 4"); ok {
		return f
	}
	if r.Head.Value.Status == 400 {
		return likely(Inferred, "The request is signed with version 2, and most regions take only version 4", r.liveShown())
	}
	return r.hidden()
}
