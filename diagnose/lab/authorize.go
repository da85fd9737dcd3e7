package lab

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"s403/diagnose"
	"s403/diagnose/policy"
)

// caller is whoever made a request, after authentication.
type caller struct {
	cred      *credential // nil: the request was not signed
	principal *principal  // the user or role behind it; nil for root and anonymous
}

// anonymous tells whether the request was not signed.
func (c caller) anonymous() bool { return c.cred == nil }

// arn is the caller as policies see her.
func (c caller) arn() string {
	if c.anonymous() {
		return "anonymous"
	}
	return c.cred.arn
}

// account is the caller's account; nil for an anonymous one.
func (c caller) account() *account {
	if c.anonymous() {
		return nil
	}
	return c.cred.account
}

// in tells whether the caller belongs to the account.
func (c caller) in(a *account) bool { return !c.anonymous() && c.cred.account.ID == a.ID }

// ask is one question to the evaluator: may the caller do this to that?
type ask struct {
	action, resource string
	owner            *account // the account that the resource is in
	context          map[string][]string
	document         *policy.Document // the resource's own policy
	restrictPublic   bool             // RestrictPublicBuckets is on
	point            *policy.Document // the access point's policy, when asked through one
	network          bool             // S3 data plane: a VPC endpoint's policy applies
}

// decide puts the question to the evaluator with every policy of the world that
// applies, and returns its decision.
func (s *state) decide(c caller, a ask) (policy.Request, policy.Decision) {
	request := policy.Request{
		Principal: c.arn(), Action: a.action, Resource: a.resource, ResourceAccount: a.owner.ID,
		Context: s.callerContext(c),
	}
	maps.Copy(request.Context, a.context)
	request.Context["aws:ResourceAccount"] = []string{a.owner.ID}
	if a.owner.Unit != "" {
		request.Context["aws:ResourceOrgID"] = []string{s.world.Organization.ID}
		request.Context["aws:ResourceOrgPaths"] = []string{s.unitPath(a.owner.Unit)}
	}
	maps.DeleteFunc(request.Context, func(_ string, values []string) bool { return len(values) == 0 })
	return request, policy.Evaluate(request, s.policies(c, a))
}

// policies gathers every layer that applies to the caller and the resource.
func (s *state) policies(c caller, a ask) policy.Set {
	set := policy.Set{
		Resource: a.document, AccessPoint: a.point, RestrictPublicBuckets: a.restrictPublic,
		RCPs: s.levels(s.rcps, false, a.owner),
	}
	if c.anonymous() {
		return set
	}
	set.SCPs = s.levels(s.scps, true, c.cred.account)
	if p := c.principal; p != nil {
		set.Identity = p.policies()
		if p.boundary != nil {
			set.Boundaries = []policy.Named{p.boundary.named()}
		}
	}
	if c.cred.session != nil {
		set.Session = []policy.Named{}
		for _, d := range c.cred.session {
			set.Session = append(set.Session, d.named())
		}
	}
	if e := s.endpoints[c.cred.vpce]; e != nil && a.network {
		set.VPCEndpoint = []policy.Named{{Name: e.ID, Document: e.policy.parsed}}
	}
	return set
}

// policies are the identity-based policies: inline, attached, and those of groups.
func (p *principal) policies() []policy.Named {
	all := []policy.Named{}
	for _, d := range p.inline {
		all = append(all, d.named())
	}
	for _, d := range p.attached {
		all = append(all, d.named())
	}
	for _, g := range p.groups {
		all = append(all, g.policies()...)
	}
	return all
}

// levels lists the control policies from the root to the account; nil where
// they do not apply: outside an organization, and SCPs in the management account.
func (s *state) levels(kind map[string][]control, isSCP bool, a *account) []policy.Level {
	if a.Unit == "" || isSCP && a.ID == s.managementID() {
		return nil
	}
	var nodes []string
	for i, c := range a.Unit + "/" {
		if c == '/' {
			nodes = append(nodes, a.Unit[:i])
		}
	}
	var levels []policy.Level
	for _, node := range append(nodes, a.Name) {
		restricted := a.Restricted
		if u := s.units[node]; u != nil && node != a.Name {
			restricted = u.Restricted
		}
		level := policy.Level{Name: node, Policies: []policy.Named{}}
		if !restricted || !isSCP {
			level.Policies = append(level.Policies, fullAccess(isSCP))
		}
		for i := range kind[node] {
			level.Policies = append(level.Policies, kind[node][i].named())
		}
		levels = append(levels, level)
	}
	return levels
}

// allowAll are the two policies that AWS attaches everywhere.
var allowAll, _ = policy.Parse([]byte(fullAccessText))

const fullAccessText = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

