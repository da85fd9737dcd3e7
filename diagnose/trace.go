package diagnose

import (
	"s403/diagnose/policy"
)

// trace retells the evaluation of the policies layer by layer: what each says by
// itself, with the statements that matched and those that nearly did.
func (r *reading) trace() []TraceStep {
	if !r.eval.ran {
		return nil
	}
	var steps []TraceStep
	for _, layer := range r.eval.decision.Layers {
		if !r.layerRead(string(layer.Layer)) || !layer.Applies {
			continue
		}
		steps = append(steps, r.layerStep(layer))
		steps = append(steps, r.statementSteps(layer.Layer)...)
	}
	return steps
}

// layerStep is what a layer says as a whole.
func (r *reading) layerStep(l policy.LayerResult) TraceStep {
	step := TraceStep{Layer: layerTitle(string(l.Layer)), Effect: string(l.Effect), Statement: -1}
	switch {
	case l.Public:
		step.Reason = "RestrictPublicBuckets shuts a public policy"
	case l.Overridden:
		step.Reason = "nothing here allows it, but the bucket policy names the caller directly"
	case l.Effect == policy.ImplicitDeny && l.Level != "":
		step.Reason = "nothing at the level " + l.Level + " allows it"
	case l.Effect == policy.ImplicitDeny:
		step.Reason = "no statement allows it"
	case l.Effect == policy.ExplicitDeny:
		step.Reason = "a Deny matches, and no Allow outweighs it"
	default:
		step.Reason = "allows it, and no Deny matches"
	}
	if v := r.layer(string(l.Layer)); len(v.effects) > 1 {
		step.Reason += "; that hinges on " + r.hinges()
	}
	return step
}

// statementSteps are the statements of a layer that matched or nearly did.
func (r *reading) statementSteps(layer policy.Layer) []TraceStep {
	var steps []TraceStep
	for _, m := range r.eval.decision.Matched {
		if m.Layer == layer {
			reason := "it matches"
			if len(m.Terms) > 0 {
				reason += ": " + m.Terms[0].Reason
			}
			steps = append(steps, stepOf(m.Place, effectOf(m.Effect), reason))
		}
	}
	for _, m := range r.eval.decision.Missed {
		if m.Layer == layer {
			steps = append(steps, stepOf(m.Place, "", m.Reason))
		}
	}
	return steps
}

func stepOf(p policy.Place, effect, reason string) TraceStep {
	return TraceStep{
		Layer: layerTitle(string(p.Layer)), Effect: effect, Policy: p.Policy,
		Statement: p.Statement, Sid: p.Sid, Reason: reason,
	}
}

// effectOf turns a statement's Effect into the words of decisions; a statement
// that missed has none.
func effectOf(effect string) string {
	if effect == "Deny" {
		return explicitDeny
	}
	return allowEffect
}

// layerTitle is a layer as the trace names it: the contract calls the
// resource-based policy of a bucket the bucket policy.
func layerTitle(layer string) string {
	if layer == layerResource {
		return "bucket policy"
	}
	return layer
}
