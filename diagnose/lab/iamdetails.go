package lab

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// iamDetails gives the users, groups, roles and policies of the account with all
// that hangs on them; Filter.member.N names the kinds that are wanted
// (API_GetAccountAuthorizationDetails).
func iamDetails(q *queryRequest) (string, *apiError) {
	if err := q.allowed("iam:GetAccountAuthorizationDetails", "*"); err != nil {
		return "", err
	}
	lists := map[string]*strings.Builder{"user": {}, "group": {}, "role": {}}
	for _, p := range q.st.principals {
		if list := lists[p.kind]; list != nil && p.account == q.caller.account() && q.filtered(title(p.kind)) {
			list.WriteString("<member>" + p.detail() + "</member>")
		}
	}
	var b strings.Builder
	for _, kind := range []string{"user", "group", "role"} {
		fmt.Fprintf(&b, "<%sDetailList>%s</%sDetailList>", title(kind), lists[kind], title(kind))
	}
	return b.String() + "<Policies>" + q.policyDetails() + "</Policies><IsTruncated>false</IsTruncated>", nil
}

// filtered tells whether the request wants a kind: it does where it names none.
func (q *queryRequest) filtered(kind string) bool {
	if q.form.Get("Filter.member.1") == "" {
		return true
	}
	for n := 1; q.form.Get(fmt.Sprintf("Filter.member.%d", n)) != ""; n++ {
		if q.form.Get(fmt.Sprintf("Filter.member.%d", n)) == kind {
			return true
		}
	}
	return false
}

// detail is a user, group or role with its policies.
func (p *principal) detail() string {
	body := p.xml()
	body = strings.TrimSuffix(strings.TrimPrefix(body, "<"+title(p.kind)+">"), "</"+title(p.kind)+">")
	var b strings.Builder
	b.WriteString(body)
	fmt.Fprintf(&b, "<%sPolicyList>", title(p.kind))
	for _, d := range p.inline {
		fmt.Fprintf(&b, "<member><PolicyName>%s</PolicyName><PolicyDocument>%s</PolicyDocument></member>", escape(d.name), escapeDocument(d.text))
	}
	fmt.Fprintf(&b, "</%sPolicyList><AttachedManagedPolicies>", title(p.kind))
	for _, d := range p.attached {
		fmt.Fprintf(&b, "<member><PolicyName>%s</PolicyName><PolicyArn>%s</PolicyArn></member>", escape(d.name), escape(d.arn))
	}
	b.WriteString("</AttachedManagedPolicies>")
	if p.kind == "user" {
		b.WriteString("<GroupList>")
		for _, g := range p.groups {
			b.WriteString("<member>" + escape(g.name) + "</member>")
		}
		b.WriteString("</GroupList>")
	}
	return b.String()
}

// policyDetails are the managed policies that are wanted, with their documents.
func (q *queryRequest) policyDetails() string {
	mine := "arn:aws:iam::" + q.caller.account().ID + ":"
	attached := q.st.attachments(q.caller.account())
	var b strings.Builder
	for _, arn := range slices.Sorted(maps.Keys(q.st.managed)) {
		local := strings.HasPrefix(arn, mine) && q.filtered("LocalManagedPolicy")
		if d := q.st.managed[arn]; local || attached[arn] > 0 && strings.HasPrefix(arn, awsPolicies) && q.filtered("AWSManagedPolicy") {
			fmt.Fprintf(&b, "<member>%s<PolicyVersionList><member><Document>%s</Document><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion></member></PolicyVersionList></member>", d.xml(attached[arn]), escapeDocument(d.text))
		}
	}
	return b.String()
}
