package policy

import "strings"

// Evaluate weighs a request against every layer of a set and tells what each
// said and why. It never stops at the first deny: several layers may deny at
// once, and the one that is mended uncovers the next.
func Evaluate(r Request, s Set) Decision {
	return evaluate(&r, &s, new(notes), true)
}

// EvaluateMatched is Evaluate without what did not match: Decision.Missed,
// Decision.Layers and the terms of each Match stay empty. It is for many
// requests in a row.
func EvaluateMatched(r *Request, s *Set) Decision {
	return evaluate(r, s, &notes{matchedOnly: true}, false)
}

// EvaluateLayers is EvaluateMatched with what each layer said by itself. It is
// for one request under many guesses.
func EvaluateLayers(r *Request, s *Set) Decision {
	return evaluate(r, s, &notes{matchedOnly: true}, true)
}

// evaluate asks every layer; n takes down what the statements had to say.
func evaluate(r *Request, s *Set, n *notes, layers bool) Decision {
	c := newCall(r, s)
	defer c.done()
	c.notes = n
	v := c.verdicts()
	d := Decision{Matched: n.matched, Missed: n.missed}
	d.Effect, d.DecidedBy = c.decide(&v)
	if layers {
		d.Layers = c.results(&v)
	}
	return d
}

// Decide gives the effect and the deciding layer alone. It allocates nothing
// for requests of the usual kind.
func Decide(r *Request, s *Set) (Effect, Layer) {
	c := newCall(r, s)
	v := c.verdicts()
	effect, layer := c.decide(&v)
	c.done()
	return effect, layer
}

// slot is the place of a layer in the order of verdicts.
type slot int

const (
	slotSCP slot = iota
	slotRCP
	slotVPCE
	slotResource
	slotIdentity
	slotBoundary
	slotSession
	slots
)

// slotLayers names the layers in the order in which one is named when several
// deny.
var slotLayers = [slots]Layer{ServiceControl, ResourceControl, VPCEndpoint,
	ResourceBased, IdentityBased, Boundary, SessionPolicy}

// verdict is what one layer says by itself.
type verdict struct {
	applies    bool
	deny       bool
	allow      grade // how directly it allows; noMatch: not at all
	overridden bool
	public     bool   // denied by RestrictPublicBuckets
	level      string // the level that did not allow
}

// effect words a verdict. A layer that does not apply is no hindrance, so it
// allows.
func (v verdict) effect() Effect {
	switch {
	case v.deny:
		return ExplicitDeny
	case !v.applies || v.allow != noMatch:
		return Allow
	}
	return ImplicitDeny
}

// verdicts asks every layer.
func (c *call) verdicts() (v [slots]verdict) {
	v[slotSCP] = c.serviceControl()
	v[slotRCP] = c.resourceControl()
	if c.set.VPCEndpoint != nil {
		v[slotVPCE] = c.named(VPCEndpoint, "", c.set.VPCEndpoint)
	}
	v[slotResource] = c.resourceBased()
	if c.who.hasIdentity() {
		v[slotIdentity] = c.identityBased()
		if c.set.Boundaries != nil {
			v[slotBoundary] = c.named(Boundary, "", c.set.Boundaries)
		}
		v[slotSession] = c.session()
	}
	c.override(&v)
	return v
}

// serviceControl asks the service control policies of the caller's account:
// every level must allow. Service-linked roles are exempt (AWS Organizations
// User Guide, "Service control policies", "SCP evaluation").
func (c *call) serviceControl() verdict {
	if len(c.set.SCPs) == 0 || !c.who.hasIdentity() || c.serviceLinked() {
		return verdict{}
	}
	v := verdict{applies: true, allow: byName}
	for i := range c.set.SCPs {
		l := &c.set.SCPs[i]
		at := c.named(ServiceControl, l.Name, l.Policies)
		v.deny = v.deny || at.deny
		if at.allow == noMatch && v.allow != noMatch {
			v.allow, v.level = noMatch, l.Name
		}
	}
	return v
}

// resourceControl asks the resource control policies of the bucket's account,
// which can only deny (AWS Organizations User Guide, "Resource control policies").
func (c *call) resourceControl() verdict {
	if c.set.RCPs == nil || c.serviceLinked() {
		return verdict{}
	}
	v := verdict{applies: true, allow: byName}
	for i := range c.set.RCPs {
		l := &c.set.RCPs[i]
		v.deny = c.named(ResourceControl, l.Name, l.Policies).deny || v.deny
	}
	return v
}

// serviceLinked tells whether the caller is a session of a service-linked
// role, which only the path of the role shows.
func (c *call) serviceLinked() bool {
	return c.who.kind == callerSession && strings.Contains(c.principalARN(), ":role/aws-service-role/")
}

// resourceBased asks the bucket policy and the access point's.
func (c *call) resourceBased() verdict {
	v := verdict{applies: true}
	if d := c.set.Resource; d != nil {
		v = c.document(ResourceBased, "", "bucket policy", d)
	}
	if d := c.set.AccessPoint; d != nil {
		// Both must allow, and the weaker grant counts (Amazon S3 User Guide,
		// "Configuring IAM policies for using access points").
		ap := c.document(ResourceBased, "", "access point policy", d)
		v.deny = v.deny || ap.deny
		v.allow = min(v.allow, ap.allow)
	}
	// Block Public Access takes away what the policy grants; where the policy
	// grants nothing, there is nothing to take.
	if v.allow != noMatch && c.restricted() {
		v.public = !v.deny
		v.deny = true
	}
	return v
}

