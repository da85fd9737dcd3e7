package diagnose

import "strings"

// identityARN is the ARN that policies name the caller by: the user's, or the
// role's with its path (a session ARN has lost the path; without iam:GetRole the
// role's name alone is all that is known).
func (r *reading) identityARN() string {
	if r.Role.Known() && r.Role.Value.ARN != "" {
		return r.Role.Value.ARN
	}
	arn := r.caller().ARN
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) == 6 && strings.HasPrefix(parts[5], "assumed-role/") {
		name, _, _ := strings.Cut(strings.TrimPrefix(parts[5], "assumed-role/"), "/")
		return "arn:" + parts[1] + ":iam::" + parts[4] + ":role/" + name
	}
	return arn
}

// principalARNs are the values of aws:PrincipalArn by which a condition knows the
// caller. The ARN of a session has lost the path of its role, and names of roles
// are unique in an account whatever their path (IAM user guide, "IAM identifiers"),
// so while the role was not read, its name at the end of any path does.
func (r *reading) principalARNs() []string {
	arn := r.identityARN()
	head, name, found := strings.Cut(arn, ":role/")
	if !found || r.pathKnown() {
		return []string{arn}
	}
	return []string{arn, head + ":role/*/" + name}
}

// pathKnown tells that identityARN is whole.
func (r *reading) pathKnown() bool {
	return r.Role.Known() && r.Role.Value.ARN != "" || !strings.Contains(r.caller().ARN, ":assumed-role/")
}

// pathNote warns where a Principal, which takes no wildcard, names a role whose
// path is not known.
func (r *reading) pathNote() string {
	if r.pathKnown() {
		return ""
	}
	return "\nIf the role has a path, name it with it: aws iam get-role shows its ARN."
}

// attachTo is the IAM command that puts an inline policy on the caller; empty
// for callers that carry no policy of their own (root, federated users).
func (r *reading) attachTo(policyName string) string {
	arn := r.identityARN()
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	switch {
	case strings.Contains(arn, ":role/AWSReservedSSO_"), strings.Contains(arn, "/aws-reserved/"):
		return "" // IAM Identity Center owns these roles and overwrites them
	case strings.Contains(arn, ":role/"):
		return "aws iam put-role-policy --role-name " + shellWord(name) +
			" --policy-name " + policyName + " --policy-document file://policy.json"
	case strings.Contains(arn, ":user/"):
		return "aws iam put-user-policy --user-name " + shellWord(name) +
			" --policy-name " + policyName + " --policy-document file://policy.json"
	}
	return ""
}

// shellWord quotes a word for a POSIX shell where it needs quotes.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// bucketFlag and objectFlags are the options of "aws s3api" for the target.
func (r *reading) bucketFlag() string { return " --bucket " + shellWord(r.Target.Bucket) }

func (r *reading) objectFlags() string {
	flags := r.bucketFlag() + " --key " + shellWord(r.Target.Key)
	if r.Options.VersionID != "" {
		flags += " --version-id " + shellWord(r.Options.VersionID)
	}
	return flags
}

// address is the target as the commands of s403 and "aws s3" take it.
func (r *reading) s3URI() string {
	uri := "s3://" + r.Target.Bucket
	if r.Target.Key != "" {
		uri += "/" + r.Target.Key
	}
	return shellWord(uri)
}

// ask makes a fix that only words can describe.
func ask(who Who, title, text string) Fix {
	return Fix{Title: title, Who: who, Kind: FixAsk, Text: text}
}

// command makes a fix that is a command to run.
func command(who Who, title, text string) Fix {
	return Fix{Title: title, Who: who, Kind: FixCommand, Text: text}
}

// setting makes a fix that changes a setting and no policy.
func setting(who Who, title, text string) Fix {
	return Fix{Title: title, Who: who, Kind: FixSetting, Text: text}
}
