package s3view

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// A Session is who asks and where: one set of credentials and one endpoint. It
// is safe for use by several goroutines.
type Session struct {
	opts     Options
	asked    PathStyle // as the flag had it; opts has what the profile made of it
	cfg      aws.Config
	endpoint string // of S3, where one was set
	stsSet   bool   // an endpoint was set for STS as well

	storeOnce sync.Once
	store     *Store
	who       identityCache
	sessions  sessionErrors // of directory buckets
}

func newSession(_ context.Context, o Options, cfg aws.Config) *Session {
	s := &Session{opts: o, asked: o.PathStyle, cfg: cfg}
	s.endpoint = aws.ToString(s3.NewFromConfig(cfg).Options().BaseEndpoint)
	if o.EndpointURL != "" {
		s.endpoint = o.EndpointURL
	}
	s.tellLogin()
	s.followProfile()
	s.stsSet = sts.NewFromConfig(cfg).Options().BaseEndpoint != nil
	return s
}

// followProfile lets the profile's addressing_style decide where no flag does.
func (s *Session) followProfile() {
	if s.opts.Sealed || s.opts.Keys != nil || s.opts.PathStyle != "" && s.opts.PathStyle != PathAuto {
		return
	}
	switch addressingStyle(s.sources()) {
	case "path":
		s.opts.PathStyle = PathAlways
	case "virtual":
		s.opts.PathStyle = PathNever
	}
}

// Options returns what the session was made from.
func (s *Session) Options() Options { return s.opts }

// AWSConfig returns the SDK's configuration, for probes: credentials, region,
// HTTP client, and the endpoints of the environment and the profile. An endpoint
// of --endpoint-url is not in it; see Endpoint.
func (s *Session) AWSConfig() aws.Config { return s.cfg.Copy() }

// Region is the region that requests are signed for where the bucket's own is
// not known.
func (s *Session) Region() string { return s.cfg.Region }

// Endpoint is the URL set for S3 by flag, environment or profile; empty means
// AWS's own endpoints.
func (s *Session) Endpoint() string { return s.endpoint }

// CustomStore tells whether S3 has an endpoint of its own that is not one of
// AWS's, and STS has none: then there is no AWS behind it to ask (contract).
func (s *Session) CustomStore() bool {
	return s.foreign() && !s.stsSet
}

// foreign tells whether S3 has an endpoint that is not one of AWS's.
func (s *Session) foreign() bool { return s.endpoint != "" && !awsHost(hostOf(s.endpoint)) }

// Anonymous tells whether requests go out unsigned.
func (s *Session) Anonymous() bool { return s.opts.NoSignRequest }

// Partition is the partition of the session's region, such as "aws" or "aws-cn".
func (s *Session) Partition() string { return PartitionOf(s.cfg.Region) }

// S3Options applies the session's endpoint, path style and options to an S3
// client, for the bucket (which may be empty). Probes use it so that they ask
// just as the explorer does.
func (s *Session) S3Options(bucket string) func(*s3.Options) {
	return func(o *s3.Options) {
		if s.endpoint != "" {
			o.BaseEndpoint = aws.String(s.endpoint)
		}
		o.UsePathStyle = s.UsePathStyle(bucket)
		o.UseARNRegion = true
		o.EndpointResolverV2 = reach{o.EndpointResolverV2}
		o.DisableLogOutputChecksumValidationSkipped = true
		o.APIOptions = append(o.APIOptions, s.sessions.watch)
		if s.Anonymous() {
			unsigned(o)
		}
	}
}

// unsigned makes the requests of a client anonymous. The SDK dereferences nil
// when it is to open a session of a directory bucket without credentials.
func unsigned(o *s3.Options) {
	o.Credentials = aws.AnonymousCredentials{}
	o.DisableS3ExpressSessionAuth = aws.Bool(true)
}

// UsePathStyle decides where the bucket's name goes. With PathAuto it is the
// path for every endpoint that is not AWS's (their host names often have no
// wildcard), for IP addresses, and for names with dots, which no wildcard
// certificate covers.
func (s *Session) UsePathStyle(bucket string) bool {
	switch s.opts.PathStyle {
	case PathAlways:
		return true
	case PathNever:
		return false
	}
	if strings.HasPrefix(bucket, "arn:") || strings.HasSuffix(bucket, "--x-s3") || strings.HasSuffix(bucket, multiRegionSuffix) {
		return false
	}
	if strings.Contains(bucket, ".") {
		return true
	}
	return s.foreign()
}

// hostOf is the host of a URL without its port.
func hostOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// awsHost tells whether a host name belongs to AWS.
func awsHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	for _, p := range partitions {
		if strings.HasSuffix(host, "."+p.suffix) {
			return true
		}
	}
	return strings.HasSuffix(host, ".vpce.amazonaws.com")
}

// Store returns what the session sees. It is always the same one.
func (s *Session) Store() *Store {
	s.storeOnce.Do(func() { s.store = newStore(s) })
	return s.store
}
