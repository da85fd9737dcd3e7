package diagnose

import (
	"encoding/json"
	"slices"

	"s403/diagnose/policy"
)

// A Supposition is what the policies would say if some of their layers did not
// refuse: what waits behind the first refusal. It is worked out from the
// documents alone; causes that lie outside of policies are not in it.
type Supposition struct {
	Layers    []SupposedLayer // the layers that have a say, in the order of evaluation
	Effect    string          // allow, explicit-deny, implicit-deny
	DecidedBy string          // the layer that decides now
	Unread    []string        // layers that may have a say and could not be read
	Unseen    []string        // condition keys that only AWS sees and the outcome hinges on
	Certain   bool            // neither Unread nor Unseen can turn the outcome around
}

// A SupposedLayer is one layer of policies within a Supposition.
type SupposedLayer struct {
	Layer      string
	Effect     string // the layer's own, as the documents are
	Lifted     bool   // supposed not to refuse
	Overridden bool   // its implicit deny does not count: the bucket policy names the caller directly
}

// Suppose evaluates the refused request once more as if the lifted layers, named
// as in a TraceStep, did not refuse.
func Suppose(e Evidence, lifted []string) Supposition {
	r := read(&e)
	before := r.eval.decision
	set := r.eval.set
	for _, l := range lifted {
		lift(&set, policy.Layer(l), before)
	}
	s := r.supposed(set, lifted)
	for _, l := range before.Layers {
		if l.Applies || slices.Contains(lifted, string(l.Layer)) {
			s.Layers = append(s.Layers, SupposedLayer{
				Layer: string(l.Layer), Effect: string(l.Effect), Overridden: l.Overridden,
				Lifted: slices.Contains(lifted, string(l.Layer)),
			})
		}
	}
	return s
}

// Permission evaluates another action of the same caller on the same object or,
// with onBucket, on its bucket, by the policies of the evidence. Nothing is
// asked of the store, so no write is ever tried.
func Permission(e Evidence, action string, onBucket bool) Supposition {
	r := read(&e)
	r.action = action
	if onBucket {
		bucket := e
		bucket.Target.Key = ""
		_, r.resource = bucket.requested()
	}
	r.evaluate()
	return r.supposed(r.eval.set, nil)
}

// supposed evaluates the request under every guess about unseen keys, and weighs
// what could not be read.
func (r *reading) supposed(set policy.Set, lifted []string) Supposition {
	ev := r.eval
	ev.set = set
	ev.decision = policy.Evaluate(ev.request, set)
	r.tryUnseen(&ev)
	s := Supposition{Effect: string(ev.decision.Effect), DecidedBy: string(ev.decision.DecidedBy)}
	agree := !ev.partial
	for _, v := range ev.variants {
		agree = agree && v.Effect == ev.decision.Effect
	}
	if !agree {
		s.Unseen = ev.unseen
	}
	for _, l := range supposable {
		if !r.layerRead(l) && r.mayApply(l) && !slices.Contains(lifted, l) {
			s.Unread = append(s.Unread, l)
		}
	}
	s.Certain = agree && (len(s.Unread) == 0 || final(ev.decision, s.Unread))
	return s
}

// supposable are the layers in the order of the screen.
var supposable = []string{layerRCP, layerSCP, layerVPCE, layerResource, layerIdentity, layerBoundary, layerSession}

// mayApply tells whether a layer could have a say for this caller at all. What
// was not asked for because it cannot be there counts as read.
func (r *reading) mayApply(layer string) bool {
	kind := r.caller().Kind
	switch layer {
	case layerSession:
		return kind == KindRoleSession || kind == KindFederated
	case layerIdentity, layerBoundary:
		return kind == KindUser || kind == KindRoleSession || kind == KindUnknown
	case layerVPCE:
		return r.VPCEndpoint.State == Denied || r.VPCEndpoint.State == Known
	case layerSCP, layerRCP:
		return r.awsRules() && (layer != layerSCP || !r.unsigned && !r.exemptFromSCPs())
	default:
		return true
	}
}

