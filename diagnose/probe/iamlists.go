package probe

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"s403/diagnose"
)

// maxPolicies bounds how many documents are read for one principal. IAM's own
// quotas allow 10 managed policies (20 on request) and 10 groups a user.
const maxPolicies = 200

// A reading is a part of the identity policies, and what kept the rest away.
type reading struct {
	docs    []diagnose.PolicyDoc
	source  diagnose.Exchange
	missing *diagnose.Fact[[]diagnose.PolicyDoc] // the first part that is not known
}

// add takes a part in: its documents, or the reason why there are none.
func (g *reading) add(f diagnose.Fact[[]diagnose.PolicyDoc]) {
	g.docs = append(g.docs, f.Value...)
	if f.State != diagnose.Known && g.missing == nil {
		g.missing = &f
	}
	if g.source.Operation == "" {
		g.source = f.Source
	}
}

// done is the sum: known only when every part of it is. What could be read comes
// along in either case, for a Deny is a Deny without the rest.
func (g *reading) done() diagnose.Fact[[]diagnose.PolicyDoc] {
	f := diagnose.Fact[[]diagnose.PolicyDoc]{State: diagnose.Known, Source: g.source}
	if g.missing != nil {
		f = *g.missing
	}
	if f.State == diagnose.Absent || f.State == diagnose.NotAsked {
		f.State = diagnose.Failed // a part was named and then was not there
	}
	f.Value = g.docs
	return f
}

// askIdentityPolicies reads every policy of the user or role behind the caller,
// and of the user's groups: inline and attached, side by side.
func askIdentityPolicies(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[[]diagnose.PolicyDoc] {
	if seen.Caller.Value.Kind == diagnose.KindRoot {
		return diagnose.Fact[[]diagnose.PolicyDoc]{State: diagnose.Absent, Source: seen.Caller.Source, Note: "the root user needs no identity policy"}
	}
	return ofCaller(r, &seen, func(w who, c carrier) diagnose.Fact[[]diagnose.PolicyDoc] {
		var known *versions
		if c.kind == "user" {
			known = r.prefetch(ctx, w)
			defer func() { <-known.ready }()
		}
		parts := []func() diagnose.Fact[[]diagnose.PolicyDoc]{
			func() diagnose.Fact[[]diagnose.PolicyDoc] { return r.inlineOf(ctx, w, c) },
			func() diagnose.Fact[[]diagnose.PolicyDoc] { return r.attachedTo(ctx, w, c, known) },
		}
		if c.kind == "user" {
			parts = append(parts, func() diagnose.Fact[[]diagnose.PolicyDoc] { return r.ofGroups(ctx, w, c, known) })
		}
		return sum(parts)
	})
}

// sum adds parts up that are read side by side.
func sum(parts []func() diagnose.Fact[[]diagnose.PolicyDoc]) diagnose.Fact[[]diagnose.PolicyDoc] {
	var all reading
	for _, f := range parallel(parts, func(part func() diagnose.Fact[[]diagnose.PolicyDoc]) diagnose.Fact[[]diagnose.PolicyDoc] {
		return part()
	}) {
		all.add(f)
	}
	return all.done()
}

// documents reads the documents behind references, side by side.
func (r *run) documents(ctx context.Context, w who, listed reply, refs []policyRef, known *versions) diagnose.Fact[[]diagnose.PolicyDoc] {
	all := reading{source: listed.exchange}
	if len(refs) > maxPolicies {
		refs = refs[:maxPolicies]
		all.add(diagnose.Fact[[]diagnose.PolicyDoc]{State: diagnose.Failed, Source: listed.exchange, Note: "more policies are attached than are read"})
	}
	for _, f := range parallel(refs, func(p policyRef) diagnose.Fact[diagnose.PolicyDoc] { return r.read(ctx, w, p, known) }) {
		part := diagnose.Fact[[]diagnose.PolicyDoc]{State: f.State, Source: f.Source, Note: f.Note}
		if f.State == diagnose.Known {
			part.Value = []diagnose.PolicyDoc{f.Value}
		}
		all.add(part)
	}
	return all.done()
}

// inlineOf reads the inline policies of a user, role or group.
func (r *run) inlineOf(ctx context.Context, w who, c carrier) diagnose.Fact[[]diagnose.PolicyDoc] {
	names, rep := r.inlineNames(ctx, w, c)
	f := factOf(rep, "iam:"+rep.exchange.Operation, func() []diagnose.PolicyDoc { return nil })
	if f.State != diagnose.Known {
		return f
	}
	var refs []policyRef
	for _, n := range names {
		refs = append(refs, policyRef{name: n, on: c})
	}
	return r.documents(ctx, w, rep, refs, nil)
}

func (r *run) inlineNames(ctx context.Context, w who, c carrier) (names []string, rep reply) {
	cli := append([]string{"list-" + c.kind + "-policies"}, option("--"+c.kind+"-name", c.name)...)
	switch c.kind {
	case "user":
		out, rep := iamCall(ctx, r, w, "ListUserPolicies", cli, func(ctx context.Context, i *iam.Client) (*iam.ListUserPoliciesOutput, error) {
			return i.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: &c.name})
		})
		if out != nil {
			names = out.PolicyNames
		}
		return names, rep
	case "group":
		out, rep := iamCall(ctx, r, w, "ListGroupPolicies", cli, func(ctx context.Context, i *iam.Client) (*iam.ListGroupPoliciesOutput, error) {
			return i.ListGroupPolicies(ctx, &iam.ListGroupPoliciesInput{GroupName: &c.name})
		})
		if out != nil {
			names = out.PolicyNames
		}
		return names, rep
	}
	out, rep := iamCall(ctx, r, w, "ListRolePolicies", cli, func(ctx context.Context, i *iam.Client) (*iam.ListRolePoliciesOutput, error) {
		return i.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &c.name})
	})
	if out != nil {
		names = out.PolicyNames
	}
	return names, rep
}

