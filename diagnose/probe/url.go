package probe

import (
	"net/url"
	"strings"
)

// shownURL is a URL as it may be shown: without user information and without the
// values of its query, among which the signature and the token are.
func shownURL(raw string) string {
	base, query, found := strings.Cut(raw, "?")
	base, _, _ = strings.Cut(base, "#")
	base = withoutPassword(base)
	if !found {
		return printable(base)
	}
	kept := url.Values{}
	if values, err := url.ParseQuery(query); err == nil {
		for _, name := range []string{"versionId", "X-Amz-Date", "X-Amz-Expires", "Expires"} {
			if v := values.Get(name); v != "" {
				kept.Set(name, v)
			}
		}
	}
	if q := kept.Encode(); q != "" {
		return printable(base + "?" + q + "&signature-hidden")
	}
	return printable(base + "?signature-hidden")
}
