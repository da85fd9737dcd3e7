package s3view

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// A setting is one thing that a bucket is asked for.
type setting struct {
	name   string
	op     string
	action string
	absent []string // codes by which S3 says that nothing is configured
	ask    func(context.Context, *s3.Client, *string, *string) (value, text string, err error)
}

// settings are in the order of the screen. The actions are those of the Service
// Authorization Reference, whose names often differ from the operation's.
var settings = []setting{
	{"versioning", "GetBucketVersioning", "s3:GetBucketVersioning", nil, askVersioning},
	{"encryption", "GetBucketEncryption", "s3:GetEncryptionConfiguration",
		[]string{"ServerSideEncryptionConfigurationNotFoundError"}, askEncryption},
	{"object ownership", "GetBucketOwnershipControls", "s3:GetBucketOwnershipControls",
		[]string{"OwnershipControlsNotFoundError"}, askOwnership},
	{"public access block", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock",
		[]string{"NoSuchPublicAccessBlockConfiguration"}, askPublicAccess},
	{"policy", "GetBucketPolicy", "s3:GetBucketPolicy", []string{"NoSuchBucketPolicy"}, askPolicy},
	{"policy status", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", []string{"NoSuchBucketPolicy"}, askPolicyStatus},
	{"CORS", "GetBucketCors", "s3:GetBucketCORS", []string{"NoSuchCORSConfiguration"}, askCORS},
	{"lifecycle", "GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration",
		[]string{"NoSuchLifecycleConfiguration"}, askLifecycle},
	{"object lock", "GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration",
		[]string{"ObjectLockConfigurationNotFoundError"}, askLock},
	{"who pays", "GetBucketRequestPayment", "s3:GetBucketRequestPayment", nil, askPayment},
	{"tags", "GetBucketTagging", "s3:GetBucketTagging", []string{"NoSuchTagSet", "NoSuchTagSetError"}, askTags},
}

// BucketSettings asks for everything that is set on a bucket, side by side. each,
// if not nil, gets every field as it arrives, one at a time, with its place in
// the result.
func (st *Store) BucketSettings(ctx context.Context, bucket string, each func(int, Field)) []Field {
	fields := make([]Field, len(settings)+1)
	var wait sync.WaitGroup
	var one sync.Mutex
	put := func(i int, f Field) {
		one.Lock()
		defer one.Unlock()
		fields[i] = f
		if each != nil {
			each(i, f)
		}
	}
	wait.Go(func() { put(0, st.regionField(ctx, bucket)) })
	for i, s := range settings {
		wait.Go(func() { put(i+1, st.settingField(ctx, bucket, s)) })
	}
	wait.Wait()
	return fields
}

func (st *Store) regionField(ctx context.Context, bucket string) Field {
	region, err := st.Region(ctx, bucket)
	if err != nil {
		return unknown("region", "", err)
	}
	if region == "" {
		return Field{Name: "region", State: NotSupported, Why: "this store does not say where its buckets are"}
	}
	return known("region", region)
}

func (st *Store) settingField(ctx context.Context, bucket string, s setting) Field {
	at := Location{Bucket: bucket}
	type reply struct{ value, text string }
	out, _, err := do(ctx, st, s.op, at, func(ctx context.Context, c *s3.Client) (reply, error) {
		value, text, err := s.ask(ctx, c, &bucket, optional(st.session.opts.ExpectedOwner))
		return reply{value, text}, err
	})
	if err != nil {
		return unknown(s.name, s.action, err, s.absent...)
	}
	f := known(s.name, out.value)
	f.Text, f.Action = out.text, s.action
	return f
}

func askVersioning(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil {
		return "", "", err
	}
	value := strings.ToLower(string(out.Status))
	if out.MFADelete == types.MFADeleteStatusEnabled {
		value += ", MFA delete"
	}
	return value, "", nil
}

func askEncryption(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil || out.ServerSideEncryptionConfiguration == nil {
		return "", "", err
	}
	var values []string
	for i := range out.ServerSideEncryptionConfiguration.Rules {
		r := &out.ServerSideEncryptionConfiguration.Rules[i]
		d := r.ApplyServerSideEncryptionByDefault
		if d == nil {
			continue
		}
		value := string(d.SSEAlgorithm)
		if key := aws.ToString(d.KMSMasterKeyID); key != "" {
			value += " with " + key
		}
		if aws.ToBool(r.BucketKeyEnabled) {
			value += ", bucket key"
		}
		values = append(values, value)
	}
	return strings.Join(values, "; "), "", nil
}

func askOwnership(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil || out.OwnershipControls == nil || len(out.OwnershipControls.Rules) == 0 {
		return "", "", err
	}
	kind := out.OwnershipControls.Rules[0].ObjectOwnership
	if kind == types.ObjectOwnershipBucketOwnerEnforced {
		return string(kind) + " (ACLs are off)", "", nil
	}
	return string(kind) + " (ACLs are on)", "", nil
}

func askPublicAccess(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil || out.PublicAccessBlockConfiguration == nil {
		return "", "", err
	}
	p := out.PublicAccessBlockConfiguration
	var on []string
	var lines []string
	for _, s := range []struct {
		name string
		set  *bool
	}{
		{"BlockPublicAcls", p.BlockPublicAcls}, {"IgnorePublicAcls", p.IgnorePublicAcls},
		{"BlockPublicPolicy", p.BlockPublicPolicy}, {"RestrictPublicBuckets", p.RestrictPublicBuckets},
	} {
		if aws.ToBool(s.set) {
			on = append(on, s.name)
		}
		lines = append(lines, fmt.Sprintf("%-22s %t", s.name, aws.ToBool(s.set)))
	}
	value := strings.Join(on, ", ")
	switch len(on) {
	case 4:
		value = "all four on"
	case 0:
		value = "all four off"
	}
	return value, strings.Join(lines, "\n"), nil
}

func askPolicy(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil || aws.ToString(out.Policy) == "" {
		return "", "", err
	}
	var pretty bytes.Buffer
	text := *out.Policy
	if json.Indent(&pretty, []byte(text), "", "  ") == nil {
		text = pretty.String()
	}
	var doc struct{ Statement json.RawMessage }
	var statements []json.RawMessage
	n := 1
	if json.Unmarshal([]byte(text), &doc) == nil && json.Unmarshal(doc.Statement, &statements) == nil {
		n = len(statements)
	}
	return counted(n, "statement"), text, nil
}

func askPolicyStatus(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil || out.PolicyStatus == nil || out.PolicyStatus.IsPublic == nil {
		return "", "", err
	}
	if aws.ToBool(out.PolicyStatus.IsPublic) {
		return "public", "", nil
	}
	return "not public", "", nil
}

func askCORS(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil {
		return "", "", err
	}
	return counted(len(out.CORSRules), "rule"), plainJSON(out.CORSRules), nil
}

func askLifecycle(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil {
		return "", "", err
	}
	return counted(len(out.Rules), "rule"), plainJSON(out.Rules), nil
}

func askLock(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil || out.ObjectLockConfiguration == nil {
		return "", "", err
	}
	value := strings.ToLower(string(out.ObjectLockConfiguration.ObjectLockEnabled))
	if rule := out.ObjectLockConfiguration.Rule; rule != nil && rule.DefaultRetention != nil {
		d := rule.DefaultRetention
		value += fmt.Sprintf(", %s for %d days %d years", d.Mode, aws.ToInt32(d.Days), aws.ToInt32(d.Years))
	}
	return value, "", nil
}

func askPayment(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetBucketRequestPayment(ctx, &s3.GetBucketRequestPaymentInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil {
		return "", "", err
	}
	if out.Payer == types.PayerRequester {
		return "the requester", "", nil
	}
	return "the bucket's owner", "", nil
}

func askTags(ctx context.Context, c *s3.Client, b, owner *string) (string, string, error) {
	out, err := c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: b, ExpectedBucketOwner: owner})
	if err != nil {
		return "", "", err
	}
	var lines []string
	for _, f := range tagFields(out.TagSet, "") {
		if f.State == Known {
			lines = append(lines, f.Name+"="+f.Value)
		}
	}
	return strings.Join(lines, ", "), strings.Join(lines, "\n"), nil
}

// counted is "1 rule", "3 rules"; empty for none.
func counted(n int, thing string) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// plainJSON prints what the SDK parsed, without what was not set.
func plainJSON(v any) string {
	raw, err := json.Marshal(v)
	var plain any
	if err != nil || json.Unmarshal(raw, &plain) != nil {
		return ""
	}
	text, err := json.MarshalIndent(withoutNulls(plain), "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			if e = withoutNulls(e); e == nil || e == "" {
				delete(v, k)
				continue
			}
			v[k] = e
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}
