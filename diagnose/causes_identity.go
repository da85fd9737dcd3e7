package diagnose

import (
	"fmt"
	"strings"

	"s403/diagnose/policy"
)

// The judges of station 9: the caller's own policies. S3 reports four different
// defects with one sentence, "no identity-based policy allows": only the
// documents tell them apart.

func judgeIdentityNoAllow(r *reading) Finding { return r.judgeIdentity(CauseIdentityNoAllow) }
func judgeIdentityWrongResource(r *reading) Finding {
	return r.judgeIdentity(CauseIdentityWrongResource)
}
func judgeIdentityWrongAction(r *reading) Finding { return r.judgeIdentity(CauseIdentityWrongAction) }
func judgeIdentityConditionUnmet(r *reading) Finding {
	return r.judgeIdentity(CauseIdentityConditionUnmet)
}

// judgeIdentityExplicitDeny: a Deny in any policy of the user, her groups or the role.
// AWS itself attaches one to keys that it finds published (IAM User Guide,
// AWSCompromisedKeyQuarantine).
func judgeIdentityExplicitDeny(r *reading) Finding {
	if f, ok := r.noIdentity(); ok {
		return f
	}
	f := r.judgeExplicit(layerIdentity)
	if strings.Contains(r.live.said.PolicyARN, "AWSCompromisedKeyQuarantine") && f.State == Confirmed {
		f.Why = "AWS has put this access key in quarantine as leaked: " + r.live.said.PolicyARN + " denies " + r.action
	}
	if sim := r.Simulation; sim.Known() && open(f) && sim.Value.Decision == explicitlyDenied && r.live.stop != stopReason && !ceilingRefuses(sim.Value) {
		return likely(Simulated, "AWS's policy simulator finds an explicit deny", show(explicitlyDenied, sim.Source))
	}
	return f
}

// noIdentity tells the callers whose identity policies have no say.
func (r *reading) noIdentity() (Finding, bool) {
	switch {
	case r.unsigned:
		return notApplicable("an anonymous caller has no identity policies"), true
	case r.caller().Kind == KindRoot:
		return notApplicable("the root user needs no identity policy"), true
	}
	return Finding{}, false
}

// open tells a finding that documents neither proved nor ruled out.
func open(f Finding) bool { return f.State == Unknown || f.State == Possible }

// judgeIdentity judges one of the four defects that S3 reports alike.
func (r *reading) judgeIdentity(id CauseID) Finding {
	if f, ok := r.noIdentity(); ok {
		return f
	}
	if r.versionOnly() {
		return ruledOut(Inferred, "what is missing is the permission for versions", r.liveShown())
	}
	f := r.judgeImplicit(layerIdentity)
	if other, ok := r.elsewhereIdentity(id, f); ok {
		return other
	}
	switch f.State {
	case Confirmed, Likely:
		return r.refine(id, f)
	case Possible, Unknown:
		return r.simulatedIdentity(id, f)
	default:
		return f
	}
}

// refine turns "no identity policy allows" into the defect that the documents
// show; where they could not be read the plain one is at most likely.
func (r *reading) refine(id CauseID, f Finding) Finding {
	if !r.layer(layerIdentity).read {
		if id == CauseIdentityNoAllow {
			f.State, f.Confidence = Likely, Inferred
			f.Why = fmt.Sprintf("No identity policy of %s allows %s on %s%s", r.who(), r.action, r.resource, r.unreadBecauseIdentity())
			return f
		}
		return possible(r.store() + " reports this in the same words as a missing Allow; only the policies tell, and " +
			theLayer(layerIdentity) + " were not read" + r.unreadBecause(layerIdentity))
	}
	defect, why, shown := r.identityDefect()
	if defect != id {
		return ruledOut(Computed, "the policies were read, and show another defect")
	}
	f.Why = why + r.hingeTail(f)
	f.Evidence = append(f.Evidence[:min(len(f.Evidence), 1):min(len(f.Evidence), 1)], shown...)
	return f
}

