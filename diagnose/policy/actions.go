package policy

import (
	_ "embed"
	"strings"
)

//go:generate sh -c "go run ./internal/genactions package/data 2026-09-26 > actions.tsv"

// actionsTSV is the table of S3's actions: name, resource types, condition keys.
//
//go:embed actions.tsv
var actionsTSV string

// ActionsDate is the day of the Service Authorization Reference that the table
// of actions was taken from, as "2026-09-26".
var ActionsDate string

// actionRow is one action of S3.
type actionRow struct {
	name  string // "s3:GetObject"
	lower string // "s3:getobject"
	types []string
	keys  map[string]bool // condition keys in lower case; "s3:existingobjecttag/" for all that begin so
}

// actionRows holds the actions by name, actionsByLower by name in lower case,
// and actionKeys every condition key of any action.
var (
	actionRows     = make(map[string]*actionRow)
	actionsByLower = make(map[string]*actionRow)
	actionKeys     = make(map[string]bool)
)

// everyKey is the condition keys that all actions have, together with those
// that belong to the bucket or access point whatever the action is (Amazon S3
// User Guide, "Bucket policy examples using condition keys", "Condition keys
// for access points", "Using attribute-based access control").
var everyKey = map[string]bool{
	"s3:dataaccesspointaccount": true, "s3:dataaccesspointarn": true, "s3:accesspointnetworkorigin": true,
	"s3:accesspointtag/": true, "s3:buckettag/": true,
}

// The table is read once, at the start: it is 14 KB, and every lookup in a
// policy needs it.
func init() {
	for line := range strings.Lines(actionsTSV) {
		readActionLine(strings.TrimRight(line, "\n"))
	}
}

// readActionLine reads one line of the table: a comment, the date, the keys of
// every action, or an action with its resource types and keys, parted by tabs.
func readActionLine(line string) {
	cells := strings.Split(line, "\t")
	switch {
	case strings.HasPrefix(line, "#"):
	case cells[0] == "date":
		ActionsDate = cells[1]
	case cells[0] == "every":
		for k := range strings.SplitSeq(cells[1], ",") {
			everyKey[keyName(k)] = true
		}
	case len(cells) == 3:
		row := &actionRow{name: "s3:" + cells[0], lower: "s3:" + strings.ToLower(cells[0]), keys: make(map[string]bool)}
		if cells[1] != "" {
			row.types = strings.Split(cells[1], ",")
		}
		for k := range strings.SplitSeq(cells[2], ",") {
			row.keys[keyName(k)] = true
			actionKeys[keyName(k)] = true
		}
		actionRows[row.name], actionsByLower[row.lower] = row, row
	}
}

// keyName is a condition key as the tables hold it: in lower case, and up to
// the slash where a tag's name follows.
func keyName(key string) string {
	key = strings.ToLower(key)
	if i := strings.IndexByte(key, '/'); i >= 0 {
		return key[:i+1]
	}
	return key
}

// ActionExists tells whether S3 has an action, or any that a pattern with
// wildcards covers. Case does not matter. Actions of other services are not in
// the table and are taken to exist.
func ActionExists(action string) bool {
	lower := strings.ToLower(action)
	if !strings.HasPrefix(lower, "s3:") {
		return true
	}
	return len(actionsLike(lower)) > 0
}

// actionsLike returns the actions that a pattern in lower case covers.
func actionsLike(pattern string) []*actionRow {
	if !strings.ContainsAny(pattern, "*?") {
		if row := actionsByLower[pattern]; row != nil {
			return []*actionRow{row}
		}
		return nil
	}
	var list []*actionRow
	g := newGlob(pattern, wildcards)
	for lower, row := range actionsByLower {
		if g.match(lower, nil) {
			list = append(list, row)
		}
	}
	return list
}

// SuggestAction names the action that was meant by one that does not exist:
// "s3:GetObject" for "s3:HeadObject". It is empty for actions that exist, for
// patterns, and where nothing is near.
func SuggestAction(action string) string {
	lower := strings.ToLower(action)
	name, ok := strings.CutPrefix(lower, "s3:")
	if !ok || strings.ContainsAny(name, "*?") || actionsByLower[lower] != nil {
		return ""
	}
	if meant := operationActions[name]; meant != "" {
		return meant
	}
	return nearestAction(lower)
}

