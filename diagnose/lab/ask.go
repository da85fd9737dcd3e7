package lab

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"s403/diagnose/policy"
)

// allowed puts the question whether the caller may do the action to the bucket
// or, with a key, the object; nil is yes.
func (q *s3Request) allowed(action, key string, o *object) *apiError {
	if q.bucket != nil && q.bucket.directory() {
		return q.allowedDirectory()
	}
	if q.point != nil {
		if refused := q.origin(); refused != nil {
			return refused
		}
	}
	return q.put(q.ask(action, key, o))
}

// ask is the question with all that S3 knows of bucket, object and request.
func (q *s3Request) ask(action, key string, o *object) ask {
	a := ask{action: action, resource: q.resource(key), owner: q.bucket.account, context: q.context(key, o), network: true}
	a.restrictPublic = q.restrictPublic()
	a.document = q.document(&a, key, o)
	if q.point != nil {
		a.point = q.pointPolicy()
	}
	return a
}

// put puts the question; nil is yes.
func (q *s3Request) put(a ask) *apiError {
	request, d := q.st.decide(q.caller, a)
	if d.Effect == policy.Allow {
		return nil
	}
	return q.st.refusal(q.caller, q.bucket.account, request, d)
}

// allowedPolicy asks for an operation on the bucket policy itself. It is for the
// bucket's own account alone, whoever the policy names: others who are allowed
// get 405. The account's root can use it whatever the bucket policy denies
// (API_GetBucketPolicy, API_PutBucketPolicy, API_DeleteBucketPolicy).
func (q *s3Request) allowedPolicy() *apiError {
	a, mine := q.ask(q.op.action, "", nil), q.caller.in(q.bucket.account)
	if mine && q.caller.principal == nil {
		a.document, a.restrictPublic = nil, false
	}
	if err := q.put(a); err != nil {
		return err
	}
	if !mine {
		return failure(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.",
			element{"Method", q.r.Method}, element{"ResourceType", "BUCKETPOLICY"})
	}
	return nil
}

// allowedAfar asks for GetBucketLocation at another region's endpoint, where S3
// answers too, but does not know the bucket's policy: so it is only for the
// bucket's own account.
func (q *s3Request) allowedAfar() *apiError {
	if !q.caller.in(q.bucket.account) {
		return accessDenied("")
	}
	a := q.ask(q.op.action, "", nil)
	a.document, a.restrictPublic = nil, false
	return q.put(a)
}

// resource is the ARN that policies have to cover. Through an access point it
// is the access point's.
func (q *s3Request) resource(key string) string {
	switch {
	case q.point != nil && key != "":
		return q.point.arn + "/object/" + key
	case q.point != nil:
		return q.point.arn
	case key != "":
		return q.bucket.arn() + "/" + key
	}
	return q.bucket.arn()
}

// context are the condition keys of S3 ("Actions, resources, and condition keys
// for Amazon S3").
func (q *s3Request) context(key string, o *object) map[string][]string {
	ctx := q.st.requestContext(q.caller, q.r, q.now)
	query := q.r.URL.Query()
	ctx["aws:RequestedRegion"] = []string{q.bucket.Region}
	ctx["s3:ResourceAccount"] = []string{q.bucket.account.ID}
	if key == "" {
		for _, name := range []string{"prefix", "delimiter", "max-keys"} {
			if query.Has(name) && q.key == "" {
				ctx["s3:"+name] = []string{query.Get(name)}
			}
		}
	} else if q.version != "" {
		ctx["s3:versionid"] = []string{q.version}
	}
	optional(ctx, "s3:x-amz-acl", q.r.Header.Get("X-Amz-Acl"))
	optional(ctx, "s3:x-amz-server-side-encryption", q.r.Header.Get("X-Amz-Server-Side-Encryption"))
	optional(ctx, "s3:x-amz-content-sha256", q.r.Header.Get("X-Amz-Content-Sha256"))
	if o != nil {
		for k, v := range q.store.tags(q.r.Context(), q.bucket.Name, o) {
			ctx["s3:ExistingObjectTag/"+k] = []string{v}
		}
	}
	if q.bucket.ABAC {
		for k, v := range q.bucket.Tags {
			ctx["aws:ResourceTag/"+k], ctx["s3:BucketTag/"+k] = []string{v}, []string{v}
		}
	}
	q.signedContext(ctx)
	q.pointContext(ctx)
	return ctx
}

// signedContext are the condition keys that tell how the request was signed.
func (q *s3Request) signedContext(ctx map[string][]string) {
	if q.sig == nil {
		return
	}
	ctx["s3:signatureversion"] = []string{algorithmV4}
	ctx["s3:authType"] = []string{"REST-HEADER"}
	if q.sig.presigned {
		ctx["s3:authType"] = []string{"REST-QUERY-STRING"}
		age := max(q.now.Sub(q.sig.at)/time.Millisecond, 0)
		ctx["s3:signatureAge"] = []string{strconv.FormatInt(int64(age), 10)}
	}
}

func (q *s3Request) pointContext(ctx map[string][]string) {
	if q.point == nil {
		return
	}
	origin := "Internet"
	if q.point.VPC != "" {
		origin = "VPC"
	}
	ctx["s3:DataAccessPointArn"] = []string{q.point.arn}
	ctx["s3:DataAccessPointAccount"] = []string{q.point.account.ID}
	ctx["s3:AccessPointNetworkOrigin"] = []string{origin}
}