func (r *reading) unreadBecauseIdentity() string {
	return "; its policies were not read" + r.unreadBecause(layerIdentity) + ", so an Allow that misses cannot be told from none"
}

// hingeTail keeps the warning of a finding that hinges on unseen keys.
func (r *reading) hingeTail(f Finding) string {
	if f.State == Likely && f.Confidence == Inferred && len(r.eval.unseen) > 0 {
		return "; that hinges on " + r.hinges()
	}
	return ""
}

// simulatedIdentity lets AWS's simulator speak where the documents are silent.
func (r *reading) simulatedIdentity(id CauseID, f Finding) Finding {
	sim := r.Simulation
	if !sim.Known() || r.live.stop == stopReason || sim.Value.Decision != "implicitDeny" {
		return f
	}
	if id != CauseIdentityNoAllow || ceilingRefuses(sim.Value) {
		return f
	}
	return likely(Simulated, fmt.Sprintf("AWS's policy simulator finds no Allow for %s", r.action), show("implicitDeny", sim.Source))
}

// identityDefect reads from the documents why no identity policy allows, once
// for the four causes that ask.
func (r *reading) identityDefect() (CauseID, string, []Shown) {
	if r.defect == nil {
		id, why, shown := r.findDefect()
		r.defect = &Finding{ID: id, Why: why, Evidence: shown}
	}
	return r.defect.ID, r.defect.Why, r.defect.Evidence
}

func (r *reading) findDefect() (CauseID, string, []Shown) {
	if m, ok := r.nearMiss(policy.ElementCondition); ok {
		why := fmt.Sprintf("%s would allow it, but its condition is not met: %s", capital(statementName(m.Place)), m.Reason)
		return CauseIdentityConditionUnmet, why, []Shown{r.quoted(m.Place, m.Reason, []int{m.ElementLine})}
	}
	if m, ok := r.resourceMiss(); ok {
		why := fmt.Sprintf("%s names the action, but its Resource does not cover the object: %s", capital(statementName(m.Place)), m.Reason)
		return CauseIdentityWrongResource, why, []Shown{r.quoted(m.Place, m.Reason, []int{m.ElementLine})}
	}
	if p, action, ok := r.wrongAction(); ok {
		why := fmt.Sprintf("%s grants %s, which is not what is needed: %s", capital(statementName(p)), action, r.needed(action))
		return CauseIdentityWrongAction, why, []Shown{r.quoted(p, why, []int{r.actionLine(p, action)})}
	}
	why := fmt.Sprintf("No identity policy of %s allows %s on %s", r.who(), r.action, r.resource)
	return CauseIdentityNoAllow, why, []Shown{show(fmt.Sprintf("%d policies read", len(r.IdentityPolicies.Value)), r.IdentityPolicies.Source)}
}

// needed explains an action that was granted in place of the right one.
func (r *reading) needed(action string) string {
	if !policy.ActionExists(action) {
		return fmt.Sprintf("no such action exists, and the request needs %s", r.action)
	}
	return fmt.Sprintf("the request needs %s", r.action)
}

// nearMiss is an identity Allow of which one element alone failed.
func (r *reading) nearMiss(element policy.Element) (policy.Miss, bool) {
	for _, m := range r.eval.decision.Missed {
		if m.Layer == policy.IdentityBased && m.Effect == "Allow" && m.Element == element {
			return m, true
		}
	}
	return policy.Miss{}, false
}

// resourceMiss is an Allow of the right action whose Resource means this very
// bucket and misses the object. An Allow for some other bucket is no defect of
// that statement, so it does not count.
func (r *reading) resourceMiss() (policy.Miss, bool) {
	for _, m := range r.eval.decision.Missed {
		if m.Layer != policy.IdentityBased || m.Effect != "Allow" {
			continue
		}
		if m.Element == policy.ElementNotResource {
			return m, true
		}
		if m.Element == policy.ElementResource && r.meant(m.Patterns) {
			return m, true
		}
	}
	return policy.Miss{}, false
}

