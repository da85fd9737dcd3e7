package message

import (
	"strings"
	"testing"
)

// TestRedact: in each text the part between « and » is a secret and must go;
// everything else must stay.
func TestRedact(t *testing.T) {
	for _, text := range []string{
		"<Token-0>«IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUC»</Token-0>",
		"<CanonicalRequest>GET\n/k\n\nhost:b.s3.amazonaws.com\nx-amz-security-token:«IQoJb3JpZ2lu+/=»\n\nhost;x-amz-security-token\nUNSIGNED-PAYLOAD</CanonicalRequest>",
		"<CanonicalRequestBytes>«47 45 54 0a»</CanonicalRequestBytes><RequestId>4KX9</RequestId>",
		"<SignatureProvided>«0a1b2c3d»</SignatureProvided>",
		"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=«AKIAIOSFODNN7EXAMPLE%2F20260302%2Feu-west-1%2Fs3%2Faws4_request»&X-Amz-Date=20260302T101112Z&X-Amz-Security-Token=«IQoJ%2F%2Fabc»&X-Amz-Signature=«abcdef0123456789»",
		"GET /k?a=b&amp;X-Amz-Signature=«abcdef»&amp;x=y",
		"https://b.s3.amazonaws.com/k?AWSAccessKeyId=«minio»&Signature=«vjbyPxybdZaNmGa%2ByT272YEAiv4%3D»&Expires=1141889120",
		"Authorization: «AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260302/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=fe5f»\nHost: b",
		"aws_access_key_id = «x»\naws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»\nregion = eu-west-1",
		"export AWS_SESSION_TOKEN=\"«FwoGZXIvYXdzEBYaD»\"; aws s3 ls",
		`{"AccessKeyId": "«x»", "SecretAccessKey": "«wJalrXUtnFEMI/K7MDENG»", "SessionToken": "«IQoJ»", "Expiration": "2026"}`,
		`{\"SecretAccessKey\": \"«wJalrXUtnFEMI/K7MDENG»\", \"a\": 1}`,
		"{'SessionToken': '«IQoJ»'}",
		"&lt;Token-0&gt;«IQoJ+/=»&lt;/Token-0&gt;",
		"x-amz-server-side-encryption-customer-key: «MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=»",
		"aws s3api get-object --sse-customer-key «0123456789abcdef» --key k",
		"AWS Secret Access Key [None]: «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
		"the secret is «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY» I think",
		"\"Authorization\": \"«Bearer abc.def»\", \"x\": 1",
	} {
		in := strings.NewReplacer("«", "", "»", "").Replace(text)
		got := Redact(in)
		want := text
		for strings.Contains(want, "«") {
			start, end := strings.Index(want, "«"), strings.Index(want, "»")
			want = want[:start] + hidden + want[end+len("»"):]
		}
		if got != want {
			t.Errorf("Redact(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

// TestRedactKeepsWhatIsNoSecret: prose, keys and ARNs come through as they are.
func TestRedactKeepsWhatIsNoSecret(t *testing.T) {
	for _, text := range []string{
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.",
		"The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
		"User: arn:aws:iam::111122223333:user/secret is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/secret/password.txt\"",
		`{"Condition":{"StringEquals":{"s3:signatureversion":"AWS4-HMAC-SHA256"}}}`,
		"host;x-amz-content-sha256;x-amz-date;x-amz-security-token\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"call the GetRequestAuthorizationDetails API with the following authorization id: zz9yy8",
		"x-amz-id-2: 7YbXmPLEp0h5zQkq3T1vQy0cJ2dWm8sNw4uR6oKfEaGhIjKlMnOpQrStUvWxYz0123456789AbC=",
	} {
		if got := Redact(text); got != text {
			t.Errorf("Redact changes\n%q to\n%q", text, got)
		}
	}
}

// TestRedactMasksKeyIDs: access key ids show their first and last four characters.
func TestRedactMasksKeyIDs(t *testing.T) {
	for in, want := range map[string]string{
		"AKIAIOSFODNN7EXAMPLE":                                        "AKIA…MPLE",
		"key ASIAIOSFODNN7EXAMPLE, as said":                           "key ASIA…MPLE, as said",
		"<AWSAccessKeyId>GK31c2f218a2e44f485b94239e</AWSAccessKeyId>": "<AWSAccessKeyId>GK31…239e</AWSAccessKeyId>",
		"AWS_ACCESS_KEY_ID=minioadmin":                                "AWS_ACCESS_KEY_ID=mini…dmin",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestParseXML reads whole, cut and hostile bodies, and never lets a secret through.
func TestParseXML(t *testing.T) {
	e, ok := ParseXML([]byte(`<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>a &lt; b &amp; c</Message>` +
		`<AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId><SignatureProvided>abc</SignatureProvided><RequestId>R</RequestId><HostId>H`))
	if !ok || e.Code != "SignatureDoesNotMatch" || e.Message != "a < b & c" || e.RequestID != "R" || e.HostID != "H" {
		t.Errorf("got %+v, %v", e, ok)
	}
	if e.Elements["SignatureProvided"] != hidden || e.Elements["AWSAccessKeyId"] != "AKIA…MPLE" {
		t.Errorf("secrets come through: %v", e.Elements)
	}
	for _, none := range []string{"", "<html>", "<Error></Error>", "<Errors/>", strings.Repeat("<Error>", 1000)} {
		if e, ok := ParseXML([]byte(none)); ok {
			t.Errorf("ParseXML(%.40q) = %+v", none, e)
		}
	}
}