// origin refuses what does not come from the VPC of an access point that is
// bound to one.
func (q *s3Request) origin() *apiError {
	if q.point.VPC == "" {
		return nil
	}
	if !q.caller.anonymous() {
		if e := q.st.endpoints[q.caller.cred.vpce]; e != nil && e.VPC == q.point.VPC {
			return nil
		}
	}
	return accessDenied("")
}

// restrictPublic combines the settings of bucket, account and access point: the
// most restrictive wins.
func (q *s3Request) restrictPublic() bool { return q.publicSetting("RestrictPublicBuckets") }

func (q *s3Request) publicSetting(name string) bool {
	return q.bucket.publicSet[name] || q.bucket.account.publicSet[name] || q.point != nil && q.point.publicSet[name]
}

// pointPolicy is the access point's policy. One without any allows nothing of
// its own: then what the account's identity policies allow still holds.
func (q *s3Request) pointPolicy() *policy.Document {
	if q.point.policy == nil {
		return nil
	}
	return q.point.policy.parsed
}

// document is what S3 evaluates as the resource's own policy: the bucket policy
// and, where ACLs are on, what the ACLs grant. An object that another account
// owns takes only the bucket policy's denials ("How Amazon S3 authorizes a
// request for an object operation"); the account that owns it is then the
// one to ask.
func (q *s3Request) document(a *ask, key string, o *object) *policy.Document {
	own := q.bucket.policy
	if q.bucket.enforced() {
		if own == nil {
			return nil
		}
		return own.parsed
	}
	var statements []json.RawMessage
	foreign := o != nil && o.owner.ID != q.bucket.account.ID
	if a.restrictPublic { // judged on the policy alone, not on what ACLs add to it
		a.restrictPublic = own != nil && isPublic(own.parsed)
		foreign = foreign && !a.restrictPublic // it shuts the bucket, whoever owns what is in it
	}
	if own != nil {
		statements = statementsOf(own.text, foreign)
	}
	if foreign {
		a.owner = o.owner
	}
	statements = append(statements, q.grants(key, o)...)
	if len(statements) == 0 {
		return nil
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		return nil
	}
	parsed, err := policy.Parse(text)
	if err != nil {
		return nil
	}
	return parsed
}

func isPublic(d *policy.Document) bool {
	public, _ := policy.IsPublic(d)
	return public
}

// statementsOf lists the statements of a policy, or only those that deny.
func statementsOf(text string, denials bool) []json.RawMessage {
	var doc struct{ Statement json.RawMessage }
	if json.Unmarshal([]byte(text), &doc) != nil {
		return nil
	}
	var all []json.RawMessage
	if json.Unmarshal(doc.Statement, &all) != nil {
		all = []json.RawMessage{doc.Statement}
	}
	var kept []json.RawMessage
	for _, s := range all {
		var head struct{ Effect string }
		if json.Unmarshal(s, &head) == nil && (!denials || head.Effect == "Deny") {
			kept = append(kept, s)
		}
	}
	return kept
}

// aclActions are the actions that an ACL permission stands for ("Mapping of ACL
// permissions and access policy permissions").
var aclActions = map[string]map[string]string{
	"object": {
		"READ": `["s3:GetObject","s3:GetObjectVersion"]`, "READ_ACP": `["s3:GetObjectAcl","s3:GetObjectVersionAcl"]`,
		"WRITE_ACP":    `["s3:PutObjectAcl","s3:PutObjectVersionAcl"]`,
		"FULL_CONTROL": `["s3:GetObject","s3:GetObjectVersion","s3:GetObjectAcl","s3:GetObjectVersionAcl","s3:PutObjectAcl","s3:PutObjectVersionAcl"]`,
	},
	"bucket": {
		"READ": `["s3:ListBucket","s3:ListBucketVersions","s3:ListBucketMultipartUploads"]`, "WRITE": `["s3:PutObject","s3:DeleteObject"]`,
		"READ_ACP": `"s3:GetBucketAcl"`, "WRITE_ACP": `"s3:PutBucketAcl"`,
		"FULL_CONTROL": `["s3:ListBucket","s3:ListBucketVersions","s3:ListBucketMultipartUploads","s3:PutObject","s3:DeleteObject","s3:GetBucketAcl","s3:PutBucketAcl"]`,
	},
}

// grants are the ACL's lines as statements.
func (q *s3Request) grants(key string, o *object) []json.RawMessage {
	kind, acl := "bucket", q.bucket.ACL
	if key != "" {
		if kind = "object"; o == nil {
			return nil
		}
		acl = o.ACL
	}
	var all []json.RawMessage
	for _, g := range acl {
		principal := ""
		switch a := q.st.accounts[g.Grantee]; {
		case g.Grantee == "AllUsers", g.Grantee == "AuthenticatedUsers" && !q.caller.anonymous():
			if q.publicSetting("IgnorePublicAcls") {
				continue
			}
			principal = `"*"`
		case a != nil:
			principal = `{"AWS":"` + a.root() + `"}`
		}
		actions := aclActions[kind][strings.ToUpper(g.Permission)]
		if principal == "" || actions == "" {
			continue
		}
		all = append(all, json.RawMessage(fmt.Sprintf(`{"Sid":"ACL","Effect":"Allow","Principal":%s,"Action":%s,"Resource":"*"}`, principal, actions)))
	}
	return all
}
