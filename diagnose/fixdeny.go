package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"s403/diagnose/policy"
)

// The fixes of a Deny. No Allow ever helps against it, so none is proposed: the
// request meets its condition, or the Deny makes an exception for this caller.

func fixIdentityExplicitDeny(r *reading, _ Finding) []Fix {
	return r.fixDeny(policy.IdentityBased, WhoCaller)
}
func fixBucketPolicyExplicitDeny(r *reading, _ Finding) []Fix {
	return r.fixDeny(policy.ResourceBased, WhoBucketOwner)
}
func fixSCPExplicitDeny(r *reading, _ Finding) []Fix {
	return r.fixDeny(policy.ServiceControl, WhoOrgAdmin)
}
func fixRCPExplicitDeny(r *reading, _ Finding) []Fix {
	return r.fixDeny(policy.ResourceControl, WhoOrgAdmin)
}
func fixBoundaryExplicitDeny(r *reading, _ Finding) []Fix {
	return r.fixDeny(policy.Boundary, WhoCaller)
}
func fixSessionExplicitDeny(r *reading, _ Finding) []Fix {
	return append(r.fixDeny(policy.SessionPolicy, WhoCaller), r.assumeAgain())
}
func fixVPCEExplicitDeny(r *reading, _ Finding) []Fix {
	return append(r.fixDeny(policy.VPCEndpoint, WhoNetworkAdmin), r.otherNetwork())
}

// fixDeny offers to meet the conditions of the Deny that matched, and then to
// make an exception in it for this caller alone.
func (r *reading) fixDeny(layer policy.Layer, who Who) []Fix {
	var fixes []Fix
	m, known := r.denyOf(string(layer))
	for _, t := range m.Terms {
		if escapable(t) {
			fixes = append(fixes, r.meetDeny(t))
		}
	}
	if known {
		if exceptions := r.exceptions(m.Layer, who); len(exceptions) > 0 {
			return append(fixes, exceptions...)
		}
	}
	return append(fixes, r.askForException(layer, who))
}

// exceptions are an exception in each document of the layer that denies, for one
// Deny left is a refusal still. None: not all of them can be made.
func (r *reading) exceptions(layer policy.Layer, who Who) []Fix {
	var fixes []Fix
	after := r.eval.set
	for _, p := range r.denying(layer) {
		fix, parsed := r.exception(p, who)
		if parsed == nil {
			return nil
		}
		fixes, after = append(fixes, fix), replaceAt(after, p, parsed)
	}
	for i := range fixes {
		fixes[i].Together = len(fixes) > 1
	}
	if !r.lifts(after, layer) {
		return nil
	}
	return fixes
}

// denying are the first Deny statements that match of each document of a layer.
func (r *reading) denying(layer policy.Layer) []policy.Place {
	var all []policy.Place
	for _, d := range r.eval.variants {
		for _, m := range d.Matched {
			same := func(p policy.Place) bool { return p.Policy == m.Policy && p.Level == m.Level }
			if m.Layer == layer && m.Effect == "Deny" && !slices.ContainsFunc(all, same) {
				all = append(all, m.Place)
			}
		}
		if len(all) > 0 {
			break
		}
	}
	return all
}

// escapable tells the terms of a Deny that a request can avoid from those that
// say who or what it is about.
func escapable(t policy.Term) bool {
	key := strings.ToLower(t.Key)
	negated := strings.Contains(t.Operator, "Not") || strings.HasPrefix(t.Operator, "Null") || strings.HasPrefix(t.Operator, "Bool") ||
		strings.Contains(t.Operator, "Numeric") || strings.Contains(t.Operator, "Date")
	return negated && key != "aws:principalarn" && key != "aws:userid" && key != "aws:username"
}

// meetDeny says how to fall outside a term of a Deny.
func (r *reading) meetDeny(t policy.Term) Fix {
	fix := r.meet(t.Key, t.Operator, t.Patterns)
	if strings.HasPrefix(fix.Title, "Meet the condition") {
		fix.Title = fmt.Sprintf("Fall outside the Deny's condition on %s", t.Key)
		fix.Text = fmt.Sprintf("It denies while %s.", t.Reason)
	}
	return fix
}

