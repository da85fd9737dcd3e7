package s3view

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/smithy-go/logging"
)

// How long the parts of one call may take, so that a dead network or a server
// that accepts and then says nothing ends in an error and never in a hang.
const (
	dialTimeout    = 5 * time.Second
	tlsTimeout     = 5 * time.Second
	answerTimeout  = 20 * time.Second // until the first byte of the answer
	imdsTimeout    = time.Second      // nobody's laptop has an IMDS: do not wait for it
	idlePerHost    = 128              // connections kept for the parallel listing
	defaultRegion  = "us-east-1"      // as the AWS CLI signs when no region is set
	retryAttempts  = 3
	longestBackoff = 3 * time.Second
)

// Connect reads configuration files and environment as the AWS SDK does, puts o
// on top, and returns the session. It makes no network call: credentials are
// fetched with the first request, or by Session.Credentials. The error is one
// line that names the flag, profile or file that cannot be used.
func Connect(ctx context.Context, o Options) (*Session, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Sealed || o.Keys != nil {
		cfg := sealedConfig(o)
		cfg.HTTPClient = shortOfBreath(cfg.HTTPClient)
		return newSession(ctx, o, cfg), nil
	}
	var roles stsEndpoint
	load, err := loadOptions(o, &roles)
	if err != nil {
		return nil, err
	}
	cfg, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return nil, configTrouble(o, err)
	}
	if o.NoVerifySSL {
		cfg.HTTPClient = withoutVerifying(cfg.HTTPClient)
	}
	cfg.HTTPClient = shortOfBreath(cfg.HTTPClient)
	if o.AllServices && o.EndpointURL != "" {
		cfg.BaseEndpoint = aws.String(o.EndpointURL)
	}
	roles.know(cfg)
	s := newSession(ctx, o, cfg)
	if err := validEndpoint("the endpoint of "+s.endpointOrigin(s.sources()).Source, s.endpoint); err != nil {
		return nil, err
	}
	return s, nil
}

// sealedConfig is a configuration of o alone. The SDK's loader has no part in it:
// it reads some variables whatever it is told, and fails on bad ones.
func sealedConfig(o Options) aws.Config {
	cfg := aws.Config{Region: o.Region, HTTPClient: httpClient(o), Logger: logging.Nop{}, Retryer: newRetryer, AppID: "s403", Credentials: aws.AnonymousCredentials{}}
	if cfg.Region == "" {
		cfg.Region = defaultRegion
	}
	if k := o.Keys; k != nil {
		cfg.Credentials = aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(k.AccessKeyID, k.SecretAccessKey, k.SessionToken))
	}
	if o.AllServices && o.EndpointURL != "" {
		cfg.BaseEndpoint = aws.String(o.EndpointURL)
	}
	return cfg
}

// loadOptions turns o into options of the SDK's loader.
func loadOptions(o Options, roles *stsEndpoint) ([]func(*config.LoadOptions) error, error) {
	load := []func(*config.LoadOptions) error{
		config.WithHTTPClient(httpClient(o)),
		config.WithDefaultRegion(defaultRegion),
		config.WithEC2RoleCredentialOptions(impatient),
		config.WithAssumeRoleCredentialOptions(func(a *stscreds.AssumeRoleOptions) {
			a.TokenProvider = mfaToken(o.MFAToken, a)
			roles.forRole(a)
		}),
		config.WithWebIdentityRoleCredentialOptions(roles.forWebIdentity),
		config.WithRetryer(newRetryer),
		config.WithLogger(logging.Nop{}), // its warnings would stand on the screen
		config.WithAppID("s403"),
	}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Region != "" {
		load = append(load, config.WithRegion(o.Region))
	}
	if o.CABundle != "" {
		pem, err := os.ReadFile(o.CABundle)
		if err != nil {
			return nil, fmt.Errorf("--ca-bundle %q cannot be read: %w", o.CABundle, innermost(err))
		}
		load = append(load, config.WithCustomCABundle(bytes.NewReader(pem)))
	}
	if o.NoSignRequest {
		load = append(load, config.WithCredentialsProvider(aws.AnonymousCredentials{}))
	}
	return load, nil
}

