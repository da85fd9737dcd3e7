package lab

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// groupURI names the predefined groups of ACLs.
var groupURI = map[string]string{
	"AllUsers":           "http://acs.amazonaws.com/groups/global/AllUsers",
	"AuthenticatedUsers": "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
}

// aclXML is the effective ACL: IgnorePublicAcls hides grants to the public.
func (q *s3Request) aclXML(owner *account, grants []Grant) string {
	var b strings.Builder
	grantee := func(id string) string {
		return `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>` + id + "</ID></Grantee>"
	}
	line := func(who, permission string) {
		fmt.Fprintf(&b, "<Grant>%s<Permission>%s</Permission></Grant>", who, permission)
	}
	line(grantee(owner.canonical), "FULL_CONTROL")
	for _, g := range grants {
		uri, group := groupURI[g.Grantee]
		switch a := q.st.accounts[g.Grantee]; {
		case group && q.publicSetting("IgnorePublicAcls"):
		case group:
			line(`<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>`+uri+"</URI></Grantee>", g.Permission)
		case a != nil:
			line(grantee(a.canonical), g.Permission)
		}
	}
	return fmt.Sprintf("<AccessControlPolicy %s><Owner><ID>%s</ID></Owner><AccessControlList>%s</AccessControlList></AccessControlPolicy>", s3Namespace, owner.canonical, b.String())
}

func getBucketACL(q *s3Request) *apiError {
	return q.xml(q.aclXML(q.bucket.account, q.effectiveGrants(q.bucket.ACL)))
}

// effectiveGrants are no grants where the bucket owner enforces ownership.
func (q *s3Request) effectiveGrants(grants []Grant) []Grant {
	if q.bucket.enforced() {
		return nil
	}
	return grants
}

func (q *s3Request) getObjectACL() *apiError {
	o, err := q.permitted()
	if err != nil {
		return err
	}
	owner := o.owner
	if q.bucket.enforced() {
		owner = q.bucket.account
	}
	return q.xml(q.aclXML(owner, q.effectiveGrants(o.ACL)))
}

// putObjectACL takes canned ACLs and grant headers of accounts.
func (q *s3Request) putObjectACL() *apiError {
	if _, err := q.permitted(); err != nil {
		return err
	}
	if q.bucket.enforced() {
		return failure(http.StatusBadRequest, "AccessControlListNotSupported", "The bucket does not allow ACLs")
	}
	grants := q.canned(q.r.Header.Get("X-Amz-Acl"))
	for header, permission := range map[string]string{"Read": "READ", "Read-Acp": "READ_ACP", "Write-Acp": "WRITE_ACP", "Full-Control": "FULL_CONTROL"} {
		for part := range strings.SplitSeq(q.r.Header.Get("X-Amz-Grant-"+header), ",") {
			if a := q.st.byCanonical(strings.Trim(strings.TrimPrefix(strings.TrimSpace(part), "id="), `"`)); a != nil {
				grants = append(grants, Grant{a.Name, permission})
			}
		}
	}
	if err := q.blockPublicACL(grants); err != nil {
		return err
	}
	q.store.change(q.bucket.Name, q.key, func(o *object) { o.ACL = grants })
	q.WriteHeader(http.StatusOK)
	return nil
}

// blockPublicACL refuses an ACL for the public where BlockPublicAcls is on.
func (q *s3Request) blockPublicACL(grants []Grant) *apiError {
	public := func(g Grant) bool { return groupURI[g.Grantee] != "" }
	if !q.publicSetting("BlockPublicAcls") || !slices.ContainsFunc(grants, public) {
		return nil
	}
	return accessDenied(fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %q because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.",
		q.caller.arn(), q.op.action, q.resource(q.key)))
}

// byCanonical finds the account of a canonical user id.
func (s *state) byCanonical(id string) *account {
	for _, a := range s.accounts {
		if a.canonical == id {
			return a
		}
	}
	return nil
}

// restoreObject answers RestoreObject; in the lab a restore takes no time.
func (q *s3Request) restoreObject() *apiError {
	o, err := q.permitted()
	if err != nil {
		return err
	}
	if o.Class != "GLACIER" && o.Class != "DEEP_ARCHIVE" {
		return failure(http.StatusForbidden, "InvalidObjectState", "Restore is not allowed for the object's current storage class")
	}
	q.store.change(q.bucket.Name, q.key, func(o *object) { o.Restored = true })
	q.WriteHeader(http.StatusAccepted)
	return nil
}

// listBuckets answers ListBuckets with the buckets of the caller's account.
func (q *s3Request) listBuckets() *apiError {
	if q.caller.anonymous() {
		return accessDenied("")
	}
	mine := q.caller.account()
	a := ask{action: q.op.action, resource: "*", owner: mine, context: q.st.requestContext(q.caller, q.r, q.now), network: true}
	if request, d := q.st.decide(q.caller, a); d.Effect != "allow" {
		return q.st.refusal(q.caller, mine, request, d)
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(q.st.buckets)) {
		bk := q.st.buckets[name]
		if bk.account != mine || bk.directory() || !strings.HasPrefix(name, q.r.URL.Query().Get("prefix")) {
			continue
		}
		fmt.Fprintf(&b, "<Bucket><Name>%s</Name><CreationDate>%s</CreationDate><BucketRegion>%s</BucketRegion></Bucket>", escape(name), orElse(bk.Created, "2026-01-15T08:00:00Z"), bk.Region)
	}
	return q.xml(fmt.Sprintf("<ListAllMyBucketsResult %s><Owner><ID>%s</ID></Owner><Buckets>%s</Buckets></ListAllMyBucketsResult>", s3Namespace, mine.canonical, b.String()))
}

// tagsXML writes tags in key order, each in an element of that name.
func tagsXML(tags map[string]string, name string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(tags)) {
		fmt.Fprintf(&b, "<%s><Key>%s</Key><Value>%s</Value></%s>", name, escape(k), escape(tags[k]), name)
	}
	return b.String()
}
