package diagnose

import (
	"strings"

	"s403/diagnose/message"
	"s403/diagnose/policy"
)

// Short names for the words that message and policy share.
const (
	layerIdentity = string(policy.IdentityBased)
	layerResource = string(policy.ResourceBased)
	layerSCP      = string(policy.ServiceControl)
	layerRCP      = string(policy.ResourceControl)
	layerBoundary = string(policy.Boundary)
	layerSession  = string(policy.SessionPolicy)
	layerVPCE     = string(policy.VPCEndpoint)

	implicitDeny = message.ImplicitDeny
	explicitDeny = message.ExplicitDeny
	allowEffect  = string(policy.Allow)
)

// layerView is what one layer of policies says to the request, as far as it
// could be read, under every guess about the keys that only AWS sees.
type layerView struct {
	read    bool            // all documents of the layer were read and parsed
	applies bool            // the layer has a say
	effects map[string]bool // the layer's own effect in each variant
	partial bool            // there are variants that were not tried
	base    policy.LayerResult
}

// always tells that the layer has this effect whatever the unseen keys are.
func (v layerView) always(effect string) bool {
	return v.effects[effect] && len(v.effects) == 1 && !v.partial
}

// never tells that no guess about the unseen keys gives the layer this effect.
func (v layerView) never(effect string) bool { return !v.effects[effect] && !v.partial }

// evaluation is the request judged by every policy that could be read.
type evaluation struct {
	request  policy.Request
	set      policy.Set
	decision policy.Decision   // with unseen keys absent
	variants []policy.Decision // the guesses, the one above first; terms and misses are the first's alone
	guessed  []policy.Request  // the request of each of the variants
	unseen   []string          // keys that policies ask for and only AWS sees
	partial  bool              // there are guesses that were not tried
	ran      bool              // there was at least one document to evaluate
}

// evaluate judges the request by the documents of the evidence, and under every
// guess about what is unseen.
func (r *reading) evaluate() {
	r.evaluateOnce(policy.Evaluate)
	r.tryUnseen(&r.eval)
}

// evaluateOnce judges the request with the unseen keys absent. by tells how much
// is noted of statements that do not match.
func (r *reading) evaluateOnce(by func(policy.Request, policy.Set) policy.Decision) {
	r.memo, r.defect = nil, nil
	r.eval = evaluation{set: r.policySet(), request: r.policyRequest(r.action, r.resource)}
	ev := &r.eval
	ev.ran = r.IdentityPolicies.Known() || r.bucketPolicyRead() || r.SCPs.Known() || r.Boundary.Known()
	ev.decision = by(ev.request, ev.set)
	ownAddress(&ev.decision)
	ev.variants, ev.guessed = []policy.Decision{ev.decision}, []policy.Request{ev.request}
}

// policyRequest is the request as the policy engine wants it.
func (r *reading) policyRequest(action, resource string) policy.Request {
	req := policy.Request{
		Principal: r.caller().ARN, Action: action, Resource: resource,
		ResourceAccount: r.bucketAccount(), Context: r.policyContext(),
	}
	if r.unsigned && req.Principal == "" {
		req.Principal = "anonymous"
	}
	if req.Principal == "" {
		req.Principal = unknownPrincipal
	}
	req.Principal = sessionOf(req.Principal)
	if r.relation == otherAccount && req.ResourceAccount == "" {
		req.ResourceAccount = "unknown"
	}
	if ap := r.AccessPoint; ap.Known() && ap.Value.Bucket != "" {
		t := Target{Bucket: ap.Value.Bucket, Key: r.Target.Key, Partition: r.Target.Partition}
		req.BucketResource = t.ObjectARN()
	}
	return req
}

// unknownPrincipal stands for a caller of whom nothing is known: no policy that
// names somebody matches it, only those for everybody do.
const unknownPrincipal = "arn:aws:iam::000000000000:user/unknown"

// sessionOf turns the ARN of a role into that of a session of it, which is who
// makes requests (--as takes either).
func sessionOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || !strings.HasPrefix(parts[5], "role/") {
		return arn
	}
	name := parts[5][strings.LastIndexByte(parts[5], '/')+1:]
	return "arn:" + parts[1] + ":sts::" + parts[4] + ":assumed-role/" + name + "/s403"
}

// policySet collects the documents that could be read, layer by layer.
func (r *reading) policySet() policy.Set {
	s := policy.Set{Identity: named(r.IdentityPolicies.Value)}
	if r.BucketPolicy.Known() {
		s.Resource = r.BucketPolicy.Value.Document
	}
	if r.Boundary.Known() && r.Boundary.Value.Document != nil {
		s.Boundaries = named([]PolicyDoc{r.Boundary.Value})
	}
	if r.SessionPolicies.Known() {
		s.Session = append([]policy.Named{}, named(r.SessionPolicies.Value)...)
	}
	if r.SCPs.Known() && !r.exemptFromSCPs() {
		s.SCPs = levels(r.SCPs.Value)
	}
	if r.RCPs.Known() {
		s.RCPs = levels(r.RCPs.Value)
	}
	if r.VPCEndpoint.Known() && r.VPCEndpoint.Value.Policy.Document != nil {
		s.VPCEndpoint = named([]PolicyDoc{r.VPCEndpoint.Value.Policy})
	}
	if r.AccessPoint.Known() {
		s.AccessPoint = r.AccessPoint.Value.Policy.Document
	}
	return s
}