// httpClient is the SDK's client with waits that end. Proxies come from the
// environment (HTTPS_PROXY, NO_PROXY), as for the SDK.
func httpClient(o Options) *awshttp.BuildableClient {
	wait := o.Timeout
	if wait <= 0 {
		wait = answerTimeout
	}
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = min(dialTimeout, wait) }).
		WithTransportOptions(func(t *http.Transport) {
			t.TLSHandshakeTimeout = min(tlsTimeout, wait)
			t.ResponseHeaderTimeout = wait
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*idlePerHost, idlePerHost
		})
}

// withoutVerifying is --no-verify-ssl: it trusts whoever answers, and keeps
// whatever else was set on the client.
func withoutVerifying(c aws.HTTPClient) aws.HTTPClient {
	b, ok := c.(*awshttp.BuildableClient)
	if !ok {
		return c
	}
	return b.WithTransportOptions(func(t *http.Transport) {
		if t.TLSClientConfig == nil {
			t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		t.TLSClientConfig.InsecureSkipVerify = true
	})
}

// maxRedirects is how often an answer may send a request on. S3 does it once, with a
// 307 to where a new bucket lives (S3 User Guide, "Making requests").
const maxRedirects = 3

// shortOfBreath follows few redirects, and only those that keep the method, as the
// SDK's client does; that one follows them without end. What is sent on once more is
// the answer.
func shortOfBreath(c aws.HTTPClient) aws.HTTPClient {
	b, ok := c.(*awshttp.BuildableClient)
	if !ok {
		return c
	}
	return &http.Client{Transport: b.GetTransport(), CheckRedirect: func(r *http.Request, via []*http.Request) error {
		kept := r.Response != nil && (r.Response.StatusCode == http.StatusTemporaryRedirect || r.Response.StatusCode == http.StatusPermanentRedirect)
		if kept && len(via) <= maxRedirects {
			return nil
		}
		return http.ErrUseLastResponse
	}}
}

// impatient makes the last source of credentials, the instance metadata
// service, answer at once or not at all.
func impatient(o *ec2rolecreds.Options) {
	o.Client = imds.New(imds.Options{
		HTTPClient: &http.Client{
			Timeout:   imdsTimeout,
			Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: imdsTimeout / 2}).DialContext},
		},
		Retryer: aws.NopRetryer{},
	})
}

// mfaToken asks through the person's callback. The SDK calls it once per
// session of a role whose profile has mfa_serial.
func mfaToken(ask func(string) (string, error), a *stscreds.AssumeRoleOptions) func() (string, error) {
	return func() (string, error) {
		serial := aws.ToString(a.SerialNumber)
		if ask == nil {
			return "", &mfaNeeded{serial}
		}
		code, err := ask(serial)
		return strings.TrimSpace(code), err
	}
}

// mfaNeeded is the error of a role that wants an MFA code where nobody can be asked.
type mfaNeeded struct{ serial string }

func (e *mfaNeeded) Error() string {
	return fmt.Sprintf("the role wants a code of MFA device %q", e.serial)
}

// newRetryer retries as the SDK does, but for timeouts: a server that is silent
// for the whole wait once is not asked twice more.
func newRetryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff = retryAttempts, longestBackoff
		o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(timeoutsEnd)}, o.Retryables...)
	})
}

func timeoutsEnd(err error) aws.Ternary {
	var dns *net.DNSError
	if isTimeout(err) || errors.As(err, &dns) && dns.IsNotFound {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

// configTrouble says what in the configuration cannot be used.
func configTrouble(o Options, err error) error {
	var missing config.SharedConfigProfileNotExistError
	var assume config.SharedConfigAssumeRoleError
	switch {
	case errors.As(err, &missing):
		return fmt.Errorf("there is no profile %q: see ~/.aws/config, or run aws configure list-profiles", missing.Profile)
	case errors.As(err, &assume):
		return fmt.Errorf("the profile assumes role %q, but its source profile %q gives no credentials",
			assume.RoleARN, assume.Profile)
	case o.CABundle != "" && strings.Contains(err.Error(), "CA bundle"):
		return fmt.Errorf("--ca-bundle %q holds no certificate in PEM", o.CABundle)
	}
	return fmt.Errorf("the AWS configuration cannot be used: %s", oneLine(err.Error()))
}
