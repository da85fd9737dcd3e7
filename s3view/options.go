package s3view

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Options are who asks, where, and how: the connection flags of the command
// line, in the AWS CLI's meaning. The zero value is what the environment and
// the default profile say.
type Options struct {
	Profile       string // --profile; wins over AWS_PROFILE and over keys in the environment
	Region        string // --region
	EndpointURL   string // --endpoint-url: S3 alone; STS and IAM stay where they are
	NoSignRequest bool   // --no-sign-request
	CABundle      string // --ca-bundle: a PEM file
	NoVerifySSL   bool   // --no-verify-ssl
	PathStyle     PathStyle

	// What goes with each request for an object.
	VersionID     string // --version-id
	ExpectedOwner string // --expected-bucket-owner: an account id
	RequestPayer  bool   // --request-payer requester
	ChecksumMode  bool   // --checksum-mode ENABLED

	// MFAToken asks the person for the code of the MFA device with this serial
	// number or ARN. Nil: profiles that need one are refused with a clear error.
	MFAToken func(serial string) (string, error)

	// Keys are used instead of every other source of credentials, and of configuration: they
	// mean Sealed.
	Keys *Keys
	// Sealed keeps the environment and the configuration files out altogether, bad
	// ones as well: the lab in the same process. Without Keys nothing is signed.
	Sealed bool
	// AllServices sends STS, IAM and the rest to EndpointURL too, as
	// AWS_ENDPOINT_URL does.
	AllServices bool
	// OneRegion keeps every request in Region: a bucket that lives elsewhere is
	// not followed there, as a client that does not follow meets it.
	OneRegion bool
	// Timeout is the longest wait for an answer to begin; zero means 20 s.
	Timeout time.Duration
}

// Keys are fixed credentials. They print as the access key id, shortened.
type Keys struct{ AccessKeyID, SecretAccessKey, SessionToken string }

// String shows the shortened access key id and nothing else.
func (k Keys) String() string { return MaskKeyID(k.AccessKeyID) }

// GoString keeps the secret out of %#v.
func (k Keys) GoString() string { return k.String() }

// MaskKeyID shortens an access key id to its first and last four characters.
func MaskKeyID(id string) string {
	if len(id) <= 8 {
		return strings.Repeat("•", min(len(id), 8))
	}
	return id[:4] + "…" + id[len(id)-4:]
}

// PathStyle says whether the bucket's name goes into the path of the URL or
// into its host name (S3 User Guide, "Virtual hosting of buckets").
type PathStyle string

// The values of --path-style.
const (
	PathAuto   PathStyle = "auto"   // path style wherever host names may not work; also ""
	PathAlways PathStyle = "always" // the bucket in the path
	PathNever  PathStyle = "never"  // the bucket in the host name
)

var accountID = regexp.MustCompile(`^\d{12}$`)

// Validate says in one line, with the flag's name, what cannot be meant.
func (o Options) Validate() error {
	if err := validEndpoint("--endpoint-url", o.EndpointURL); err != nil {
		return err
	}
	switch o.PathStyle {
	case "", PathAuto, PathAlways, PathNever:
	default:
		return fmt.Errorf("--path-style %q is none of auto, always, never", clip(string(o.PathStyle), 40))
	}
	if o.ExpectedOwner != "" && !accountID.MatchString(o.ExpectedOwner) {
		return fmt.Errorf("--expected-bucket-owner %q is no account id: write its 12 digits", clip(o.ExpectedOwner, 40))
	}
	if strings.ContainsAny(o.Region, " /:.@") {
		return fmt.Errorf("--region %q is no region: write one such as eu-west-1", clip(o.Region, 60))
	}
	return nil
}

// validEndpoint says in one line what cannot be meant by an endpoint, and who
// set it. A password in it would stand in commands and on the screen, and no
// signed request carries it.
func validEndpoint(source, endpoint string) error {
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%s %q is no URL: write http://host:port or https://host", source, clip(withoutPassword(endpoint), 200))
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return fmt.Errorf("%s %q: only scheme, host, port and path may stand in it", source, clip(withoutPassword(endpoint), 200))
	}
	return nil
}
