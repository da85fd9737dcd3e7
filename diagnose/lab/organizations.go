package lab

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

var organizationsActions = map[string]jsonAction{
	"DescribeOrganization":  describeOrganization,
	"DescribeAccount":       describeAccount,
	"ListRoots":             listRoots,
	"ListAccounts":          listAccounts,
	"ListParents":           listParents,
	"ListPolicies":          listPolicies,
	"ListPoliciesForTarget": listPoliciesForTarget,
	"DescribePolicy":        describePolicy,
	"UpdatePolicy":          updatePolicy,
}

// organizationAllowed asks for an Organizations action. All but
// DescribeOrganization are for the management account (and delegated
// administrators, of which the lab has none).
func (q *jsonRequest) organizationAllowed() *apiError {
	acct := q.caller.account()
	if acct.Unit == "" {
		return failure(http.StatusBadRequest, "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
	}
	err := q.st.allowedElsewhere(q.caller, q.r, q.now, ask{action: "organizations:" + q.name, resource: "*", owner: acct})
	if err != nil {
		return err
	}
	if q.name != "DescribeOrganization" && acct.ID != q.st.managementID() {
		return accessDenied("You don't have permissions to access this resource.")
	}
	return nil
}

func describeOrganization(q *jsonRequest) (any, *apiError) {
	if err := q.organizationAllowed(); err != nil {
		return nil, err
	}
	id, master := q.st.world.Organization.ID, q.st.managementID()
	return map[string]any{"Organization": map[string]any{
		"Id": id, "Arn": fmt.Sprintf("arn:aws:organizations::%s:organization/%s", master, id), "FeatureSet": "ALL",
		"MasterAccountId": master, "MasterAccountArn": fmt.Sprintf("arn:aws:organizations::%s:account/%s/%s", master, id, master),
		"MasterAccountEmail": "management@example.com",
	}}, nil
}

func (q *jsonRequest) accountJSON(a *account) map[string]any {
	return map[string]any{
		"Id": a.ID, "Name": a.Name, "Status": "ACTIVE", "JoinedMethod": "CREATED", "Email": a.Name + "@example.com",
		"Paths": []string{q.st.pathOf(a)},
		"Arn":   fmt.Sprintf("arn:aws:organizations::%s:account/%s/%s", q.st.managementID(), q.st.world.Organization.ID, a.ID),
	}
}

// pathOf is the way to an account as Organizations writes it:
// "o-org/r-root/ou-unit/111122223333/".
func (s *state) pathOf(a *account) string { return s.unitPath(a.Unit) + a.ID + "/" }

// unitPath is the way to a unit, as aws:PrincipalOrgPaths has it.
func (s *state) unitPath(unit string) string {
	path, at := s.world.Organization.ID+"/", ""
	for part := range strings.SplitSeq(unit, "/") {
		at = strings.TrimPrefix(at+"/"+part, "/")
		path += s.unitID(at) + "/"
	}
	return path
}

func describeAccount(q *jsonRequest) (any, *apiError) {
	if err := q.organizationAllowed(); err != nil {
		return nil, err
	}
	a := q.st.accounts[q.in.AccountID]
	if a == nil || a.Unit == "" {
		return nil, failure(http.StatusBadRequest, "AccountNotFoundException", "You specified an account that doesn't exist.")
	}
	return map[string]any{"Account": q.accountJSON(a)}, nil
}

func listAccounts(q *jsonRequest) (any, *apiError) {
	if err := q.organizationAllowed(); err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for _, a := range q.st.world.Accounts {
		if a.Unit != "" {
			list = append(list, q.accountJSON(q.st.accounts[a.ID]))
		}
	}
	return map[string]any{"Accounts": list}, nil
}

func listRoots(q *jsonRequest) (any, *apiError) {
	if err := q.organizationAllowed(); err != nil {
		return nil, err
	}
	root := q.st.unitID("Root")
	return map[string]any{"Roots": []map[string]any{{"Id": root, "Name": "Root",
		"Arn": fmt.Sprintf("arn:aws:organizations::%s:root/%s/%s", q.st.managementID(), q.st.world.Organization.ID, root)}}}, nil
}

// unitID is the id of a unit: given by the world, or made from its path.
func (s *state) unitID(path string) string {
	if !strings.Contains(path, "/") {
		return orElse(s.world.Organization.Root, "r-l4b0")
	}
	if u := s.units[path]; u != nil && u.ID != "" {
		return u.ID
	}
	return "ou-l4b0-" + strings.ToLower(uniqueID("", path)[:8])
}

// node finds a unit's path or an account's name by its id.
func (s *state) node(id string) (name string, ok bool) {
	if a := s.accounts[id]; a != nil && a.Unit != "" {
		return a.Name, true
	}
	for path := range s.units {
		if s.unitID(path) == id {
			return path, true
		}
	}
	return "", false
}

func listParents(q *jsonRequest) (any, *apiError) {
	if err := q.organizationAllowed(); err != nil {
		return nil, err
	}
	name, ok := q.st.node(q.in.ChildID)
	if !ok {
		return nil, failure(http.StatusBadRequest, "ChildNotFoundException", "You specified a child that doesn't exist.")
	}
	parent := ""
	if a := q.st.accounts[name]; a != nil {
		parent = a.Unit
	} else if i := strings.LastIndexByte(name, '/'); i >= 0 {
		parent = name[:i]
	}
	list := []map[string]string{}
	if parent != "" {
		kind := "ORGANIZATIONAL_UNIT"
		if !strings.Contains(parent, "/") {
			kind = "ROOT"
		}
		list = append(list, map[string]string{"Id": q.st.unitID(parent), "Type": kind})
	}
	return map[string]any{"Parents": list}, nil
}

// policyJSON is the summary of a control policy.
func policyJSON(name, arn, kind string, managed bool) map[string]any {
	return map[string]any{"Id": arn[strings.LastIndexByte(arn, '/')+1:], "Arn": arn, "Name": name, "Type": kind, "AwsManaged": managed, "Description": ""}
}

func listPoliciesForTarget(q *jsonRequest) (any, *apiError) {
	if err := q.organizationAllowed(); err != nil {
		return nil, err
	}
	name, ok := q.st.node(q.in.TargetID)
	if !ok {
		return nil, failure(http.StatusBadRequest, "TargetNotFoundException", "We can't find a root, OU, account, or policy with the TargetId that you specified.")
	}
	controls, scp := q.st.scps, q.in.Filter == "SERVICE_CONTROL_POLICY"
	if !scp {
		controls = q.st.rcps
	}
	list := []map[string]any{}
	if !scp || !q.st.restricted(name) {
		full := fullAccess(scp)
		list = append(list, policyJSON(strings.TrimPrefix(full.Name[strings.LastIndexByte(full.Name, '/')+1:], "p-"), full.Name, q.in.Filter, true))
	}
	for _, c := range controls[name] {
		list = append(list, policyJSON(c.Name, c.arn, q.in.Filter, false))
	}
	return map[string]any{"Policies": list}, nil
}

// listPolicies lists the control policies of a kind, on whatever they hang.
func listPolicies(q *jsonRequest) (any, *apiError) {
	if err := q.organizationAllowed(); err != nil {
		return nil, err
	}
	scp := q.in.Filter == controlType(true)
	controls := q.st.rcps
	if scp {
		controls = q.st.scps
	}
	full := fullAccess(scp)
	list := []map[string]any{policyJSON(strings.TrimPrefix(full.Name[strings.LastIndexByte(full.Name, '/')+1:], "p-"), full.Name, q.in.Filter, true)}
	seen := map[string]bool{}
	for _, node := range slices.Sorted(maps.Keys(controls)) {
		for _, c := range controls[node] {
			if !seen[c.arn] {
				list = append(list, policyJSON(c.Name, c.arn, q.in.Filter, false))
			}
			seen[c.arn] = true
		}
	}
	return map[string]any{"Policies": list}, nil
}

// restricted tells whether FullAWSAccess is detached from the node.
func (s *state) restricted(node string) bool {
	if a := s.accounts[node]; a != nil {
		return a.Restricted
	}
	return s.units[node] != nil && s.units[node].Restricted
}

func describePolicy(q *jsonRequest) (any, *apiError) {
	if err := q.organizationAllowed(); err != nil {
		return nil, err
	}
	for _, scp := range []bool{true, false} {
		full := fullAccess(scp)
		if strings.HasSuffix(full.Name, "/"+q.in.PolicyID) {
			return map[string]any{"Policy": map[string]any{"Content": fullAccessText,
				"PolicySummary": policyJSON(strings.TrimPrefix(q.in.PolicyID, "p-"), full.Name, controlType(scp), true)}}, nil
		}
	}
	for i, lists := range []map[string][]control{q.st.scps, q.st.rcps} {
		for _, list := range lists {
			for _, c := range list {
				if c.ID == q.in.PolicyID {
					return map[string]any{"Policy": map[string]any{"Content": c.text, "PolicySummary": policyJSON(c.Name, c.arn, controlType(i == 0), false)}}, nil
				}
			}
		}
	}
	return nil, failure(http.StatusBadRequest, "PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
}

// updatePolicy sets the document of a control policy.
func updatePolicy(q *jsonRequest) (any, *apiError) {
	if err := q.organizationAllowed(); err != nil {
		return nil, err
	}
	if q.in.Content != "" {
		if _, err := parse("the request", q.in.PolicyID, q.in.Content); err != nil {
			return nil, failure(http.StatusBadRequest, "MalformedPolicyDocumentException", "The provided policy document does not meet the requirements of the specified policy type.")
		}
		found := false
		_ = q.lab.edit(func(w *World) bool { // only a world without the policy fails, which is answered below
			for _, kind := range []string{"scp", "rcp"} {
				if changed, err := changeControl(kind)(q.st, w, Change{Name: q.in.PolicyID, After: q.in.Content}); changed && err == nil {
					found = true
				}
			}
			return found
		})
		if !found {
			return nil, failure(http.StatusBadRequest, "PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
		}
	}
	q.st = q.lab.state.Load()
	return describePolicy(q)
}

func controlType(scp bool) string {
	if scp {
		return "SERVICE_CONTROL_POLICY"
	}
	return "RESOURCE_CONTROL_POLICY"
}
