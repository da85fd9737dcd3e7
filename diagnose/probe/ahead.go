package probe

import (
	"context"
	"maps"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"s403/diagnose"
)

// A memo asks each of its questions once, however many want the answer.
type memo[K comparable, V any] struct {
	mu sync.Mutex
	by map[K]*pending[V]
}

// pending is an answer that is there once its channel is closed.
type pending[V any] struct {
	done  chan struct{}
	value V
}

// of is the answer under a key, which ask gives where nobody has asked before.
func (m *memo[K, V]) of(key K, ask func() V) V {
	m.mu.Lock()
	p, asked := m.by[key]
	if !asked {
		if m.by == nil {
			m.by = map[K]*pending[V]{}
		}
		p = &pending[V]{done: make(chan struct{})}
		m.by[key] = p
	}
	m.mu.Unlock()
	if asked {
		<-p.done
		return p.value
	}
	defer close(p.done)
	p.value = ask()
	return p.value
}

// ofWho is what an identity was asked for: it names a policy, or an account.
type ofWho struct {
	who  who
	name string
}

// late tells whether a wrong clock has cost a trip, and the request is refused at
// the right time as well: then the rest of the graph has three trips left.
func late(r *run, e *diagnose.Evidence) bool {
	passes := e.HeadAgain.Known() && e.HeadAgain.Value.Allowed()
	return r.clocks.wrong() && !passes
}

// askAhead reads, beside the questions that lead there, what the last of them would
// ask: documents that can be listed without knowing on whom they hang. It fills no
// fact. Whoever wants one of these answers takes it from the memos of the run.
func askAhead(ctx context.Context, r *run, seen diagnose.Evidence) change {
	var ahead []func()
	if r.asked("iam") {
		ahead = append(ahead, func() { r.boundaryVersions(ctx, &seen) })
		if c, ok := carrierOf(seen.Caller.Value); ok && c.kind == "user" {
			ahead = append(ahead, func() { r.groupDetails(ctx, &seen) })
		}
	}
	for _, w := range r.askers(&seen) {
		if r.asked("organizations") {
			ahead = append(ahead, func() { r.controlPolicies(ctx, w) })
		}
		if account := r.account(w); account != "" && r.asked("s3control") && accessPoint(r, nil) {
			ahead = append(ahead, func() { r.accountBlock(ctx, w, account, r.region(&seen)) })
		}
	}
	parallel(ahead, func(ask func()) (none struct{}) { ask(); return none })
	return nil
}

// boundaryVersions are the default versions of the policies that are permissions
// boundaries in the caller's account, as anybody here may read them.
func (r *run) boundaryVersions(ctx context.Context, seen *diagnose.Evidence) *versions {
	return r.boundaries.of(struct{}{}, func() *versions {
		all := &versions{ready: make(chan struct{}), by: map[string]string{}}
		defer close(all.ready)
		for _, v := range parallel(r.ofAccount(seen, seen.Caller.Value.Account), func(w who) *versions {
			v := r.prefetch(ctx, w, types.PolicyUsageTypePermissionsBoundary)
			<-v.ready
			return v
		}) {
			maps.Copy(all.by, v.by)
		}
		return all
	})
}

// groupDetails are the groups of the caller's account with their documents; nil
// where nobody here may read them so, or they are more than one answer holds.
func (r *run) groupDetails(ctx context.Context, seen *diagnose.Evidence) map[string]types.GroupDetail {
	return r.groups.of(struct{}{}, func() map[string]types.GroupDetail {
		var all map[string]types.GroupDetail
		for _, out := range parallel(r.ofAccount(seen, seen.Caller.Value.Account), func(w who) *iam.GetAccountAuthorizationDetailsOutput {
			return r.authorizationDetails(ctx, w)
		}) {
			if out == nil || out.IsTruncated || all != nil {
				continue
			}
			all = map[string]types.GroupDetail{}
			for _, g := range out.GroupDetailList {
				all[aws.ToString(g.GroupName)] = g
			}
		}
		return all
	})
}

// authorizationDetails reads the groups of an asker's account; nil where it may not.
func (r *run) authorizationDetails(ctx context.Context, w who) *iam.GetAccountAuthorizationDetailsOutput {
	out, rep := iamCall(ctx, r, w, "GetAccountAuthorizationDetails", []string{"get-account-authorization-details", "--filter", "Group"},
		func(ctx context.Context, i *iam.Client) (*iam.GetAccountAuthorizationDetailsOutput, error) {
			return i.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{
				Filter: []types.EntityType{types.EntityTypeGroup}, MaxItems: aws.Int32(mostItems),
			})
		})
	if rep.err != nil {
		return nil
	}
	return out
}

// ofGroup reads the policies of one group: from what was read ahead, else list by
// list.
func (r *run) ofGroup(ctx context.Context, w who, seen *diagnose.Evidence, name string, listed reply, known *versions) diagnose.Fact[[]diagnose.PolicyDoc] {
	group := carrier{"group", name}
	if !r.clocks.wrong() {
		return r.inlineAndAttached(ctx, w, group, known)
	}
	detail, ok := r.groupDetails(ctx, seen)[name]
	if !ok {
		return r.inlineAndAttached(ctx, w, group, known)
	}
	all := reading{source: listed.exchange}
	for _, p := range detail.GroupPolicyList {
		doc := document(printable(aws.ToString(p.PolicyName)), "", group.String(), decoded(p.PolicyDocument))
		all.add(diagnose.KnownFact([]diagnose.PolicyDoc{doc}, listed.exchange))
	}
	all.add(r.documents(ctx, w, listed, refsOf(detail.AttachedManagedPolicies, group), known))
	return all.done()
}