// exemptFromSCPs: service control policies do not bind the management account
// (Organizations user guide, "SCP effects on permissions").
func (r *reading) exemptFromSCPs() bool {
	return r.ManagementAccount.Known() && r.ManagementAccount.Value != "" && r.ManagementAccount.Value == r.callerAccount()
}

func named(docs []PolicyDoc) []policy.Named {
	out := make([]policy.Named, 0, len(docs))
	for i, name := range docNames(docs) {
		if docs[i].Document != nil {
			out = append(out, policy.Named{Name: name, Document: docs[i].Document})
		}
	}
	return out
}

// docNames are the names of policies that stand side by side. An inline policy of the
// user and one of a group may have the same: each is then named with its carrier.
func docNames(docs []PolicyDoc) []string {
	names, seen := make([]string, len(docs)), make(map[string]int, len(docs))
	for _, d := range docs {
		seen[docName(d)]++
	}
	for i, d := range docs {
		names[i] = docName(d)
		if carrier := firstOf(d.ARN, d.Attached); seen[names[i]] > 1 && carrier != "" {
			names[i] += " (" + carrier + ")"
		}
	}
	return names
}

// docName is what a policy is called in the report: its name, else its ARN.
func docName(d PolicyDoc) string {
	if d.Name != "" {
		return d.Name
	}
	if d.ARN != "" {
		return d.ARN[strings.LastIndex(d.ARN, "/")+1:]
	}
	return "unnamed policy"
}

func levels(in []PolicyLevel) []policy.Level {
	out := make([]policy.Level, len(in))
	for i, l := range in {
		out[i] = policy.Level{Name: l.Level, Policies: named(l.Policies)}
	}
	return out
}

// bucketPolicyRead tells that the bucket policy is known, or known to be none.
func (r *reading) bucketPolicyRead() bool {
	return r.BucketPolicy.State == Absent || r.BucketPolicy.Known() && r.BucketPolicy.Value.Document != nil
}

// layer is the view of one layer, worked out once.
func (r *reading) layer(name string) layerView {
	if v, ok := r.memo[name]; ok {
		return v
	}
	v := r.viewLayer(name)
	if r.memo == nil {
		r.memo = map[string]layerView{}
	}
	r.memo[name] = v
	return v
}

func (r *reading) viewLayer(name string) layerView {
	v := layerView{read: r.layerRead(name), effects: map[string]bool{}, partial: r.eval.partial}
	for i, d := range r.eval.variants {
		res, ok := d.Layer(policy.Layer(name))
		if !ok {
			continue
		}
		if i == 0 {
			v.base, v.applies = res, res.Applies
		}
		v.effects[string(res.Effect)] = true
	}
	return v
}

// layerRead tells whether every document of a layer is at hand.
func (r *reading) layerRead(name string) bool {
	if name == layerResource {
		return r.bucketPolicyRead() && (r.unsigned || r.caller().ARN != "" || r.BucketPolicy.State == Absent)
	}
	return r.layerFact(name).read
}

// A layerFact is the fact behind a layer, without its documents.
type layerFact struct {
	state  State
	note   string
	source Exchange
	read   bool // known to be none, or every document was parsed
}

// layerFact finds the fact behind a layer.
func (r *reading) layerFact(name string) layerFact {
	switch name {
	case layerIdentity:
		return factBehind(r.IdentityPolicies, whole(r.IdentityPolicies.Value))
	case layerResource:
		return factBehind(r.BucketPolicy, r.BucketPolicy.Value.Document != nil)
	case layerBoundary:
		return factBehind(r.Boundary, r.Boundary.Value.Document != nil)
	case layerSession:
		return factBehind(r.SessionPolicies, whole(r.SessionPolicies.Value))
	case layerSCP:
		return factBehind(r.SCPs, wholeLevels(r.SCPs.Value))
	case layerRCP:
		return factBehind(r.RCPs, wholeLevels(r.RCPs.Value))
	default:
		return factBehind(r.VPCEndpoint, r.VPCEndpoint.Value.Policy.Document != nil)
	}
}

func factBehind[T any](f Fact[T], parsed bool) layerFact {
	return layerFact{f.State, f.Note, f.Source, f.State == Absent || f.Known() && parsed}
}

// whole tells that all the documents could be parsed.
func whole(docs []PolicyDoc) bool {
	for _, d := range docs {
		if d.Document == nil {
			return false
		}
	}
	return true
}

func wholeLevels(ls []PolicyLevel) bool {
	for _, l := range ls {
		if !whole(l.Policies) {
			return false
		}
	}
	return true
}
