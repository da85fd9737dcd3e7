package s3view

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
)

// An Origin is where one setting of a connection comes from: what won, and what
// it hid. People look for the setting that they made, and find another at work.
type Origin struct {
	Name   string // "endpoint", "region", "path style", "CA bundle", "proxy"
	Value  string // as it is used; holds no password
	Source string // "--region", "AWS_REGION", "profile dev"; empty where nothing set it
	Hidden []string
}

// origin makes an Origin of candidates, the strongest first: pairs of where and what.
func origin(name, otherwise string, candidates ...[2]string) Origin {
	o := Origin{Name: name, Value: otherwise}
	for _, c := range candidates {
		source, value := c[0], c[1]
		switch {
		case value == "":
		case o.Source == "":
			o.Source, o.Value = source, value
		default:
			o.Hidden = append(o.Hidden, source+": "+value)
		}
	}
	return o
}

// Origins tells where the session's settings come from, in the order in which
// the SDK looks (AWS SDKs and Tools Reference Guide, "Understanding the settings
// precedence"; "Service-specific endpoints").
func (s *Session) Origins() []Origin {
	if s.opts.Sealed || s.opts.Keys != nil {
		return nil
	}
	env, shared := s.sources()
	profile := "profile " + shared.Profile
	out := []Origin{
		origin("region", s.Region(), [2]string{"--region", s.opts.Region}, [2]string{"AWS_REGION", os.Getenv("AWS_REGION")},
			[2]string{"AWS_DEFAULT_REGION", os.Getenv("AWS_DEFAULT_REGION")}, [2]string{profile, shared.Region}),
		s.endpointOrigin(env, shared),
		s.pathOrigin(env, shared, profile),
	}
	if o := origin("CA bundle", "", [2]string{"--ca-bundle", s.opts.CABundle}, [2]string{"AWS_CA_BUNDLE", env.CustomCABundle},
		[2]string{profile, shared.CustomCABundle}); o.Source != "" {
		out = append(out, o)
	}
	if s.opts.NoVerifySSL {
		out = append(out, Origin{Name: "certificates", Value: "not verified", Source: "--no-verify-ssl"})
	}
	if proxy := s.proxy(); proxy != "" {
		out = append(out, Origin{Name: "proxy", Value: proxy, Source: "the environment"})
	}
	return out
}

// endpointOrigin tells who set the endpoint of S3. With
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, or ignore_configured_endpoint_urls in the
// profile, only the flag counts.
func (s *Session) endpointOrigin(env config.EnvConfig, shared config.SharedConfig) Origin {
	profile := "profile " + shared.Profile
	candidates := [][2]string{{"--endpoint-url", s.opts.EndpointURL}}
	ignored := env.IgnoreConfiguredEndpoints
	if ignored == nil {
		ignored = shared.IgnoreConfiguredEndpoints
	}
	if ignored == nil || !*ignored {
		ctx := context.Background()
		ofEnv, _, _ := env.GetServiceBaseEndpoint(ctx, "S3")
		ofProfile, _, _ := shared.GetServiceBaseEndpoint(ctx, "S3")
		candidates = append(candidates, [2]string{"AWS_ENDPOINT_URL_S3", ofEnv}, [2]string{"AWS_ENDPOINT_URL", env.BaseEndpoint},
			[2]string{profile + ", its services section", ofProfile}, [2]string{profile, shared.BaseEndpoint})
	}
	for i := range candidates { // one that is hidden was never looked at
		candidates[i][1] = withoutPassword(candidates[i][1])
	}
	return origin("endpoint", "AWS's own", candidates...)
}

func (s *Session) pathOrigin(env config.EnvConfig, shared config.SharedConfig, profile string) Origin {
	flag := string(s.asked)
	if flag == string(PathAuto) {
		flag = ""
	}
	value := "in the host name, but where names have dots"
	if s.foreign() {
		value = "in the path, as the endpoint is not AWS's"
	}
	o := origin("bucket names", value, [2]string{"--path-style", flag}, [2]string{profile + ", addressing_style", addressingStyle(env, shared)})
	switch s.opts.PathStyle {
	case PathAlways:
		o.Value = "in the path"
	case PathNever:
		o.Value = "in the host name"
	}
	return o
}

// proxy is what requests to S3 go through: HTTPS_PROXY or HTTP_PROXY, unless
// NO_PROXY has the host; empty for none.
func (s *Session) proxy() string {
	target := s.endpoint
	if target == "" {
		target = "https://s3." + s.Region() + ".amazonaws.com"
	}
	u, err := url.Parse(target)
	if err != nil {
		return ""
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Redacted()
}

// withoutPassword is an endpoint that can be shown, whatever was written there:
// what stands before an @ is left out.
func withoutPassword(text string) string {
	at := strings.LastIndexByte(text, '@')
	if at < 0 {
		return text
	}
	scheme, _, ok := strings.Cut(text[:at], "://")
	if !ok {
		return "…" + text[at:]
	}
	return scheme + "://…" + text[at:]
}
