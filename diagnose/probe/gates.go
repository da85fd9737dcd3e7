package probe

import (
	"regexp"

	"s403/diagnose"
)

// A gate says why a question is not asked; empty: it is.
type gate = func(*run, *diagnose.Evidence) string

// first joins gates: the first that is shut gives the reason.
func first(gates ...gate) gate {
	return func(r *run, e *diagnose.Evidence) string {
		for _, g := range gates {
			if why := g(r, e); why != "" {
				return why
			}
		}
		return ""
	}
}

func onlyIf(holds func(*run, *diagnose.Evidence) bool, otherwise string) gate {
	return func(r *run, e *diagnose.Evidence) string {
		if holds(r, e) {
			return ""
		}
		return otherwise
	}
}

// always: nothing stands against asking.
func always(*run, *diagnose.Evidence) string { return "" }

// live: the caller's own request can be sent.
func live(r *run, e *diagnose.Evidence) string {
	if why := notAs(r, e); why != "" {
		return why
	}
	if e.Credentials.State == diagnose.Failed && r.config.URL == "" {
		return "the credentials could not be had: " + e.Credentials.Note
	}
	return ""
}

func notAs(_ *run, e *diagnose.Evidence) string {
	if e.Options.AsPrincipal != "" {
		return "no request can be sent as another principal (--as)"
	}
	return ""
}

// plain: the request is one that we sign, not a URL that is replayed.
func plain(r *run, _ *diagnose.Evidence) string {
	if r.config.URL != "" {
		return "the target is a URL, which is replayed as it is"
	}
	return ""
}

// signed: the request carries a signature of somebody who can be asked.
func signed(r *run, _ *diagnose.Evidence) string {
	switch {
	case r.anonymous:
		return "the request is not signed"
	case r.foreign:
		return "the URL was signed by somebody who cannot be asked"
	}
	return ""
}

// named: the target gives the name of a bucket.
func named(r *run, _ *diagnose.Evidence) string {
	if r.target.Bucket == "" {
		return "the URL does not tell the bucket"
	}
	return ""
}

// listed: the name is one that ListBuckets would hold. It shows neither access
// points nor directory buckets (API_ListBuckets), so that their absence there
// would accuse a stranger of owning them.
func listed(r *run, _ *diagnose.Evidence) string {
	switch r.target.Kind {
	case diagnose.AccessPointTarget, diagnose.MultiRegionAccessPoint, diagnose.ObjectLambda:
		return "the request names an access point, which no list of buckets holds"
	case diagnose.DirectoryBucket:
		return "ListBuckets holds no directory buckets"
	}
	return ""
}

// keyed: the target is an object.
func keyed(r *run, _ *diagnose.Evidence) string {
	if r.target.Key == "" {
		return "the target is a bucket, not an object"
	}
	return ""
}

// ordinary: directory buckets have none of these settings, and of an access
// point they are asked of the bucket behind it, where that could be read.
func ordinary(r *run, _ *diagnose.Evidence) string {
	if r.settingsBucket() != r.target.Bucket {
		return ""
	}
	switch r.target.Kind {
	case diagnose.DirectoryBucket:
		return "directory buckets have no such setting"
	case diagnose.AccessPointTarget, diagnose.MultiRegionAccessPoint, diagnose.ObjectLambda:
		return "the request names an access point, and the bucket behind it could not be read"
	}
	return ""
}

// policied: a directory bucket does have a policy.
func policied(r *run, e *diagnose.Evidence) string {
	if r.target.Kind == diagnose.DirectoryBucket {
		return ""
	}
	return ordinary(r, e)
}

// stopped: the request was refused, so that reasons are worth looking for. One
// that S3 lets through, or that nothing answers, needs none.
func stopped(r *run, e *diagnose.Evidence) string {
	if e.Options.AsPrincipal != "" || r.config.Everything {
		return ""
	}
	head, get := e.Head, e.Get
	if head.Known() && head.Value.Allowed() && get.Known() && get.Value.Allowed() {
		return "the request is allowed"
	}
	return unreachable(e)
}

// refused: the request was stopped for a reason that permissions and settings can
// give. A 404 comes after every permission was granted, and settings have no say
// in it.
func refused(r *run, e *diagnose.Evidence) string {
	if why := stopped(r, e); why != "" {
		return why
	}
	if e.Head.Value.Status == 404 && e.Get.Value.Status == 404 {
		return "S3 says that it is not there, so nothing is refused"
	}
	return ""
}

// unreachable: S3 did not answer, or asks for fewer requests.
func unreachable(e *diagnose.Evidence) string {
	if e.Head.Value.Status == 503 && e.Get.Value.Status == 503 {
		return "S3 asks to slow down, and more questions would make it worse"
	}
	if e.Head.State == diagnose.Failed && e.Get.State == diagnose.Failed {
		return "the endpoint does not answer"
	}
	return ""
}