// exception excludes this caller, by the ARN of user or role, from the Deny
// statements of the document that match. Everybody else stays denied. The changed
// document is nil where that cannot be done.
func (r *reading) exception(p policy.Place, who Who) (Fix, *policy.Document) {
	d, arn := r.document(p), r.identityARN()
	if d == nil || arn == "" || r.unsigned || r.ownedByAWS(p) || strings.HasSuffix(arn, ":root") && p.Layer == policy.IdentityBased {
		return Fix{}, nil
	}
	doc, ok := r.takeApart(d)
	if !ok || p.Statement >= len(doc.statements) {
		return Fix{}, nil
	}
	changed := doc
	for _, i := range r.denials(p) {
		if changed, ok = r.exempt(p, changed, i); !ok {
			return Fix{}, nil
		}
	}
	text, parsed := changed.document()
	if parsed == nil || !r.spares(p, r.withDocument(p, parsed)) {
		return Fix{}, nil
	}
	return Fix{
		Title: fmt.Sprintf("Make an exception in %s for %s", statementName(p), r.who()),
		Who:   who, Kind: FixPolicy, Text: r.putBack(p, who),
		Policy: pretty(changed.statements[p.Statement]), Before: doc.bytes(), After: text,
		Applies: r.placeOf(p),
	}, parsed
}

// denials are the Deny statements of one document that match the request.
func (r *reading) denials(p policy.Place) []int {
	var all []int
	for _, d := range r.eval.variants {
		for _, m := range d.Matched {
			same := m.Layer == p.Layer && m.Policy == p.Policy && m.Level == p.Level
			if same && m.Effect == "Deny" && !slices.Contains(all, m.Statement) {
				all = append(all, m.Statement)
			}
		}
		if len(all) > 0 {
			break
		}
	}
	return all
}

// exempt adds the exception to statement i of the document at p, for this action
// alone where that can be said: the other actions stay denied to the caller too.
func (r *reading) exempt(p policy.Place, doc editable, i int) (editable, bool) {
	except := func(m members) members {
		return withCondition(m, "ArnNotEquals", "aws:PrincipalArn", r.principalARNs()...)
	}
	old, ok := doc.statement(i)
	if !ok {
		return doc, false
	}
	rest, listed := r.otherActions(old)
	if listed && len(rest) > 0 { // this action gets a statement of its own
		doc, ok = doc.edited(i, func(m members) members { return m.with("Action", oneOrMany(rest)) })
		return doc.plus(withSid(except(old.with("Action", r.action)), "ButOne")), ok
	}
	others, left := r.otherwiseDenied(p, old)
	doc, ok = doc.edited(i, except)
	if left {
		doc = doc.plus(others)
	}
	return doc, ok
}

// otherActions are the actions that a Deny lists beside this one. listed: it names
// this action by its whole name, and no pattern of the others covers it.
func (r *reading) otherActions(deny members) (rest []string, listed bool) {
	actions := stringList(deny.get("Action"))
	for _, a := range actions {
		if !equalFold(a, r.action) {
			rest = append(rest, a)
		}
	}
	return rest, len(rest) < len(actions) && !matchesAny(rest, r.action)
}

// otherwiseDenied is a Deny of everything else that a Deny by pattern covers, for this
// caller: what the exception in the pattern would open besides. ok is false where no
// NotAction says the same without denying more.
func (r *reading) otherwiseDenied(p policy.Place, deny members) (others members, ok bool) {
	spared := stringList(deny.get("NotAction"))
	service, _, _ := strings.Cut(r.action, ":")
	ok = len(spared) > 0
	for _, a := range stringList(deny.get("Action")) {
		ok = ok || a == "*" || equalFold(a, service+":*") && ofOneService(p, deny, service)
	}
	for _, m := range deny {
		if m.name == "Action" || m.name == "NotAction" {
			m = member{"NotAction", encode(oneOrMany(append(spared, r.action)))}
		}
		others = append(others, m)
	}
	return withCondition(withSid(others, "Others"), "ArnEquals", "aws:PrincipalArn", r.principalARNs()...), ok
}

// ofOneService tells that a statement can be about one service alone: by its document,
// or because all its resources are of that service.
func ofOneService(p policy.Place, statement members, service string) bool {
	if p.Layer == policy.ResourceBased || p.Layer == policy.VPCEndpoint {
		return true
	}
	resources := stringList(statement.get("Resource"))
	for _, arn := range resources {
		if parts := strings.SplitN(arn, ":", 4); len(parts) < 4 || parts[2] != service {
			return false
		}
	}
	return len(resources) > 0
}

