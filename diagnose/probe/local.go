package probe

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"s403/diagnose"
)

// begin fills in what is known before the first call: the target, the store as
// its endpoint shows it, and what the credentials give away of themselves.
func (r *run) begin(ctx context.Context) diagnose.Evidence {
	e := diagnose.Evidence{Options: r.config.Options}
	e.Credentials = r.credentials(ctx)
	if r.target.Region == "" {
		r.target.Region = r.config.AWS.Region
	}
	if r.target.Region == "" {
		r.target.Region = "us-east-1"
	}
	if r.target.Partition == "" {
		r.target.Partition = partitionOf(r.target.Region)
	}
	custom := r.endpoint("s3")
	if r.target.Endpoint == "" {
		r.target.Endpoint = custom
		if custom == "" {
			r.target.Endpoint = "https://s3." + r.target.Region + "." + dnsSuffix(r.target.Partition)
		}
	}
	e.Target = r.target
	e.Store = storeAt(r.target.Endpoint, !r.asked("sts") && !r.asked("iam"))
	return e
}

// credentials looks at the caller's credentials without showing them to anyone,
// and remembers their secrets so that no answer can echo them.
func (r *run) credentials(ctx context.Context) diagnose.Fact[diagnose.Credentials] {
	_, _ = r.remember(ctx, r.config.Reader)
	if r.config.Options.Presigned {
		return r.signerOfURL(ctx)
	}
	if r.config.URL != "" {
		return r.visitor(ctx)
	}
	if r.config.Options.Unsigned {
		r.anonymous = true
		return diagnose.Fact[diagnose.Credentials]{
			State: diagnose.Known, Value: diagnose.Credentials{None: true, Source: "no signature was wanted (--no-sign-request)"},
		}
	}
	c, err := r.remember(ctx, &r.config.AWS)
	if err != nil {
		return r.noCredentials(err)
	}
	v := diagnose.Credentials{
		AccessKeyID: maskKey(c.AccessKeyID), Prefix: c.AccessKeyID[:min(4, len(c.AccessKeyID))],
		SessionToken: c.SessionToken != "", Source: r.source(c), Hidden: r.config.Hidden,
	}
	if c.CanExpire {
		v.Expires = c.Expires
	}
	if r.config.Options.AsPrincipal != "" {
		v.Source = "--as; read as " + v.Source
	}
	return diagnose.Fact[diagnose.Credentials]{Value: v, State: diagnose.Known, Note: "read on this machine"}
}

// visitor is who opens a website endpoint or a plain URL: anonymous. Our own
// credentials, if there are any, only read.
func (r *run) visitor(ctx context.Context) diagnose.Fact[diagnose.Credentials] {
	r.anonymous = true
	if _, err := r.remember(ctx, &r.config.AWS); err == nil && r.config.Reader == nil && !r.config.Options.Unsigned {
		r.config.Reader, r.config.ReaderProfile = &r.config.AWS, r.config.Profile
	}
	return diagnose.Fact[diagnose.Credentials]{
		State: diagnose.Known, Value: diagnose.Credentials{None: true, Source: "a URL without a signature"},
	}
}

// signerOfURL looks at who signed a presigned URL. Unless that is the caller of
// this program, whose key would be the same, the signer cannot be asked anything;
// our own credentials then only read, as the reader's do.
func (r *run) signerOfURL(ctx context.Context) diagnose.Fact[diagnose.Credentials] {
	var query url.Values
	if u, err := url.Parse(r.config.URL); err == nil {
		query = u.Query()
	}
	r.secrets.add(query.Get("X-Amz-Signature"), query.Get("X-Amz-Security-Token"), query.Get("Signature"), query.Get("x-amz-security-token"))
	id, _, _ := strings.Cut(query.Get("X-Amz-Credential"), "/")
	if id == "" {
		id = query.Get("AWSAccessKeyId")
	}
	own, err := r.remember(ctx, &r.config.AWS)
	if err != nil || own.AccessKeyID != id {
		r.foreign = true
		if r.config.Reader == nil && err == nil {
			r.config.Reader, r.config.ReaderProfile = &r.config.AWS, r.config.Profile
		}
	}
	token := query.Get("X-Amz-Security-Token") != "" || query.Get("x-amz-security-token") != ""
	return diagnose.Fact[diagnose.Credentials]{
		State: diagnose.Known, Note: "read from the URL",
		Value: diagnose.Credentials{
			AccessKeyID: maskKey(id), Prefix: id[:min(4, len(id))], SessionToken: token, Source: "presigned URL",
		},
	}
}

