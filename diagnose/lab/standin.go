package lab

import (
	"encoding/json"
	"regexp"
	"strings"

	"s403/diagnose"
)

// A real refusal seldom comes with every policy: an SCP is shown to the
// organization's administrators alone, a session policy to nobody. So that the
// lab refuses as AWS did, the exporter writes stand-ins for what was not read:
// where the report names the cause, a policy that refuses just this request; in the
// identity and bucket policies that were passed or are not to blame, an Allow for
// it. Each bears the Sid "StandIn", and the story says for what it stands.

// standInSid marks a statement that nobody read.
const standInSid = "StandIn"

// standIn is a layer that can refuse: whether it was read, and how a document is put in its place.
type standIn struct {
	what string
	read func(diagnose.Evidence) bool
	put  func(x *exporter, document string)
	// principal: statements of the layer name who they are for.
	principal bool
	// mend says where the stand-in is to be put right, for layers whose documents
	// the diagnosis cannot read and so offers no change of.
	mend func(x *exporter) Change
}

// standIns are the layers by the first word of the causes that are about them.
var standIns = map[string]standIn{
	"scp": {"the service control policies", func(e diagnose.Evidence) bool { return e.SCPs.Known() }, func(x *exporter, d string) {
		a := &x.world.Accounts[0]
		x.member(a)
		a.Restricted = !strings.Contains(d, `"Deny"`)
		x.world.Control = append(x.world.Control, ControlPolicy{Name: standInSid + "SCP", Kind: "scp", Targets: []string{a.Name}, Document: d})
	}, false, func(x *exporter) Change {
		return Change{Layer: "service control policy", Owner: x.world.Accounts[0].Name, Name: standInSid + "SCP"}
	}},
	"rcp": {"the resource control policies", func(e diagnose.Evidence) bool { return e.RCPs.Known() }, func(x *exporter, d string) {
		a := x.bucketAccount()
		x.member(a)
		x.world.Control = append(x.world.Control, ControlPolicy{Name: standInSid + "RCP", Kind: "rcp", Targets: []string{a.Name}, Document: d})
	}, true, func(x *exporter) Change {
		return Change{Layer: "resource control policy", Owner: x.owner, Name: standInSid + "RCP"}
	}},
	"boundary": {"the permissions boundary", func(e diagnose.Evidence) bool { return e.Boundary.Known() }, func(x *exporter, d string) {
		if c := x.who(); c != nil {
			c.Boundary = x.managed(diagnose.PolicyDoc{ARN: "/" + standInSid + "Boundary", Source: []byte(d)})
		}
	}, false, nil},
	"session": {"the session policy", func(e diagnose.Evidence) bool { return e.SessionPolicies.Known() }, func(x *exporter, d string) {
		a := &x.world.Actors[0]
		a.Session, a.SessionPolicy = orElse(a.Session, "exported"), d
	}, false, func(x *exporter) Change {
		return Change{Layer: "session policy", Owner: x.e.Caller.Value.ARN}
	}},
	"vpce": {"the VPC endpoint and its policy", func(e diagnose.Evidence) bool { return e.VPCEndpoint.Known() }, func(x *exporter, d string) {
		x.world.Endpoints = []Endpoint{{ID: "vpce-0123456789abcdef0", VPC: "vpc-0123456789abcdef0", Account: callersAccount, Region: x.region(), Policy: d}}
		x.world.Actors[0].VPCE = x.world.Endpoints[0].ID
	}, true, nil},
	"identity": {"the caller's identity policies", func(e diagnose.Evidence) bool { return e.IdentityPolicies.Known() }, func(x *exporter, d string) {
		if c := x.who(); c != nil {
			c.Inline[standInSid] = compact(d)
		}
	}, false, nil},
	"bucket-policy": {"the bucket policy", policyRead, func(x *exporter, d string) { x.world.Buckets[0].Policy = d }, true, nil},
}

func policyRead(e diagnose.Evidence) bool {
	return e.BucketPolicy.Known() || e.BucketPolicy.State == diagnose.Absent
}

// stand puts in what was not read, so that the world refuses for the cause. Of an
// undetermined refusal nothing is known that it could be made to say.
func (x *exporter) stand(cause string) {
	if cause == string(diagnose.Undetermined) {
		return
	}
	layer, implicit := strings.CutSuffix(cause, "-no-allow")
	if !implicit {
		layer = strings.TrimSuffix(cause, "-explicit-deny")
	}
	s, ok := standIns[layer]
	if ok && !s.read(x.e) {
		x.said = append(x.said, s.what)
		if d := x.refusing(s, layer, implicit); d != "" {
			s.put(x, d)
		}
		if s.mend != nil {
			m := s.mend(x)
			m.After = documentOf(open(s))
			x.mends = append(x.mends, m)
		}
	}
	if !strings.HasPrefix(cause, "identity-") && !x.e.IdentityPolicies.Known() && x.who() != nil {
		x.let(standIns["identity"])
	}
	if x.owner != callersAccount && layer != "bucket-policy" && !policyRead(x.e) && !grantedElsewhere[cause] {
		x.let(standIns["bucket-policy"])
	}
	x.objectOf(cause)
}

// grantedElsewhere are the causes that say what the bucket policy does, or that
// something else should have granted the request.
var grantedElsewhere = map[string]bool{"object-acl": true, "ignore-public-acls": true, "restrict-public-buckets": true, "anonymous": true}

// statement is what a stand-in is written of.
type statement struct {
	Sid, Effect string
	Principal   any    `json:",omitempty"`
	Action      any    `json:",omitempty"`
	Resource    any    `json:",omitempty"`
	NotResource string `json:",omitempty"`
}

