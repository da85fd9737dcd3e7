package diagnose

import (
	"strings"
	"testing"
)

// simulated is what AWS's simulator decided, and whether the organization allows.
func simulated(decision string, organization bool) edit {
	return func(e *Evidence) {
		e.Simulation = KnownFact(Simulation{Decision: decision, OrgAllow: &organization}, Exchange{Operation: "SimulatePrincipalPolicy", Service: "iam", Status: 200})
	}
}

// TestSimulatedOrganization: the simulator says that a Deny matched, or that the
// organization does not allow, and never which of its policies. A Deny is never
// called a missing Allow, nor put into policies that nobody read.
func TestSimulatedOrganization(t *testing.T) {
	hidden := func(e *Evidence) {
		e.SCPs, e.RCPs = Fact[[]PolicyLevel]{State: Denied}, Fact[[]PolicyLevel]{State: Denied}
	}
	blindToIAM := func(e *Evidence) { e.IdentityPolicies = Fact[[]PolicyDoc]{State: Denied} }
	base := []edit{as, ownBucket, noBucketPolicy, identity(allowsObject), hidden}
	hold(t, []judged{
		{"a Deny, and nothing below holds one", refusal("", append(base, simulated("explicitDeny", false))...), CauseSCPExplicitDeny, Likely, Simulated},
		{"no Allow", refusal("", append(base, simulated("implicitDeny", false))...), CauseSCPNoAllow, Likely, Simulated},
		{"a Deny, and the identity policies were not read", refusal("", append(base, blindToIAM, simulated("explicitDeny", false))...), Undetermined, "", Guess},
		{"a Deny, and the organization allows", refusal("", append(base, blindToIAM, simulated("explicitDeny", true))...), CauseIdentityExplicitDeny, Likely, Simulated},
	})
}

// TestUnnamedControlPolicy: the fix of a policy that only the organization's
// administrator can read says what is known of it and how to find it.
func TestUnnamedControlPolicy(t *testing.T) {
	for want, said := range map[string]string{
		"describe-policy --policy-id p-1": denied("service control policy") + ": arn:aws:organizations::777788889999:policy/o-1/service_control_policy/p-1",
		"list-policies-for-target --target-id " + ownAccount + " --filter SERVICE_CONTROL_POLICY":  denied("service control policy"),
		"list-policies-for-target --target-id " + ownAccount + " --filter RESOURCE_CONTROL_POLICY": denied("resource control policy"),
	} {
		r := Explain(refusal(said, ownBucket))
		if fixes := r.finding(r.Verdict.Cause).Fixes; len(fixes) == 0 || !strings.Contains(fixes[0].Text, want) {
			t.Errorf("%s: the fix does not say %q: %+v", r.Verdict.Cause, want, fixes)
		}
	}
}

// TestRefusedByAnAccessPoint: a refusal without a reason at a Multi-Region access
// point tells neither whose the bucket behind it is nor which of its doors is shut.
func TestRefusedByAnAccessPoint(t *testing.T) {
	everything := single(`"Effect":"Allow","Action":"s3:*","Resource":"*"`)
	for name, more := range map[string]edit{"unknown owner": ceilingsRead, "another owner": ownedBy(otherOne)} {
		r := Explain(refusal("Access Denied", identity(everything), ceilingsRead, more, func(e *Evidence) {
			e.Target.Kind, e.Target.Bucket = MultiRegionAccessPoint, "arn:aws:s3::"+ownAccount+":accesspoint/mfzwi23gnjvgw.mrap"
		}))
		if r.Verdict.Cause != Undetermined {
			t.Errorf("%s: the verdict is %+v", name, r.Verdict)
		}
		for _, id := range []CauseID{CauseAccessPointPolicy, CauseBucketPolicyNoAllow} {
			if f := r.finding(id); f.State != Possible || strings.Contains(f.Why, "belongs to another account") {
				t.Errorf("%s: %s is %s: %s", name, id, f.State, f.Why)
			}
		}
	}
}

// TestStoreWithoutReasons: a bare refusal by a store that is not AWS has several
// causes that look the same; a key that is known to be there leaves one.
func TestStoreWithoutReasons(t *testing.T) {
	store := func(e *Evidence) {
		e.Store = Store{Kind: StoreCompatible, Name: "an S3-compatible store", CustomEndpoint: true}
		e.Caller, e.IdentityPolicies, e.Role, e.Boundary = Fact[Identity]{}, Fact[[]PolicyDoc]{}, Fact[Principal]{}, Fact[PolicyDoc]{}
	}
	hold(t, []judged{
		{"bare", refusal("Access Denied", store), Undetermined, "", Guess},
		{"HEAD alone", refusal("", store, blind), Undetermined, "", Guess},
		{"the key is there", refusal("Access Denied", store, listed(true)), CauseIdentityNoAllow, Likely, Inferred},
	})
	r := Explain(refusal("Access Denied", store))
	for _, id := range []CauseID{CauseIdentityNoAllow, CauseIdentityExplicitDeny, CauseBucketPolicyExplicitDeny, CauseMissingKey} {
		if f := r.finding(id); f.State != Possible {
			t.Errorf("%s is %s, want possible: %s", id, f.State, f.Why)
		}
	}
	if text := r.Verdict.Summary + r.finding(CauseIdentityNoAllow).Why; !strings.Contains(text, "Whoever runs the store") || strings.Contains(text, "reader-profile") {
		t.Errorf("what would settle it is not said for this store: %s", text)
	}
}