// attachedTo reads the managed policies attached to a user, role or group.
func (r *run) attachedTo(ctx context.Context, w who, c carrier, known *versions) diagnose.Fact[[]diagnose.PolicyDoc] {
	attached, rep := r.attachedNames(ctx, w, c)
	f := factOf(rep, "iam:"+rep.exchange.Operation, func() []diagnose.PolicyDoc { return nil })
	if f.State != diagnose.Known {
		return f
	}
	var refs []policyRef
	for _, a := range attached {
		refs = append(refs, policyRef{name: printable(aws.ToString(a.PolicyName)), arn: aws.ToString(a.PolicyArn), on: c})
	}
	return r.documents(ctx, w, rep, refs, known)
}

func (r *run) attachedNames(ctx context.Context, w who, c carrier) (all []types.AttachedPolicy, rep reply) {
	cli := append([]string{"list-attached-" + c.kind + "-policies"}, option("--"+c.kind+"-name", c.name)...)
	switch c.kind {
	case "user":
		out, rep := iamCall(ctx, r, w, "ListAttachedUserPolicies", cli, func(ctx context.Context, i *iam.Client) (*iam.ListAttachedUserPoliciesOutput, error) {
			return i.ListAttachedUserPolicies(ctx, &iam.ListAttachedUserPoliciesInput{UserName: &c.name})
		})
		if out != nil {
			all = out.AttachedPolicies
		}
		return all, rep
	case "group":
		out, rep := iamCall(ctx, r, w, "ListAttachedGroupPolicies", cli, func(ctx context.Context, i *iam.Client) (*iam.ListAttachedGroupPoliciesOutput, error) {
			return i.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: &c.name})
		})
		if out != nil {
			all = out.AttachedPolicies
		}
		return all, rep
	}
	out, rep := iamCall(ctx, r, w, "ListAttachedRolePolicies", cli, func(ctx context.Context, i *iam.Client) (*iam.ListAttachedRolePoliciesOutput, error) {
		return i.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &c.name})
	})
	if out != nil {
		all = out.AttachedPolicies
	}
	return all, rep
}

// ofGroups reads the policies of every group that the user is in.
func (r *run) ofGroups(ctx context.Context, w who, c carrier, known *versions) diagnose.Fact[[]diagnose.PolicyDoc] {
	out, rep := iamCall(ctx, r, w, "ListGroupsForUser", append([]string{"list-groups-for-user"}, option("--user-name", c.name)...),
		func(ctx context.Context, i *iam.Client) (*iam.ListGroupsForUserOutput, error) {
			return i.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: &c.name})
		})
	f := factOf(rep, "iam:ListGroupsForUser", func() []diagnose.PolicyDoc { return nil })
	if f.State != diagnose.Known {
		return f
	}
	var parts []func() diagnose.Fact[[]diagnose.PolicyDoc]
	for _, g := range out.Groups {
		group := carrier{"group", aws.ToString(g.GroupName)}
		parts = append(parts,
			func() diagnose.Fact[[]diagnose.PolicyDoc] { return r.inlineOf(ctx, w, group) },
			func() diagnose.Fact[[]diagnose.PolicyDoc] { return r.attachedTo(ctx, w, group, known) })
	}
	all := sum(parts)
	all.Source = rep.exchange
	return all
}
