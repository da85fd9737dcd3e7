package probe

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/middleware"
)

// clientKey tells clients apart.
type clientKey struct {
	service string
	who     who
	region  string
}

// cached returns the client of the key, made once.
func cached[T any](r *run, k clientKey, make func(aws.Config) T) T {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.clients[k].(T); ok {
		return c
	}
	c := make(r.awsConfig(k.who, k.region))
	r.clients[k] = c
	return c
}

// awsConfig is the configuration as this identity uses it: one attempt a call
// (a throttled or lost call is a finding, and waits must be bounded), nothing
// logged, no healing of the clock behind our back, and the raw answer captured.
func (r *run) awsConfig(w who, region string) aws.Config {
	cfg := r.config.AWS.Copy()
	if w == reader && r.config.Reader != nil {
		cfg = r.config.Reader.Copy()
	}
	if w == nobody || w == caller && r.anonymous {
		cfg.Credentials = aws.AnonymousCredentials{}
	}
	cfg.Region = region
	if cfg.Region == "" {
		cfg.Region = "us-east-1"
	}
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	cfg.RetryMaxAttempts = 0
	cfg.ClientLogMode = 0
	cfg.DisableClockSkewCorrection = true
	tap := capture{secrets: r.secrets, now: r.config.Now}
	cfg.APIOptions = append(append([]func(*middleware.Stack) error{}, cfg.APIOptions...), tap.attach)
	return cfg
}

// s3 applies the options of the session first, so that the probes ask just as
// the explorer does, and then what makes a probe.
func (r *run) s3(w who, region string) *s3.Client {
	return cached(r, clientKey{"s3", w, region}, func(cfg aws.Config) *s3.Client {
		return s3.NewFromConfig(cfg, func(o *s3.Options) {
			for _, f := range r.config.S3Options {
				f(o)
			}
			o.Region = cfg.Region
			o.Retryer, o.RetryMaxAttempts = aws.NopRetryer{}, 0
			o.DisableClockSkewCorrection = true
			o.HTTPSignerV4 = clockSigner{o.HTTPSignerV4, r.config.Now}
			o.DisableLogOutputChecksumValidationSkipped = true
			if w == nobody || w == caller && r.anonymous {
				o.Credentials = aws.AnonymousCredentials{}
				// The SDK dereferences nil when it is to open a session of a
				// directory bucket without credentials.
				o.DisableS3ExpressSessionAuth = aws.Bool(true)
			}
		})
	})
}

func (r *run) sts(w who) *sts.Client {
	return cached(r, clientKey{"sts", w, r.home(w)}, func(cfg aws.Config) *sts.Client {
		return sts.NewFromConfig(cfg, func(o *sts.Options) { o.HTTPSignerV4 = clockSigner{o.HTTPSignerV4, r.config.Now} })
	})
}

func (r *run) iam(w who) *iam.Client {
	return cached(r, clientKey{"iam", w, r.home(w)}, func(cfg aws.Config) *iam.Client {
		return iam.NewFromConfig(cfg, func(o *iam.Options) { o.HTTPSignerV4 = clockSigner{o.HTTPSignerV4, r.config.Now} })
	})
}

// kms asks in the region of the key, which is the bucket's.
func (r *run) kms(w who, region string) *kms.Client {
	return cached(r, clientKey{"kms", w, region}, func(cfg aws.Config) *kms.Client {
		return kms.NewFromConfig(cfg, func(o *kms.Options) { o.HTTPSignerV4 = clockSigner{o.HTTPSignerV4, r.config.Now} })
	})
}

func (r *run) organizations(w who) *organizations.Client {
	return cached(r, clientKey{"organizations", w, r.home(w)}, func(cfg aws.Config) *organizations.Client {
		return organizations.NewFromConfig(cfg, func(o *organizations.Options) {
			o.HTTPSignerV4 = clockSigner{o.HTTPSignerV4, r.config.Now}
		})
	})
}

// s3control asks the control plane of S3: accounts and access points.
func (r *run) s3control(w who, region string) *s3control.Client {
	return cached(r, clientKey{"s3control", w, region}, func(cfg aws.Config) *s3control.Client {
		return s3control.NewFromConfig(cfg, func(o *s3control.Options) {
			o.HTTPSignerV4 = clockSigner{o.HTTPSignerV4, r.config.Now}
			if o.BaseEndpoint != nil {
				o.EndpointResolverV2 = plainEndpoint(*o.BaseEndpoint)
			}
		})
	})
}

// home is the region in which an identity's own services are asked.
func (r *run) home(w who) string {
	if w == reader && r.config.Reader != nil {
		return r.config.Reader.Region
	}
	return r.config.AWS.Region
}

// plainEndpoint sends S3 Control requests to a custom endpoint as it is. The
// SDK would put the account id in front of the host, which no loopback address
// resolves; the account is in a header as well.
type plainEndpoint string

// ResolveEndpoint returns the endpoint without the account's label.
func (p plainEndpoint) ResolveEndpoint(context.Context, s3control.EndpointParameters) (smithyendpoints.Endpoint, error) {
	u, err := url.Parse(string(p))
	if err != nil {
		return smithyendpoints.Endpoint{}, err
	}
	return smithyendpoints.Endpoint{URI: *u, Headers: http.Header{}}, nil
}

// asked tells whether a service can be asked: on AWS always; behind a custom S3
// endpoint only when an endpoint was set for the service as well.
func (r *run) asked(service string) bool {
	own := r.endpoint("s3")
	if own == "" || awsHost(hostOf(own)) {
		return true
	}
	return r.endpoint(service) != ""
}

// endpoint is the custom endpoint that the configuration gives for a service;
// empty when the service is where AWS has it.
func (r *run) endpoint(service string) string {
	var base *string
	region := r.home(caller)
	switch service {
	case "s3":
		base = r.s3(caller, r.target.Region).Options().BaseEndpoint
	case "sts":
		base = r.sts(caller).Options().BaseEndpoint
	case "iam":
		base = r.iam(caller).Options().BaseEndpoint
	case "kms":
		base = r.kms(caller, region).Options().BaseEndpoint
	case "organizations":
		base = r.organizations(caller).Options().BaseEndpoint
	case "s3control":
		base = r.s3control(caller, region).Options().BaseEndpoint
	default:
		base = r.config.AWS.BaseEndpoint
	}
	if base == nil {
		return ""
	}
	return *base
}

// hostOf is the host of a URL without its port, in lower case.
func hostOf(endpoint string) string {
	u, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// clockSigner signs with the server's clock where a call asks for it.
type clockSigner struct {
	signer
	now func() time.Time
}

// signer is the interface that every service client of the SDK declares anew.
type signer interface {
	SignHTTP(ctx context.Context, credentials aws.Credentials, r *http.Request, payloadHash, service, region string, signingTime time.Time, optFns ...func(*v4.SignerOptions)) error
}

// SignHTTP signs at the local time plus the correction of the context.
func (s clockSigner) SignHTTP(ctx context.Context, c aws.Credentials, req *http.Request, payloadHash, service, region string, _ time.Time, optFns ...func(*v4.SignerOptions)) error {
	correction, _ := ctx.Value(correctionKey{}).(time.Duration)
	return s.signer.SignHTTP(ctx, c, req, payloadHash, service, region, s.now().Add(correction), optFns...)
}

type correctionKey struct{}

func withCorrection(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, correctionKey{}, d)
}
