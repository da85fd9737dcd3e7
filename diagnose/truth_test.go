package diagnose

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"s403/diagnose/policy"
)

// A truth is a request as AWS sees it: with every key of its context. The evidence has
// of it what can be known from here.
type truth struct {
	evidence Evidence
	context  map[string][]string
	there    bool // the key exists; who may not list the bucket is told 403 of a missing one
}

// askedFor are conditions as policies ask for them, on keys that can be known and on
// such as only AWS sees.
var askedFor = []struct {
	key       string
	operators []string
	values    []string
}{
	{"aws:SourceIp", []string{"IpAddress", "NotIpAddress"}, []string{"10.0.0.0/8", "198.51.100.0/24", "0.0.0.0/0"}},
	{"aws:VpcSourceIp", []string{"IpAddress", "NotIpAddress"}, []string{"10.0.0.0/8", "172.16.0.0/12"}},
	{"aws:SourceVpce", []string{"StringEquals", "StringNotEquals", "StringNotEqualsIfExists"}, []string{"vpce-1", "vpce-2"}},
	{"aws:MultiFactorAuthPresent", []string{"Bool", "BoolIfExists"}, []string{"true", "false"}},
	{"aws:MultiFactorAuthAge", []string{"NumericLessThan", "NumericGreaterThan", "NumericGreaterThanIfExists"}, []string{"3600"}},
	{"aws:TokenIssueTime", []string{"DateLessThan", "DateGreaterThan"}, []string{"2026-06-01T00:00:00Z"}},
	{"aws:PrincipalArn", []string{"ArnEquals", "ArnNotEquals", "ArnLike", "StringNotLike"}, []string{"arn:aws:iam::111122223333:role/dev", "arn:aws:iam::111122223333:role/team/dev", "arn:aws:iam::111122223333:role/team/*", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:user/ana"}},
	{"aws:PrincipalTag/team", []string{"StringEquals", "StringNotEquals", "StringLikeIfExists"}, []string{"red", "blue"}},
	{"aws:userid", []string{"StringLike", "StringNotLike"}, []string{"AROADEV:*", "AIDAANA", "AROAOPS:*"}},
	{"aws:PrincipalOrgID", []string{"StringEquals", "StringNotEquals"}, []string{"o-ours", "o-theirs"}},
	{"s3:ExistingObjectTag/class", []string{"StringEquals", "StringNotEquals"}, []string{"open", "secret"}},
	{"aws:UserAgent", []string{"StringLike", "StringNotLike"}, []string{"*s403*", "curl/*"}},
	{"aws:SecureTransport", []string{"Bool"}, []string{"true", "false"}},
	{"aws:RequestedRegion", []string{"StringEquals", "StringNotEquals"}, []string{"eu-west-1", "us-east-1"}},
	{"aws:PrincipalType", []string{"StringEquals", "StringNotEquals"}, []string{"User", "AssumedRole"}},
	{"aws:username", []string{"StringEquals", "StringNotEquals", "StringEqualsIfExists"}, []string{"ana", "bob"}},
}

// aCondition is one of them, or two, or none.
func aCondition(rnd *rand.Rand) string {
	one := func() string {
		c := askedFor[rnd.IntN(len(askedFor))]
		return fmt.Sprintf(`%q:{%q:%q}`, c.operators[rnd.IntN(len(c.operators))], c.key, c.values[rnd.IntN(len(c.values))])
	}
	switch rnd.IntN(4) {
	case 0:
		return ""
	case 1:
		return `,"Condition":{` + one() + `}`
	}
	return fmt.Sprintf(`,"Condition":{"Null":{"aws:RequestedRegion":"false"},%s}`, one())
}

func aDocument(rnd *rand.Rand, name, who string, allows bool) PolicyDoc {
	var all strings.Builder
	for i := range 1 + rnd.IntN(3) {
		effect := "Allow"
		if rnd.IntN(3) == 0 {
			effect = "Deny"
		}
		if i > 0 {
			all.WriteString(",")
		}
		fmt.Fprintf(&all, `{"Effect":%q,%s"Action":"s3:GetObject","Resource":"*"%s}`, effect, who, aCondition(rnd))
	}
	if allows {
		all.WriteString(`,{"Effect":"Allow",` + who + `"Action":"*","Resource":"*"}`)
	}
	return doc(name, `{"Version":"2012-10-17","Statement":[`+all.String()+`]}`)
}

// aTruth draws a request: a user, or the session of a role that has a path or none, by
// one network or another, and the policies that decide about it. Of what can be read,
// each thing is read or not.
func aTruth(rnd *rand.Rand) truth {
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	e := refusal("Access Denied", ownBucket, ceilingsRead, noBucketPolicy)
	if rnd.IntN(3) == 0 {
		e.OwnBuckets = KnownFact(false, Exchange{})
		e.OwnerOfBucket, e.Ownership = KnownFact(otherOne, Exchange{}), KnownFact("BucketOwnerEnforced", Exchange{})
	}
	c := map[string][]string{"aws:UserAgent": {pick("s403/1", "curl/8")}, "aws:SecureTransport": {"true"}, "aws:RequestedRegion": {"eu-west-1"}, "s3:ExistingObjectTag/class": {pick("open", "secret")}}
	if rnd.IntN(2) == 0 {
		session(&e)
		path, team := pick("", "team/", "ops/"), pick("red", "blue")
		c["aws:PrincipalArn"], c["aws:userid"] = []string{"arn:aws:iam::111122223333:role/" + path + "dev"}, []string{"AROADEV:ana"}
		c["aws:MultiFactorAuthPresent"], c["aws:TokenIssueTime"] = []string{pick("true", "false")}, []string{pick("2026-01-01T00:00:00Z", "2026-10-02T00:00:00Z")}
		if c["aws:MultiFactorAuthPresent"][0] == "true" {
			c["aws:MultiFactorAuthAge"] = []string{pick("60", "7200")}
		}
		c["aws:PrincipalTag/team"] = []string{pick("red", "blue")} // the session's own, perhaps
		if rnd.IntN(2) == 0 {
			e.Role = KnownFact(Principal{ARN: c["aws:PrincipalArn"][0], Tags: map[string]string{"team": team}}, Exchange{})
		}
	} else {
		c["aws:userid"], c["aws:username"] = []string{"AIDAANA"}, []string{"ana"}
		tags := map[string]string{}
		if team := pick("", "red", "blue"); team != "" {
			c["aws:PrincipalTag/team"], tags = []string{team}, map[string]string{"team": team}
		}
		if rnd.IntN(2) == 0 {
			e.Role = KnownFact(Principal{ARN: anaARN, Tags: tags}, Exchange{})
		}
	}
	if rnd.IntN(2) == 0 {
		e.Caller.Value.UserID = c["aws:userid"][0]
	}
	aNetwork(rnd, &e, c)
	e.IdentityPolicies = KnownFact([]PolicyDoc{aDocument(rnd, "p1", "", rnd.IntN(2) == 0), aDocument(rnd, "p2", "", false)}, Exchange{})
	if rnd.IntN(2) == 0 {
		who := pick(`"*"`, `{"AWS":"111122223333"}`, `{"AWS":"arn:aws:iam::111122223333:user/ana"}`)
		e.BucketPolicy = KnownFact(aDocument(rnd, "bucket policy", `"Principal":`+who+`,`, rnd.IntN(3) == 0), Exchange{})
	}
	if rnd.IntN(2) == 0 {
		e.Boundary = KnownFact(aDocument(rnd, "limit", "", rnd.IntN(2) == 0), Exchange{})
	}
	there := rnd.IntN(3) > 0
	if rnd.IntN(2) == 0 {
		e.Listing = KnownFact(Listing{Found: there}, Exchange{Reader: true})
	}
	if rnd.IntN(2) == 0 {
		e.RequestPayment = KnownFact("BucketOwner", Exchange{})
	}
	return truth{e, c, there}
}

// hiding is the evidence of somebody who may not read everything.
func hiding(rnd *rand.Rand, e Evidence) Evidence {
	for _, s := range []*State{&e.IdentityPolicies.State, &e.BucketPolicy.State, &e.Boundary.State, &e.SCPs.State, &e.OwnerOfBucket.State, &e.OwnBuckets.State} {
		if rnd.IntN(5) == 0 {
			*s = Denied
		}
	}
	return e
}

// aNetwork sends the request over the internet or through a VPC endpoint, and tells of
// it, of the organization and of the object's tags, or not.
func aNetwork(rnd *rand.Rand, e *Evidence, c map[string][]string) {
	if rnd.IntN(2) == 0 {
		c["aws:SourceVpce"], c["aws:SourceVpc"] = []string{"vpce-1"}, []string{"vpc-1"}
		c["aws:VpcSourceIp"] = []string{[]string{"10.1.2.3", "172.16.5.6"}[rnd.IntN(2)]}
		if rnd.IntN(2) == 0 {
			e.VPCEndpoint = KnownFact(VPCEndpoint{ID: "vpce-1", VPC: "vpc-1", Policy: doc("vpce-1", single(`"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"`))}, Exchange{})
		}
	} else {
		c["aws:SourceIp"] = []string{[]string{"10.1.2.3", "198.51.100.7", "203.0.113.9"}[rnd.IntN(3)]}
	}
	if rnd.IntN(2) == 0 {
		c["aws:PrincipalOrgID"] = []string{"o-ours"}
		if rnd.IntN(2) == 0 {
			e.OrganizationID = KnownFact("o-ours", Exchange{})
		}
	} else if rnd.IntN(2) == 0 {
		e.OrganizationID.State = Absent
	}
	if rnd.IntN(2) == 0 {
		e.ObjectTags = KnownFact(map[string]string{"class": c["s3:ExistingObjectTag/class"][0]}, Exchange{})
	}
}

// TestConfirmsOnlyWhatRefuses holds the first law of the catalogue over thousands of
// requests: the layer of a confirmed cause does refuse, whatever was not seen; and a
// Deny that does match was never ruled out.
func TestConfirmsOnlyWhatRefuses(t *testing.T) {
	rnd := rand.New(rand.NewPCG(403, 6))
	confirmed := 0
	for range 3000 {
		w := aTruth(rnd)
		r := read(&w.evidence)
		req := r.eval.request
		req.Context = maps.Clone(w.context)
		real := policy.Evaluate(req, r.eval.set)
		if real.Effect == policy.Allow && w.there {
			continue // AWS would not have refused it
		}
		for _, f := range Explain(hiding(rnd, w.evidence)).Findings {
			layer, effect := refusesBy(f.ID)
			result, _ := real.Layer(layer)
			switch {
			case f.ID == CauseMissingKey && f.State == Confirmed && (w.there || real.Effect != policy.Allow):
				t.Fatalf("the key is there: %t, the policies say %s, and it is confirmed missing: %s\ncontext %v\npolicies %s", w.there, real.Effect, f.Why, w.context, documentsOf(w.evidence))
			case layer == "":
			case f.State == Confirmed && result.Effect != effect:
				t.Fatalf("%s is confirmed, and its layer says %s: %s\ncontext %v\npolicies %s", f.ID, result.Effect, f.Why, w.context, documentsOf(w.evidence))
			case f.State == Confirmed:
				confirmed++
			case f.State == RuledOut && effect == policy.ExplicitDeny && result.Effect == effect:
				t.Fatalf("%s is ruled out, and its layer denies: %s\ncontext %v\npolicies %s", f.ID, f.Why, w.context, documentsOf(w.evidence))
			}
		}
	}
	if confirmed < 500 {
		t.Errorf("%d confirmed: too few to mean anything", confirmed)
	}
}

// refusesBy is the layer that a cause is about, and how it refuses; empty for others.
func refusesBy(id CauseID) (policy.Layer, policy.Effect) {
	switch id {
	case CauseIdentityNoAllow, CauseIdentityWrongResource, CauseIdentityWrongAction, CauseIdentityConditionUnmet:
		return policy.IdentityBased, policy.ImplicitDeny
	case CauseIdentityExplicitDeny:
		return policy.IdentityBased, policy.ExplicitDeny
	case CauseBucketPolicyExplicitDeny:
		return policy.ResourceBased, policy.ExplicitDeny
	case CauseBucketPolicyNoAllow:
		return policy.ResourceBased, policy.ImplicitDeny
	case CauseBoundaryNoAllow:
		return policy.Boundary, policy.ImplicitDeny
	case CauseBoundaryExplicitDeny:
		return policy.Boundary, policy.ExplicitDeny
	}
	return "", ""
}

func documentsOf(e Evidence) (all string) {
	docs := append([]PolicyDoc{e.BucketPolicy.Value, e.Boundary.Value}, e.IdentityPolicies.Value...)
	for _, d := range docs {
		all += "\n" + d.Name + " " + string(d.Source)
	}
	return all
}
