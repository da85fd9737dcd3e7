package lab

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"s403/diagnose"
)

// Apply carries out a fix in the lab, as the administrator of the account that
// can: it puts Fix.After where Fix.Applies says. Without After the statement of
// Fix.Policy is added to the document that stands there. Layers are the policy
// layers in the contract's words, "access point policy" and "key policy", and
// the settings "public access block" (Owner: a bucket's ARN or an account id),
// "object ownership", "request payment", "key state", "acl" (of a bucket or an
// object), "object", "account status", "bucket status", "clock" and "front",
// whose After is a JSON object with the API's field names. The error says what
// could not be changed, and why.
func (l *Lab) Apply(f diagnose.Fix) error {
	c := Change{Layer: f.Applies.Layer, Owner: f.Applies.Owner, Name: f.Applies.Policy, After: string(f.After)}
	if strings.Contains(c.Owner, ":accesspoint/") {
		c.Layer = "access point policy"
	}
	switch {
	case c.After != "":
		return l.Change(c)
	case len(f.Policy) == 0:
		return fmt.Errorf("apply to the lab: the fix %q changes no policy and no setting that the lab knows", f.Title)
	}
	for _, one := range l.named(c) {
		after, err := withStatement(l.document(one), f.Policy)
		if err != nil {
			return fmt.Errorf("apply to the lab: the fix %q: %w", f.Title, err)
		}
		one.After = after
		if err := l.Change(one); err != nil {
			return err
		}
	}
	return nil
}

// named is the change with a name: of a fix for an organization that the caller
// could not read, which names an account alone, every control policy above that
// account gets the statement, as its administrator would see to.
func (l *Lab) named(c Change) []Change {
	st := l.state.Load()
	account := st.accounts[c.Owner]
	kind := map[string]string{"service control policy": "scp", "resource control policy": "rcp"}[strings.ToLower(c.Layer)]
	if c.Name != "" || kind == "" || account == nil {
		return []Change{c}
	}
	var all []Change
	for _, p := range st.world.Control {
		above := func(target string) bool {
			return target == account.Name || target == account.Unit || strings.HasPrefix(account.Unit, target+"/")
		}
		if p.Kind == kind && slices.ContainsFunc(p.Targets, above) {
			c.Name = p.Name
			all = append(all, c)
		}
	}
	return all
}

// document is the text of the policy that a change is about; empty: none yet.
func (l *Lab) document(c Change) string {
	st := l.state.Load()
	switch strings.ToLower(c.Layer) {
	case "resource-based policy", "bucket policy":
		if b := st.buckets[bucketName(c.Owner)]; b != nil {
			return b.Policy
		}
	case "access point policy":
		if p := st.points[c.Owner]; p != nil {
			return p.Policy
		}
	case "vpc endpoint policy":
		if e := st.endpoints[c.Owner]; e != nil {
			return e.policy.text
		}
	case "key policy":
		if k := st.keys[c.Owner]; k != nil {
			return k.policy.text
		}
	case "permissions boundary":
		if p := st.principals[c.Owner]; p != nil && p.boundary != nil {
			return p.boundary.text
		}
	case "session policy":
		for _, a := range st.world.Actors {
			if cred := st.credentials[a.Credentials().AccessKeyID]; cred != nil && cred.arn == c.Owner {
				return a.SessionPolicy
			}
		}
	case "service control policy", "resource control policy":
		for _, p := range st.world.Control {
			if p.Name == c.Name || strings.HasSuffix(c.Name, "/"+p.ID) {
				return p.Document
			}
		}
	}
	return ""
}

// withStatement adds a statement, or all statements of a document, to a document.
func withStatement(document string, more []byte) (string, error) {
	var added struct{ Statement json.RawMessage }
	if err := json.Unmarshal(more, &added); err != nil {
		return "", fmt.Errorf("read its statement: %w", err)
	}
	statements := statementsOf(document, false)
	if added.Statement == nil {
		statements = append(statements, more)
	} else {
		statements = append(statements, statementsOf(string(more), false)...)
	}
	out, err := json.MarshalIndent(struct {
		Version   string
		Statement []json.RawMessage
	}{"2012-10-17", statements}, "", "  ")
	return string(out), err
}

// Change carries out one change of the world.
func (l *Lab) Change(c Change) error {
	if err := l.change(c); err != nil {
		return fmt.Errorf("apply to the lab: %s of %q: %w", c.Layer, c.Owner, err)
	}
	return nil
}

func (l *Lab) change(c Change) error {
	switch strings.ToLower(c.Layer) {
	case "acl":
		return l.changeACL(c)
	case "object":
		return l.changeObject(c)
	}
	st := l.state.Load()
	run := changes[strings.ToLower(c.Layer)]
	if run == nil {
		return fmt.Errorf("the lab knows no such layer or setting")
	}
	var inner error
	err := l.edit(func(w *World) bool {
		var found bool
		found, inner = run(st, w, c)
		return found && inner == nil
	})
	if inner != nil {
		return inner
	}
	return err
}

// changes carry out a change in a copy of the world; they tell whether they
// found what to change.
var changes = map[string]func(*state, *World, Change) (bool, error){
	"identity-based policy":   changeIdentity,
	"permissions boundary":    changeBoundary,
	"session policy":          changeSession,
	"resource-based policy":   changeBucketPolicy,
	"bucket policy":           changeBucketPolicy,
	"access point policy":     changePoint,
	"vpc endpoint policy":     changeEndpoint,
	"service control policy":  changeControl("scp"),
	"resource control policy": changeControl("rcp"),
	"key policy":              changeKey(func(k *Key, c Change) error { k.Policy = c.After; return nil }),
	"key state":               changeKey(setState),
	"public access block":     changePublicAccess,
	"object ownership":        changeBucket(func(b *Bucket, s settingsJSON) { b.Ownership = orElse(s.ObjectOwnership, b.Ownership) }),
	"request payment":         changeBucket(func(b *Bucket, s settingsJSON) { b.RequesterPays = s.Payer == "Requester" }),
	"bucket status":           changeBucket(func(b *Bucket, s settingsJSON) { b.Status = s.Status }),
	"front":                   changeBucket(func(b *Bucket, s settingsJSON) { b.Front = s.Front }),
	"account status":          changeAccountStatus,
	"clock":                   changeClock,
}

// resourceName is the last part of an ARN such as arn:aws:s3:::bucket/key; a
// plain name is itself.
func resourceName(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 && parts[0] == "arn" {
		return parts[5]
	}
	return arn
}