// final tells that no layer that was not read can turn the refusal around: after
// an explicit deny none can, nor after a control policy that does not allow; and
// where an Allow is missing only identity and resource policies could grant it,
// all the others being ceilings (IAM user guide, "Policy evaluation logic").
func final(d policy.Decision, unread []string) bool {
	switch {
	case d.Effect == policy.Allow:
		return false
	case d.Effect == policy.ExplicitDeny || d.DecidedBy == policy.ServiceControl:
		return true
	}
	return !slices.Contains(unread, layerIdentity) && !slices.Contains(unread, layerResource)
}

// everything is the document of a layer that is supposed to allow.
var everything = mustParse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`)

func mustParse(doc string) *policy.Document {
	d, err := policy.Parse([]byte(doc))
	if err != nil {
		panic(err) // the document stands above, and a test parses it
	}
	return d
}

// lift edits a set so that one layer does not refuse any more. Of a layer that
// denies, only the Deny statements go: what lacks an Allow behind them shows.
func lift(s *policy.Set, layer policy.Layer, was policy.Decision) {
	l, _ := was.Layer(layer)
	mend := opened
	if l.Effect == policy.ExplicitDeny {
		mend = withoutDenies
	}
	switch layer {
	case policy.IdentityBased:
		s.Identity = mend(s.Identity)
	case policy.Boundary:
		s.Boundaries = mend(s.Boundaries)
	case policy.SessionPolicy:
		s.Session = mend(s.Session)
	case policy.VPCEndpoint:
		s.VPCEndpoint = mend(s.VPCEndpoint)
	case policy.ServiceControl:
		s.SCPs = mendLevels(s.SCPs, mend)
	case policy.ResourceControl:
		s.RCPs = mendLevels(s.RCPs, mend)
	case policy.ResourceBased:
		s.RestrictPublicBuckets = false
		s.Resource, s.AccessPoint = mendOne(s.Resource, mend), mendOne(s.AccessPoint, mend)
	}
}

// opened is a layer that allows everything.
func opened([]policy.Named) []policy.Named {
	return []policy.Named{{Name: "supposed", Document: everything}}
}

// withoutDenies gives the documents without their Deny statements.
func withoutDenies(docs []policy.Named) []policy.Named {
	out := make([]policy.Named, 0, len(docs))
	for _, d := range docs {
		if kept := dropDenies(d.Document); kept != nil {
			out = append(out, policy.Named{Name: d.Name, Document: kept})
		}
	}
	return out
}

// dropDenies gives a document without its Deny statements; nil when none is left.
func dropDenies(d *policy.Document) *policy.Document {
	var doc map[string]json.RawMessage
	if d == nil || json.Unmarshal(d.Source(), &doc) != nil {
		return nil
	}
	var all []json.RawMessage
	if json.Unmarshal(doc["Statement"], &all) != nil {
		all = []json.RawMessage{doc["Statement"]}
	}
	var kept []json.RawMessage
	for i, s := range all {
		if i < len(d.Statements) && d.Statements[i].Effect == "Allow" {
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	var err error
	if doc["Statement"], err = json.Marshal(kept); err != nil {
		return nil
	}
	source, err := json.Marshal(doc)
	if err != nil {
		return nil
	}
	out, err := policy.Parse(source)
	if err != nil {
		return nil
	}
	return out
}

func mendLevels(levels []policy.Level, mend func([]policy.Named) []policy.Named) []policy.Level {
	out := make([]policy.Level, len(levels))
	for i, l := range levels {
		out[i] = policy.Level{Name: l.Name, Policies: mend(l.Policies)}
	}
	return out
}

func mendOne(d *policy.Document, mend func([]policy.Named) []policy.Named) *policy.Document {
	if out := mend([]policy.Named{{Document: d}}); len(out) > 0 {
		return out[0].Document
	}
	return nil
}