// withSid gives a statement that is made of another one a Sid of its own, if that
// one has any: Sids are unique in a policy.
func withSid(m members, tail string) members {
	if sid := stringList(m.get("Sid")); len(sid) == 1 && sid[0] != "" {
		return m.with("Sid", sid[0]+tail)
	}
	return m
}

func matchesAny(patterns []string, action string) bool {
	for _, p := range patterns {
		if policy.MatchWildcard(strings.ToLower(p), strings.ToLower(action)) {
			return true
		}
	}
	return false
}

// withDocument is the reading's set of policies with the document at p replaced.
func (r *reading) withDocument(p policy.Place, d *policy.Document) policy.Set {
	return replaceAt(r.eval.set, p, d)
}

func replaceAt(after policy.Set, p policy.Place, d *policy.Document) policy.Set {
	switch p.Layer {
	case policy.IdentityBased:
		after.Identity = replaced(after.Identity, p.Policy, d)
	case policy.Boundary:
		after.Boundaries = replaced(after.Boundaries, p.Policy, d)
	case policy.SessionPolicy:
		after.Session = replaced(after.Session, p.Policy, d)
	case policy.VPCEndpoint:
		after.VPCEndpoint = replaced(after.VPCEndpoint, p.Policy, d)
	case policy.ServiceControl:
		after.SCPs = replacedLevel(after.SCPs, p, d)
	case policy.ResourceControl:
		after.RCPs = replacedLevel(after.RCPs, p, d)
	case policy.ResourceBased:
		if p.Policy == accessPointPolicyName {
			after.AccessPoint = d
		} else {
			after.Resource = d
		}
	}
	return after
}

// accessPointPolicyName is what the engine calls an access point's policy.
const accessPointPolicyName = "access point policy"

func replacedLevel(in []policy.Level, p policy.Place, d *policy.Document) []policy.Level {
	out := append([]policy.Level{}, in...)
	for i := range out {
		if p.Level == "" || out[i].Name == p.Level {
			out[i].Policies = replaced(out[i].Policies, p.Policy, d)
		}
	}
	return out
}

// askForException is for a Deny whose document is not at hand.
func (r *reading) askForException(layer policy.Layer, who Who) Fix {
	name := r.theLayer(string(layer))
	if arn := r.live.said.PolicyARN; arn != "" && r.live.said.Layer == string(layer) {
		name = arn
	}
	if strings.Contains(name, "AWSCompromisedKeyQuarantine") {
		return ask(WhoCaller, "Replace the leaked access key",
			"AWS found this access key in public and quarantined it: make a new key, delete this one, look through CloudTrail for what was done with it, and then detach "+name+".")
	}
	if m, ok := r.denyOf(string(layer)); ok && r.ownedByAWS(m.Place) {
		return ask(who, "Have "+m.Policy+" detached or replaced",
			"The Deny is in a policy of AWS's own, which nobody can edit: "+r.placeOf(m.Place).Policy+". Another Allow cannot help.")
	}
	return ask(who, "Ask for an exception in the Deny",
		fmt.Sprintf("Ask %s to look at the Deny in %s that covers %s on %s for %s, and to narrow it. Another Allow cannot help.",
			Fix{Who: who, Kind: FixPolicy}.whoCan(), name, r.action, r.resource, firstOf(r.identityARN(), "this caller"))+r.findPolicy(layer))
}

// findPolicy is how an administrator finds the policy of the organization that S3
// named by its id, or did not name. An SCP binds by the caller's account, an RCP
// by the bucket's; the list holds only what is attached to the account itself (AWS
// Organizations API Reference, ListPoliciesForTarget).
func (r *reading) findPolicy(layer policy.Layer) string {
	filter, account := "SERVICE_CONTROL_POLICY", r.callerAccount()
	switch layer {
	case policy.ServiceControl:
	case policy.ResourceControl:
		filter, account = "RESOURCE_CONTROL_POLICY", r.bucketAccount()
	default:
		return ""
	}
	if arn := r.live.said.PolicyARN; arn != "" && r.live.said.Layer == string(layer) {
		return " Its text: aws organizations describe-policy --policy-id " + shellWord(arn[strings.LastIndexByte(arn, '/')+1:])
	}
	return " Which policy it is was not said; these are the candidates, and those of each parent count as well: aws organizations list-policies-for-target --target-id " +
		firstOf(account, "ACCOUNT-ID") + " --filter " + filter
}
