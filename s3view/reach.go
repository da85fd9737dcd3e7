package s3view

import (
	"context"
	"net/netip"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
)

// multiRegionSuffix ends the alias of every Multi-Region Access Point, and no
// bucket's name (S3 User Guide, "Bucket naming rules", reserved suffixes).
const multiRegionSuffix = ".mrap"

// A reach resolves the two kinds of access point name that the SDK's own rules
// leave without a usable address, and everything else as they do.
type reach struct {
	rules s3.EndpointResolverV2
}

// ResolveEndpoint finds the address for the bucket or access point of the call.
func (e reach) ResolveEndpoint(ctx context.Context, in s3.EndpointParameters) (smithyendpoints.Endpoint, error) {
	bucket := aws.ToString(in.Bucket)
	switch {
	case strings.HasPrefix(bucket, "arn:") && in.Endpoint != nil && nameless(hostOf(*in.Endpoint)):
		return e.inPath(ctx, in, bucket)
	case strings.HasSuffix(bucket, multiRegionSuffix) && !strings.HasPrefix(bucket, "arn:") && in.Endpoint == nil:
		// A URL shows the alias alone. The rules want the whole ARN, of which only
		// the partition and the alias come into the host.
		in.Bucket = aws.String("arn:" + PartitionOf(aws.ToString(in.Region)) + ":s3::000000000000:accesspoint/" + bucket)
	}
	return e.rules.ResolveEndpoint(ctx, in)
}

// inPath puts an access point's ARN where a bucket's name stands in path style.
// The rules put NAME-ACCOUNT in front of the endpoint's host instead, and
// NAME-ACCOUNT.127.0.0.1 is no address.
func (e reach) inPath(ctx context.Context, in s3.EndpointParameters, arn string) (smithyendpoints.Endpoint, error) {
	in.Bucket = nil
	if parts := strings.SplitN(arn, ":", 5); len(parts) == 5 && parts[3] != "" {
		in.Region = &parts[3] // an access point is signed for in its own region
	}
	found, err := e.rules.ResolveEndpoint(ctx, in)
	root := strings.TrimSuffix(found.URI.Path, "/")
	found.URI.Path, found.URI.RawPath = root+"/"+arn, escapePath(root+"/"+arn)
	return found, err
}

// nameless tells whether a host takes no further label in front of it: it is an
// address, or the name of this machine.
func nameless(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || host == "localhost"
}
