package probe

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"s403/diagnose"
)

// maxDepth bounds the way from an account to the root: AWS nests OUs five deep.
const maxDepth = 8

// A levelled is what the organization says about one account.
type levelled struct {
	scps, rcps diagnose.Fact[[]diagnose.PolicyLevel]
}

// orgCall makes one call to Organizations and returns its output.
func orgCall[O any](ctx context.Context, r *run, w who, operation string, cli []string, ask func(context.Context, *organizations.Client) (O, error)) (O, reply) {
	q := question{operation: operation, service: "organizations", who: w, cli: append([]string{"organizations"}, cli...)}
	var out O
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = ask(ctx, r.organizations(w))
		return err
	})
	return out, rep
}

// noOrganization is the code by which AWS says that the account is in none. It
// comes with status 400.
const noOrganization = "AWSOrganizationsNotInUseException"

// askOrganization reads which organization the caller's account is in. Every
// member may ask (API_DescribeOrganization).
func askOrganization(ctx context.Context, r *run, seen diagnose.Evidence) change {
	type pair struct{ id, management string }
	f := eitherOf(r.ofAccount(&seen, seen.Caller.Value.Account), func(w who) diagnose.Fact[pair] {
		out, rep := orgCall(ctx, r, w, "DescribeOrganization", []string{"describe-organization"},
			func(ctx context.Context, o *organizations.Client) (*organizations.DescribeOrganizationOutput, error) {
				return o.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
			})
		f := factOf(rep, "organizations:DescribeOrganization", func() (p pair) {
			if org := out.Organization; org != nil {
				p = pair{printable(aws.ToString(org.Id)), printable(aws.ToString(org.MasterAccountId))}
			}
			return p
		})
		if rep.exchange.Code == noOrganization {
			f.State, f.Note = diagnose.Absent, "the account is in no organization"
		}
		return f
	})
	return func(e *diagnose.Evidence) {
		e.OrganizationID = diagnose.Fact[string]{Value: f.Value.id, State: f.State, Source: f.Source, Note: f.Note}
		e.ManagementAccount = diagnose.Fact[string]{Value: f.Value.management, State: f.State, Source: f.Source, Note: f.Note}
	}
}

func passOrganization(e *diagnose.Evidence, why string) {
	e.OrganizationID.Note, e.ManagementAccount.Note = why, why
}

// askTree reads the policies on the way from the root to each account of which
// somebody here is. The caller's account matters for its SCPs, the bucket
// owner's for its RCPs, and the owner is one of these or not known at all.
func askTree(ctx context.Context, r *run, seen diagnose.Evidence) change {
	accounts := []string{seen.Caller.Value.Account}
	for _, w := range []who{caller, reader} {
		if a := r.account(w); a != "" && !slices.Contains(accounts, a) {
			accounts = append(accounts, a)
		}
	}
	trees := parallel(accounts, func(account string) levelled { return r.levelsOf(ctx, &seen, account) })
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, account := range accounts {
		r.trees[account] = trees[i]
	}
	return nil
}

// levelsOf reads the policies over one account, by whoever may.
func (r *run) levelsOf(ctx context.Context, seen *diagnose.Evidence, account string) levelled {
	all := parallel(r.askers(seen), func(w who) levelled { return r.levelsBy(ctx, w, account) })
	var best levelled
	for i, l := range all {
		if i == 0 || best.scps.State != diagnose.Known && l.scps.State == diagnose.Known {
			best.scps = l.scps
		}
		if i == 0 || best.rcps.State != diagnose.Known && l.rcps.State == diagnose.Known {
			best.rcps = l.rcps
		}
	}
	return best
}

func (r *run) levelsBy(ctx context.Context, w who, account string) levelled {
	path, f := r.path(ctx, w, account)
	if f.State != diagnose.Known {
		return levelled{f, f}
	}
	kinds := []types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy}
	both := parallel(kinds, func(kind types.PolicyType) diagnose.Fact[[]diagnose.PolicyLevel] {
		return r.levels(ctx, w, path, kind, f.Source)
	})
	return levelled{both[0], both[1]}
}

// path is the way from the root to the account. DescribeAccount gives it at once
// (Account.Paths); where that is missing, ListParents climbs.
func (r *run) path(ctx context.Context, w who, account string) ([]string, diagnose.Fact[[]diagnose.PolicyLevel]) {
	out, rep := orgCall(ctx, r, w, "DescribeAccount", append([]string{"describe-account"}, option("--account-id", account)...),
		func(ctx context.Context, o *organizations.Client) (*organizations.DescribeAccountOutput, error) {
			return o.DescribeAccount(ctx, &organizations.DescribeAccountInput{AccountId: &account})
		})
	f := factOf(rep, "organizations:DescribeAccount", func() []diagnose.PolicyLevel { return nil })
	if rep.exchange.Code == noOrganization {
		f.State, f.Note = diagnose.Absent, "the account is in no organization"
	}
	if f.State != diagnose.Known {
		return nil, f
	}
	if out.Account != nil && len(out.Account.Paths) > 0 {
		if path := nodesOf(out.Account.Paths[0], account); len(path) > 1 {
			return path, f
		}
	}
	return r.climb(ctx, w, account)
}