// noCredentials tells "there are none" (the request goes out unsigned) from
// "there are, but they could not be had" (an SSO session that ended, a role that
// may not be assumed), in which case nothing can be sent as the caller.
func (r *run) noCredentials(err error) diagnose.Fact[diagnose.Credentials] {
	f := diagnose.Fact[diagnose.Credentials]{State: diagnose.Failed, Note: r.plainError(err)}
	if absent(err) {
		r.anonymous = true
		f.State, f.Note = diagnose.Known, "no credentials were found, so requests go out unsigned"
		f.Value = diagnose.Credentials{None: true, Source: "none found"}
	}
	return f
}

// errNoProvider: the configuration has no source of credentials at all.
var errNoProvider = errors.New("no credentials provider")

// absent tells that the chain of credential sources came to its end (the
// metadata service being the last) without any being configured.
func absent(err error) bool {
	text := err.Error()
	return errors.Is(err, errNoProvider) || strings.Contains(text, "no EC2 IMDS role found") ||
		strings.Contains(text, "static credentials are empty")
}

// remember retrieves the credentials of a configuration and takes their secrets
// into the list of what is never shown.
func (r *run) remember(ctx context.Context, cfg *aws.Config) (aws.Credentials, error) {
	if cfg == nil || cfg.Credentials == nil {
		return aws.Credentials{}, errNoProvider
	}
	if aws.IsCredentialsProvider(cfg.Credentials, aws.AnonymousCredentials{}) {
		return aws.Credentials{}, errNoProvider
	}
	ctx, cancel := context.WithTimeout(ctx, r.config.Timeout)
	defer cancel()
	c, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return c, err
	}
	r.secrets.add(c.SecretAccessKey, c.SessionToken)
	return c, nil
}

// source says in words where the credentials come from.
func (r *run) source(c aws.Credentials) string {
	if r.config.Source != "" {
		return r.config.Source
	}
	if r.config.Profile != "" {
		return "profile " + r.config.Profile
	}
	switch name := c.Source; {
	case name == "EnvConfigCredentials":
		return "environment"
	case strings.HasPrefix(name, "SharedConfigCredentials"):
		return "shared credentials file"
	case name == "EC2RoleProvider":
		return "EC2 instance role"
	default:
		return strings.TrimSuffix(name, "Provider")
	}
}

// maskKey shows the first and last 4 characters of an access key id.
func maskKey(id string) string {
	if len(id) <= 8 {
		return strings.Repeat("*", len(id))
	}
	return id[:4] + "…" + id[len(id)-4:]
}

// partitionOf names the partition of a region (AWS General Reference, "Partitions").
func partitionOf(region string) string {
	for prefix, partition := range map[string]string{
		"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b",
		"eu-isoe-": "aws-iso-e", "us-isof-": "aws-iso-f", "eusc-": "aws-eusc",
	} {
		if strings.HasPrefix(region, prefix) {
			return partition
		}
	}
	return "aws"
}

func dnsSuffix(partition string) string {
	switch partition {
	case "aws-cn":
		return "amazonaws.com.cn"
	case "aws-iso":
		return "c2s.ic.gov"
	case "aws-iso-b":
		return "sc2s.sgov.gov"
	case "aws-iso-e":
		return "cloud.adc-e.uk"
	case "aws-iso-f":
		return "csp.hci.ic.gov"
	case "aws-eusc":
		return "amazonaws.eu"
	}
	return "amazonaws.com"
}
