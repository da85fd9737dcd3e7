package diagnose

import (
	"strconv"
	"strings"
	"time"
)

// policyContext gathers the condition keys of the request that can be known from
// here. Keys that are neither in the map nor knowable (see knowable) are tried
// both ways by the evaluation.
func (r *reading) policyContext() map[string][]string {
	c := map[string][]string{
		"aws:PrincipalIsAWSService": {"false"},
		"aws:ViaAWSService":         {"false"},
	}
	set := func(key, value string) {
		if value != "" {
			c[key] = []string{value}
		}
	}
	r.transportKeys(set)
	r.callerKeys(set)
	r.resourceKeys(set)
	switch r.action {
	case "s3:ListBucket":
		set("s3:prefix", r.Target.Key)
	case sessionAction:
		set(sessionModeKey, "ReadOnly")
	case decryptAction:
		set("kms:CallerAccount", r.callerAccount())
		set("kms:ViaService", "s3."+r.Target.Region+".amazonaws.com")
		set("kms:EncryptionContext:aws:s3:arn", r.encryptionContext())
	}
	return c
}

// encryptionContext is what S3 tells KMS about the object: with an S3 Bucket Key
// it is the bucket (S3 User Guide, "Using encryption context"). Empty: not known.
func (r *reading) encryptionContext() string {
	switch {
	case !r.Encryption.Known():
		return ""
	case r.Encryption.Value.BucketKey:
		return r.Target.BucketARN()
	}
	return r.Target.ObjectARN()
}

// transportKeys are about how and when the request was sent.
func (r *reading) transportKeys(set func(key, value string)) {
	secure := !strings.HasPrefix(r.Target.Endpoint, "http://")
	set("aws:SecureTransport", strconv.FormatBool(secure))
	if secure {
		set("s3:TlsVersion", "1.3")
	}
	if !r.unsigned {
		set("s3:signatureversion", "AWS4-HMAC-SHA256")
		set("s3:authType", "REST-HEADER")
	}
	if r.Options.Presigned {
		set("s3:authType", "REST-QUERY-STRING")
	}
	region := r.bucketRegion()
	if region == "" {
		region = r.Target.Region
	}
	set("aws:RequestedRegion", region)
	set("s3:versionid", r.Options.VersionID)
	if !r.now.IsZero() {
		set("aws:CurrentTime", r.now.UTC().Format(time.RFC3339))
		set("aws:EpochTime", strconv.FormatInt(r.now.Unix(), 10))
	}
}

// callerKeys are about who asks. aws:PrincipalArn of a role session is the ARN
// of the role with its path, which only iam:GetRole tells, or whoever names the role.
func (r *reading) callerKeys(set func(key, value string)) {
	if as := r.Options.AsPrincipal; strings.Contains(as, ":role/") {
		set("aws:PrincipalArn", as)
	}
	if r.Role.Known() {
		set("aws:PrincipalArn", r.Role.Value.ARN)
		for k, v := range r.Role.Value.Tags {
			set("aws:PrincipalTag/"+k, v)
		}
	}
	set("aws:userid", r.Caller.Value.UserID)
	if r.OrganizationID.Known() {
		set("aws:PrincipalOrgID", r.OrganizationID.Value)
	}
}

// resourceKeys are about the bucket and the object.
func (r *reading) resourceKeys(set func(key, value string)) {
	owner := r.bucketAccount()
	set("s3:ResourceAccount", owner)
	set("aws:ResourceAccount", owner)
	if r.OrganizationID.Known() && (r.relation == sameAccount || r.SameOrganization.Value) {
		set("aws:ResourceOrgID", r.OrganizationID.Value)
	}
	for k, v := range r.ObjectTags.Value {
		set("s3:ExistingObjectTag/"+k, v)
	}
	if ap := r.AccessPoint.Value; r.AccessPoint.Known() {
		set("s3:DataAccessPointArn", ap.ARN)
		set("s3:DataAccessPointAccount", ap.Account)
		set("s3:AccessPointNetworkOrigin", ap.NetworkOrigin)
	}
	if r.VPCEndpoint.Known() {
		set("aws:SourceVpce", r.VPCEndpoint.Value.ID)
		set("aws:SourceVpc", r.VPCEndpoint.Value.VPC)
	}
}

// bucketAccount is the account that owns the bucket; "" when not known.
func (r *reading) bucketAccount() string {
	if r.OwnerOfBucket.Known() {
		return r.OwnerOfBucket.Value
	}
	if r.relation == sameAccount {
		return r.callerAccount()
	}
	return ""
}

// knowable tells whether a key that is not in the context is really absent from
// the request. The rest (addresses, VPC endpoints, session tags, …) only AWS
// sees, so both answers have to be tried.
func (r *reading) knowable(key string) bool {
	k := strings.ToLower(key)
	switch {
	case strings.HasPrefix(k, "s3:existingobjecttag/"):
		return r.ObjectTags.Known() || r.ObjectTags.State == Absent
	case strings.HasPrefix(k, "s3:buckettag/"), strings.HasPrefix(k, "aws:resourcetag/"):
		return r.BucketTags.State == Absent
	case strings.HasPrefix(k, "aws:principaltag/"):
		return r.Role.Known() && r.caller().Kind == KindUser
	case k == "s3:resourceaccount" || k == "aws:resourceaccount":
		return r.bucketAccount() != ""
	case k == "s3:signatureage":
		return !r.Options.Presigned
	case strings.HasPrefix(k, "s3:dataaccesspoint"), k == "s3:accesspointnetworkorigin":
		return r.Target.Kind == GeneralPurpose
	case strings.HasPrefix(k, "s3:"):
		return true
	}
	return r.knowableGlobal(k)
}

// knowableGlobal is knowable for the keys that all services share.
func (r *reading) knowableGlobal(k string) bool {
	longTerm := r.Credentials.Known() && !r.Credentials.Value.SessionToken
	switch k {
	case "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime",
		"aws:assumedroot", "aws:sourceidentity", "aws:federatedprovider":
		return longTerm || r.unsigned
	case "aws:sourceip":
		return r.VPCEndpoint.Known() // what passes a VPC endpoint has aws:VpcSourceIp instead
	case "aws:principalorgid", "aws:principalorgpaths":
		return r.unsigned || r.OrganizationID.State == Absent
	case "aws:currenttime", "aws:epochtime":
		return !r.now.IsZero()
	case "aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:sourcearn", "aws:sourceaccount",
		"aws:sourceorgid", "aws:referer", "aws:principalservicename", "aws:securetransport", "aws:requestedregion",
		"aws:viaawsservice", "aws:principalisawsservice":
		return true
	}
	return r.knowableCaller(k)
}

// knowableCaller is knowable for the keys that follow from who asks. The unique id
// of a user or role (AIDA…, AROA…) is not in its ARN, nor the path of a session's role.
func (r *reading) knowableCaller(k string) bool {
	known := r.unsigned || r.caller().ARN != ""
	switch k {
	case "aws:principalaccount", "aws:principaltype", "aws:username":
		return known
	case "aws:principalarn":
		return known && r.pathKnown()
	case "aws:userid":
		kind := r.caller().Kind
		return r.unsigned || kind == KindRoot || kind == KindFederated
	}
	return false
}