// nodesOf reads an organization path such as "o-ab/r-cd/ou-cd-1/ou-cd-2/", with
// or without the account at its end.
func nodesOf(path, account string) []string {
	var nodes []string
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, "r-") || strings.HasPrefix(part, "ou-") {
			nodes = append(nodes, part)
		}
	}
	return append(nodes, account)
}

// climb asks for the parent of each node up to the root.
func (r *run) climb(ctx context.Context, w who, account string) ([]string, diagnose.Fact[[]diagnose.PolicyLevel]) {
	path, child := []string{account}, account
	var f diagnose.Fact[[]diagnose.PolicyLevel]
	for range maxDepth {
		out, rep := orgCall(ctx, r, w, "ListParents", append([]string{"list-parents"}, option("--child-id", child)...),
			func(ctx context.Context, o *organizations.Client) (*organizations.ListParentsOutput, error) {
				return o.ListParents(ctx, &organizations.ListParentsInput{ChildId: &child})
			})
		f = factOf(rep, "organizations:ListParents", func() []diagnose.PolicyLevel { return nil })
		if f.State != diagnose.Known || len(out.Parents) == 0 {
			return path, f
		}
		child = aws.ToString(out.Parents[0].Id)
		path = append([]string{child}, path...)
		if out.Parents[0].Type == types.ParentTypeRoot {
			return path, f
		}
	}
	f.State, f.Note = diagnose.Failed, "the organization is nested deeper than AWS allows"
	return path, f
}

// levels reads the policies of one kind at every node of the path.
func (r *run) levels(ctx context.Context, w who, path []string, kind types.PolicyType, source diagnose.Exchange) diagnose.Fact[[]diagnose.PolicyLevel] {
	sum := diagnose.Fact[[]diagnose.PolicyLevel]{State: diagnose.Known, Source: source}
	for i, f := range parallel(path, func(node string) diagnose.Fact[[]diagnose.PolicyDoc] { return r.policiesOn(ctx, w, node, kind) }) {
		sum.Value = append(sum.Value, diagnose.PolicyLevel{Level: path[i], Policies: f.Value})
		if i == len(path)-1 && f.State == diagnose.Known {
			sum.Source = f.Source
		}
		if f.State != diagnose.Known && sum.State == diagnose.Known {
			sum.State, sum.Source, sum.Note = f.State, f.Source, f.Note
		}
	}
	return sum
}

// maxPages bounds the pages of one list of policies.
const maxPages = 10

// policiesOn reads the policies of one kind that hang on one node.
func (r *run) policiesOn(ctx context.Context, w who, node string, kind types.PolicyType) diagnose.Fact[[]diagnose.PolicyDoc] {
	refs, f := r.policyNames(ctx, w, node, kind)
	if f.State != diagnose.Known {
		return f
	}
	all := reading{source: f.Source}
	for _, d := range parallel(refs, func(s types.PolicySummary) diagnose.Fact[[]diagnose.PolicyDoc] {
		return r.organizationPolicy(ctx, w, node, s)
	}) {
		all.add(d)
	}
	return all.done()
}

// policyNames lists the policies on a node. Organizations may cut its lists
// anywhere, even before the first entry (API_ListPoliciesForTarget).
func (r *run) policyNames(ctx context.Context, w who, node string, kind types.PolicyType) (refs []types.PolicySummary, f diagnose.Fact[[]diagnose.PolicyDoc]) {
	cli := append([]string{"list-policies-for-target", "--filter", string(kind)}, option("--target-id", node)...)
	in := &organizations.ListPoliciesForTargetInput{TargetId: &node, Filter: kind}
	for range maxPages {
		out, rep := orgCall(ctx, r, w, "ListPoliciesForTarget", cli,
			func(ctx context.Context, o *organizations.Client) (*organizations.ListPoliciesForTargetOutput, error) {
				return o.ListPoliciesForTarget(ctx, in)
			})
		f = factOf(rep, "organizations:ListPoliciesForTarget", func() []diagnose.PolicyDoc { return nil })
		if f.State != diagnose.Known {
			return nil, f
		}
		refs = append(refs, out.Policies...)
		if aws.ToString(out.NextToken) == "" && len(refs) <= maxPolicies {
			return refs, f
		}
		in.NextToken = out.NextToken
	}
	f.State, f.Note = diagnose.Failed, "more policies hang on "+node+" than are read"
	return nil, f
}

