package probe

import (
	"context"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"s403/diagnose"
)

// A carrier is the IAM user, role or group that policies hang on.
type carrier struct {
	kind string // "user", "role" or "group"
	name string
}

func (c carrier) String() string { return c.kind + " " + c.name }

// carrierOf names the user or role behind an identity. The session ARN keeps the
// role's name but not its path; a name may hold anything but a slash.
func carrierOf(id diagnose.Identity) (carrier, bool) {
	parts := strings.SplitN(id.ARN, ":", 6)
	if len(parts) < 6 {
		return carrier{}, false
	}
	kind, rest, _ := strings.Cut(parts[5], "/")
	switch kind {
	case "user":
		return carrier{"user", rest[strings.LastIndexByte(rest, '/')+1:]}, rest != ""
	case "role":
		return carrier{"role", rest[strings.LastIndexByte(rest, '/')+1:]}, rest != ""
	case "assumed-role":
		name, _, _ := strings.Cut(rest, "/")
		return carrier{"role", name}, name != ""
	}
	return carrier{}, false
}

// iamCall makes one call to IAM and returns its output.
func iamCall[O any](ctx context.Context, r *run, w who, operation string, cli []string, ask func(context.Context, *iam.Client) (O, error)) (O, reply) {
	q := question{operation: operation, service: "iam", who: w, cli: append([]string{"iam"}, cli...)}
	var out O
	rep := r.call(ctx, q, func(ctx context.Context) (err error) {
		out, err = ask(ctx, r.iam(w))
		return err
	})
	return out, rep
}

// ofCaller asks those who can see the caller's own account. IAM names are unique
// in an account only: the reader's role of the same name is another role.
func ofCaller[T any](r *run, seen *diagnose.Evidence, ask func(who, carrier) diagnose.Fact[T]) diagnose.Fact[T] {
	c, ok := carrierOf(seen.Caller.Value)
	if !ok {
		return diagnose.Fact[T]{Note: "no IAM user or role stands behind " + string(seen.Caller.Value.Kind) + " credentials that could be read"}
	}
	askers := r.ofAccount(seen, seen.Caller.Value.Account)
	if len(askers) == 0 {
		return diagnose.Fact[T]{Note: "nobody here belongs to account " + seen.Caller.Value.Account}
	}
	return eitherOf(askers, func(w who) diagnose.Fact[T] { return ask(w, c) })
}

// askPrincipal reads the user or role: its path, which the session's ARN has
// lost, its boundary and its tags.
func askPrincipal(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.Principal] {
	return ofCaller(r, &seen, func(w who, c carrier) diagnose.Fact[diagnose.Principal] {
		if c.kind == "user" {
			out, rep := iamCall(ctx, r, w, "GetUser", append([]string{"get-user"}, option("--user-name", c.name)...),
				func(ctx context.Context, i *iam.Client) (*iam.GetUserOutput, error) {
					return i.GetUser(ctx, &iam.GetUserInput{UserName: &c.name})
				})
			return factOf(rep, "iam:GetUser", func() diagnose.Principal {
				u := out.User
				if u == nil {
					return diagnose.Principal{}
				}
				return principal(u.Arn, u.PermissionsBoundary, u.Tags)
			})
		}
		out, rep := iamCall(ctx, r, w, "GetRole", append([]string{"get-role"}, option("--role-name", c.name)...),
			func(ctx context.Context, i *iam.Client) (*iam.GetRoleOutput, error) {
				return i.GetRole(ctx, &iam.GetRoleInput{RoleName: &c.name})
			})
		return factOf(rep, "iam:GetRole", func() diagnose.Principal {
			o := out.Role
			if o == nil {
				return diagnose.Principal{}
			}
			return principal(o.Arn, o.PermissionsBoundary, o.Tags)
		})
	})
}

func principal(arn *string, b *types.AttachedPermissionsBoundary, tags []types.Tag) diagnose.Principal {
	p := diagnose.Principal{ARN: printable(aws.ToString(arn)), Tags: map[string]string{}}
	if b != nil {
		p.BoundaryARN = printable(aws.ToString(b.PermissionsBoundaryArn))
	}
	for _, t := range tags {
		p.Tags[printable(aws.ToString(t.Key))] = printable(aws.ToString(t.Value))
	}
	return p
}

// askBoundary reads the permissions boundary that the user or role carries.
func askBoundary(ctx context.Context, r *run, seen diagnose.Evidence) diagnose.Fact[diagnose.PolicyDoc] {
	arn := seen.Role.Value.BoundaryARN
	if arn == "" {
		return diagnose.Fact[diagnose.PolicyDoc]{State: diagnose.Absent, Source: seen.Role.Source, Note: "no permissions boundary is set"}
	}
	return ofCaller(r, &seen, func(w who, c carrier) diagnose.Fact[diagnose.PolicyDoc] {
		var known *versions
		if r.clocks.wrong() {
			known = r.boundaryVersions(ctx, &seen)
		}
		return r.managed(ctx, w, policyRef{name: arn[strings.LastIndexByte(arn, '/')+1:], arn: arn, on: c}, known)
	})
}

// policyRef names one policy and who carries it.
type policyRef struct {
	name, arn string // arn empty: inline
	on        carrier
}

