package s3view

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// stsEndpoint is where the roles of profiles are assumed: the endpoint of
// AWS_ENDPOINT_URL or of the profile, which stands for every service (AWS SDKs
// guide, "Service-specific endpoints"). The SDK makes its STS client before it
// reads that endpoint, and would send AssumeRole, signed with the store's keys,
// to AWS. An endpoint of STS's own (AWS_ENDPOINT_URL_STS, services section) wins,
// as everywhere. Identity Center is left where it is: no store stands in for it.
type stsEndpoint struct{ url *string }

func (e *stsEndpoint) followIn(o *sts.Options) {
	if o.BaseEndpoint == nil {
		o.BaseEndpoint = e.url
	}
}

// forRole makes AssumeRole follow the endpoint, once it is known.
func (e *stsEndpoint) forRole(o *stscreds.AssumeRoleOptions) {
	if o.Client != nil {
		o.Client = roleClient{o.Client, e}
	}
}

// forWebIdentity is forRole for AssumeRoleWithWebIdentity.
func (e *stsEndpoint) forWebIdentity(o *stscreds.WebIdentityRoleOptions) {
	if o.Client != nil {
		o.Client = webIdentityClient{o.Client, e}
	}
}

type roleClient struct {
	stscreds.AssumeRoleAPIClient
	at *stsEndpoint
}

// AssumeRole asks at the endpoint.
func (c roleClient) AssumeRole(ctx context.Context, in *sts.AssumeRoleInput, options ...func(*sts.Options)) (*sts.AssumeRoleOutput, error) {
	return c.AssumeRoleAPIClient.AssumeRole(ctx, in, append(options, c.at.followIn)...)
}

type webIdentityClient struct {
	stscreds.AssumeRoleWithWebIdentityAPIClient
	at *stsEndpoint
}

// AssumeRoleWithWebIdentity asks at the endpoint.
func (c webIdentityClient) AssumeRoleWithWebIdentity(ctx context.Context, in *sts.AssumeRoleWithWebIdentityInput, options ...func(*sts.Options)) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	return c.AssumeRoleWithWebIdentityAPIClient.AssumeRoleWithWebIdentity(ctx, in, append(options, c.at.followIn)...)
}

// know notes the endpoint that all services share, once the configuration is read.
func (e *stsEndpoint) know(cfg aws.Config) { e.url = cfg.BaseEndpoint }
