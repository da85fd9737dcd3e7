package lab

import (
	"fmt"
	"slices"
	"strings"
)

// Changes of policies: each sets the document that a fix gives, where its layer says.

// carrierAt finds a user, group or role by its ARN; for the ARN of a session,
// its role.
func carrierAt(st *state, w *World, arn string) *Carrier {
	if rest, ok := strings.CutPrefix(resourceName(arn), "assumed-role/"); ok {
		role, _, _ := strings.Cut(rest, "/")
		for _, p := range st.principals {
			if p.kind == "role" && p.name == role && strings.Contains(arn, ":"+p.account.ID+":") {
				return w.carrier(p.kind, p.Name)
			}
		}
	}
	if p := st.principals[arn]; p != nil {
		return w.carrier(p.kind, p.Name)
	}
	return nil
}

func changeIdentity(st *state, w *World, c Change) (bool, error) {
	if strings.HasPrefix(c.Name, "arn:") {
		if strings.HasPrefix(c.Name, "arn:aws:iam::aws:") {
			return false, fmt.Errorf("policy %q is AWS's own and cannot be changed: add one beside it", c.Name)
		}
		return w.putManaged(st, c.Name, c.After), nil
	}
	carrier := carrierAt(st, w, c.Owner)
	if carrier == nil {
		return false, fmt.Errorf("there is no such user, group or role")
	}
	if _, own := carrier.Inline[c.Name]; !own && st.principals[c.Owner] != nil {
		for _, g := range st.principals[c.Owner].groups { // the policy may be a group's
			if _, theirs := g.Inline[c.Name]; theirs {
				carrier = w.carrier("group", g.Name)
			}
		}
	}
	carrier.put(orElse(c.Name, "s403-fix"), c.After)
	return true, nil
}

func changeBoundary(st *state, w *World, c Change) (bool, error) {
	arn := c.Name
	carrier := carrierAt(st, w, c.Owner)
	if carrier != nil && !strings.HasPrefix(arn, "arn:") {
		acct, _, _ := strings.Cut(carrier.Name, "/")
		if d := st.policyNamed(acct, orElse(arn, carrier.Boundary)); d != nil {
			arn = d.arn
		}
	}
	if c.After == "" && carrier != nil {
		carrier.Boundary = ""
		return true, nil
	}
	return w.putManaged(st, arn, c.After), nil
}

func changeSession(st *state, w *World, c Change) (bool, error) {
	for i := range w.Actors {
		cred := st.credentials[w.Actors[i].Credentials().AccessKeyID]
		if cred != nil && cred.arn == c.Owner && w.Actors[i].SessionPolicy != "" {
			w.Actors[i].SessionPolicy = c.After
			return true, nil
		}
	}
	return false, fmt.Errorf("no actor has a session of that ARN with a session policy: assume the role again instead")
}

func changeBucketPolicy(_ *state, w *World, c Change) (bool, error) {
	for i := range w.Buckets {
		if w.Buckets[i].Name == bucketName(c.Owner) {
			w.Buckets[i].Policy = c.After
			return true, nil
		}
	}
	return false, fmt.Errorf("there is no such bucket")
}

// bucketName is the bucket in the ARN of a bucket or an object, also of a
// directory bucket.
func bucketName(arn string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(resourceName(arn), "bucket/"), "/")
	return name
}

func changePoint(st *state, w *World, c Change) (bool, error) {
	p := st.points[c.Owner]
	for i := range w.AccessPoints {
		if p != nil && w.AccessPoints[i].Name == p.Name {
			w.AccessPoints[i].Policy = c.After
			return true, nil
		}
	}
	return false, fmt.Errorf("there is no such access point")
}

func changeEndpoint(_ *state, w *World, c Change) (bool, error) {
	for i := range w.Endpoints {
		if strings.HasSuffix(c.Owner, w.Endpoints[i].ID) {
			w.Endpoints[i].Policy = c.After
			return true, nil
		}
	}
	return false, fmt.Errorf("there is no such VPC endpoint")
}

// changeControl sets a control policy by its name, id or ARN. An empty document
// detaches it.
func changeControl(kind string) func(*state, *World, Change) (bool, error) {
	return func(st *state, w *World, c Change) (bool, error) {
		lists := st.scps
		if kind == "rcp" {
			lists = st.rcps
		}
		for i, p := range w.Control {
			id := p.ID
			for _, at := range lists[p.Targets[0]] {
				if at.Name == p.Name {
					id = at.ID
				}
			}
			if p.Kind != kind || c.Name != p.Name && c.Name != id && !strings.HasSuffix(c.Name, "/"+id) {
				continue
			}
			if c.After == "" {
				w.Control = slices.Delete(w.Control, i, i+1)
				return true, nil
			}
			w.Control[i].Document = c.After
			return true, nil
		}
		return false, fmt.Errorf("there is no %s policy %q", kind, c.Name)
	}
}
