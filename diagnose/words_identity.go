package diagnose

// The words for a newcomer, three sentences a cause: what the mechanism is, how
// it refuses, and how people usually get into it. This file holds those about
// who asks: policies on the caller's side.
const (
	wordsIdentityNoAllow = "An identity policy is attached to a user, a group or a role and lists what its bearer may do. " +
		"Where no statement allows the action on this object AWS refuses, unless the policy of a bucket in the same account lets this caller in: nothing is allowed until something says so. " +
		"It usually happens when a job moves to a new role, or reads a bucket that nobody added to its policy."

	wordsIdentityWrongResource = "The Resource of a policy statement is a pattern that the ARN of the object must match, letter by letter. " +
		"When it does not match, the statement counts for nothing and the request is refused as if it were not there. " +
		"Most often the pattern is the bucket's ARN without /* at its end, another prefix, a key spelled in other case, or arn:aws: in a partition that is not aws."

	wordsIdentityWrongAction = "Each call needs one named permission, and its name is often not the name of the call. " +
		"A policy that grants a name that does not exist, or that belongs to another call, grants nothing here. " +
		"People write s3:HeadObject or s3:ListObjects after the API's name; reading and heading an object both need s3:GetObject."

	wordsIdentityConditionUnmet = "A Condition limits a statement to requests with certain properties: an address, a tag, a time, a second factor. " +
		"When one of them does not hold, the Allow does not apply, and S3 reports it exactly as if no Allow existed. " +
		"It usually appears after leaving the office network, after a session without MFA, or when a tag is missing."

	wordsIdentityExplicitDeny = "A statement with Effect Deny forbids, and no Allow anywhere can outweigh it. " +
		"When a Deny in one of the caller's own policies matches, AWS refuses without looking further. " +
		"It is usually a guard rail: a deny without MFA, outside a region, or AWS's own quarantine policy on a leaked key."

	wordsVersionPermission = "An object's versions have permissions of their own: naming a version needs s3:GetObjectVersion, and s3:GetObject does not cover it. " +
		"A HEAD or GET with a versionId is refused when only s3:GetObject is granted. " +
		"It shows up when a tool starts to pin versions, or somebody restores an old one."

	wordsBoundaryNoAllow = "A permissions boundary is a ceiling that an administrator sets over a user or a role. " +
		"What the boundary does not allow is refused, however much the identity policies grant. " +
		"Roles made by a pipeline or a developer often carry one that was written before this bucket existed."

	wordsBoundaryExplicitDeny = "A permissions boundary is a ceiling over a user or a role, and it may also forbid. " +
		"A Deny in it that matches ends the matter, whatever other policies allow. " +
		"It is usually a rule of the platform team that keeps sandbox roles away from certain data."

	wordsSessionNoAllow = "A session policy is handed over when a role is assumed or a user federated, and narrows that one session. " +
		"What it does not name is refused for this session, although the role itself may do it; no API shows it afterwards. " +
		"Credential vending, CodePipeline, federation brokers and AssumeRole calls with a Policy parameter set it without saying so."

	wordsSessionExplicitDeny = "A session policy narrows one session of a role or federated user, and it may also forbid. " +
		"A Deny in it refuses although the role is allowed; no API shows it afterwards. " +
		"It comes from the program that assumed the role, so it is found in that program's code or settings."

	wordsDirectoryBucketSession = "A directory bucket (S3 Express One Zone) is entered through a session that s3express:CreateSession opens for five minutes. " +
		"Without that permission every data call is refused with a bare Access Denied, and s3:GetObject does not help. " +
		"It happens when a policy for an ordinary bucket is reused for one whose name ends in --x-s3."
)
