package lab

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// editCarrier changes the entry of the user, group or role in the world.
func (q *queryRequest) editCarrier(kind string, f func(*Carrier)) (string, *apiError) {
	p, refused := q.carrierOf(kind)
	if refused != nil {
		return "", refused
	}
	err := q.lab.edit(func(w *World) bool {
		c := w.carrier(kind, p.Name)
		if c != nil {
			f(c)
		}
		return c != nil
	})
	if err != nil {
		return "", failure(http.StatusBadRequest, "MalformedPolicyDocument", err.Error())
	}
	return "", nil
}

// carrier finds an entry by its kind and full name.
func (w *World) carrier(kind, name string) *Carrier {
	for i := range w.Users {
		if kind == "user" && w.Users[i].Name == name {
			return &w.Users[i].Carrier
		}
	}
	for i := range w.Roles {
		if kind == "role" && w.Roles[i].Name == name {
			return &w.Roles[i].Carrier
		}
	}
	for i := range w.Groups {
		if kind == "group" && w.Groups[i].Name == name {
			return &w.Groups[i].Carrier
		}
	}
	return nil
}

func iamPutInline(kind string) func(*queryRequest) (string, *apiError) {
	return func(q *queryRequest) (string, *apiError) {
		return q.editCarrier(kind, func(c *Carrier) { c.put(q.form.Get("PolicyName"), q.form.Get("PolicyDocument")) })
	}
}

// put sets an inline policy; an empty document takes it away.
func (c *Carrier) put(name, document string) {
	if document == "" {
		delete(c.Inline, name)
		return
	}
	if c.Inline == nil {
		c.Inline = map[string]string{}
	}
	c.Inline[name] = document
}

func iamDeleteInline(kind string) func(*queryRequest) (string, *apiError) {
	return func(q *queryRequest) (string, *apiError) {
		name, p := q.form.Get("PolicyName"), q.st.named(kind, q.caller.account(), q.form.Get(title(kind)+"Name"))
		if p != nil && p.Inline[name] == "" {
			return "", missing(fmt.Sprintf("The %s policy with name %s cannot be found.", kind, name))
		}
		return q.editCarrier(kind, func(c *Carrier) { c.put(q.form.Get("PolicyName"), "") })
	}
}

func iamAttach(kind string) func(*queryRequest) (string, *apiError) {
	return func(q *queryRequest) (string, *apiError) {
		arn := q.form.Get("PolicyArn")
		if !q.attachable(arn) {
			return "", missing(fmt.Sprintf("Policy %s does not exist or is not attachable.", arn))
		}
		return q.editCarrier(kind, func(c *Carrier) {
			acct, _, _ := strings.Cut(c.Name, "/")
			held := func(name string) bool { return q.st.policyNamed(acct, name) == q.st.managed[arn] }
			if !slices.ContainsFunc(c.Policies, held) {
				c.Policies = append(c.Policies, arn)
			}
		})
	}
}

// attachable tells whether the caller's account sees a managed policy of that ARN.
func (q *queryRequest) attachable(arn string) bool {
	return q.st.managed[arn] != nil && (strings.HasPrefix(arn, awsPolicies) || strings.HasPrefix(arn, "arn:aws:iam::"+q.caller.account().ID+":"))
}

// awsPolicies is what the ARNs of AWS's own managed policies begin with.
const awsPolicies = "arn:aws:iam::aws:"

func iamDetach(kind string) func(*queryRequest) (string, *apiError) {
	return func(q *queryRequest) (string, *apiError) {
		arn := q.form.Get("PolicyArn")
		d, found := q.st.managed[arn], false
		body, err := q.editCarrier(kind, func(c *Carrier) {
			acct, _, _ := strings.Cut(c.Name, "/")
			before := len(c.Policies)
			c.Policies = slices.DeleteFunc(c.Policies, func(name string) bool { return d != nil && q.st.policyNamed(acct, name) == d })
			found = len(c.Policies) < before
		})
		if err == nil && !found {
			return "", missing(fmt.Sprintf("Policy %s was not found.", arn))
		}
		return body, err
	}
}

// iamBoundary sets or, for the Delete operations, which name none, removes a
// permissions boundary.
func iamBoundary(kind string) func(*queryRequest) (string, *apiError) {
	return func(q *queryRequest) (string, *apiError) {
		arn := q.form.Get("PermissionsBoundary")
		if arn != "" && !q.attachable(arn) {
			return "", missing(fmt.Sprintf("Policy %s does not exist or is not attachable.", arn))
		}
		return q.editCarrier(kind, func(c *Carrier) { c.Boundary = arn })
	}
}

// iamPutTrust answers UpdateAssumeRolePolicy.
func iamPutTrust(q *queryRequest) (string, *apiError) {
	p, refused := q.carrierOf("role")
	if refused != nil {
		return "", refused
	}
	err := q.lab.edit(func(w *World) bool {
		for i := range w.Roles {
			if w.Roles[i].Name == p.Name {
				w.Roles[i].Trust = q.form.Get("PolicyDocument")
				return true
			}
		}
		return false
	})
	if err != nil {
		return "", failure(http.StatusBadRequest, "MalformedPolicyDocument", err.Error())
	}
	return "", nil
}

// iamCreatePolicyVersion replaces the document: the lab keeps one version. A
// version that is not to be the default one has no effect, so it is not kept.
func iamCreatePolicyVersion(q *queryRequest) (string, *apiError) {
	d, refused := q.managedOf()
	switch {
	case refused != nil:
		return "", refused
	case strings.HasPrefix(d.arn, awsPolicies):
		return "", accessDenied(fmt.Sprintf("User: %s is not authorized to perform: iam:CreatePolicyVersion on resource: policy %s", q.caller.arn(), d.arn))
	}
	text, standard := q.form.Get("PolicyDocument"), q.form.Get("SetAsDefault") == "true"
	if _, err := parse("the request", d.name, text); err != nil {
		return "", failure(http.StatusBadRequest, "MalformedPolicyDocument", err.Error())
	}
	if standard {
		if err := q.lab.edit(func(w *World) bool { return w.putManaged(q.st, d.arn, text) }); err != nil {
			return "", failure(http.StatusBadRequest, "MalformedPolicyDocument", err.Error())
		}
	}
	return fmt.Sprintf("<PolicyVersion><VersionId>v2</VersionId><IsDefaultVersion>%t</IsDefaultVersion><CreateDate>2026-01-15T08:00:00Z</CreateDate></PolicyVersion>", standard), nil
}

// putManaged sets the document of a managed policy.
func (w *World) putManaged(st *state, arn, document string) bool {
	for i := range w.Policies {
		if d := st.managed[w.Policies[i].Name]; d != nil && d.arn == arn {
			w.Policies[i].Document = document
			return true
		}
	}
	return false
}
