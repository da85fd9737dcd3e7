// Package lab is a small AWS on one loopback port: accounts in an organization,
// users, roles and sessions, buckets and objects with owners, KMS keys, VPC
// endpoints, access points and a clock. It speaks S3, STS, IAM, KMS,
// Organizations, S3 Control and the one EC2 call that a diagnosis needs.
//
// Nothing in it is canned: a refusal follows from the World through
// policy.Evaluate, and is answered in AWS's words (statuses, codes, headers,
// enhanced messages inside an account or organization, none on HEAD). The
// storage of objects is gofakes3's; this package is what stands in front of it.
//
// # World and scenario files
//
// A world is TOML that a person can read and write: one table for each account,
// user, role, bucket, key and so on, with policy documents as literal strings.
// Accounts go by a short name, everything that lives in one by "account/name":
//
//	[[account]]
//	name = "data"
//	id   = "111122223333"
//
//	[[user]]
//	name = "data/ana"
//	policies = ["read-reports"]           # attached managed policies
//	[user.inline]
//	read = '''{"Version":"2012-10-17","Statement":[…]}'''
//
//	[[bucket]]
//	name    = "acme-reports"
//	account = "data"
//	region  = "eu-west-1"
//
//	[[bucket.object]]
//	key  = "2026/q3/summary.csv"
//	size = 18240
//
//	[[actor]]
//	name = "ana"
//	user = "data/ana"
//
// A scenario file is a world that is laid over the base world, and begins with
// what the scenario is about: name, title, cause, story, actor, target, args,
// env, fix, and the [[mend]] tables that carry the fix out (see Scenario).
// Unknown fields are errors; every error names the file, and the line where
// there is one.
package lab