// restricted tells whether RestrictPublicBuckets refuses the caller: with a
// public bucket policy only AWS services and the owner's own account get in
// (Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage").
func (c *call) restricted() bool {
	if !c.set.RestrictPublicBuckets || c.who.kind == callerService {
		return false
	}
	if c.who.kind != callerAnonymous && c.sameAccount() {
		return false
	}
	bucket, point := c.set.Resource, c.set.AccessPoint
	return bucket != nil && bucket.public >= 0 || point != nil && point.public >= 0
}

// identityBased asks the policies of the user or role. The root user needs none.
func (c *call) identityBased() verdict {
	v := c.named(IdentityBased, "", c.set.Identity)
	if c.who.kind == callerRoot {
		v.allow = byName
	}
	return v
}

// session asks the session policies. A federated user has the permissions of
// the session policies alone: without one she has none (IAM User Guide,
// "Permissions for GetFederationToken").
func (c *call) session() verdict {
	if c.set.Session == nil && c.who.kind != callerFederated {
		return verdict{}
	}
	return c.named(SessionPolicy, "", c.set.Session)
}

// override marks the implicit denies that a grant of the bucket policy
// overrides: in the same account, when it names the caller directly (IAM User
// Guide, "How AWS enforcement code logic evaluates requests").
func (c *call) override(v *[slots]verdict) {
	if !c.sameAccount() || v[slotResource].deny {
		return
	}
	switch v[slotResource].allow {
	case byName:
		v[slotIdentity].overridden = true
		v[slotBoundary].overridden = true
		v[slotSession].overridden = true
	case byRole:
		v[slotIdentity].overridden = true
	}
}

// decide joins the verdicts of the layers.
func (c *call) decide(v *[slots]verdict) (Effect, Layer) {
	for i := range v {
		if v[i].deny {
			return ExplicitDeny, slotLayers[i]
		}
	}
	for i := range v {
		if c.stops(slot(i), v) {
			return ImplicitDeny, slotLayers[i]
		}
	}
	if c.who.hasIdentity() && v[slotIdentity].allow != noMatch {
		return Allow, IdentityBased
	}
	return Allow, ResourceBased
}

// stops tells whether a layer's implicit deny decides.
func (c *call) stops(i slot, v *[slots]verdict) bool {
	if v[i].effect() != ImplicitDeny || v[i].overridden {
		return false
	}
	// In the same account the bucket policy need not allow: what it does not
	// grant, the identity policies may.
	return i != slotResource || !c.who.hasIdentity() || !c.sameAccount()
}

// results words the verdicts for the caller of Evaluate.
func (c *call) results(v *[slots]verdict) []LayerResult {
	list := make([]LayerResult, 0, slots)
	for i := range v {
		effect := v[i].effect()
		list = append(list, LayerResult{
			Layer: slotLayers[i], Effect: effect, Applies: v[i].applies,
			Overridden: effect == ImplicitDeny && !c.stops(slot(i), v),
			Level:      v[i].level, Public: v[i].public,
		})
	}
	return list
}

// named asks a list of policies: their union allows, and any of them denies.
func (c *call) named(l Layer, level string, list []Named) verdict {
	v := verdict{applies: true}
	for i := range list {
		if list[i].Document == nil {
			continue
		}
		one := c.document(l, level, list[i].Name, list[i].Document)
		v.deny = v.deny || one.deny
		v.allow = max(v.allow, one.allow)
	}
	return v
}

// document asks one policy.
func (c *call) document(l Layer, level, name string, d *Document) verdict {
	v := verdict{applies: true}
	for i := range d.ready {
		s := &d.ready[i]
		if c.notes == nil && s.deny && v.deny {
			continue
		}
		g := c.statement(l, s, name)
		if c.notes != nil {
			c.note(Place{Layer: l, Level: level, Policy: name, Statement: i}, d, g)
		}
		switch {
		case g == noMatch:
		case s.deny:
			v.deny = true
		default:
			v.allow = max(v.allow, g)
		}
	}
	return v
}

// statement tells whether a statement matches, and how directly it names the
// caller.
func (c *call) statement(l Layer, s *compiled, policy string) grade {
	if !s.coversAction(c) || !s.coversResource(c, c.targetOf(l, policy)) {
		return noMatch
	}
	g := s.names(l, c)
	if g == noMatch {
		return noMatch
	}
	for i := range s.tests {
		if !s.tests[i].holds(c) {
			return noMatch
		}
	}
	return g
}

// targetOf is the resource as a layer's policies are written: bucket policies
// with the bucket's ARN, also behind an access point.
func (c *call) targetOf(l Layer, policy string) *target {
	if l == ResourceBased && policy != "access point policy" {
		return &c.bucket
	}
	return &c.target
}

// names tells how directly the Principal names the caller. Only policies that
// hang on something other than the caller have one.
func (s *compiled) names(l Layer, c *call) grade {
	switch l {
	case ResourceBased:
		return s.grade(c)
	case VPCEndpoint, ResourceControl:
		if s.principals != nil {
			return s.grade(c)
		}
	}
	return byName
}

// coversAction tells whether Action or NotAction covers the request's action.
func (s *compiled) coversAction(c *call) bool {
	for i := range s.actions {
		if s.actions[i].match(c.action, nil) {
			return !s.notAction
		}
	}
	return s.notAction
}

// coversResource tells whether Resource or NotResource covers a resource. A
// pattern whose variable has no value matches nothing, so a NotResource with
// one leaves nothing out.
func (s *compiled) coversResource(c *call, t *target) bool {
	for i := range s.resources {
		if s.resources[i].match(t.text, &t.arn, c) {
			return !s.notResource
		}
	}
	return s.notResource
}
