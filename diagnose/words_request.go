package diagnose

// The words for a newcomer about what comes before any policy: credentials,
// clock, signature, endpoint and network.
const (
	wordsAnonymous = "A request without a signature is anonymous: S3 does not know who asks. " +
		"It may do only what is open to everybody, and nearly every bucket is open to nobody. " +
		"Usually no credentials were found, because of a missing profile or environment, or because signing was switched off."

	wordsInvalidAccessKey = "The access key id in a request names the credentials that it was signed with. " +
		"When S3 does not know that id it answers 403 InvalidAccessKeyId. " +
		"The key was deleted or deactivated, belongs to another partition such as China or GovCloud, or to another store altogether."

	wordsMissingSessionToken = "Temporary credentials have three parts: a key id that begins with ASIA, a secret and a session token. " +
		"Without the token S3 does not know the key id and answers 403 InvalidAccessKeyId. " +
		"It happens when only two of three variables are copied, or AWS_SESSION_TOKEN is unset and the other two stay."

	wordsExpiredCredentials = "Temporary credentials end at a fixed time, mostly after one to twelve hours. " +
		"After it S3 answers 400 ExpiredToken, and a HEAD shows only the 400. " +
		"A long job outlived its session, or yesterday's credentials are still in the environment."

	wordsInvalidToken = "The session token of temporary credentials is a long text that S3 must be able to read and that must be valid in its region. " +
		"A damaged one, or one that this region does not take, is answered 400 InvalidToken. " +
		"It was cut when copied, mixed with another key's, or comes from the global STS endpoint and is used in an opt-in region."

	wordsAccountProblem = "S3 serves only accounts that are signed up and in good standing, and the owner's account counts too. " +
		"Otherwise it answers 403 with NotSignedUp, AccountProblem, InvalidPayer or AllAccessDisabled, and no policy can change it. " +
		"Look at bills and sign-up first; AllAccessDisabled is often just a wrong bucket name."

	wordsClockSkew = "Every signature carries the time at which it was made, so that nobody can replay it later. " +
		"When that is more than 15 minutes from S3's own clock, S3 refuses with RequestTimeTooSkewed; many SDKs correct it silently on the next call. " +
		"A laptop after sleep, a container or a virtual machine without time synchronization gets here."

	wordsSignatureMismatch = "A signature is computed from the request and the secret key, and S3 computes it again to compare. " +
		"When the two differ it answers 403 SignatureDoesNotMatch. " +
		"The secret is wrong or cut, or a proxy, a CDN or the client changed a header, the path or the method after signing."

	wordsPresignedExpired = "A presigned URL carries its signature and a lifetime of at most seven days. " +
		"After that S3 answers 403 Request has expired, to everybody who uses it. " +
		"It also ends with the session of whoever signed it, so a URL for a week made with an hour's role lasts an hour."

	wordsSignatureVersion = "Requests are signed by a method with a version; S3 takes version 4, and most regions nothing else. " +
		"A request of version 2 is answered 400 with the words please use AWS4-HMAC-SHA256. " +
		"Old libraries and old presigned URLs, with AWSAccessKeyId and Signature in them, still use it."

	wordsWebsiteEndpoint = "A website endpoint (s3-website in its name) serves a bucket as a web site to anonymous visitors. " +
		"It ignores signatures, answers in HTML and refuses what is not public, whatever your permissions are. " +
		"Its address was copied from the console, or set as the origin of a CDN, where the REST endpoint was meant."

	wordsProxyInterference = "Between a client and S3 there may be proxies, gateways and content networks that change requests. " +
		"When the very same question is refused as HEAD and answered as GET, S3's permissions are not the reason: both need s3:GetObject. " +
		"A CDN that turns HEAD into GET, or a filter that forbids HEAD, breaks the signature on the way."

	wordsNetwork = "Before S3 can decide, the request must reach it: a name is looked up, a connection made, TLS agreed. " +
		"When one of these fails there is no answer at all, and so no permission was judged. " +
		"Look at the endpoint's spelling, the proxy settings, the firewall, and the certificates of a private store."
)