// read is the document behind a reference.
func (r *run) read(ctx context.Context, w who, p policyRef, versions *versions) diagnose.Fact[diagnose.PolicyDoc] {
	if p.arn == "" {
		return r.inline(ctx, w, p)
	}
	return r.managed(ctx, w, p, versions)
}

// managed reads the default version of a managed policy.
func (r *run) managed(ctx context.Context, w who, p policyRef, known *versions) diagnose.Fact[diagnose.PolicyDoc] {
	version := known.of(p.arn)
	if version == "" {
		out, rep := iamCall(ctx, r, w, "GetPolicy", append([]string{"get-policy"}, option("--policy-arn", p.arn)...),
			func(ctx context.Context, i *iam.Client) (*iam.GetPolicyOutput, error) {
				return i.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &p.arn})
			})
		f := factOf(rep, "iam:GetPolicy", func() (d diagnose.PolicyDoc) { return d })
		if f.State != diagnose.Known || out.Policy == nil {
			return f
		}
		version = aws.ToString(out.Policy.DefaultVersionId)
	}
	out, rep := iamCall(ctx, r, w, "GetPolicyVersion",
		append(append([]string{"get-policy-version"}, option("--policy-arn", p.arn)...), option("--version-id", version)...),
		func(ctx context.Context, i *iam.Client) (*iam.GetPolicyVersionOutput, error) {
			return i.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &p.arn, VersionId: &version})
		})
	return factOf(rep, "iam:GetPolicyVersion", func() diagnose.PolicyDoc {
		if out.PolicyVersion == nil {
			return diagnose.PolicyDoc{Name: p.name, ARN: p.arn, Attached: p.on.String(), ParseErr: "the answer holds no document"}
		}
		return document(p.name, p.arn, p.on.String(), decoded(out.PolicyVersion.Document))
	})
}

// inline reads a policy that is written into its user, role or group.
func (r *run) inline(ctx context.Context, w who, p policyRef) diagnose.Fact[diagnose.PolicyDoc] {
	name := []string{"--" + p.on.kind + "-name"}
	cli := append([]string{"get-" + p.on.kind + "-policy"}, option(name[0], p.on.name)...)
	cli = append(cli, option("--policy-name", p.name)...)
	var text *string
	var rep reply
	switch p.on.kind {
	case "user":
		var out *iam.GetUserPolicyOutput
		out, rep = iamCall(ctx, r, w, "GetUserPolicy", cli, func(ctx context.Context, i *iam.Client) (*iam.GetUserPolicyOutput, error) {
			return i.GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: &p.on.name, PolicyName: &p.name})
		})
		if out != nil {
			text = out.PolicyDocument
		}
	case "group":
		var out *iam.GetGroupPolicyOutput
		out, rep = iamCall(ctx, r, w, "GetGroupPolicy", cli, func(ctx context.Context, i *iam.Client) (*iam.GetGroupPolicyOutput, error) {
			return i.GetGroupPolicy(ctx, &iam.GetGroupPolicyInput{GroupName: &p.on.name, PolicyName: &p.name})
		})
		if out != nil {
			text = out.PolicyDocument
		}
	default:
		var out *iam.GetRolePolicyOutput
		out, rep = iamCall(ctx, r, w, "GetRolePolicy", cli, func(ctx context.Context, i *iam.Client) (*iam.GetRolePolicyOutput, error) {
			return i.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &p.on.name, PolicyName: &p.name})
		})
		if out != nil {
			text = out.PolicyDocument
		}
	}
	return factOf(rep, "iam:"+rep.exchange.Operation, func() diagnose.PolicyDoc {
		return document(p.name, "", p.on.String(), decoded(text))
	})
}

// decoded undoes the URL encoding in which IAM sends documents (RFC 3986).
func decoded(text *string) string {
	s := aws.ToString(text)
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// versions are the default versions of managed policies, by ARN. They spare a
// round trip a policy where they are known beforehand.
type versions struct {
	ready chan struct{}
	by    map[string]string
}

// of waits until the versions are known and returns that of a policy; empty when
// nobody knows.
func (v *versions) of(arn string) string {
	if v == nil {
		return ""
	}
	<-v.ready
	return v.by[arn]
}

// prefetch lists the managed policies that are used so in the account with their
// versions, while the lists of the user or role and of its groups are read.
func (r *run) prefetch(ctx context.Context, w who, usage types.PolicyUsageType) *versions {
	v := &versions{ready: make(chan struct{}), by: map[string]string{}}
	in := &iam.ListPoliciesInput{MaxItems: aws.Int32(mostItems), OnlyAttached: true}
	cli := []string{"list-policies", "--only-attached", "--max-items", "1000"}
	if usage == types.PolicyUsageTypePermissionsBoundary {
		in.OnlyAttached, in.PolicyUsageFilter = false, usage
		cli = []string{"list-policies", "--policy-usage-filter", string(usage), "--max-items", "1000"}
	}
	go func() {
		defer close(v.ready)
		out, rep := iamCall(ctx, r, w, "ListPolicies", cli,
			func(ctx context.Context, i *iam.Client) (*iam.ListPoliciesOutput, error) {
				return i.ListPolicies(ctx, in)
			})
		if rep.err != nil || out == nil {
			return
		}
		for _, p := range out.Policies {
			v.by[aws.ToString(p.Arn)] = aws.ToString(p.DefaultVersionId)
		}
	}()
	return v
}