func fullAccess(scp bool) policy.Named {
	if scp {
		return policy.Named{Name: "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess", Document: allowAll}
	}
	return policy.Named{Name: "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess", Document: allowAll}
}

// callerContext are the condition keys that follow from who asks, and from where.
func (s *state) callerContext(c caller) map[string][]string {
	ctx := map[string][]string{"aws:SecureTransport": {"true"}, "s3:TlsVersion": {"1.3"}}
	if c.anonymous() {
		ctx["aws:SourceIp"] = []string{defaultIP}
		return ctx
	}
	cred := c.cred
	ctx["aws:userid"] = []string{cred.userID}
	ctx["aws:SourceIp"] = []string{cred.ip}
	if cred.account.Unit != "" {
		ctx["aws:PrincipalOrgID"] = []string{s.world.Organization.ID}
		ctx["aws:PrincipalOrgPaths"] = []string{s.unitPath(cred.account.Unit)}
	}
	ctx["aws:PrincipalIsAWSService"], ctx["aws:ViaAWSService"] = []string{"false"}, []string{"false"}
	if !cred.issued.IsZero() {
		ctx["aws:TokenIssueTime"] = []string{cred.issued.UTC().Format(time.RFC3339)}
	}
	if cred.token != "" || cred.mfa { // absent for long-term keys
		ctx["aws:MultiFactorAuthPresent"] = []string{strconv.FormatBool(cred.mfa)}
	}
	if p := c.principal; p != nil {
		for k, v := range p.Tags {
			ctx["aws:PrincipalTag/"+k] = []string{v}
		}
		if cred.kind == diagnose.KindRoleSession {
			ctx["aws:PrincipalArn"] = []string{p.arn}
		}
	}
	for k, v := range cred.tags {
		ctx["aws:PrincipalTag/"+k] = []string{v}
	}
	return ctx
}

// requestContext are the condition keys that follow from the request itself.
func (s *state) requestContext(c caller, r *http.Request, now time.Time) map[string][]string {
	ctx := map[string][]string{
		"aws:CurrentTime": {now.UTC().Format(time.RFC3339)},
		"aws:EpochTime":   {strconv.FormatInt(now.Unix(), 10)},
	}
	optional(ctx, "aws:UserAgent", r.UserAgent())
	optional(ctx, "aws:Referer", r.Referer())
	if c.anonymous() {
		return ctx
	}
	if c.cred.mfa && !c.cred.issued.IsZero() {
		ctx["aws:MultiFactorAuthAge"] = []string{strconv.Itoa(max(0, int(now.Sub(c.cred.issued).Seconds())))}
	}
	if e := s.endpoints[c.cred.vpce]; e != nil {
		ctx["aws:SourceVpce"], ctx["aws:SourceVpc"] = []string{e.ID}, []string{e.VPC}
		ctx["aws:SourceVpcArn"] = []string{"arn:aws:ec2:" + e.Region + ":" + e.account.ID + ":vpc/" + e.VPC}
		ctx["aws:VpceAccount"] = []string{e.account.ID}
		if e.account.Unit != "" {
			ctx["aws:VpceOrgID"], ctx["aws:VpceOrgPaths"] = []string{s.world.Organization.ID}, []string{s.unitPath(e.account.Unit)}
		}
		ctx["aws:VpcSourceIp"] = []string{c.cred.ip}
		ctx["aws:SourceIp"] = nil // absent behind a VPC endpoint
	}
	return ctx
}

func optional(ctx map[string][]string, key, value string) {
	if value != "" {
		ctx[key] = []string{value}
	}
}

// enhanced tells whether AWS explains a refusal to the caller: inside the
// account or the organization, never to an anonymous one, and not across
// accounts when a VPC endpoint policy refused ("Troubleshoot access denied
// (403 Forbidden) errors in Amazon S3").
func (s *state) enhanced(c caller, owner *account, d policy.Decision) bool {
	switch {
	case c.anonymous():
		return false
	case c.in(owner):
		return true
	case c.cred.account.Unit == "" || owner.Unit == "":
		return false
	}
	return d.DecidedBy != "VPC endpoint policy"
}

// refusal is S3's answer to a decision that is not an allow. It names no resource
// where that is "*", as for s3:ListAllMyBuckets.
func (s *state) refusal(c caller, owner *account, request policy.Request, d policy.Decision) *apiError {
	if !s.enhanced(c, owner, d) {
		return accessDenied("")
	}
	// S3 explains by the accounts of caller and bucket, whoever owns the object.
	request.ResourceAccount = owner.ID
	delete(request.Context, "aws:ResourceOrgID")
	if owner.Unit != "" {
		request.Context["aws:ResourceOrgID"] = []string{s.world.Organization.ID}
	}
	return accessDenied(strings.Replace(policy.Message(request, d), ` on resource: "*"`, "", 1))
}