// operationActions gives, for API operations whose name is not that of an
// action, the action that they need (Amazon S3 User Guide, "Required
// permissions for Amazon S3 API operations"), by the operation in lower case.
var operationActions = map[string]string{
	"headobject":        "s3:GetObject",
	"headobjectversion": "s3:GetObjectVersion",
	"readobject":        "s3:GetObject", "selectobjectcontent": "s3:GetObject", "downloadobject": "s3:GetObject",
	"headbucket":  "s3:ListBucket",
	"listobjects": "s3:ListBucket", "listobjectsv2": "s3:ListBucket", "listobject": "s3:ListBucket",
	"listobjectversions":   "s3:ListBucketVersions",
	"listbuckets":          "s3:ListAllMyBuckets",
	"listmultipartuploads": "s3:ListBucketMultipartUploads",
	"listparts":            "s3:ListMultipartUploadParts",
	"copyobject":           "s3:PutObject", "uploadpart": "s3:PutObject", "uploadpartcopy": "s3:PutObject",
	"createmultipartupload": "s3:PutObject", "completemultipartupload": "s3:PutObject",
	"postobject": "s3:PutObject", "writeobject": "s3:PutObject",
	"deleteobjects":                            "s3:DeleteObject",
	"getobjectlockconfiguration":               "s3:GetBucketObjectLockConfiguration",
	"putobjectlockconfiguration":               "s3:PutBucketObjectLockConfiguration",
	"getbucketencryption":                      "s3:GetEncryptionConfiguration",
	"putbucketencryption":                      "s3:PutEncryptionConfiguration",
	"deletebucketencryption":                   "s3:PutEncryptionConfiguration",
	"getbucketlifecycle":                       "s3:GetLifecycleConfiguration",
	"getbucketlifecycleconfiguration":          "s3:GetLifecycleConfiguration",
	"putbucketlifecycle":                       "s3:PutLifecycleConfiguration",
	"putbucketlifecycleconfiguration":          "s3:PutLifecycleConfiguration",
	"deletebucketlifecycle":                    "s3:PutLifecycleConfiguration",
	"getbucketreplication":                     "s3:GetReplicationConfiguration",
	"putbucketreplication":                     "s3:PutReplicationConfiguration",
	"deletebucketreplication":                  "s3:PutReplicationConfiguration",
	"getbucketaccelerateconfiguration":         "s3:GetAccelerateConfiguration",
	"putbucketaccelerateconfiguration":         "s3:PutAccelerateConfiguration",
	"getbucketanalyticsconfiguration":          "s3:GetAnalyticsConfiguration",
	"putbucketanalyticsconfiguration":          "s3:PutAnalyticsConfiguration",
	"getbucketinventoryconfiguration":          "s3:GetInventoryConfiguration",
	"putbucketinventoryconfiguration":          "s3:PutInventoryConfiguration",
	"getbucketmetricsconfiguration":            "s3:GetMetricsConfiguration",
	"putbucketmetricsconfiguration":            "s3:PutMetricsConfiguration",
	"getbucketnotificationconfiguration":       "s3:GetBucketNotification",
	"putbucketnotificationconfiguration":       "s3:PutBucketNotification",
	"getpublicaccessblock":                     "s3:GetBucketPublicAccessBlock",
	"putpublicaccessblock":                     "s3:PutBucketPublicAccessBlock",
	"deletepublicaccessblock":                  "s3:PutBucketPublicAccessBlock",
	"deletebucketpublicaccessblock":            "s3:PutBucketPublicAccessBlock",
	"deletebucketcors":                         "s3:PutBucketCORS",
	"deletebuckettagging":                      "s3:PutBucketTagging",
	"deletebucketownershipcontrols":            "s3:PutBucketOwnershipControls",
	"getbucketintelligenttieringconfiguration": "s3:GetIntelligentTieringConfiguration",
}

// nearestAction finds the one action that two slips of the pen at most keep
// apart from a name in lower case.
func nearestAction(lower string) string {
	const most = 2
	best, name, unique := most+1, "", false
	for have, row := range actionsByLower {
		switch d := Distance(lower, have, best); {
		case d < best:
			best, name, unique = d, row.name, true
		case d == best:
			unique = false
		}
	}
	if !unique || best > most {
		return ""
	}
	return name
}

// Distance is how many letters must be put in, taken out or changed to make b of
// a, by which a name is told that was meant; anything above most is most+1.
func Distance(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
