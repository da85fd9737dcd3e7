package diagnose

import (
	"strings"

	"s403/diagnose/policy"
)

// fixIgnorePublicACLs: a grant by policy in place of the public ACL.
func fixIgnorePublicACLs(r *reading, f Finding) []Fix { return fixBucketPolicyNoAllow(r, f) }

// fixObjectOwnership: the bucket takes its objects over, or the object's owner shares.
func fixObjectOwnership(r *reading, _ Finding) []Fix {
	own := setting(WhoBucketOwner, "Let the bucket own its objects (this turns ACLs off)",
		"aws s3api put-bucket-ownership-controls"+r.bucketFlag()+" --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'")
	own.Applies = Place{Layer: "object ownership", Owner: r.Target.BucketARN()}
	own.After = pretty(members{{"ObjectOwnership", encode("BucketOwnerEnforced")}})
	return []Fix{
		own,
		ask(WhoBucketOwner, "Have the account that wrote the object share it",
			"Only that account can: aws s3api put-object-acl"+r.objectFlags()+" --acl bucket-owner-full-control. The bucket's account can then read it, and copy it over itself to own the copy."),
	}
}

// fixObjectACL: policies are the way today; an ACL would open the object for a
// whole account.
func fixObjectACL(r *reading, f Finding) []Fix { return fixBucketPolicyNoAllow(r, f) }

// fixMissingKey: the name first; the right to be told 404 second.
func fixMissingKey(r *reading, _ Finding) []Fix {
	fixes := fixNoSuchKey(r, Finding{})
	if r.Target.Key == "" {
		return fixes
	}
	return append(fixes, r.fixSilence()...)
}

// fixSilence grants s3:ListBucket on the bucket, with which S3 says 404 for a
// missing key (API_HeadObject, "Permissions").
func (r *reading) fixSilence() []Fix {
	if r.dialect().told {
		return nil
	}
	list := r.asking("s3:ListBucket", r.Target.BucketARN())
	list.evaluateOnce(func(r policy.Request, s policy.Set) policy.Decision { return policy.EvaluateLayers(&r, &s) })
	effect, layer := list.weighed(&list.eval.set)
	var fixes []Fix
	for _, f := range list.fixesFor(layer, effect) {
		if effect == policy.ImplicitDeny && len(f.Policy) > 0 {
			f.Title = "Be told 404 in place of 403: " + lowerFirst(f.Title)
			fixes = append(fixes, f)
		}
	}
	return fixes
}

// fixNoSuchKey offers the keys that look alike first: case and encoding are the
// usual slips, for S3 keys are compared byte by byte.
func fixNoSuchKey(r *reading, _ Finding) []Fix {
	var fixes []Fix
	for i, near := range r.Listing.Value.Near {
		if i == 3 {
			break
		}
		fixes = append(fixes, command(WhoCaller, "Ask for the key that is there", "aws s3api head-object"+r.bucketFlag()+" --key "+shellWord(near)))
	}
	prefix := r.Target.Key[:strings.LastIndexByte(r.Target.Key, '/')+1]
	return append(fixes, command(WhoCaller, "Check the key: spelling, case, encoding, a slash at its end",
		"aws s3api list-objects-v2"+r.bucketFlag()+" --prefix "+shellWord(prefix)+" --max-items 20"))
}

// fixNoSuchBucket: listing needs no right on the bucket, only s3:ListAllMyBuckets.
func fixNoSuchBucket(_ *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Check the bucket's name and the endpoint", "aws s3api list-buckets --query 'Buckets[].Name'")}
}

// fixDeleteMarker: nothing was lost, for the versions below a marker stay (S3
// user guide, "Working with delete markers").
func fixDeleteMarker(r *reading, _ Finding) []Fix {
	return []Fix{
		command(WhoCaller, "Find an older version and read that",
			"aws s3api list-object-versions"+r.bucketFlag()+" --prefix "+shellWord(r.Target.Key)),
		ask(WhoBucketOwner, "Bring the object back", "Deleting the delete marker by its version id makes the version below it current again."),
	}
}

// fixBucketNotYours comes back to the name: a typo is likelier than a stranger.
func fixBucketNotYours(r *reading, _ Finding) []Fix {
	return []Fix{
		command(WhoCaller, "Compare with the buckets of your account", "aws s3api list-buckets --query 'Buckets[].Name'"),
		ask(WhoBucketOwner, "Ask its owner for access", "If "+r.Target.Bucket+" is the bucket you mean, its owner must allow you in the bucket policy, and your own account as well."),
	}
}

// fixExpectedOwnerMismatch never proposes to drop the check: it may have kept
// data from a stranger's bucket (S3 user guide, "Verifying bucket ownership").
func fixExpectedOwnerMismatch(r *reading, _ Finding) []Fix {
	fixes := []Fix{}
	if r.OwnerOfBucket.Known() && r.OwnerOfBucket.Value != r.Options.ExpectedOwner {
		fixes = append(fixes, command(WhoCaller, "Name the account that owns the bucket, if you trust it",
			"aws s3api head-object"+r.objectFlags()+" --expected-bucket-owner "+shellWord(r.OwnerOfBucket.Value)))
	}
	return append(fixes, ask(WhoCaller, "Make sure whose bucket it is",
		"The check did its work: the bucket does not belong to account "+r.Options.ExpectedOwner+". Correct the account id or the bucket's name before you drop the check."))
}

// fixRequesterPays says that it costs money; the program never sends it by itself
// (S3 user guide, "Requester Pays buckets").
func fixRequesterPays(r *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Agree to pay for the request (this costs money)",
		"aws s3api head-object"+r.objectFlags()+" --request-payer requester")}
}

// fixSSECKey reads the key from a file, so that it stays out of the shell's history.
func fixSSECKey(r *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Send the key that the object was written with",
		"aws s3api head-object"+r.objectFlags()+" --sse-customer-algorithm AES256 --sse-customer-key fileb://sse-c.key")}
}

// fixArchived: Standard takes hours, and is the tier that every archive has. What
// Intelligent-Tiering archived is moved back, not copied, and takes no number of days
// (API_RestoreObject, "Days").
func fixArchived(r *reading, _ Finding) []Fix {
	title, days := "Restore a copy for some days (this costs money and takes hours)", "Days=7,"
	if r.Head.Value.Header["x-amz-storage-class"] == "INTELLIGENT_TIERING" {
		title, days = "Have it moved back to the frequent access tier (this takes hours)", ""
	}
	restore := command(WhoCaller, title,
		"aws s3api restore-object"+r.objectFlags()+" --restore-request '"+days+"GlacierJobParameters={Tier=Standard}'")
	restore.Applies = Place{Layer: "object", Owner: r.Target.ObjectARN()}
	restore.After = pretty(members{{"Restored", encode(true)}})
	return []Fix{restore}
}