func documentOf(statements ...statement) string {
	text, err := json.MarshalIndent(struct {
		Version   string
		Statement []statement
	}{"2012-10-17", statements}, "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

// refusing is a document of the layer that refuses the request and nothing else.
// Empty: the layer refuses by there being nothing.
func (x *exporter) refusing(s standIn, layer string, implicit bool) string {
	silent := layer == "identity" || layer == "bucket-policy"
	rest := open(s)
	switch {
	case implicit && silent:
		return ""
	case implicit:
		rest.Resource, rest.NotResource = nil, x.object()
		return documentOf(rest)
	}
	deny := statement{Sid: standInSid, Effect: "Deny", Principal: rest.Principal, Action: x.e.Options.Action(), Resource: x.object()}
	if layer == "scp" || layer == "rcp" || layer == "bucket-policy" {
		return documentOf(deny) // AWS's own FullAWSAccess allows the rest, and a bucket policy need not
	}
	rest.Sid += "Rest"
	return documentOf(rest, deny)
}

// open is a statement of the layer that allows everything.
func open(s standIn) statement {
	allow := statement{Sid: standInSid, Effect: "Allow", Action: "*", Resource: "*"}
	if s.principal {
		allow.Principal = "*"
	}
	return allow
}

// let puts a document there that allows the caller what she asked for, and to list
// the bucket if she could.
func (x *exporter) let(s standIn) {
	allow := statement{Sid: standInSid, Effect: "Allow", Action: []string{x.e.Options.Action()}, Resource: []string{x.object()}}
	if x.e.HeadBucket.Known() && x.e.HeadBucket.Value.Allowed() {
		allow.Action = []string{x.e.Options.Action(), "s3:ListBucket"}
		allow.Resource = []string{x.object(), x.e.Target.BucketARN()}
	}
	if s.principal {
		allow.Principal = map[string]string{"AWS": orElse(x.e.Role.Value.ARN, x.e.Caller.Value.ARN)}
		if x.world.Actors[0].Anonymous {
			allow.Principal = "*"
		}
	}
	x.said = append(x.said, s.what)
	s.put(x, documentOf(allow))
}

// object is the ARN of what was asked for.
func (x *exporter) object() string { return x.e.Target.ObjectARN() }

func (x *exporter) region() string { return orElse(x.e.BucketRegion.Value, x.e.Target.Region) }

// who is the user or role behind the caller; nil for root and the anonymous.
func (x *exporter) who() *Carrier {
	switch {
	case len(x.world.Users) > 0:
		return &x.world.Users[0].Carrier
	case len(x.world.Roles) > 0:
		return &x.world.Roles[0].Carrier
	}
	return nil
}

func (x *exporter) bucketAccount() *Account {
	for i := range x.world.Accounts {
		if x.world.Accounts[i].Name == x.owner {
			return &x.world.Accounts[i]
		}
	}
	return &x.world.Accounts[0]
}

// member makes the account one of the organization, or of one that stands in for it.
func (x *exporter) member(a *Account) {
	if x.world.Organization.ID == "" {
		x.world.Organization = Organization{ID: "o-exported00", Root: "r-exp0"}
	}
	if a.Unit == "" {
		a.Unit = "Root"
		x.unit(a.Unit)
	}
}

// aKeyARN finds the key in what S3 says of it.
var aKeyARN = regexp.MustCompile(`arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]+`)

// objectOf makes the object what the cause says that it is.
func (x *exporter) objectOf(cause string) {
	b := &x.world.Buckets[0]
	switch cause {
	case "delete-marker":
		b.Versioning = "Enabled"
		b.Objects = []Object{{Key: x.e.Target.Key, Size: 1}, {Key: x.e.Target.Key, Marker: true}}
	case "ignore-public-acls":
		for i := range b.Objects {
			b.Objects[i].ACL = []Grant{{Grantee: "AllUsers", Permission: "READ"}}
		}
	case "kms-permission", "kms-key-state":
		arn := orElse(aKeyARN.FindString(x.e.Get.Value.Message), x.e.Encryption.Value.KeyID)
		if x.e.KMSKey.Known() || !aKeyARN.MatchString(arn) || len(b.Objects) == 0 {
			return
		}
		b.Objects[0].KMSKey = x.unreadKey(arn, cause == "kms-key-state")
	}
}

// unreadKey is a key whose policy lets the caller do nothing, or that is disabled.
func (x *exporter) unreadKey(arn string, disabled bool) string {
	x.said = append(x.said, "the KMS key's policy and state")
	account := strings.Split(arn, ":")[4]
	known := false
	for _, a := range x.world.Accounts {
		known = known || a.ID == account
	}
	if !known {
		x.world.Accounts = append(x.world.Accounts, Account{Name: "key-owner", ID: account})
	}
	k := diagnose.KMSKey{ARN: arn, State: "Disabled"}
	if !disabled {
		k.State = "Enabled"
		k.Policy.Source = []byte(documentOf(statement{Sid: standInSid, Effect: "Allow", Principal: map[string]string{"AWS": "arn:aws:iam::" + account + ":root"},
			Action: []string{"kms:Describe*", "kms:Get*", "kms:PutKeyPolicy"}, Resource: "*"}))
	}
	return x.key(k)
}

// outside are the refusals that no world of policies and settings can show again.
var outside = map[string]string{
	"invalid-access-key": "credentials", "missing-session-token": "credentials", "expired-credentials": "credentials", "invalid-token": "credentials",
	"signature-mismatch": "signature", "signature-version": "signature", "presigned-expired": "signature", "clock-skew": "clock",
	"network": "network", "proxy-interference": "network", "website-endpoint": "endpoint", "throttled": "load", "account-problem": "account's standing",
	"no-such-bucket": "bucket's name", "sse-c-key": "customer's own key",
}
