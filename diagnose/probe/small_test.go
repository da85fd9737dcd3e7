package probe

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"s403/diagnose"
)

func TestShellQuote(t *testing.T) {
	for _, word := range []string{
		"plain", "", "with space", "it's", "$HOME `id` $(id)", "a\nb", "\x1b[31m", "ünïcode", "a\\b", "*?[x]", "!history", "~root", "\xff\xfe", "'", "-",
	} {
		out, err := exec.Command("bash", "-c", "printf %s "+shellQuote(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("bash reads %s as %q, want %q (%v)", shellQuote(word), out, word, err)
		}
		if strings.ContainsAny(shellQuote(word), "\x1b\n") {
			t.Errorf("%q is quoted with control characters", word)
		}
	}
}

func TestOption(t *testing.T) {
	if got := shellJoin(option("--key", "--help")); got != "--key=--help" {
		t.Errorf("a key that looks like a flag is written %s", got)
	}
}

func TestIdentityOf(t *testing.T) {
	for _, c := range []struct {
		arn, account string
		kind         diagnose.CallerKind
		carrier      string
	}{
		{"arn:aws:iam::111122223333:user/ana", "111122223333", diagnose.KindUser, "user ana"},
		{"arn:aws:iam::111122223333:user/team/a/ana", "111122223333", diagnose.KindUser, "user ana"},
		{"arn:aws:sts::111122223333:assumed-role/dev/ana=a,b@c.d", "111122223333", diagnose.KindRoleSession, "role dev"},
		{"arn:aws-cn:iam::111122223333:role/path/dev", "111122223333", diagnose.KindRoleSession, "role dev"},
		{"arn:aws:sts::111122223333:federated-user/ana", "111122223333", diagnose.KindFederated, ""},
		{"arn:aws:iam::111122223333:root", "111122223333", diagnose.KindRoot, ""},
		{"nonsense", "", diagnose.KindUnknown, ""},
		{"arn:aws:iam::1:user/", "1", diagnose.KindUser, ""},
	} {
		id := identityOf(c.arn)
		if id.Account != c.account || id.Kind != c.kind {
			t.Errorf("%s is %q of account %q", c.arn, id.Kind, id.Account)
		}
		got := ""
		if by, ok := carrierOf(id); ok {
			got = by.String()
		}
		if got != c.carrier {
			t.Errorf("behind %s stands %q, want %q", c.arn, got, c.carrier)
		}
	}
}

func TestRecognise(t *testing.T) {
	for _, c := range []struct {
		endpoint, server, id2, requestID, message string
		want                                      diagnose.StoreKind
	}{
		{"https://s3.eu-west-1.amazonaws.com", "AmazonS3", "x", "r", "", diagnose.StoreAWS},
		{"https://bucket.vpce-0a1b2c3d.s3.eu-west-1.vpce.amazonaws.com", "", "", "", "", diagnose.StoreAWS},
		{"https://evil.example/amazonaws.com", "", "", "", "", diagnose.StoreCompatible},
		{"https://notamazonaws.com", "", "", "", "", diagnose.StoreCompatible},
		{"http://127.0.0.1:4003", "AmazonS3", "x", "r", "", diagnose.StoreAWS},
		{"http://127.0.0.1:9000", "MinIO", "", "r", "", diagnose.StoreMinIO},
		{"https://files.example", "nginx", "", "r", "Access Denied.", diagnose.StoreMinIO},
		{"http://127.0.0.1:7070", "VERSITYGW", "x", "r", "Access Denied.", diagnose.StoreVersity},
		{"https://acc.r2.cloudflarestorage.com", "cloudflare", "", "", "", diagnose.StoreR2},
		{"https://storage.googleapis.com", "UploadServer", "", "", "", diagnose.StoreGCS},
		{"https://s3.eu-central-1.wasabisys.com", "WasabiS3/7", "", "", "", diagnose.StoreWasabi},
		{"https://s3.us-west-004.backblazeb2.com", "", "", "", "", diagnose.StoreB2},
		{"https://rgw.example", "", "", "tx00000f00-00aa", "", diagnose.StoreCeph},
		{"http://localhost:4566", "LocalStack", "", "", "", diagnose.StoreLocalStack},
	} {
		s := storeAt(c.endpoint, true)
		s = recognise(s, serverSigns{
			server: c.server, hostID: c.id2 != "", requestID: c.requestID, code: "AccessDenied", message: c.message, header: http.Header{},
		})
		if s.Kind != c.want || s.Because == "" {
			t.Errorf("%s with Server %q is %s (%s), want %s", c.endpoint, c.server, s.Kind, s.Because, c.want)
		}
	}
}

// TestState: what a refusal, an absence and a store without the operation are told
// apart by.
func TestState(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   diagnose.State
	}{
		{200, "", diagnose.Known},
		{403, "<Error><Code>AccessDenied</Code></Error>", diagnose.Denied},
		{401, "<Error><Code>Unauthorized</Code></Error>", diagnose.Denied},
		{400, `{"__type":"AccessDeniedException","Message":"no"}`, diagnose.Denied},
		{405, "<Error><Code>MethodNotAllowed</Code></Error>", diagnose.Denied},
		{404, "<Error><Code>NoSuchBucketPolicy</Code></Error>", diagnose.Absent},
		{404, "<Error><Code>NoSuchBucket</Code></Error>", diagnose.Failed},
		{404, "<html>nginx</html>", diagnose.Failed},
		{403, "<Error><Code>InvalidAccessKeyId</Code></Error>", diagnose.Failed},
		{501, "<Error><Code>NotImplemented</Code></Error>", diagnose.NotAsked},
		{503, "<Error><Code>SlowDown</Code></Error>", diagnose.Failed},
	} {
		w := &wire{answered: true, status: c.status, header: http.Header{}, body: []byte(c.body), whole: true}
		r := newRun(Config{}, diagnose.Target{})
		rep := reply{wire: w, exchange: r.exchange(question{operation: "GetBucketPolicy"}, w, nil)}
		f := factOf(rep, "s3:GetBucketPolicy", func() bool { return true })
		if f.State != c.want {
			t.Errorf("%d %s is %v, want %v", c.status, c.body, f.State, c.want)
		}
		if f.State != diagnose.Known && f.State != diagnose.Absent && f.Note == "" {
			t.Errorf("%d %s says not why", c.status, c.body)
		}
	}
}