// meant tells that one of the patterns was written for the request's bucket:
// its name is the same but for case, partition, or a letter or two.
func (r *reading) meant(patterns []string) bool {
	want := strings.ToLower(bucketPart(r.bucketResource()))
	for _, p := range patterns {
		got := strings.ToLower(bucketPart(p))
		if got == "" || want == "" {
			continue
		}
		if got == want || strings.Contains(got, want) || policy.MatchWildcard(got, want) || nearlyEqual(got, want) {
			return true
		}
	}
	return false
}

// bucketResource is the object's ARN by the bucket's name.
func (r *reading) bucketResource() string {
	if r.eval.request.BucketResource != "" {
		return r.eval.request.BucketResource
	}
	return r.resource
}

// bucketPart is the bucket in an S3 ARN or in something meant as one; "" for
// the ARNs of other services.
func bucketPart(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		if parts[2] != "s3" && parts[2] != "*" {
			return ""
		}
		arn = parts[5]
	}
	arn = strings.TrimPrefix(arn, "s3://")
	name, _, _ := strings.Cut(arn, "/")
	return name
}

// nearlyEqual tells names that differ by one slip of the pen: one letter more,
// less or other, or two swapped.
func nearlyEqual(a, b string) bool {
	if strings.ContainsAny(a, "*?$") || min(len(a), len(b)) < 4 {
		return false
	}
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	swapped := len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	return len(a) <= 1 && len(b) <= 1 || swapped
}

// wrongAction finds an Allow on the object (or meant for it) whose action does
// not exist, or is a sister of the one needed.
func (r *reading) wrongAction() (policy.Place, string, bool) {
	for _, n := range r.eval.set.Identity {
		for _, s := range n.Document.Statements {
			if s.Effect != "Allow" || s.Actions.Not || !r.near(s.Resources) {
				continue
			}
			for _, a := range s.Actions.List {
				if r.sister(a.Text) {
					return policy.Place{Layer: policy.IdentityBased, Policy: n.Name, Statement: s.Index, Sid: s.Sid, Effect: s.Effect, Line: s.Line}, a.Text, true
				}
			}
		}
	}
	return policy.Place{}, "", false
}

// near tells a Resource that covers the object, or was written for its bucket.
func (r *reading) near(v policy.Values) bool {
	if v.Not {
		return false
	}
	var texts []string
	for _, x := range v.List {
		if x.Text == "*" {
			return true
		}
		texts = append(texts, x.Text)
	}
	return r.meant(texts)
}

// sister tells an action that somebody would grant by mistake for the one that
// is needed: one that does not exist, or the same API's other permission.
func (r *reading) sister(action string) bool {
	lower := strings.ToLower(action)
	if strings.ContainsAny(action, "*?") || !strings.HasPrefix(lower, "s3:") {
		return false
	}
	if !policy.ActionExists(action) {
		meant := policy.SuggestAction(action)
		return meant == "" || strings.EqualFold(meant, r.action) || strings.Contains(lower, "object")
	}
	switch lower {
	case "s3:getobjectversion", "s3:getobjectattributes", "s3:getobjectacl", "s3:getobjecttagging":
		return true
	}
	return false
}

// actionLine is the line on which a statement names an action.
func (r *reading) actionLine(p policy.Place, action string) int {
	doc := r.document(p)
	if doc == nil || p.Statement >= len(doc.Statements) {
		return 0
	}
	for _, v := range doc.Statements[p.Statement].Actions.List {
		if v.Text == action {
			return v.Line
		}
	}
	return 0
}

