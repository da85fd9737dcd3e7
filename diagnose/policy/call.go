package policy

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// call is one evaluation under way: the request taken apart, and the set.
type call struct {
	req    *Request
	set    *Set
	who    caller
	action string // in lower case
	// target is what the request names; bucket is the same by the bucket's
	// ARN, which differs for a request through an access point.
	target, bucket target
	roleARN        string // of a session; made when first asked for
	derived        [5][1]string
	folded         map[string][]string // the context by key in lower case, when it is large
	asked          int                 // questions for keys so far
	notes          *notes              // nil: only the effect is wanted
}

// target is a resource of the request, taken apart.
type target struct {
	text string
	arn  arn
}

// calls keeps evaluations' working memory, so that Decide allocates nothing.
var calls = sync.Pool{New: func() any { return new(call) }}

// newCall takes a request apart once, before the statements are asked one by
// one.
func newCall(r *Request, s *Set) *call {
	c, _ := calls.Get().(*call)
	c.req, c.set = r, s
	c.who = newCaller(r.Principal)
	c.action = lowerAction(r.Action)
	c.target = target{text: r.Resource, arn: splitARN(r.Resource)}
	c.bucket = c.target
	if r.BucketResource != "" {
		c.bucket = target{text: r.BucketResource, arn: splitARN(r.BucketResource)}
	}
	return c
}

// done gives the working memory back, with nothing of the request left in it.
func (c *call) done() {
	*c = call{}
	calls.Put(c)
}

// lowerAction puts an action in lower case; for those that exist without work.
func lowerAction(action string) string {
	if row, ok := actionRows[action]; ok {
		return row.lower
	}
	return strings.ToLower(action)
}

// sameAccount tells whether the caller belongs to the account that owns the
// bucket. An owner that is not known is taken for the caller's own account.
func (c *call) sameAccount() bool {
	return c.req.ResourceAccount == "" || c.who.account == c.req.ResourceAccount
}

// values returns the request's values of a condition key; none: the key is not
// in the request. name is the key as the policy spells it, key the same in
// lower case. An empty list of values counts as none.
func (c *call) values(name, key string) []string {
	if v, ok := c.lookUp(name, key); ok {
		return v
	}
	return c.derive(key)
}

// given is values without those that are derived.
func (c *call) given(name, key string) []string {
	v, _ := c.lookUp(name, key)
	return v
}

// lookUp finds a key of the context in any spelling.
func (c *call) lookUp(name, key string) ([]string, bool) {
	if v, ok := c.req.Context[name]; ok {
		return v, true
	}
	if c.asked++; c.folded != nil || len(c.req.Context) > largeContext || c.asked > manyKeys {
		v, ok := c.fold()[key]
		return v, ok
	}
	// Two spellings of one key in a request are a fault of whoever made it; the
	// lesser one is taken, so that the answer does not vary from run to run.
	found := ""
	for k := range c.req.Context {
		if len(k) == len(key) && strings.EqualFold(k, key) && (found == "" || k < found) {
			found = k
		}
	}
	return c.req.Context[found], found != ""
}

// largeContext is the number of keys from which an index of them is made; a
// request of S3 has some thirty.
const largeContext = 100

// manyKeys is the number of questions for keys that are not in the context as
// spelled from which the index pays off; small sets of policies never come there.
const manyKeys = 32

// fold makes that index; of two spellings of a key the lesser one counts.
func (c *call) fold() map[string][]string {
	if c.folded == nil {
		c.folded = make(map[string][]string, len(c.req.Context))
		for _, k := range slices.Backward(slices.Sorted(maps.Keys(c.req.Context))) {
			c.folded[strings.ToLower(k)] = c.req.Context[k]
		}
	}
	return c.folded
}

// variable gives a policy variable its value: that of a key with one value.
// Keys that are lists by nature cannot be variables, also when the list has
// one element (IAM User Guide, "Variables and tags").
func (c *call) variable(key string) (string, bool) {
	if v := c.values(key, key); len(v) == 1 && !multivalued[key] {
		return v[0], true
	}
	return "", false
}

// multivalued is the keys whose values are lists by nature (IAM User Guide,
// "AWS global condition context keys"; Service Authorization Reference).
var multivalued = map[string]bool{
	"aws:calledvia": true, "aws:principalorgpaths": true, "aws:principalservicenameslist": true,
	"aws:resourceorgpaths": true, "aws:sourceorgpaths": true, "aws:tagkeys": true,
	"aws:vpceorgpaths": true, "s3:requestobjecttagkeys": true,
}

// derive makes the keys that follow from the principal (IAM User Guide,
// "Variables and tags": principal key values; "AWS global condition context
// keys"). Anonymous requests have neither aws:PrincipalArn nor an account.
func (c *call) derive(key string) []string {
	switch key {
	case "aws:principalarn":
		return c.one(0, c.principalARN())
	case "aws:principalaccount":
		return c.one(1, c.who.account)
	case "aws:principaltype":
		return c.one(2, principalTypes[c.who.kind])
	case "aws:username":
		if c.who.kind == callerUser {
			return c.one(3, c.who.name)
		}
	case "aws:userid":
		return c.one(4, c.userID())
	}
	return nil
}

var principalTypes = map[callerKind]string{
	callerRoot: "Account", callerUser: "User", callerSession: "AssumedRole",
	callerFederated: "FederatedUser", callerAnonymous: "Anonymous",
}

// one makes a list of one value without allocating: each derived key has its
// own slot, since several may be in use at once.
func (c *call) one(slot int, value string) []string {
	if value == "" {
		return nil
	}
	c.derived[slot][0] = value
	return c.derived[slot][:]
}

// principalARN is aws:PrincipalArn: for a session the ARN of its role, with
// the role's path only where the request gives it.
func (c *call) principalARN() string {
	if v := c.given("aws:PrincipalArn", "aws:principalarn"); len(v) == 1 {
		return v[0]
	}
	switch c.who.kind {
	case callerAnonymous, callerService:
		return ""
	case callerSession:
		if c.who.role != "" {
			return c.who.role
		}
		if c.roleARN == "" {
			c.roleARN = "arn:" + c.who.part + ":iam::" + c.who.account + ":role/" + c.who.name
		}
		return c.roleARN
	}
	return c.who.text
}

// userID is aws:userid where the ARN tells it. The unique ids of users and
// roles (AIDA…, AROA…) are not in an ARN, so for those the key is absent unless
// the request gives it.
func (c *call) userID() string {
	switch c.who.kind {
	case callerRoot:
		return c.who.account
	case callerFederated:
		return c.who.account + ":" + c.who.name
	case callerAnonymous:
		return "anonymous"
	}
	return ""
}