// TestReading: a sum of which a part is missing is not known, and keeps what it has.
func TestReading(t *testing.T) {
	doc := []diagnose.PolicyDoc{{Name: "a"}}
	part := func(s diagnose.State) diagnose.Fact[[]diagnose.PolicyDoc] {
		return diagnose.Fact[[]diagnose.PolicyDoc]{State: s, Value: doc, Note: "part"}
	}
	for _, c := range []struct {
		parts []diagnose.State
		want  diagnose.State
	}{
		{nil, diagnose.Known},
		{[]diagnose.State{diagnose.Known, diagnose.Known}, diagnose.Known},
		{[]diagnose.State{diagnose.Known, diagnose.Denied}, diagnose.Denied},
		{[]diagnose.State{diagnose.NotAsked, diagnose.Known}, diagnose.Failed},
		{[]diagnose.State{diagnose.Known, diagnose.Absent}, diagnose.Failed},
	} {
		var all reading
		for _, s := range c.parts {
			all.add(part(s))
		}
		if f := all.done(); f.State != c.want || len(f.Value) != len(c.parts) {
			t.Errorf("%v is %v with %d documents, want %v", c.parts, f.State, len(f.Value), c.want)
		}
	}
}

func TestKeyOf(t *testing.T) {
	const own, named, standard = "arn:aws:kms:eu-west-1:111122223333:key/own", "arn:aws:kms:eu-west-1:444455556666:key/1234-ab", "alias/default"
	e := diagnose.Evidence{Encryption: diagnose.Fact[diagnose.Encryption]{Value: diagnose.Encryption{KeyID: standard}}}
	if got := keyOf(&e); got != standard {
		t.Errorf("the key is %q, want the bucket's default", got)
	}
	e.Get.Value.Message = "User: x is not authorized to perform: kms:Decrypt on resource: " + named + " because no"
	if got := keyOf(&e); got != named {
		t.Errorf("the key is %q, want the one that the refusal names", got)
	}
	e.Head.Value.Header = map[string]string{"x-amz-server-side-encryption-aws-kms-key-id": own}
	if got := keyOf(&e); got != own {
		t.Errorf("the key is %q, want the object's own", got)
	}
}

