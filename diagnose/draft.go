package diagnose

import "s403/diagnose/policy"

// A Draft is a policy document that a person may rewrite, in the lab, to see
// what it does to the request.
type Draft struct {
	Name  string      // "bucket policy", or the policy's name
	Kind  policy.Kind // for the linter
	Place Place       // where the rewritten document goes
	Text  []byte      // as it was read; a template where there is none
	Read  bool        // Text is what stands there now
}

// Drafts lists the documents that have a say and have a place to be put: the
// bucket policy, those of the caller, her boundary, and a new one of her own.
func Drafts(e Evidence) []Draft {
	r := read(&e)
	bucket := Draft{
		Name: "bucket policy", Kind: policy.BucketKind,
		Place: Place{Layer: layerResource, Owner: e.Target.BucketARN(), Policy: "bucket policy"},
		Text:  template(`"Principal": {"AWS": "` + firstOf(r.identityARN(), "*") + `"},` + "\n      "),
	}
	if e.BucketPolicy.Known() && len(e.BucketPolicy.Value.Source) > 0 {
		bucket.Text, bucket.Read = e.BucketPolicy.Value.Source, true
	}
	drafts := []Draft{bucket}
	names := docNames(e.IdentityPolicies.Value)
	for i, d := range e.IdentityPolicies.Value {
		at := r.placeOf(policy.Place{Layer: policy.IdentityBased, Policy: names[i]})
		drafts = append(drafts, Draft{Name: names[i], Kind: policy.IdentityKind, Place: at, Text: d.Source, Read: true})
	}
	if b := e.Boundary; b.Known() && len(b.Value.Source) > 0 {
		at := r.placeOf(policy.Place{Layer: policy.Boundary, Policy: docName(b.Value)})
		drafts = append(drafts, Draft{Name: "permissions boundary", Kind: policy.BoundaryKind, Place: at, Text: b.Value.Source, Read: true})
	}
	if own := r.identityARN(); own != "" {
		drafts = append(drafts, Draft{
			Name: "a new policy of your own", Kind: policy.IdentityKind, Text: template(""),
			Place: Place{Layer: layerIdentity, Owner: own, Policy: "MyOwnPolicy"},
		})
	}
	return drafts
}

// template is a document to begin with: it allows nothing that exists yet.
func template(principal string) []byte {
	return []byte(`{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      ` + principal + `"Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::bucket/prefix/*"
    }
  ]
}`)
}
