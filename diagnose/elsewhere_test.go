package diagnose

import (
	"regexp"
	"strings"
	"testing"
)

// atStore puts the request before a store that is not AWS: an endpoint was set for
// S3 alone, so nobody asked STS, IAM, KMS or Organizations.
func atStore(kind StoreKind, name string) edit {
	return func(e *Evidence) {
		e.Store = Store{Kind: kind, Name: name, CustomEndpoint: true}
		e.Target.Endpoint, e.Target.Region = "https://files.example:9000", "us-east-1"
		e.BucketRegion, e.OwnBuckets = Fact[string]{}, Fact[bool]{}
		for _, unasked := range []*State{
			&e.Caller.State, &e.IdentityPolicies.State, &e.Role.State, &e.Boundary.State, &e.SCPs.State,
			&e.RCPs.State, &e.VPCEndpoint.State, &e.AccountPublic.State,
		} {
			*unasked = NotAsked
		}
		e.Caller.Value = Identity{}
		e.IdentityPolicies.Note, e.Caller.Note = "an endpoint is set for S3 alone, and none for iam", "an endpoint is set for S3 alone, and none for sts"
	}
}

// elsewhereCases is, for each cause that a store other than AWS can have, what was
// seen there.
var elsewhereCases = map[CauseID][]edit{
	CauseIdentityNoAllow:       {getAnswers(403, "AccessDenied", "Access Denied."), listed(true)},
	CauseIdentityWrongResource: {getAnswers(403, "AccessDenied", "Access Denied."), identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-reports"`)), noBucketPolicy},
	CauseIdentityWrongAction:   {getAnswers(403, "AccessDenied", "Access Denied."), identity(single(`"Effect":"Allow","Action":"s3:HeadObject","Resource":"arn:aws:s3:::acme-reports/*"`)), noBucketPolicy},
	CauseIdentityConditionUnmet: {getAnswers(403, "AccessDenied", "Access Denied."), noBucketPolicy,
		identity(single(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`))},
	CauseIdentityExplicitDeny: {getAnswers(403, "AccessDenied", "Access Denied."), noBucketPolicy,
		identity(single(`"Effect":"Deny","Action":"s3:*","Resource":"*"`), allowsObject)},
	CauseBucketPolicyExplicitDeny: {getAnswers(403, "AccessDenied", "Access Denied."),
		bucketPolicy(single(`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"`))},
	CauseMissingKey: {getAnswers(403, "AccessDenied", "Access Denied."), listed(false)},
	CauseVersionPermission: {func(e *Evidence) {
		e.Options.VersionID = "v1"
		e.HeadWithoutVersion = answer("HeadObject", 200, "", "")
	}},
	CauseExpectedOwnerMismatch: {func(e *Evidence) {
		e.Options.ExpectedOwner = otherOne
		e.HeadWithoutOwner = answer("HeadObject", 200, "", "")
	}},
	CauseBucketNotYours:   {func(e *Evidence) { e.OwnBuckets = KnownFact(false, Exchange{Operation: "ListBuckets", Status: 200}) }},
	CauseAnonymous:        {unsigned},
	CauseKMSPermission:    {headAnswers(200, ""), headHeader("x-amz-server-side-encryption", "aws:kms")},
	CauseKMSKeyState:      {headAnswers(200, ""), getAnswers(400, "KMS.NotFoundException", "the key is not there")},
	CauseSSECKey:          {headAnswers(400, ""), getAnswers(400, "InvalidRequest", "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.")},
	CauseArchived:         {headAnswers(200, ""), headHeader("x-amz-storage-class", "GLACIER"), getAnswers(403, "InvalidObjectState", "not restored")},
	CauseInvalidAccessKey: {getAnswers(403, "InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records.")},
	CauseMissingSessionToken: {getAnswers(403, "InvalidAccessKeyId", "The Access Key Id you provided does not exist in our records."),
		func(e *Evidence) { e.Credentials.Value.Prefix = "ASIA" }},
	CauseSignatureMismatch:  {getAnswers(403, "SignatureDoesNotMatch", "Check your key and signing method.")},
	CauseClockSkew:          {getAnswers(403, "RequestTimeTooSkewed", "The difference is too large."), func(e *Evidence) { e.Skew.Value = 1200e9 }},
	CauseExpiredCredentials: {headAnswers(400, ""), getAnswers(400, "ExpiredToken", "The provided token has expired.")},
	CauseInvalidToken:       {headAnswers(400, ""), getAnswers(400, "InvalidToken", "The provided token is malformed.")},
	CausePresignedExpired:   {getAnswers(403, "AccessDenied", "Request has expired"), func(e *Evidence) { e.Options.Presigned = true }},
	CauseSignatureVersion:   {headAnswers(400, ""), getAnswers(400, "InvalidRequest", "Please use AWS4-HMAC-SHA256.")},
	CauseRegionMismatch:     {headAnswers(400, ""), getAnswers(400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'auto'")},
	CauseAccountProblem:     {getAnswers(403, "AllAccessDisabled", "All access to this bucket has been disabled.")},
	CauseWebsiteEndpoint:    {func(e *Evidence) { e.Target.Kind = WebsiteEndpoint }},
	CauseProxyInterference:  {getAnswers(206, "", ""), func(e *Evidence) { e.HeadAgain = answer("HeadObject", 403, "Forbidden", "") }},
	CauseNoSuchKey:          {headAnswers(404, ""), getAnswers(404, "NoSuchKey", "The specified key does not exist.")},
	CauseNoSuchBucket:       {headAnswers(404, ""), getAnswers(404, "NoSuchBucket", "The specified bucket does not exist.")},
	CauseDeleteMarker:       {headAnswers(404, ""), headHeader("x-amz-delete-marker", "true"), getAnswers(404, "NoSuchKey", "")},
	CauseThrottled:          {headAnswers(503, ""), getAnswers(503, "SlowDown", "Please reduce your request rate.")},
	CauseNetwork: {blind, func(e *Evidence) {
		e.Head = Fact[Answer]{State: Failed, Source: Exchange{Operation: "HeadObject", Err: "no such host"}}
	}},
}

// onlyAWSWords are what no store but AWS has, or is not called so there. Names of
// the protocol are not among them: x-amz- headers, AWS4-HMAC-SHA256, s3: actions,
// AWS_… variables and the commands "aws s3api" and "aws configure", which speak to
// any store.
var onlyAWSWords = regexp.MustCompile(`\bS3\b(-compatible)?|\bSCPs?\b|\bRCPs?\b|[Oo]rganization|\bSTS\b|\bIAM\b|\bKMS\b|AWS Support|AWS('s)?\b|amazonaws|VPC|access point|` +
	`permissions boundary|service control|resource control|Block Public Access|China|GovCloud|partition|Identity Center|CodePipeline|--reader-profile|` +
	`aws (iam|sts|kms|ec2|organizations|s3control|sso)\b|iam:[A-Z]|kms:[A-Z]|organizations:[A-Z]|ec2:[A-Z]`)

// spokenEverywhere are names of the protocol, and the code that the answer had.
var spokenEverywhere = regexp.MustCompile(`^(AWS4-HMAC|AWS\\?_|KMS\.NotFoundException)`)

// spokenOfAWS lists the AWS-only words of a text.
func spokenOfAWS(text string) []string {
	var found []string
	for _, m := range onlyAWSWords.FindAllStringIndex(text, -1) {
		word := text[m[0]:m[1]]
		if word == "S3-compatible" || spokenEverywhere.MatchString(text[m[0]:]) {
			continue
		}
		found = append(found, text[max(0, m[0]-40):min(len(text), m[1]+25)])
	}
	return found
}

// TestNoAWSTalkElsewhere: at a store that is not AWS nothing is said of a cause that
// only AWS knows: neither title nor words, neither the report nor its fixes.
func TestNoAWSTalkElsewhere(t *testing.T) {
	for _, c := range Catalogue() {
		for _, store := range []Store{
			{Kind: StoreMinIO, Name: "MinIO"}, {Kind: StoreVersity, Name: "Versity Gateway"}, {Kind: StoreR2, Name: "Cloudflare R2"}, {Kind: StoreCeph, Name: "Ceph"},
			{Kind: StoreGCS, Name: "Google Cloud Storage"}, {Kind: StoreWasabi, Name: "Wasabi"}, {Kind: StoreB2, Name: "Backblaze B2"},
			{Kind: StoreLocalStack, Name: "LocalStack"}, {Kind: StoreCompatible, Name: "S3-compatible store"},
		} {
			seen, ok := elsewhereCases[c.ID]
			if !ok {
				continue
			}
			e := refusal("Access Denied", append([]edit{atStore(store.Kind, store.Name)}, seen...)...)
			r := Explain(e)
			f := r.finding(c.ID)
			tokens := c.ID == CauseMissingSessionToken && store.foreign() // nothing tells of them there
			if !stands(f) && c.ID != CauseBucketNotYours && !tokens {
				t.Errorf("%s at %s is %s: %s", c.ID, store.Name, f.State, f.Why)
			}
			if _, own := dialects[store.Kind]; own && !e.IdentityPolicies.Known() && !e.BucketPolicy.Known() && e.Options.VersionID == "" {
				if said := regexp.MustCompile(`.{0,40}\bs3:[A-Z]\w+`).FindString(f.Why + "\n" + r.Text(200)); said != "" {
					t.Errorf("%s at %s: a permission that it does not have: %s", c.ID, store.Name, said)
				}
			}
			for _, command := range asksTheStore.FindAllString(r.Text(120), -1) {
				if !strings.Contains(r.Text(120), command+" --endpoint-url https://files.example:9000") {
					t.Errorf("%s at %s: %q would ask AWS", c.ID, store.Name, command)
				}
			}
			info := e.Store.Info(c.ID)
			for _, station := range r.Stations {
				if said := spokenOfAWS(station.About); station.State != NotOnThisWay && len(said) > 0 {
					t.Errorf("%s at %s, about the %s: …%s…", c.ID, store.Name, station.Name, said)
				}
			}
			for part, text := range map[string]string{"title": info.Title, "words": info.Words, "why": f.Why, "summary": r.Verdict.Summary, "text": r.Text(120), "markdown": r.Markdown()} {
				for _, said := range spokenOfAWS(text) {
					t.Errorf("%s at %s, %s: …%s…", c.ID, store.Name, part, said)
				}
			}
		}
	}
}

// TestMissingKeyElsewhere: what a 403 says of a missing key depends on the store.
// MinIO and R2 say 404 to whoever may read, so there it is never the key.
func TestMissingKeyElsewhere(t *testing.T) {
	for _, c := range []struct {
		name    string
		kind    StoreKind
		listing edit
		verdict CauseID
		missing CauseState
		says    string // of why the key is, or is not, the cause
	}{
		{"MinIO", StoreMinIO, listed(false), CauseIdentityNoAllow, Likely, "waits behind the right to read"},
		{"MinIO", StoreMinIO, func(*Evidence) {}, CauseIdentityNoAllow, RuledOut, "MinIO says 404"},
		{"Cloudflare R2", StoreR2, func(*Evidence) {}, Undetermined, RuledOut, "Cloudflare R2 says 404"},
		{"Ceph", StoreCeph, listed(false), CauseMissingKey, Likely, "may not list the bucket (s3:ListBucket)"},
		{"Google Cloud Storage", StoreGCS, listed(false), CauseMissingKey, Likely, "(storage.objects.list)"},
		{"Backblaze B2", StoreB2, func(*Evidence) {}, Undetermined, Possible, "listFiles"},
		{"S3-compatible store", StoreCompatible, listed(false), CauseMissingKey, Likely, "the store may say 403"},
	} {
		r := Explain(refusal("Access Denied.", atStore(c.kind, c.name), c.listing))
		f := r.finding(CauseMissingKey)
		if r.Verdict.Cause != c.verdict || f.State != c.missing || !strings.Contains(f.Why, c.says) {
			t.Errorf("%s: %s; the missing key is %s, want %s: %s", c.name, r.Verdict.Cause, f.State, c.missing, f.Why)
		}
	}
}

// TestBucketUntold: at AWS a 403 shows that there is a bucket. Elsewhere it is said to
// exist only when something showed it.
func TestBucketUntold(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits []edit
		line  string
	}{
		{"AWS", []edit{ownBucket}, "The bucket acme-reports exists"},
		{"MinIO, nothing seen", []edit{atStore(StoreMinIO, "MinIO")}, "whether there is a bucket acme-reports it does not tell"},
		{"MinIO, listed", []edit{atStore(StoreMinIO, "MinIO"), listed(true)}, "The bucket acme-reports exists"},
		{"MinIO, HeadBucket allowed", []edit{atStore(StoreMinIO, "MinIO"), func(e *Evidence) { e.HeadBucket = answer("HeadBucket", 200, "", "") }}, "The bucket acme-reports exists"},
	} {
		r := Explain(refusal("Access Denied.", c.edits...))
		station := r.Stations[stationBucket-1]
		if station.State != Passed || !strings.Contains(station.Line, c.line) {
			t.Errorf("%s: %s: %q, want %q", c.name, station.State, station.Line, c.line)
		}
	}
}

// TestOwnerElsewhere: who can mend is nobody whom the store does not have.
func TestOwnerElsewhere(t *testing.T) {
	r := Explain(refusal("Access Denied.", atStore(StoreMinIO, "MinIO"), listed(true)))
	for _, text := range []string{r.Text(200), r.Markdown()} {
		if !strings.Contains(strings.ReplaceAll(text, "**", ""), "the bucket's owner or whoever runs the store can") {
			t.Errorf("who can mend it:\n%s", text)
		}
	}
}

// TestGrantsElsewhere: the right to read is called by the store's own name, and a
// policy is shown only where the store has policies.
func TestGrantsElsewhere(t *testing.T) {
	for kind, want := range map[StoreKind]string{
		StoreMinIO: `"Action": "s3:GetObject"`, StoreCeph: `"Action": "s3:GetObject"`, StoreR2: "Object Read",
		StoreGCS: "storage.objects.get", StoreB2: "readFiles",
	} {
		f := Explain(refusal("Access Denied.", atStore(kind, "the store"), listed(true))).finding(CauseIdentityNoAllow)
		if len(f.Fixes) != 1 || !strings.Contains(f.Fixes[0].Title+f.Fixes[0].Text+string(f.Fixes[0].Policy), want) {
			t.Errorf("%s: the fix does not say %s: %+v", kind, want, f.Fixes)
			continue
		}
		if policies := dialects[kind].grant == ""; len(f.Fixes[0].Policy) > 0 != policies {
			t.Errorf("%s: policy %s, and the store has policies: %t", kind, f.Fixes[0].Policy, policies)
		}
	}
}

// TestKeyOfAWSElsewhere: a temporary key of AWS is unknown to another store, with its
// session token as without; only AWS itself, and what may be it, misses the token.
func TestKeyOfAWSElsewhere(t *testing.T) {
	for kind, want := range map[StoreKind]CauseID{
		StoreMinIO: CauseInvalidAccessKey, StoreCeph: CauseInvalidAccessKey,
		StoreCompatible: CauseMissingSessionToken, StoreAWS: CauseMissingSessionToken,
	} {
		e := refusal("", append([]edit{atStore(kind, "store")}, elsewhereCases[CauseMissingSessionToken]...)...)
		if r := Explain(e); r.Verdict.Cause != want || r.finding(want).State != Confirmed {
			t.Errorf("%s: %s, want %s", kind, r.Verdict.Cause, want)
		}
	}
}

// TestWordsElsewhere: every cause has a title and three sentences at each store, the
// store is called by its name, and at AWS they are those of the catalogue.
func TestWordsElsewhere(t *testing.T) {
	for i, c := range Catalogue() {
		if got := (Store{Kind: StoreAWS, Name: "AWS S3"}).Info(c.ID); got != Catalogue()[i] {
			t.Errorf("%s at AWS: %+v", c.ID, got)
		}
		other := Store{Kind: StoreCompatible, Name: "S3-compatible store"}.Info(c.ID)
		if n := strings.Count(other.Words, ". ") + 1; n != 3 || other.Title == "" || other.Station != c.Station {
			t.Errorf("%s elsewhere: %d sentences, title %q", c.ID, n, other.Title)
		}
		for sentence := range strings.SplitSeq(other.Words, ". ") {
			if sentence[:1] != strings.ToUpper(sentence[:1]) {
				t.Errorf("%s elsewhere begins a sentence in lower case: %s", c.ID, sentence)
			}
		}
	}
	if got := (Store{Kind: StoreMinIO, Name: "MinIO"}).Info(CauseThrottled).Title; got != "MinIO asks to slow down" {
		t.Errorf("the title at MinIO is %q", got)
	}
	if got := (Store{Kind: StoreCompatible, Name: "S3-compatible store"}).Info(CauseThrottled).Title; got != "the store asks to slow down" {
		t.Errorf("the title at a store without a name is %q", got)
	}
	if got := (Store{}).Info("no-cause"); got.Title != "no-cause" {
		t.Errorf("an id that is no cause has the title %q", got.Title)
	}
}
