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
		known := r.prefetch(ctx, w, types.PolicyUsageTypePermissionsPolicy)
		defer func() { <-known.ready }()
		parts := []func() diagnose.Fact[[]diagnose.PolicyDoc]{
			func() diagnose.Fact[[]diagnose.PolicyDoc] { return r.inlineAndAttached(ctx, w, c, known) },
		}
		if c.kind == "user" {
			parts = append(parts, func() diagnose.Fact[[]diagnose.PolicyDoc] { return r.ofGroups(ctx, w, &seen, c, known) })
		}
		return sum(parts)
	})
}

// inlineAndAttached reads the policies that hang on one user, role or group.
func (r *run) inlineAndAttached(ctx context.Context, w who, c carrier, known *versions) diagnose.Fact[[]diagnose.PolicyDoc] {
	return sum([]func() diagnose.Fact[[]diagnose.PolicyDoc]{
		func() diagnose.Fact[[]diagnose.PolicyDoc] { return r.inlineOf(ctx, w, c) },
		func() diagnose.Fact[[]diagnose.PolicyDoc] { return r.attachedTo(ctx, w, c, known) },
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

// A listing is what was read of a list of IAM's.
type listing[T any] struct {
	items []T
	more  bool // the rest was not read
}

// Bounds of a list: the most that IAM gives in one answer, which it may cut at
// any length (IsTruncated, API_ListUserPolicies), and the most answers.
const (
	mostItems   = 1000
	mostAnswers = 8
)

// iamList reads a list, an answer after the other. The reply is the first one's:
// whether the list may be read at all.
func iamList[T any](ctx context.Context, r *run, w who, operation string, cli []string, ask func(ctx context.Context, i *iam.Client, from *string) ([]T, *string, error)) (listing[T], reply) {
	var all listing[T]
	var first reply
	var from *string
	for n := range mostAnswers {
		next := from
		part, rep := iamCall(ctx, r, w, operation, cli, func(ctx context.Context, i *iam.Client) (items []T, err error) {
			items, next, err = ask(ctx, i, from)
			return items, err
		})
		if n == 0 {
			first = rep
		}
		all.items = append(all.items, part...)
		if all.more = next != nil; !all.more || rep.err != nil || *next == "" {
			return all, first
		}
		from = next
	}
	return all, first
}

// rest is where a list goes on; nil: it is whole. It is empty where IAM does not
// say where.
func rest(truncated bool, marker *string) *string {
	if !truncated {
		return nil
	}
	return aws.String(aws.ToString(marker))
}

// whole holds what was read of a list to what there is: where IAM cut the list,
// the rest is not known.
func whole(f diagnose.Fact[[]diagnose.PolicyDoc], more bool, rep reply) diagnose.Fact[[]diagnose.PolicyDoc] {
	if !more {
		return f
	}
	all := reading{source: rep.exchange}
	all.add(f)
	all.add(diagnose.Fact[[]diagnose.PolicyDoc]{State: diagnose.Failed, Source: rep.exchange, Note: "IAM cut the list, and its rest could not be read"})
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
	for _, n := range names.items {
		refs = append(refs, policyRef{name: n, on: c})
	}
	return whole(r.documents(ctx, w, rep, refs, nil), names.more, rep)
}

func (r *run) inlineNames(ctx context.Context, w who, c carrier) (listing[string], reply) {
	cli := append([]string{"list-" + c.kind + "-policies"}, option("--"+c.kind+"-name", c.name)...)
	most := aws.Int32(mostItems)
	switch c.kind {
	case "user":
		return iamList(ctx, r, w, "ListUserPolicies", cli, func(ctx context.Context, i *iam.Client, from *string) ([]string, *string, error) {
			out, err := i.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: &c.name, MaxItems: most, Marker: from})
			if err != nil {
				return nil, from, err
			}
			return out.PolicyNames, rest(out.IsTruncated, out.Marker), nil
		})
	case "group":
		return iamList(ctx, r, w, "ListGroupPolicies", cli, func(ctx context.Context, i *iam.Client, from *string) ([]string, *string, error) {
			out, err := i.ListGroupPolicies(ctx, &iam.ListGroupPoliciesInput{GroupName: &c.name, MaxItems: most, Marker: from})
			if err != nil {
				return nil, from, err
			}
			return out.PolicyNames, rest(out.IsTruncated, out.Marker), nil
		})
	}
	return iamList(ctx, r, w, "ListRolePolicies", cli, func(ctx context.Context, i *iam.Client, from *string) ([]string, *string, error) {
		out, err := i.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &c.name, MaxItems: most, Marker: from})
		if err != nil {
			return nil, from, err
		}
		return out.PolicyNames, rest(out.IsTruncated, out.Marker), nil
	})
}

