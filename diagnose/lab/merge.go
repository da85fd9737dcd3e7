package lab

import (
	"slices"
	"strings"
)

// lay puts the entries of another world on top of this one. Actors get the
// scenario's name in front of their own, for many scenarios have an "ana".
func (w World) lay(top World, scenario string) World {
	if top.Organization.ID != "" {
		w.Organization = top.Organization
	}
	for _, a := range top.Actors {
		a.Name = scenario + "/" + a.Name
		w.Actors = append(slices.Clip(w.Actors), a)
	}
	w.Accounts = join(w.Accounts, top.Accounts)
	w.Units = join(w.Units, top.Units)
	w.Control = join(w.Control, top.Control)
	w.Policies = join(w.Policies, top.Policies)
	w.Groups = join(w.Groups, top.Groups)
	w.Users = join(w.Users, top.Users)
	w.Roles = join(w.Roles, top.Roles)
	w.Keys = join(w.Keys, top.Keys)
	w.Endpoints = join(w.Endpoints, top.Endpoints)
	w.Buckets = join(w.Buckets, top.Buckets)
	w.AccessPoints = join(w.AccessPoints, top.AccessPoints)
	return w
}

func join[T any](a, b []T) []T { return append(slices.Clip(a), b...) }

// The people whom every account has: one who may read every policy and setting
// but no object, and one who may do everything.
const (
	reader = "reader"
	admin  = "admin"
)

// readerPolicy is what the reader of an account may do: what a diagnosis needs.
const readerPolicy = `{"Version":"2012-10-17","Statement":[{"Sid":"PoliciesAndSettings","Effect":"Allow","Action":[
"s3:GetBucket*","s3:GetEncryptionConfiguration","s3:GetAccountPublicAccessBlock","s3:ListBucket","s3:ListBucketVersions",
"s3:ListAllMyBuckets","s3:GetObjectAcl","s3:GetObjectTagging","s3:GetAccessPoint*","s3:ListAccessPoints",
"iam:Get*","iam:List*","iam:SimulatePrincipalPolicy","iam:SimulateCustomPolicy",
"kms:DescribeKey","kms:GetKeyPolicy","kms:ListAliases","organizations:Describe*","organizations:List*",
"ec2:DescribeVpcEndpoints"],"Resource":"*"}]}`

// withStaff adds the reader and the administrator of every account, unless the
// world has users of those names already.
func (w World) withStaff() World {
	taken := map[string]bool{}
	for _, u := range w.Users {
		taken[u.Name] = true
	}
	for _, a := range w.Actors {
		taken["actor "+a.Name] = true
	}
	w.Users, w.Actors = slices.Clip(w.Users), slices.Clip(w.Actors)
	for _, a := range w.Accounts {
		for _, staff := range []struct{ name, policy string }{{reader, readerPolicy}, {admin, fullAccessText}} {
			name := a.Name + "/" + staff.name
			if !taken[name] {
				w.Users = append(w.Users, User{Carrier: Carrier{Name: name, Inline: map[string]string{staff.name: staff.policy}}})
			}
			if !taken["actor "+name] {
				w.Actors = append(w.Actors, Actor{Name: name, User: name})
			}
		}
	}
	return w
}

// ActorsOf lists the actors of a scenario with their credentials: those of the
// scenario itself, then the reader and the administrator of the account that
// the target's bucket is in. Names are without the scenario.
func (l *Lab) ActorsOf(s Scenario) []Credentials {
	st := l.state.Load()
	var list []Credentials
	for _, a := range st.world.Actors {
		if strings.HasPrefix(a.Name, s.Name+"/") {
			list = append(list, a.Credentials())
		}
	}
	owner := ""
	if b := st.buckets[s.bucket()]; b != nil {
		owner = b.account.Name
	} else if p := st.points[s.bucket()]; p != nil {
		owner = p.account.Name
	}
	for _, a := range st.world.Actors {
		if owner != "" && (a.Name == owner+"/"+reader || a.Name == owner+"/"+admin) {
			list = append(list, a.Credentials())
		}
	}
	return list
}

// bucket is the bucket name in the scenario's target.
func (s Scenario) bucket() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(s.Target, "s3://"), "/")
	return name
}
