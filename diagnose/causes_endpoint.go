package diagnose

import (
	"fmt"
	"strings"
)

// The judges of station 3: did the request reach S3, unchanged, in its region?

// judgeRegionMismatch: S3 answers 301 or 400 for another region, never 403, and names
// the right one to anybody (API_HeadBucket, x-amz-bucket-region).
func judgeRegionMismatch(r *reading) Finding {
	asked, lives := r.Target.Region, r.bucketRegion()
	why := fmt.Sprintf("The bucket lives in %s, and the request was made for %s", orUnsaid(lives), orUnsaid(asked))
	if r.Options.Unsigned && lives == "" && r.live.stop != stopEarly {
		return ruledOut(Inferred, "nothing points to another region")
	}
	if r.live.stop == stopEarly && r.proof == CauseRegionMismatch {
		return confirmed(Reported, why, r.regionShown()...)
	}
	switch {
	case lives != "" && asked != "" && lives == asked:
		return ruledOut(Reported, "the bucket lives in "+lives+", for which the request was made", r.regionShown()...)
	case lives != "" && asked != "" && r.live.stop == stopBlind && r.Head.Value.Status == 400:
		return likely(Inferred, why, r.regionShown()...)
	}
	if f, ok := r.early(CauseRegionMismatch, why); ok {
		return f
	}
	if r.Head.Value.Status == 403 && r.awsRules() {
		return ruledOut(Inferred, "another region is answered 301 or 400, not 403", r.liveShown())
	}
	return unknown("the bucket's region is not known; an unsigned HeadBucket would show it")
}

// bucketRegion is where the bucket lives, from whatever answer named it.
func (r *reading) bucketRegion() string {
	if r.BucketRegion.Known() && r.BucketRegion.Value != "" {
		return r.BucketRegion.Value
	}
	for _, a := range []Answer{r.Head.Value, r.Get.Value, r.HeadBucket.Value} {
		if region := a.Header["x-amz-bucket-region"]; region != "" {
			return region
		}
		if region := a.Elements["Region"]; region != "" {
			return region
		}
	}
	return r.live.said.Region
}

func (r *reading) regionShown() []Shown {
	shown := []Shown{r.liveShown()}
	if r.BucketRegion.Known() {
		shown = append(shown, show("x-amz-bucket-region: "+r.BucketRegion.Value, r.BucketRegion.Source))
	}
	return shown
}

func orUnsaid(s string) string {
	if s == "" {
		return "another region"
	}
	return s
}

// judgeWebsiteEndpoint: website endpoints ignore signatures and answer in HTML (S3
// User Guide, "Key differences between a website endpoint and a REST API endpoint").
func judgeWebsiteEndpoint(r *reading) Finding {
	website := r.website()
	switch {
	case !website:
		return ruledOut(Inferred, "the endpoint is not a website endpoint")
	case r.live.stop == stopUnseen || r.live.stop == stopNoAnswer:
		return unknown("HEAD has not been answered")
	case r.live.stop == stopAllowed || r.live.stop == stopAbsent:
		return ruledOut(Reported, "the website endpoint did not refuse", r.liveShown())
	default:
		return confirmed(Reported, "The endpoint is a website endpoint: it ignores signatures and serves only what is public", r.liveShown())
	}
}

// website tells that the answers come from a website endpoint: by its name, or
// because S3 itself answers in HTML, which its REST endpoints never do.
func (r *reading) website() bool {
	if r.Target.Kind == WebsiteEndpoint || strings.Contains(r.Target.Endpoint, "s3-website") {
		return true
	}
	for _, a := range []Answer{r.Get.Value, r.Head.Value} {
		if a.HTML && (a.Header["x-amz-error-code"] != "" || a.Header["server"] == "AmazonS3") {
			return true
		}
	}
	return false
}

// judgeProxyInterference: HEAD and GET need one and the same permission
// (API_HeadObject), so something that treats them differently is not S3.
func judgeProxyInterference(r *reading) Finding {
	why := "HEAD is refused where GET of the same object is allowed, though both need the same permission: something on the way changes the request"
	pair := []Shown{show("HEAD refused", r.Head.Source), show("GET allowed", r.Get.Source)}
	switch r.live.stop {
	case stopUnseen:
		return r.unseen()
	case stopWebPage:
		if r.website() {
			return ruledOut(Inferred, "a website endpoint answers with web pages")
		}
		return likely(Inferred, "The answer is a web page and not "+r.store()+"'s: a proxy, portal or filter answered in its place", r.liveShown())
	case stopHeadOnly:
		return r.judgeHeadOnly(why, pair)
	case stopBlind:
		return unknown("whether GET is refused too is not known; a GET of the first byte would show it")
	case stopEarly:
		if r.proof == CauseSignatureMismatch {
			return possible("a proxy that changes a signed header also breaks the signature", r.liveShown())
		}
	}
	return ruledOut(Reported, "HEAD and GET were treated alike", r.liveShown())
}

// judgeHeadOnly tells a proxy from the other reasons for which HEAD alone is
// refused: a clock that was mended in between, a URL signed for GET, checksum
// mode on an encrypted object, a policy change that was still spreading.
func (r *reading) judgeHeadOnly(why string, pair []Shown) Finding {
	switch {
	case r.Skew.Value.Abs() > maxSkew:
		return ruledOut(Inferred, "the clock explains it", pair...)
	case r.Options.Presigned:
		return ruledOut(Inferred, "the URL is signed for GET alone", pair...)
	case allowed(r.HeadAgain):
		return ruledOut(Reported, "the same HEAD was allowed a moment later", show("allowed", r.HeadAgain.Source))
	case allowed(r.HeadWithoutChecksum):
		return ruledOut(Reported, "HEAD without checksum mode was allowed", show("allowed", r.HeadWithoutChecksum.Source))
	case refused(r.HeadAgain) && !r.Options.ChecksumMode && r.Target.Kind != ObjectLambda: // a function answers there, each method by itself
		return confirmed(Reported, why, append(pair, show("HEAD refused again", r.HeadAgain.Source))...)
	default:
		return likely(Inferred, why, pair...)
	}
}

// judgeThrottled: 503 SlowDown is given before the request is judged.
func judgeThrottled(r *reading) Finding {
	switch {
	case r.live.stop == stopUnseen:
		return r.unseen()
	case r.live.stop != stopThrottled:
		return ruledOut(Reported, "the answer is not 503 SlowDown", r.liveShown())
	case r.live.code == "" || genericCode(r.live.code):
		return likely(Inferred, capital(r.store())+" answered "+r.liveName()+": it is busy, and has not judged the request", r.liveShown())
	default:
		return confirmed(Reported, capital(r.store())+" asks to slow down, and has not judged the request", r.liveShown())
	}
}

// judgeNetwork: no HTTP answer at all, so nobody refused anything.
func judgeNetwork(r *reading) Finding {
	switch r.live.stop {
	case stopUnseen:
		return r.unseen()
	case stopNoAnswer:
		why := "No answer came from the endpoint"
		if r.Head.Source.Err != "" {
			why += ": " + r.Head.Source.Err
		}
		return confirmed(Reported, why, r.liveShown())
	default:
		return ruledOut(Reported, "an answer came", r.liveShown())
	}
}
