package lab

import (
	"fmt"
	"strings"

	"s403/diagnose/policy"
)

// simulatePrincipal answers iam:SimulatePrincipalPolicy by the lab's evaluator:
// identity policies, boundary and SCPs, as the simulator takes them in. It
// leaves out session, resource control and VPC endpoint policies, as AWS does.
func simulatePrincipal(q *queryRequest) (string, *apiError) {
	source := q.form.Get("PolicySourceArn")
	if err := q.allowed("iam:SimulatePrincipalPolicy", source); err != nil {
		return "", err
	}
	p := q.st.principals[source]
	if p == nil || p.account != q.caller.account() {
		return "", missing(fmt.Sprintf("The entity %s cannot be found.", source))
	}
	cred := &credential{account: p.account, principal: p.arn, arn: p.arn, userID: p.id, ip: defaultIP}
	if p.kind == "role" {
		cred.become(p, "simulation")
	}
	resources := q.members("ResourceArns.member.%d")
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	var b strings.Builder
	for _, action := range q.members("ActionNames.member.%d") {
		for _, resource := range resources {
			b.WriteString(q.simulated(caller{cred: cred, principal: p}, action, resource))
		}
	}
	return "<EvaluationResults>" + b.String() + "</EvaluationResults><IsTruncated>false</IsTruncated>", nil
}

// members lists the values of numbered parameters, at most a hundred.
func (q *queryRequest) members(pattern string) []string {
	var all []string
	for i := 1; i <= 100; i++ {
		v := q.form.Get(fmt.Sprintf(pattern, i))
		if v == "" {
			break
		}
		all = append(all, v)
	}
	return all
}

// simulated is one result of a simulation.
func (q *queryRequest) simulated(c caller, action, resource string) string {
	ctx := map[string][]string{}
	for i := 1; i <= 100; i++ {
		name := q.form.Get(fmt.Sprintf("ContextEntries.member.%d.ContextKeyName", i))
		if name == "" {
			break
		}
		ctx[name] = q.members(fmt.Sprintf("ContextEntries.member.%d.ContextKeyValues.member.", i) + "%d")
	}
	_, d := q.st.decide(c, ask{action: action, resource: resource, owner: c.account(), context: ctx})
	words := map[policy.Effect]string{policy.Allow: "allowed", policy.ExplicitDeny: "explicitDeny", policy.ImplicitDeny: "implicitDeny"}
	var b strings.Builder
	fmt.Fprintf(&b, "<member><EvalActionName>%s</EvalActionName><EvalResourceName>%s</EvalResourceName><EvalDecision>%s</EvalDecision><MatchedStatements>", escape(action), escape(resource), words[d.Effect])
	for _, m := range d.Matched {
		if m.Layer == policy.IdentityBased || m.Layer == policy.Boundary {
			fmt.Fprintf(&b, "<member><SourcePolicyId>%s</SourcePolicyId><SourcePolicyType>IAM Policy</SourcePolicyType></member>", escape(m.Policy))
		}
	}
	b.WriteString("</MatchedStatements><MissingContextValues></MissingContextValues>")
	if r, ok := d.Layer(policy.Boundary); ok && r.Applies {
		fmt.Fprintf(&b, "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>%t</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>", r.Effect == policy.Allow)
	}
	if r, ok := d.Layer(policy.ServiceControl); ok && r.Applies {
		fmt.Fprintf(&b, "<OrganizationsDecisionDetail><AllowedByOrganizations>%t</AllowedByOrganizations></OrganizationsDecisionDetail>", r.Effect == policy.Allow)
	}
	b.WriteString("</member>")
	return b.String()
}
