package diagnose

// The words for a newcomer about the object itself and about headers of the
// request that change how S3 decides.
const (
	wordsMissingKey = "S3 tells that a key does not exist only to those who may list the bucket. " +
		"Without s3:ListBucket a HEAD or GET of a missing key is answered 403, exactly like a denied one. " +
		"It is usually a typo, another case, an encoding of a space or plus sign, or a job that ran before the file was written."

	wordsNoSuchKey = "An object is found by its whole key, letter by letter; folders are only a way of showing keys. " +
		"When there is none of that name, and you may list the bucket, S3 answers 404; this is no denial. " +
		"Look for another case, a leading slash, a trailing space or an encoded character."

	wordsDeleteMarker = "In a bucket with versioning, deleting an object only puts a delete marker on top of its versions. " +
		"A HEAD then answers 404, or 405 when the version asked for is the marker itself; this is no denial. " +
		"The earlier versions are still there, and removing the marker brings the object back."

	wordsArchived = "Objects in the slow archive classes, such as Glacier Flexible Retrieval and Deep Archive, must be restored before they can be read. " +
		"A HEAD succeeds, but a GET is answered 403 InvalidObjectState until a restore has finished. " +
		"A lifecycle rule, or Intelligent-Tiering, usually moved the object there when it had grown old."

	wordsKMSPermission = "An object can be encrypted with a key of AWS KMS, and reading it then needs the right to use that key: kms:Decrypt. " +
		"A GET is refused without it, and so is a HEAD that asks for checksums; a plain HEAD is not. " +
		"The key's policy must name the caller, or leave it to the account, whose own policies must then allow it; people grant s3:GetObject alone."

	wordsKMSKeyState = "A KMS key can be disabled, be waiting for its deletion, or be gone. " +
		"Objects that were encrypted with it cannot be read then by anybody, and S3 answers with an error of KMS. " +
		"It follows a clean-up of keys that seemed unused."

	wordsSSECKey = "With SSE-C the reader sends the encryption key along with each request, and S3 does not keep it. " +
		"Without the key S3 answers 400, with a wrong one 403, on HEAD as well. " +
		"It happens when an object that one tool encrypted is read by another that does not know of the key."

	wordsExpectedOwnerMismatch = "The header x-amz-expected-bucket-owner says which account the caller believes to own the bucket. " +
		"When that is not so S3 refuses before it looks at any policy. " +
		"The account id is mistyped, belongs to another stage, or the bucket really is somebody else's."

	wordsRequesterPays = "The owner of a Requester Pays bucket lets its readers pay for requests and transfer. " +
		"Whoever comes from another account and does not send x-amz-request-payer: requester is refused with a bare Access Denied. " +
		"It is met with large public data sets; sending the header means agreeing to pay."

	wordsThrottled = "S3 takes a certain number of requests a second for each prefix of a bucket, and takes more only by and by. " +
		"Beyond it S3 answers 503 SlowDown; this is no denial, and the same request will pass later. " +
		"Many workers starting at once under one prefix bring it about."
)
