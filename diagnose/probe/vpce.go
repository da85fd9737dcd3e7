package probe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"s403/diagnose"
	"s403/diagnose/message"
)

// endpointInHost finds the id of an interface endpoint in its own host name, as in
// bucket.vpce-0a1b2c3d-xyz.s3.eu-west-1.vpce.amazonaws.com.
var endpointInHost = regexp.MustCompile(`\bvpce-[0-9a-f]{8,17}\b`)

// described is the answer of ec2:DescribeVpcEndpoints, as far as it matters.
type described struct {
	Endpoints []endpointItem `xml:"vpcEndpointSet>item"`
}

type endpointItem struct {
	ID      string `xml:"vpcEndpointId"`
	VPC     string `xml:"vpcId"`
	Service string `xml:"serviceName"`
	Policy  string `xml:"policyDocument"`
}

// askVPCEndpoint finds the VPC endpoint that the request came through. A gateway
// endpoint leaves no trace on the client: which one it was is known only when
// the host names it, or S3 blames an endpoint policy and there is but one.
func askVPCEndpoint(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.VPCEndpoint] {
	inHost := endpointInHost.FindString(r.target.Endpoint)
	blamed := strings.EqualFold(message.Parse([]byte(seen.Get.Value.Message)).Layer, "VPC endpoint policy")
	f := eitherOf(r.ofAccount(&seen, seen.Caller.Value.Account), func(w who) diagnose.Fact[described] {
		return r.describeEndpoints(ctx, w, r.region(&seen))
	})
	out := diagnose.Fact[diagnose.VPCEndpoint]{State: f.State, Source: f.Source, Note: f.Note}
	if f.State != diagnose.Known {
		return out
	}
	found := f.Value.Endpoints
	for _, e := range found {
		if e.ID == inHost || inHost == "" && blamed && len(found) == 1 {
			out.Value = diagnose.VPCEndpoint{ID: printable(e.ID), VPC: printable(e.VPC), Policy: document("VPC endpoint policy", "", e.ID, e.Policy)}
			return out
		}
	}
	out.State = diagnose.NotAsked
	switch {
	case len(found) == 0 && !blamed && inHost == "":
		out.State, out.Note = diagnose.Absent, "the account has no VPC endpoint for S3 in this region; one of another account (a shared VPC) would not show"
	default:
		out.Note = fmt.Sprintf("the account has %d VPC endpoints for S3 in this region; nothing shows which one the request came through", len(found))
	}
	return out
}

// describeEndpoints asks EC2 with a hand-made query request: the SDK's module for
// EC2 is larger than the rest of this program.
func (r *run) describeEndpoints(ctx context.Context, w who, region string) diagnose.Fact[described] {
	q := question{
		operation: "DescribeVpcEndpoints", service: "ec2", who: w,
		cli: []string{"ec2", "describe-vpc-endpoints", "--filters", "Name=service-name,Values=com.amazonaws." + region + ".s3", "--region", region},
	}
	form := url.Values{
		"Action": {"DescribeVpcEndpoints"}, "Version": {"2016-11-15"},
		"Filter.1.Name": {"service-name"}, "Filter.1.Value.1": {"com.amazonaws." + region + ".s3"},
	}.Encode()
	var out described
	rep := r.call(ctx, q, func(ctx context.Context) error {
		body, err := r.signedPost(ctx, w, "ec2", region, form)
		if err != nil {
			return err
		}
		return xml.Unmarshal(body, &out)
	})
	return factOf(rep, "ec2:DescribeVpcEndpoints", func() described {
		// A server that knows no filters sends the endpoints of every service.
		out.Endpoints = slices.DeleteFunc(out.Endpoints, func(e endpointItem) bool { return e.Service != "com.amazonaws."+region+".s3" })
		return out
	})
}

// signedPost sends a query request, signed like the SDK's own, and captures the
// answer like theirs.
func (r *run) signedPost(ctx context.Context, w who, service, region, form string) ([]byte, error) {
	cfg := r.awsConfig(w, region)
	endpoint := "https://" + service + "." + region + "." + dnsSuffix(r.target.Partition) + "/"
	if cfg.BaseEndpoint != nil {
		endpoint = strings.TrimSuffix(*cfg.BaseEndpoint, "/") + "/"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader([]byte(form)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	creds, err := cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(form))
	by := clockSigner{v4.NewSigner(), r.config.Now}
	if err := by.SignHTTP(ctx, creds, req, hex.EncodeToString(sum[:]), service, region, r.config.Now()); err != nil {
		return nil, err
	}
	sent := r.config.Now()
	resp, err := r.client().Do(req)
	if err != nil {
		return nil, err
	}
	captured, _ := ctx.Value(wireKey{}).(*wire)
	captured.read(resp, r.secrets, sent, r.config.Now())
	_ = resp.Body.Close() // what is left is in memory
	if captured.status >= 300 {
		return nil, fmt.Errorf("status %d", captured.status)
	}
	return captured.body, nil
}

// doer is what the SDK calls an HTTP client.
type doer interface {
	Do(*http.Request) (*http.Response, error)
}

// client is the HTTP client of the configuration, with its CA bundle and proxy.
func (r *run) client() doer {
	if r.config.AWS.HTTPClient != nil {
		return r.config.AWS.HTTPClient
	}
	return http.DefaultClient
}
