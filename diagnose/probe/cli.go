package probe

import (
	"slices"
	"strings"
)

// twin writes the AWS CLI command that shows the same again, with the flags
// that the person would need. No secret is among them: credentials are named by
// their profile.
func (r *run) twin(q question) string {
	if len(q.cli) == 0 {
		return ""
	}
	if q.cli[0] == "curl" {
		return shellJoin(q.cli)
	}
	words := append([]string{"aws"}, q.cli...)
	if region := r.twinRegion(q); region != "" && !has(q.cli, "--region") {
		words = append(words, "--region", region)
	}
	if endpoint := r.endpoint(q.service); endpoint != "" {
		words = append(words, "--endpoint-url", withoutPassword(endpoint))
	}
	switch {
	case q.who == nobody, q.who == caller && r.anonymous:
		words = append(words, "--no-sign-request")
	case q.who == reader && r.config.ReaderProfile != "":
		words = append(words, "--profile", r.config.ReaderProfile)
	case q.who == caller && r.config.Profile != "":
		words = append(words, "--profile", r.config.Profile)
	}
	return shellJoin(words)
}

// twinRegion is the region that the twin must name. IAM and Organizations have one
// endpoint a partition, which the CLI finds by itself.
func (r *run) twinRegion(q question) string {
	switch q.service {
	case "iam", "organizations":
		return ""
	case "s3", "s3control":
		if q.region != "" {
			return q.region
		}
		return r.target.Region
	}
	return r.home(q.who)
}

func has(words []string, word string) bool {
	return slices.Contains(words, word)
}

// withoutPassword takes user information out of an endpoint URL.
func withoutPassword(endpoint string) string {
	scheme, rest, found := strings.Cut(endpoint, "://")
	if !found {
		return endpoint
	}
	host, path, slash := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if slash {
		path = "/" + path
	}
	return scheme + "://" + host + path
}

// shellJoin joins words so that a POSIX shell reads the same words again.
func shellJoin(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = shellQuote(w)
	}
	return strings.Join(quoted, " ")
}

// shellQuote quotes a word unless it is plain. Control characters, which a
// terminal would act on, are written in the $'…' form.
func shellQuote(word string) string {
	if word != "" && strings.Trim(word, plainWord) == "" {
		return word
	}
	if printable(word) == word {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for _, c := range []byte(word) {
		switch {
		case c == '\'' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 0x20 || c >= 0x7f:
			const hex = "0123456789abcdef"
			b.WriteString(`\x`)
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

const plainWord = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=@%+,"