// elsewhereIdentity is the identity layer of stores that are not AWS and whose
// policies were not read: they say "Access Denied" and no more. Where the key is
// known to be there, or a missing one would be answered 404, the policy of the
// access key is what is left; elsewhere nothing tells it from the other causes.
// ok is false where the documents, or AWS's own sentence, speak instead.
func (r *reading) elsewhereIdentity(id CauseID, f Finding) (other Finding, ok bool) {
	bare := r.live.stop == stopBare || r.live.stop == stopBlind && r.Head.Value.Status == 403
	if r.awsRules() || !bare || r.layer(layerIdentity).read {
		return f, false
	}
	why := fmt.Sprintf("the policy of this access key does not allow reading %s", r.Target.Bucket+"/"+r.Target.Key)
	settle := "; whoever runs the store can read that policy"
	switch {
	case id != CauseIdentityNoAllow:
		return possible(r.store() + " gives no reason, and the policy of this access key was not read" + settle), true
	case r.live.stop == stopBlind:
		return possible(r.store()+" may refuse because "+why+", or because it does not take the credentials: HEAD has no body to tell", r.liveShown()), true
	case r.Store.Kind == StoreMinIO || r.Listing.Known() && r.Listing.Value.Found:
		return likely(Inferred, fmt.Sprintf("The access key is known to %s and its signature was taken, but %s", r.store(), why), r.liveShown()), true
	default:
		return possible(fmt.Sprintf("%s gives no reason: perhaps %s, perhaps there is no such key, or the bucket refuses%s", r.store(), why, settle), r.liveShown()), true
	}
}

// versionOnly tells that the version's own permission is what is missing.
func (r *reading) versionOnly() bool {
	named := r.live.stop != stopReason || strings.EqualFold(r.live.said.Action, "s3:GetObjectVersion")
	return r.Options.VersionID != "" && named && (allowed(r.HeadWithoutVersion) || r.plainAllowed())
}

// plainAllowed tells that the identity policies allow s3:GetObject on the object
// and not s3:GetObjectVersion.
func (r *reading) plainAllowed() bool {
	if !r.layer(layerIdentity).read {
		return false
	}
	plain := r.policyRequest("s3:GetObject", r.resource)
	res, ok := policy.Evaluate(plain, r.eval.set).Layer(policy.IdentityBased)
	mine, _ := r.eval.decision.Layer(policy.IdentityBased)
	return ok && res.Effect == policy.Allow && mine.Effect != policy.Allow
}

// judgeVersionPermission: with a versionId the action is s3:GetObjectVersion, for which
// s3:GetObject is no substitute (API_GetObject, "Permissions"). The same HEAD without
// the versionId is the proof.
func judgeVersionPermission(r *reading) Finding {
	if r.Options.VersionID == "" {
		return notApplicable("no versionId was sent")
	}
	if f, ok := r.settled(); ok {
		return f
	}
	why := "A versionId was sent, which needs s3:GetObjectVersion; s3:GetObject does not cover it"
	shown := []Shown{r.liveShown()}
	if answered(r.HeadWithoutVersion) {
		shown = append(shown, show(fmt.Sprintf("without versionId: %d", r.HeadWithoutVersion.Value.Status), r.HeadWithoutVersion.Source))
	}
	named := strings.EqualFold(r.live.said.Action, "s3:GetObjectVersion") && r.live.said.Effect == implicitDeny
	switch {
	case r.live.stop == stopListing:
		return ruledOut(Inferred, r.store()+" named "+r.live.said.Action+", which it asks about when there is no such version", shown...)
	case r.live.stop == stopReason && r.live.said.Effect == explicitDeny:
		return ruledOut(Reported, r.store()+" named a Deny", shown...)
	case allowed(r.HeadWithoutVersion) && named:
		return confirmed(Reported, why+": the same HEAD without it was allowed", shown...)
	case named && r.plainAllowed():
		return confirmed(Reported, why, shown...)
	case r.plainAllowed():
		return r.computedDeny(why, shown...)
	case allowed(r.HeadWithoutVersion):
		return likely(Inferred, why+": the same HEAD without it was allowed (a version that does not exist would look the same)", shown...)
	case named && r.live.said.Layer == layerIdentity && !refused(r.HeadWithoutVersion):
		return likely(Inferred, why, shown...)
	case refused(r.HeadWithoutVersion):
		return possible("the request without versionId is refused as well, so s3:GetObject may be missing too", shown...)
	case r.live.stop == stopReason:
		return ruledOut(Reported, r.store()+" named another reason", shown...)
	default:
		return possible("the same HEAD without versionId would tell", shown...)
	}
}
