package policy

import (
	"fmt"
	"strings"
)

// few joins up to three texts for a sentence, and counts the rest.
func few(list []string, joint string) string {
	const most = 3
	short := make([]string, 0, most)
	for _, text := range list[:min(most, len(list))] {
		short = append(short, shorten(text))
	}
	if len(list) <= most {
		return strings.Join(short, joint)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(short, ", "), len(list)-most)
}

// shorten cuts a text for a sentence. The longest ARN of an object passes
// whole; what is longer comes from nobody who means well.
func shorten(text string) string {
	const most = 1200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// actionReason says why an Action or NotAction does not cover an action.
func actionReason(v Values, action string) string {
	if v.Not {
		return fmt.Sprintf("NotAction lists %s, which leaves %s out", few(texts(v.List), ", "), action)
	}
	for _, one := range v.List {
		if meant := SuggestAction(one.Text); meant != "" && len(one.Text) < 100 {
			text := noSuchAction(one.Text, meant)
			if !strings.EqualFold(meant, action) {
				text += fmt.Sprintf(", and this request %s", action)
			}
			return text
		}
	}
	list := texts(v.List)
	if len(list) == 1 {
		return fmt.Sprintf("Action %s does not cover %s", shorten(list[0]), action)
	}
	return fmt.Sprintf("none of the actions covers %s: %s", action, few(list, ", "))
}

// noSuchAction says that an action does not exist and which one was meant: the
// one that an API operation of that name needs, or one that is spelled alike.
func noSuchAction(action, meant string) string {
	name := afterColon(action)
	switch {
	case meant == "":
		return "there is no action " + action
	case operationActions[strings.ToLower(name)] != "":
		return fmt.Sprintf("there is no action %s; %s needs %s", action, name, meant)
	}
	return fmt.Sprintf("there is no action %s; %s was probably meant", action, meant)
}

// afterColon is an action without its service.
func afterColon(action string) string {
	_, name, _ := strings.Cut(action, ":")
	return name
}

// resourceReason says why a Resource or NotResource does not cover a resource:
// for the pattern that comes nearest, what it lacks.
func (c *call) resourceReason(d *Document, st *Statement, s *compiled, t *target) string {
	list := texts(st.Resources.List)
	if st.Resources.Not {
		return fmt.Sprintf("NotResource lists %s, which leaves %s out", few(list, ", "), shorten(t.text))
	}
	if len(list) == 0 {
		return "Resource is an empty list, so it covers nothing"
	}
	near, hint := list[0], ""
	for i, text := range list {
		if h := c.resourceHint(d, &s.resources[i], text, t); h != "" && (len(list) == 1 || !otherBucket(text, t)) {
			near, hint = text, h
			break
		}
	}
	here := shorten(t.text)
	reason := fmt.Sprintf("Resource %s does not cover %s", shorten(near), here)
	if hint != "" {
		return reason + "; " + hint
	}
	if len(list) > 1 {
		return fmt.Sprintf("none of the %d resources covers %s", len(list), here)
	}
	return reason
}

// resourceHint names the slip that makes a pattern miss; "": none that is known.
func (c *call) resourceHint(d *Document, p *arnPattern, text string, t *target) string {
	if key, missing := p.unresolved(c); missing {
		return fmt.Sprintf("%s has no value in this request", key)
	}
	if strings.Contains(text, "${") && d.Version != version2012 {
		return "without \"Version\": \"2012-10-17\" a ${…} is plain text"
	}
	a := splitARN(text)
	switch {
	case !a.ok:
		return ""
	case !strings.Contains(t.arn.resource(), "/") && strings.HasPrefix(text, t.text+"/"):
		return fmt.Sprintf("it names what is in the bucket, and %s acts on the bucket itself", c.req.Action)
	case MatchWildcard(text+"/*", t.text):
		return "it lacks /*"
	case strings.HasSuffix(text, "/") && MatchWildcard(text+"*", t.text):
		return "it lacks the * at its end"
	case MatchWildcard(strings.ToLower(text), strings.ToLower(t.text)):
		return "they differ in upper and lower case"
	case a.partition() != t.arn.partition() && MatchWildcard(a.resource(), t.arn.resource()):
		return fmt.Sprintf("it is of the partition %s, the request of %s", a.partition(), t.arn.partition())
	}
	return keyHint(a.resource(), t.arn.resource())
}

// otherBucket tells whether a pattern is about another bucket altogether.
func otherBucket(pattern string, t *target) bool {
	want, _, _ := strings.Cut(splitARN(pattern).resource(), "/")
	bucket, _, _ := strings.Cut(t.arn.resource(), "/")
	return !MatchWildcard(strings.ToLower(want), strings.ToLower(bucket))
}

// keyHint compares the parts behind the fifth colon, bucket and key.
func keyHint(pattern, resource string) string {
	wantBucket, wantKey, _ := strings.Cut(pattern, "/")
	bucket, key, isObject := strings.Cut(resource, "/")
	switch {
	case strings.ContainsAny(pattern, "${") || !isObject:
		return ""
	case !MatchWildcard(wantBucket, bucket):
		return fmt.Sprintf("it is about the bucket %s", wantBucket)
	case strings.HasSuffix(wantKey, "*") && !strings.ContainsAny(strings.TrimSuffix(wantKey, "*"), "*?"):
		return fmt.Sprintf("it covers only keys that begin with %.200q", strings.TrimSuffix(wantKey, "*"))
	case wantKey != "" && !strings.ContainsAny(wantKey, "*?"):
		return fmt.Sprintf("it covers only the key %.200q, not %.200q", wantKey, key)
	}
	return ""
}

// principalReason says why a Principal or NotPrincipal does not cover the caller.
func (c *call) principalReason(p *Principals, list []string) string {
	who := shorten(c.who.text)
	if c.who.kind == callerAnonymous {
		who = "an anonymous caller"
	}
	switch {
	case p == nil:
		return "the statement has no Principal, so it names nobody"
	case p.Not:
		return fmt.Sprintf("NotPrincipal lists %s, which leaves %s out", few(list, ", "), who)
	case len(list) == 1:
		reason := fmt.Sprintf("Principal %s is not %s", shorten(list[0]), who)
		if hint := c.principalHint(list[0]); hint != "" {
			reason += "; it" + hint
		}
		return reason
	}
	for _, text := range list {
		if hint := c.principalHint(text); hint != "" {
			return fmt.Sprintf("none of the principals is %s; %s%s", who, text, hint)
		}
	}
	return fmt.Sprintf("none of the principals is %s: %s", who, few(list, ", "))
}

// principalHint names the slip in a principal's ARN, to follow its text; "":
// none that is known.
func (c *call) principalHint(text string) string {
	other := newCaller(text)
	switch {
	case strings.EqualFold(text, c.who.text), strings.EqualFold(text, c.principalARN()):
		return " differs from it in upper and lower case"
	case other.kind == callerSession && other.name == c.who.name && other.account == c.who.account:
		return " names one session of the role only"
	case strings.HasPrefix(text, "AIDA") || strings.HasPrefix(text, "AROA"):
		return " is the id of a user or role that was deleted"
	case other.account != "" && c.who.account != "" && other.account != c.who.account:
		return " is of another account"
	}
	return ""
}
