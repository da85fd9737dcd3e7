package lab

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what signature version 2 is made of
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Link is the scenario's target as it is to be asked for. It is Target itself,
// but for presigned URLs: under an endpoint such as "http://127.0.0.1:4003" the
// whole URL, and under "s3:/" the same query on the s3:// URI, for readers who
// do not know the port yet.
func (s Scenario) Link(endpoint string) string {
	if s.Presign == "" || s.Presign == "none" {
		return s.Target
	}
	rest := strings.TrimPrefix(s.Target, "s3://")
	link := endpoint + "/" + rest
	var held Credentials
	for _, a := range s.World.Actors {
		if a.Name == s.Actor {
			a.Name = s.Name + "/" + a.Name
			held = a.Credentials()
		}
	}
	if s.Presign == "v2" {
		return link + "?" + signV2("/"+rest, held)
	}
	if query := s.signV4(endpoint, held); query != "" {
		return link + "?" + query
	}
	return link
}

// linkLife is how long the link of a scenario was good for, in seconds.
const linkLife = 3600

// signV4 presigns the target as of long ago, with the SDK's signer.
func (s Scenario) signV4(endpoint string, held Credentials) string {
	if endpoint == "s3:/" {
		endpoint = "http://127.0.0.1"
	}
	r, err := http.NewRequest(http.MethodHead, fmt.Sprintf("%s/%s?X-Amz-Expires=%d", endpoint, strings.TrimPrefix(s.Target, "s3://"), linkLife), nil)
	if err != nil {
		return ""
	}
	keys := aws.Credentials{AccessKeyID: held.AccessKeyID, SecretAccessKey: held.SecretAccessKey, SessionToken: held.SessionToken}
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	uri, _, err := signer.PresignHTTP(r.Context(), keys, r, "UNSIGNED-PAYLOAD", "s3", s.Environment()["AWS_REGION"], longAgo)
	if err != nil {
		return ""
	}
	_, query, _ := strings.Cut(uri, "?")
	return query
}

// signV2 is the query of a URL that signature version 2 presigned ("Signing and
// authenticating REST requests (AWS signature version 2)").
func signV2(resource string, held Credentials) string {
	expires := strconv.FormatInt(farFuture.Unix(), 10)
	mac := hmac.New(sha1.New, []byte(held.SecretAccessKey))
	_, _ = fmt.Fprintf(mac, "HEAD\n\n\n%s\n%s", expires, resource)
	return "AWSAccessKeyId=" + held.AccessKeyID + "&Expires=" + expires + "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
