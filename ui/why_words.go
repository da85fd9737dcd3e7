package ui

import (
	"strconv"
	"strings"

	"s403/diagnose"
)

// sureness says a confidence in words, so that "computed" needs no manual.
func sureness(c diagnose.Confidence) string {
	switch c {
	case diagnose.Reported:
		return "the live answers to this very request show it (reported)"
	case diagnose.Computed:
		return "evaluated here from the real policies (computed)"
	case diagnose.Simulated:
		return "AWS's own policy simulator says so (simulated)"
	case diagnose.Inferred:
		return "it fits all that was seen, one step short of proof (inferred)"
	case diagnose.Guess:
		return "nothing seen speaks against it (a guess)"
	default:
		return ""
	}
}

// mender says who can carry out a fix at a store.
func mender(at diagnose.Store, w diagnose.Who) string {
	switch w {
	case diagnose.WhoCaller:
		return "your own account"
	case diagnose.WhoBucketOwner:
		return at.Owner()
	case diagnose.WhoKeyOwner:
		return "the owner of the KMS key"
	case diagnose.WhoOrgAdmin:
		return "an administrator of the organization"
	case diagnose.WhoNetworkAdmin:
		return "whoever runs the network"
	case diagnose.WhoAWSSupport:
		return "AWS Support"
	default:
		return string(w)
	}
}

// menders lists who can mend a finding, each once, in the order of its fixes.
func menders(at diagnose.Store, f diagnose.Finding) string {
	var names []string
	seen := map[diagnose.Who]bool{}
	for _, x := range f.Fixes {
		if x.Who != "" && !seen[x.Who] {
			seen[x.Who] = true
			names = append(names, mender(at, x.Who))
		}
	}
	return orList(names)
}

// orList joins names as a sentence does: "a, b or c".
func orList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// kindOf says what sort of change a fix is.
func kindOf(k diagnose.FixKind) string {
	switch k {
	case diagnose.FixPolicy:
		return "a policy change"
	case diagnose.FixCommand:
		return "a command"
	case diagnose.FixSetting:
		return "a setting"
	case diagnose.FixAsk:
		return "a question to ask"
	default:
		return string(k)
	}
}

// callerName is the short name of who asked: "ana@111122223333", or the
// session of a role as "dev/ana@…".
func callerName(r diagnose.Report) string {
	c := r.Caller
	if c.Kind == diagnose.KindAnonymous {
		return "anonymous"
	}
	name := c.ARN
	if i := strings.Index(name, "/"); i >= 0 {
		name = name[i+1:]
	} else if i := strings.LastIndex(name, ":"); i >= 0 {
		name = name[i+1:]
	}
	if name == "" {
		return r.Source
	}
	if c.Account != "" {
		name += "@" + c.Account
	}
	return name
}

// causeInfo is what the catalogue says of a cause; for an id it does not hold,
// the id itself in words.
func causeInfo(id diagnose.CauseID) diagnose.CauseInfo {
	for _, c := range diagnose.Catalogue() {
		if c.ID == id {
			return c
		}
	}
	return diagnose.CauseInfo{ID: id, Title: strings.ReplaceAll(string(id), "-", " ")}
}

// sentence makes a clause of the report into a sentence: the reports write them
// lower-case, for use within others. A name such as s3:GetObject or an ARN at
// the front stays as it is.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return s
	}
	first, _, _ := strings.Cut(s, " ")
	first = strings.TrimSuffix(first, ":")
	if s[0] >= 'a' && s[0] <= 'z' && strings.IndexFunc(first, notLower) < 0 {
		s = string(s[0]-'a'+'A') + s[1:]
	}
	if strings.ContainsAny(s[len(s)-1:], ".!?:…") {
		return s
	}
	return s + "."
}

func notLower(r rune) bool { return (r < 'a' || r > 'z') && r != '\'' && r != ',' && r != '-' }

// stationWord is the state of a station as its leaf begins.
func stationWord(at diagnose.StationReport) string {
	switch {
	case at.State == diagnose.StoppedHere:
		return "the request stopped here"
	case at.State == diagnose.Passed:
		return "passed"
	case at.Pending:
		return "still asking"
	case at.State == diagnose.NotOnThisWay:
		return "not on this way"
	default:
		return "unknown"
	}
}

// stationOfLayer is the number of the station where a policy layer stands.
func stationOfLayer(layer string) int {
	switch layer {
	case "service control policy", "resource control policy":
		return 6
	case "VPC endpoint policy", "access point policy":
		return 7
	case "resource-based policy", "bucket policy":
		return 8
	case "identity-based policy":
		return 9
	case "permissions boundary":
		return 10
	case "session policy":
		return 11
	default:
		return 0
	}
}

// plural is a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