// attachedTo reads the managed policies attached to a user, role or group.
func (r *run) attachedTo(ctx context.Context, w who, c carrier, known *versions) diagnose.Fact[[]diagnose.PolicyDoc] {
	attached, rep := r.attachedNames(ctx, w, c)
	f := factOf(rep, "iam:"+rep.exchange.Operation, func() []diagnose.PolicyDoc { return nil })
	if f.State != diagnose.Known {
		return f
	}
	return whole(r.documents(ctx, w, rep, refsOf(attached.items, c), known), attached.more, rep)
}

// refsOf are the managed policies that IAM lists on a user, role or group.
func refsOf(attached []types.AttachedPolicy, on carrier) []policyRef {
	var refs []policyRef
	for _, a := range attached {
		refs = append(refs, policyRef{name: printable(aws.ToString(a.PolicyName)), arn: aws.ToString(a.PolicyArn), on: on})
	}
	return refs
}

func (r *run) attachedNames(ctx context.Context, w who, c carrier) (listing[types.AttachedPolicy], reply) {
	cli := append([]string{"list-attached-" + c.kind + "-policies"}, option("--"+c.kind+"-name", c.name)...)
	most := aws.Int32(mostItems)
	switch c.kind {
	case "user":
		return iamList(ctx, r, w, "ListAttachedUserPolicies", cli, func(ctx context.Context, i *iam.Client, from *string) ([]types.AttachedPolicy, *string, error) {
			out, err := i.ListAttachedUserPolicies(ctx, &iam.ListAttachedUserPoliciesInput{UserName: &c.name, MaxItems: most, Marker: from})
			if err != nil {
				return nil, from, err
			}
			return out.AttachedPolicies, rest(out.IsTruncated, out.Marker), nil
		})
	case "group":
		return iamList(ctx, r, w, "ListAttachedGroupPolicies", cli, func(ctx context.Context, i *iam.Client, from *string) ([]types.AttachedPolicy, *string, error) {
			out, err := i.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: &c.name, MaxItems: most, Marker: from})
			if err != nil {
				return nil, from, err
			}
			return out.AttachedPolicies, rest(out.IsTruncated, out.Marker), nil
		})
	}
	return iamList(ctx, r, w, "ListAttachedRolePolicies", cli, func(ctx context.Context, i *iam.Client, from *string) ([]types.AttachedPolicy, *string, error) {
		out, err := i.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &c.name, MaxItems: most, Marker: from})
		if err != nil {
			return nil, from, err
		}
		return out.AttachedPolicies, rest(out.IsTruncated, out.Marker), nil
	})
}

// ofGroups reads the policies of every group that the user is in.
func (r *run) ofGroups(ctx context.Context, w who, seen *diagnose.Evidence, c carrier, known *versions) diagnose.Fact[[]diagnose.PolicyDoc] {
	groups, rep := iamList(ctx, r, w, "ListGroupsForUser", append([]string{"list-groups-for-user"}, option("--user-name", c.name)...),
		func(ctx context.Context, i *iam.Client, from *string) ([]types.Group, *string, error) {
			out, err := i.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: &c.name, MaxItems: aws.Int32(mostItems), Marker: from})
			if err != nil {
				return nil, from, err
			}
			return out.Groups, rest(out.IsTruncated, out.Marker), nil
		})
	f := factOf(rep, "iam:ListGroupsForUser", func() []diagnose.PolicyDoc { return nil })
	if f.State != diagnose.Known {
		return f
	}
	var parts []func() diagnose.Fact[[]diagnose.PolicyDoc]
	for _, g := range groups.items {
		parts = append(parts, func() diagnose.Fact[[]diagnose.PolicyDoc] {
			return r.ofGroup(ctx, w, seen, aws.ToString(g.GroupName), rep, known)
		})
	}
	all := whole(sum(parts), groups.more, rep)
	all.Source = rep.exchange
	return all
}
