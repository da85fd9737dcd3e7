package lab

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

var iamActions = map[string]func(*queryRequest) (string, *apiError){
	"GetUser":                   iamGet("user"),
	"GetRole":                   iamGet("role"),
	"GetGroup":                  iamGet("group"),
	"ListUserPolicies":          iamInlineNames("user"),
	"ListRolePolicies":          iamInlineNames("role"),
	"ListGroupPolicies":         iamInlineNames("group"),
	"GetUserPolicy":             iamInline("user"),
	"GetRolePolicy":             iamInline("role"),
	"GetGroupPolicy":            iamInline("group"),
	"ListAttachedUserPolicies":  iamAttached("user"),
	"ListAttachedRolePolicies":  iamAttached("role"),
	"ListAttachedGroupPolicies": iamAttached("group"),
	"ListGroupsForUser":         iamGroupsForUser,
	"GetPolicy":                 iamGetPolicy,
	"ListPolicies":              iamListPolicies,
	"GetPolicyVersion":          iamGetPolicyVersion,
	"ListPolicyVersions":        iamListPolicyVersions,
	"ListAccountAliases":        iamListAliases,
	"SimulatePrincipalPolicy":   simulatePrincipal,

	"GetAccountAuthorizationDetails": iamDetails,

	"PutUserPolicy":                 iamPutInline("user"),
	"PutRolePolicy":                 iamPutInline("role"),
	"PutGroupPolicy":                iamPutInline("group"),
	"DeleteUserPolicy":              iamDeleteInline("user"),
	"DeleteRolePolicy":              iamDeleteInline("role"),
	"DeleteGroupPolicy":             iamDeleteInline("group"),
	"AttachUserPolicy":              iamAttach("user"),
	"AttachRolePolicy":              iamAttach("role"),
	"AttachGroupPolicy":             iamAttach("group"),
	"DetachUserPolicy":              iamDetach("user"),
	"DetachRolePolicy":              iamDetach("role"),
	"DetachGroupPolicy":             iamDetach("group"),
	"PutUserPermissionsBoundary":    iamBoundary("user"),
	"PutRolePermissionsBoundary":    iamBoundary("role"),
	"DeleteUserPermissionsBoundary": iamBoundary("user"),
	"DeleteRolePermissionsBoundary": iamBoundary("role"),
	"CreatePolicyVersion":           iamCreatePolicyVersion,
	"UpdateAssumeRolePolicy":        iamPutTrust,
}

// title is a kind with a capital: "User".
func title(kind string) string { return strings.ToUpper(kind[:1]) + kind[1:] }

// carrierOf finds the user, group or role that the request names, and asks
// whether the caller may do the request's action to it. A request for GetUser
// without a name is about the caller.
func (q *queryRequest) carrierOf(kind string) (*principal, *apiError) {
	name := q.form.Get(title(kind) + "Name")
	if name == "" && kind == "user" && q.caller.principal != nil && q.caller.principal.kind == "user" {
		name = q.caller.principal.name
	}
	acct := q.caller.account()
	p := q.st.named(kind, acct, name)
	resource := fmt.Sprintf("arn:aws:iam::%s:%s/%s", acct.ID, kind, name)
	if p != nil {
		resource = p.arn
	}
	if err := q.allowed("iam:"+q.form.Get("Action"), resource); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, missing(fmt.Sprintf("The %s with name %s cannot be found.", kind, name))
	}
	return p, nil
}

func missing(message string) *apiError { return failure(http.StatusNotFound, "NoSuchEntity", message) }

func iamGet(kind string) func(*queryRequest) (string, *apiError) {
	return func(q *queryRequest) (string, *apiError) {
		p, err := q.carrierOf(kind)
		if err != nil {
			return "", err
		}
		body := p.xml()
		if kind == "group" {
			return body + "<Users></Users><IsTruncated>false</IsTruncated>", nil
		}
		return body, nil
	}
}

// xml is the entity as Get and List operations show it.
func (p *principal) xml() string {
	var b strings.Builder
	t := title(p.kind)
	fmt.Fprintf(&b, "<%s><Path>%s</Path><%sName>%s</%sName><%sId>%s</%sId><Arn>%s</Arn><CreateDate>2026-01-15T08:00:00Z</CreateDate>", t, p.Path, t, escape(p.name), t, t, p.id, t, escape(p.arn))
	if p.trust != nil {
		fmt.Fprintf(&b, "<AssumeRolePolicyDocument>%s</AssumeRolePolicyDocument>", escapeDocument(compact(p.trust.text)))
	}
	if p.boundary != nil {
		fmt.Fprintf(&b, "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>%s</PermissionsBoundaryArn></PermissionsBoundary>", escape(p.boundary.arn))
	}
	if len(p.Tags) > 0 {
		b.WriteString("<Tags>" + tagsXML(p.Tags, "member") + "</Tags>")
	}
	fmt.Fprintf(&b, "</%s>", t)
	return b.String()
}

func iamInlineNames(kind string) func(*queryRequest) (string, *apiError) {
	return func(q *queryRequest) (string, *apiError) {
		p, err := q.carrierOf(kind)
		if err != nil {
			return "", err
		}
		var b strings.Builder
		for _, d := range p.inline {
			b.WriteString("<member>" + escape(d.name) + "</member>")
		}
		return "<PolicyNames>" + b.String() + "</PolicyNames><IsTruncated>false</IsTruncated>", nil
	}
}

