package diagnose

import (
	"regexp"
	"strings"
)

// The fixes at stores that are not AWS: who runs the store gives permissions there, in
// the store's own way, and no service of AWS is asked.

// whoRuns is who changes users, keys and their policies at a store that is not AWS.
const whoRuns = "Whoever runs the store"

// grantElsewhere has the reading's action allowed in the way of the store: by a right
// of the access key where it has names of its own for that, else by a statement.
func (r *reading) grantElsewhere(title string, s members) []Fix {
	d := r.dialect()
	if d.grant != "" {
		right := d.read
		if r.action == "s3:ListBucket" {
			right = d.list
		}
		return []Fix{ask(WhoBucketOwner, "Have "+right+" given to this access key", strings.ReplaceAll(d.grant, "{right}", right))}
	}
	fix := ask(WhoBucketOwner, title, whoRuns+" can give your user, or this access key, a policy with the statement below.")
	fix.Policy = pretty(s)
	return []Fix{fix}
}

// keyElsewhere: the store itself uses the encryption key, so there is no right of the
// caller's to grant.
func (r *reading) keyElsewhere() []Fix {
	return []Fix{ask(WhoKeyOwner, "Let the encryption key be used",
		whoRuns+" can enable the key, or restore it, in the key management service, and see that "+r.store()+" reaches it; the log of "+r.store()+" tells what failed.")}
}

// freshElsewhere: only the store itself knows how its credentials are issued.
func freshElsewhere() []Fix {
	return []Fix{ask(WhoCaller, "Get fresh credentials", "From whoever issued these; credentials in environment variables are not renewed by anybody: unset them, or replace all of them.")}
}

// aimed gives the commands of a text the endpoint, without which they would ask AWS.
func (r *reading) aimed(text string) string {
	endpoint := r.Target.Endpoint
	if endpoint == "" || !r.Store.CustomEndpoint && !r.Store.foreign() || strings.Contains(text, "--endpoint-url") {
		return text
	}
	return asksTheStore.ReplaceAllStringFunc(text, func(command string) string {
		return command + " --endpoint-url " + shellWord(endpoint)
	})
}

// asksTheStore are the beginnings of commands that speak to the store.
var asksTheStore = regexp.MustCompile(`\b(aws s3api [a-z0-9-]+|aws s3 [a-z]+|s403 why)\b`)