func TestAccessPointARN(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:s3:eu-west-1:111122223333:accesspoint/fin":          "111122223333 fin eu-west-1",
		"arn:aws:s3:eu-west-1:111122223333:accesspoint/fin/object/a": "111122223333 fin eu-west-1",
		"arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap":    "111122223333 mfzwi23gnjvgw.mrap ",
		"arn:aws:s3:::bucket":           "  ",
		"fin-l3dg3rq7m2xw8kz5t-s3alias": "  ",
		"arn:aws:s3-outposts:us-west-2:111122223333:outpost/op-1/bucket/": "  ",
	} {
		account, name, region := accessPointARN(arn)
		if got := account + " " + name + " " + region; got != want {
			t.Errorf("%s is %q, want %q", arn, got, want)
		}
	}
}

func TestResembling(t *testing.T) {
	keys := []string{"2026/q3/Summary.csv", "2026/q3/summary.csv ", "2026/q3/sum mary.csv", "2026/q3/other.csv", "2026/q3/summary.csv/"}
	got := resembling("2026/q3/summary.csv", keys)
	if len(got) != 4 {
		t.Errorf("near keys are %q", got)
	}
	if near := resembling("a b+c%20d", []string{"a%20b c d"}); len(near) != 1 {
		t.Errorf("another encoding is not near: %q", near)
	}
}

func TestSecrets(t *testing.T) {
	s := newSecrets()
	s.add(testSecret, testToken, "short")
	for _, text := range []string{testSecret, "x" + testToken + "y", strings.ReplaceAll(testToken, "=", "%3D")} {
		if got := s.clean(text); strings.Contains(got, "MPLE") {
			t.Errorf("%q stays %q", text, got)
		}
	}
	if got := s.clean("short\x1b[0m"); got != "short [0m" {
		t.Errorf("clean gives %q", got)
	}
}

func TestShownURL(t *testing.T) {
	for raw, want := range map[string]string{
		"https://u:p@h/b/k":                     "https://h/b/k",
		"https://h/b/k?X-Amz-Signature=abc":     "https://h/b/k?signature-hidden",
		"https://h/k?X-Amz-Expires=60&Foo=bar":  "https://h/k?X-Amz-Expires=60&signature-hidden",
		"https://h/k?%zz&X-Amz-Signature=abcde": "https://h/k?signature-hidden",
	} {
		if got := shownURL(raw); got != want {
			t.Errorf("%s is shown as %s, want %s", raw, got, want)
		}
	}
}

func TestMaskKey(t *testing.T) {
	for id, want := range map[string]string{"AKIAIOSFODNN7EXAMPLE": "AKIA…MPLE", "": "", "short": "*****"} {
		if got := maskKey(id); got != want {
			t.Errorf("%q is shown as %q, want %q", id, got, want)
		}
	}
}

func TestNodesOf(t *testing.T) {
	got := nodesOf("o-ab/r-cd/ou-cd-1/ou-cd-2/111122223333/", "111122223333")
	if strings.Join(got, " ") != "r-cd ou-cd-1 ou-cd-2 111122223333" {
		t.Errorf("the path is %q", got)
	}
}

// FuzzAnswer: no answer, whatever its bytes, breaks the reader or gets a control
// character through.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		"", "<Error><Code>AccessDenied</Code></Error>", "<html>", `{"__type":"a#b","message":"m"}`, "<Error><Code>\x1b</Code>", "<ErrorResponse><Error><Code>a</Code></Error></ErrorResponse>",
	} {
		f.Add(403, "application/xml", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		w := &wire{answered: true, status: status, header: http.Header{"Content-Type": {contentType}}, body: body, sent: time.Now()}
		a := w.answer()
		if strings.ContainsAny(a.Code+a.Message+w.requestID(), "\x1b\x07\n\u202e") {
			t.Errorf("control characters come through: %q %q", a.Code, a.Message)
		}
	})
}