// A controlText is one policy of the organization: its text, or why there is none.
type controlText struct {
	text string
	fact diagnose.Fact[[]diagnose.PolicyDoc]
}

// controlPolicy reads the text of one policy of the organization.
func (r *run) controlPolicy(ctx context.Context, w who, id string) controlText {
	return r.controls.of(ofWho{w, id}, func() (d controlText) {
		out, rep := orgCall(ctx, r, w, "DescribePolicy", append([]string{"describe-policy"}, option("--policy-id", id)...),
			func(ctx context.Context, o *organizations.Client) (*organizations.DescribePolicyOutput, error) {
				return o.DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: &id})
			})
		d.fact = factOf(rep, "organizations:DescribePolicy", func() []diagnose.PolicyDoc { return nil })
		if d.fact.State == diagnose.Known && out.Policy != nil {
			d.text = aws.ToString(out.Policy.Content)
		}
		return d
	})
}

// organizationPolicy is one policy of the organization as it hangs on a node.
func (r *run) organizationPolicy(ctx context.Context, w who, node string, s types.PolicySummary) diagnose.Fact[[]diagnose.PolicyDoc] {
	d := r.controlPolicy(ctx, w, aws.ToString(s.Id))
	f := d.fact
	if f.State == diagnose.Known {
		f.Value = []diagnose.PolicyDoc{document(printable(aws.ToString(s.Name)), printable(aws.ToString(s.Arn)), node, d.text)}
	}
	return f
}

// maxAhead bounds how many policies of an organization are read ahead.
const maxAhead = 60

// controlPolicies reads the policies of the organization, before it is known which
// of them hang over an account.
func (r *run) controlPolicies(ctx context.Context, w who) {
	kinds := []types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy}
	parallel(kinds, func(kind types.PolicyType) (none struct{}) {
		out, rep := orgCall(ctx, r, w, "ListPolicies", []string{"list-policies", "--filter", string(kind)},
			func(ctx context.Context, o *organizations.Client) (*organizations.ListPoliciesOutput, error) {
				return o.ListPolicies(ctx, &organizations.ListPoliciesInput{Filter: kind})
			})
		if rep.err == nil && out != nil {
			parallel(slices.Clone(out.Policies[:min(len(out.Policies), maxAhead)]), func(p types.PolicySummary) (none struct{}) {
				r.controlPolicy(ctx, w, aws.ToString(p.Id))
				return none
			})
		}
		return none
	})
}

// pickSCPs are the service control policies over the caller's account.
func pickSCPs(_ context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[[]diagnose.PolicyLevel] {
	return orAbsent(r.tree(seen.Caller.Value.Account).scps, seen)
}

// pickRCPs are the resource control policies over the bucket owner's account.
func pickRCPs(_ context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[[]diagnose.PolicyLevel] {
	owner := seen.OwnerOfBucket.Value
	f := r.tree(owner).rcps
	if owner == seen.Caller.Value.Account {
		return orAbsent(f, seen)
	}
	return f
}

// orAbsent: where DescribeOrganization says that there is none, no policies apply.
func orAbsent(f diagnose.Fact[[]diagnose.PolicyLevel], seen diagnose.Evidence) diagnose.Fact[[]diagnose.PolicyLevel] {
	if seen.OrganizationID.State == diagnose.Absent {
		return diagnose.Fact[[]diagnose.PolicyLevel]{State: diagnose.Absent, Source: seen.OrganizationID.Source, Note: seen.OrganizationID.Note}
	}
	return f
}

func (r *run) tree(account string) levelled {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trees[account]
}

// askSameOrganization compares the accounts of the caller and of the bucket.
func askSameOrganization(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[bool] {
	owner, org := seen.OwnerOfBucket.Value, seen.OrganizationID
	switch {
	case owner == seen.Caller.Value.Account:
		f := diagnose.KnownFact(true, seen.OwnerOfBucket.Source)
		f.Note = "caller and bucket are in the same account"
		return f
	case org.State == diagnose.Absent:
		return diagnose.KnownFact(false, org.Source)
	}
	f := eitherOf(r.ofAccount(&seen, owner), func(w who) diagnose.Fact[string] {
		out, rep := orgCall(ctx, r, w, "DescribeOrganization", []string{"describe-organization"},
			func(ctx context.Context, o *organizations.Client) (*organizations.DescribeOrganizationOutput, error) {
				return o.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
			})
		return factOf(rep, "organizations:DescribeOrganization", func() string {
			if out.Organization == nil {
				return ""
			}
			return aws.ToString(out.Organization.Id)
		})
	})
	if f.State != diagnose.Known || !org.Known() {
		return diagnose.Fact[bool]{State: f.State, Source: f.Source, Note: "the organizations of the two accounts could not be compared"}
	}
	return diagnose.KnownFact(f.Value == org.Value, f.Source)
}