func iamInline(kind string) func(*queryRequest) (string, *apiError) {
	return func(q *queryRequest) (string, *apiError) {
		p, err := q.carrierOf(kind)
		if err != nil {
			return "", err
		}
		name := q.form.Get("PolicyName")
		for _, d := range p.inline {
			if d.name == name {
				return fmt.Sprintf("<%sName>%s</%sName><PolicyName>%s</PolicyName><PolicyDocument>%s</PolicyDocument>", title(kind), escape(p.name), title(kind), escape(name), escapeDocument(d.text)), nil
			}
		}
		return "", missing(fmt.Sprintf("The %s policy with name %s cannot be found.", kind, name))
	}
}

func iamAttached(kind string) func(*queryRequest) (string, *apiError) {
	return func(q *queryRequest) (string, *apiError) {
		p, err := q.carrierOf(kind)
		if err != nil {
			return "", err
		}
		var b strings.Builder
		for _, d := range p.attached {
			fmt.Fprintf(&b, "<member><PolicyName>%s</PolicyName><PolicyArn>%s</PolicyArn></member>", escape(d.name), escape(d.arn))
		}
		return "<AttachedPolicies>" + b.String() + "</AttachedPolicies><IsTruncated>false</IsTruncated>", nil
	}
}

func iamGroupsForUser(q *queryRequest) (string, *apiError) {
	p, err := q.carrierOf("user")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, g := range p.groups {
		b.WriteString(strings.NewReplacer("<Group>", "<member>", "</Group>", "</member>").Replace(g.xml()))
	}
	return "<Groups>" + b.String() + "</Groups><IsTruncated>false</IsTruncated>", nil
}

// managedOf finds the managed policy that the request names, and asks for it.
func (q *queryRequest) managedOf() (*document, *apiError) {
	arn := q.form.Get("PolicyArn")
	if err := q.allowed("iam:"+q.form.Get("Action"), arn); err != nil {
		return nil, err
	}
	d := q.st.managed[arn]
	if d == nil || !strings.HasPrefix(arn, awsPolicies) && !strings.HasPrefix(arn, "arn:aws:iam::"+q.caller.account().ID+":") {
		return nil, missing(fmt.Sprintf("Policy %s was not found.", arn))
	}
	return d, nil
}

func iamGetPolicy(q *queryRequest) (string, *apiError) {
	d, err := q.managedOf()
	if err != nil {
		return "", err
	}
	return "<Policy>" + d.xml(1) + "</Policy>", nil
}

func iamGetPolicyVersion(q *queryRequest) (string, *apiError) {
	d, err := q.managedOf()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("<PolicyVersion><Document>%s</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion><CreateDate>2026-01-15T08:00:00Z</CreateDate></PolicyVersion>", escapeDocument(d.text)), nil
}

func iamListPolicyVersions(q *queryRequest) (string, *apiError) {
	if _, err := q.managedOf(); err != nil {
		return "", err
	}
	return "<Versions><member><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion><CreateDate>2026-01-15T08:00:00Z</CreateDate></member></Versions><IsTruncated>false</IsTruncated>", nil
}

// iamListPolicies lists the managed policies of the account and AWS's own.
func iamListPolicies(q *queryRequest) (string, *apiError) {
	if err := q.allowed("iam:ListPolicies", "*"); err != nil {
		return "", err
	}
	mine, scope := "arn:aws:iam::"+q.caller.account().ID+":", q.form.Get("Scope")
	attached := q.st.attachments(q.caller.account())
	used := attached
	if q.form.Get("PolicyUsageFilter") == "PermissionsBoundary" {
		used = q.st.boundaries(q.caller.account())
	}
	only := q.form.Get("OnlyAttached") == "true" || q.form.Get("PolicyUsageFilter") != ""
	var b strings.Builder
	for _, arn := range slices.Sorted(maps.Keys(q.st.managed)) {
		local, aws := strings.HasPrefix(arn, mine), strings.HasPrefix(arn, awsPolicies)
		if !local && !aws || scope == "Local" && !local || scope == "AWS" && !aws || only && used[arn] == 0 {
			continue
		}
		b.WriteString("<member>" + q.st.managed[arn].xml(attached[arn]) + "</member>")
	}
	return "<Policies>" + b.String() + "</Policies><IsTruncated>false</IsTruncated>", nil
}

// attachments counts the users, groups and roles of the account that carry each policy.
func (s *state) attachments(a *account) map[string]int {
	count := map[string]int{}
	for _, p := range s.principals {
		if p.account == a {
			for _, d := range p.attached {
				count[d.arn]++
			}
		}
	}
	return count
}

// boundaries counts the users and roles of the account whose permissions boundary
// each policy is.
func (s *state) boundaries(a *account) map[string]int {
	count := map[string]int{}
	for _, p := range s.principals {
		if p.account == a && p.boundary != nil {
			count[p.boundary.arn]++
		}
	}
	return count
}

// xml is a managed policy as GetPolicy and ListPolicies show it.
func (d *document) xml(attached int) string {
	return fmt.Sprintf("<PolicyName>%s</PolicyName><PolicyId>%s</PolicyId><Arn>%s</Arn><Path>%s</Path><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>%d</AttachmentCount><IsAttachable>true</IsAttachable><CreateDate>2026-01-15T08:00:00Z</CreateDate><UpdateDate>2026-01-15T08:00:00Z</UpdateDate>",
		escape(d.name), uniqueID("ANPA", d.arn), escape(d.arn), d.path, attached)
}

func iamListAliases(q *queryRequest) (string, *apiError) {
	if err := q.allowed("iam:ListAccountAliases", "*"); err != nil {
		return "", err
	}
	return "<AccountAliases><member>" + escape(q.caller.account().Name) + "</member></AccountAliases><IsTruncated>false</IsTruncated>", nil
}

// escapeDocument writes a policy as IAM does: URL-encoded by RFC 3986, in which
// a space is never a plus.
func escapeDocument(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}
