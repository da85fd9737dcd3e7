package diagnose

import "strings"

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
		command(WhoKeyOwner, "Have the account that wrote the object hand it over",
			"aws s3api put-object-acl"+r.objectFlags()+" --acl bucket-owner-full-control"),
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
	s := allowing("ListThisBucket", nil, "s3:ListBucket", r.Target.BucketARN(), nil)
	fix := Fix{
		Title: "Be told 404 in place of 403", Who: WhoCaller, Kind: FixAsk, Policy: pretty(s),
		Text: "With s3:ListBucket on the bucket S3 says that a key is missing. It also lets you list the bucket, so ask only if you may.",
	}
	return append(fixes, fix)
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

// fixKMSPermission: the key policy and the caller's own policies both count.
func fixKMSPermission(r *reading, _ Finding) []Fix {
	key := firstOf(r.KMSKey.Value.ARN, firstOf(r.live.said.Resource, r.Encryption.Value.KeyID))
	if r.KMSKey.Value.Manager == "AWS" && r.relation == otherAccount {
		return []Fix{ask(WhoBucketOwner, "Encrypt the object with a key of your own",
			"The AWS managed key aws/s3 can never be used from another account: copy the object over itself with a customer managed key, and share that key.")}
	}
	if !strings.HasPrefix(key, "arn:") {
		return []Fix{ask(WhoKeyOwner, "Let the caller use the KMS key",
			"The key policy must allow kms:Decrypt to "+firstOf(r.identityARN(), "the caller")+", and so must the caller's own policies.")}
	}
	mine := allowing("DecryptWithThisKey", nil, "kms:Decrypt", key, nil)
	fixes := []Fix{{
		Title: "Allow kms:Decrypt with this key to " + r.who(), Who: WhoCaller, Kind: FixPolicy, Policy: pretty(mine),
		After:   editable{top: members{{"Version", encode("2012-10-17")}}}.plus(mine).bytes(),
		Text:    firstOf(r.attachTo("DecryptOneKey"), "Add the statement below to the caller's policies."),
		Applies: Place{Layer: layerIdentity, Owner: r.identityARN(), Policy: "DecryptOneKey"},
	}}
	if arn := r.identityARN(); arn != "" && r.live.said.Layer != layerIdentity {
		fixes = append(fixes, r.keyPolicyFix(key, arn)) // else the key policy was passed
	}
	return fixes
}

// keyPolicyFix adds the caller to the key policy; "*" there means this key.
func (r *reading) keyPolicyFix(key, arn string) Fix {
	theirs := allowing("DecryptForOneCaller", map[string]string{"AWS": arn}, "kms:Decrypt", "*", nil)
	fix := Fix{
		Title: "Let the caller use the key in the key policy", Who: WhoKeyOwner, Kind: FixPolicy, Policy: pretty(theirs),
		Text:    "aws kms put-key-policy --key-id " + shellWord(key) + " --policy-name default --policy file://policy.json",
		Applies: Place{Layer: "key policy", Owner: key, Policy: "default"},
	}
	source := r.KMSKey.Value.Policy.Source
	if doc, ok := openDocument(source); ok && len(source) > 0 {
		fix.Before, fix.After = doc.bytes(), doc.plus(theirs).bytes()
	} else {
		fix.Text = "Ask the key's owner to add the statement below to the policy of " + key + "; in a key policy the resource * means this key."
	}
	return fix
}

// fixKMSKeyState: a key that waits for its deletion is disabled, and cancelling
// leaves it so: it has to be enabled as well (AWS KMS, "Deleting AWS KMS keys").
func fixKMSKeyState(r *reading, _ Finding) []Fix {
	key := shellWord(firstOf(r.KMSKey.Value.ARN, firstOf(r.Encryption.Value.KeyID, "KEY-ID")))
	enable := command(WhoKeyOwner, "Enable the key", "aws kms enable-key --key-id "+key)
	enable.Applies = Place{Layer: "key state", Owner: firstOf(r.KMSKey.Value.ARN, r.Encryption.Value.KeyID)}
	enable.After = pretty(members{{"KeyState", encode("Enabled")}})
	if r.KMSKey.Value.State == "PendingDeletion" || strings.Contains(r.live.text, "pending deletion") {
		return []Fix{command(WhoKeyOwner, "Cancel the deletion of the key, while its waiting time lasts",
			"aws kms cancel-key-deletion --key-id "+key), enable}
	}
	return []Fix{enable, ask(WhoKeyOwner, "If the key is gone, restore the object from elsewhere", "What a deleted key encrypted cannot be read by anybody.")}
}

// fixSSECKey reads the key from a file, so that it stays out of the shell's history.
func fixSSECKey(r *reading, _ Finding) []Fix {
	return []Fix{command(WhoCaller, "Send the key that the object was written with",
		"aws s3api head-object"+r.objectFlags()+" --sse-customer-algorithm AES256 --sse-customer-key fileb://sse-c.key")}
}

// fixArchived: Standard takes hours, and is the tier that every archive has.
func fixArchived(r *reading, _ Finding) []Fix {
	restore := command(WhoCaller, "Restore a copy for some days (this costs money and takes hours)",
		"aws s3api restore-object"+r.objectFlags()+" --restore-request 'Days=7,GlacierJobParameters={Tier=Standard}'")
	restore.Applies = Place{Layer: "object", Owner: r.Target.ObjectARN()}
	restore.After = pretty(members{{"Restored", encode(true)}})
	return []Fix{restore}
}

// fixDirectoryBucketSession: a directory bucket knows one action, CreateSession.
func fixDirectoryBucketSession(r *reading, _ Finding) []Fix {
	partition := firstOf(r.Target.Partition, "aws")
	account := firstOf(r.bucketAccount(), r.callerAccount())
	if account == "" {
		return []Fix{ask(WhoCaller, "Allow s3express:CreateSession on the bucket", "Directory buckets need s3express:CreateSession and none of the s3: actions.")}
	}
	arn := "arn:" + partition + ":s3express:" + r.Target.Region + ":" + account + ":bucket/" + r.Target.Bucket
	s := allowing("OpenReadSession", nil, "s3express:CreateSession", arn, nil)
	s = withCondition(s, "StringEquals", "s3express:SessionMode", "ReadOnly")
	return []Fix{{
		Title: "Allow s3express:CreateSession on the bucket", Who: WhoCaller, Kind: FixPolicy, Policy: pretty(s),
		After:   editable{top: members{{"Version", encode("2012-10-17")}}}.plus(s).bytes(),
		Text:    firstOf(r.attachTo("OpenReadSession"), "Add the statement below to the caller's policies."),
		Applies: Place{Layer: layerIdentity, Owner: r.identityARN(), Policy: "OpenReadSession"},
	}}
}