// onService: the service is reachable from this configuration, by somebody.
func onService(service string) gate {
	return func(r *run, e *diagnose.Evidence) string {
		if !r.asked(service) {
			return "an endpoint is set for S3 alone, and none for " + service
		}
		if len(r.askers(e)) == 0 {
			return "the request is not signed, and there is nobody else to ask as"
		}
		return ""
	}
}

// identity: who asks is known.
func identity(_ *run, e *diagnose.Evidence) string {
	if !e.Caller.Known() {
		return "it is not known who asks"
	}
	if e.Caller.Value.Kind == diagnose.KindAnonymous {
		return "the request is not signed"
	}
	return ""
}

func principalKnown(_ *run, e *diagnose.Evidence) string {
	if !e.Role.Known() {
		return "the user or role could not be read"
	}
	return ""
}

func ownerKnown(_ *run, e *diagnose.Evidence) string {
	if !e.OwnerOfBucket.Known() {
		return "nothing shows whose account the bucket belongs to"
	}
	return ""
}

// worthRepeating: the clocks differ, or GET passed where HEAD did not.
func worthRepeating(_ *run, e *diagnose.Evidence) bool {
	if !e.Head.Known() || e.Head.Value.Allowed() {
		return false
	}
	skewed := e.Skew.Known() && e.Skew.Value.Abs() >= maxSkew
	return skewed || e.Get.Known() && e.Get.Value.Allowed()
}

// unsignable: the SDK sends nothing unsigned to a directory bucket, whose every
// request needs a session.
func unsignable(r *run, _ *diagnose.Evidence) string {
	if r.target.Kind == diagnose.DirectoryBucket {
		return "a directory bucket takes no unsigned request"
	}
	return ""
}

func hasOwner(_ *run, e *diagnose.Evidence) bool    { return e.Options.ExpectedOwner != "" }
func hasChecksum(_ *run, e *diagnose.Evidence) bool { return e.Options.ChecksumMode }
func hasVersion(_ *run, e *diagnose.Evidence) bool  { return e.Options.VersionID != "" }
func directory(r *run, _ *diagnose.Evidence) bool   { return r.target.Kind == diagnose.DirectoryBucket }

func accessPoint(r *run, _ *diagnose.Evidence) bool {
	k := r.target.Kind
	return k == diagnose.AccessPointTarget || k == diagnose.MultiRegionAccessPoint
}

// encrypted: the object, or what the bucket does by default, names a KMS key.
func encrypted(_ *run, e *diagnose.Evidence) bool { return keyOf(e) != "" }

// keyOf is the KMS key of the object as S3 names it, or the bucket's default key.
func keyOf(e *diagnose.Evidence) string {
	const header = "x-amz-server-side-encryption-aws-kms-key-id"
	for _, a := range []diagnose.Fact[diagnose.Answer]{e.Head, e.Get} {
		if id := a.Value.Header[header]; id != "" {
			return id
		}
	}
	if arn := keyARN.FindString(e.Get.Value.Message); arn != "" {
		return arn
	}
	return e.Encryption.Value.KeyID
}

// keyARN finds a KMS key in the text of a refusal ("… not authorized to perform:
// kms:Decrypt on resource: arn:aws:kms:…:key/…").
var keyARN = regexp.MustCompile(`arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[0-9A-Za-z-]+`)

// dead are the codes after which every call with the same credentials fails.
var dead = map[string]bool{
	"InvalidAccessKeyId": true, "InvalidAccessKeyID": true, "ExpiredToken": true, "InvalidToken": true,
	"TokenRefreshRequired": true, "NotSignedUp": true, "InvalidClientTokenId": true, "InvalidSecurity": true,
}

// askers are the identities that may be asked for settings: the caller unless
// the request is unsigned or its credentials are dead, and the reader.
func (r *run) askers(e *diagnose.Evidence) []who {
	var all []who
	if !r.anonymous && !r.foreign && e.Credentials.State == diagnose.Known && !dead[e.Get.Value.Code] {
		all = append(all, caller)
	}
	if r.config.Reader != nil {
		all = append(all, reader)
	}
	return all
}

// either asks all askers side by side and takes the first that may see it, the
// caller before the reader.
func either[T any](r *run, e *diagnose.Evidence, ask func(who) diagnose.Fact[T]) diagnose.Fact[T] {
	return eitherOf(r.askers(e), ask)
}

func eitherOf[T any](askers []who, ask func(who) diagnose.Fact[T]) diagnose.Fact[T] {
	answers := parallel(askers, ask)
	if len(answers) == 0 {
		return diagnose.Fact[T]{Note: "nobody here may ask"}
	}
	for _, f := range answers {
		if f.State == diagnose.Known || f.State == diagnose.Absent {
			return f
		}
	}
	return answers[0]
}

// parallel maps ask over items side by side, keeping their order. What bounds it
// are the slots of the run.
func parallel[A, B any](items []A, ask func(A) B) []B {
	out := make([]B, len(items))
	done := make(chan struct{})
	for i, item := range items {
		go func() {
			out[i] = ask(item)
			done <- struct{}{}
		}()
	}
	for range items {
		<-done
	}
	return out
}
