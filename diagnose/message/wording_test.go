package message

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"testing"
)

// said is what one enhanced message says, before a client wraps it.
type said struct {
	principal, action, resource, layer, effect, policyARN string
}

// sentence writes it as AWS does; named puts the policy's ARN as the guide does.
func (s said) sentence() string {
	text := "User: " + s.principal + " is not authorized to perform: " + s.action
	if s.resource != "" {
		text += ` on resource: "` + s.resource + `"`
	}
	if s.effect == ImplicitDeny {
		return text + " because no " + s.layer + " allows the " + s.action + " action"
	}
	article := "a"
	if s.layer == LayerIdentity {
		article = "an"
	}
	text += " with an explicit deny in " + article + " " + s.layer
	if s.policyARN != "" {
		text += ": " + s.policyARN
	}
	return text
}

const (
	user    = "arn:aws:iam::111122223333:user/ana"
	session = "arn:aws-us-gov:sts::111122223333:assumed-role/app-reader/team=blue,ana@example.com"
	scpARN  = "arn:aws:organizations::444455556666:policy/o-a1b2c3d4e5/service_control_policy/p-22222222"
)

// sayings cover every layer, effect, sort of principal and awkward key.
func sayings() []said {
	return []said{
		{user, "s3:GetObject", "arn:aws:s3:::b/in/k.csv", LayerIdentity, ImplicitDeny, ""},
		{user, "s3:GetObject", "", LayerIdentity, ImplicitDeny, ""},
		{session, "s3:GetObject", "arn:aws-us-gov:s3:::b/a b (1).txt", LayerResource, ImplicitDeny, ""},
		{user, "s3:GetObject", "arn:aws:s3:::b/why, because no one \"knows\" with an explicit deny in it.md", LayerResource, ExplicitDeny, ""},
		{user, "s3:GetObject", "arn:aws:s3:::b/because no identity-based policy allows the s3:GetObject action.txt", LayerSCP, ImplicitDeny, ""},
		{user, "s3:GetObject", "arn:aws:s3:::b/k", LayerSCP, ExplicitDeny, scpARN},
		{session, "s3:ListBucket", "arn:aws:s3:::b", LayerRCP, ExplicitDeny, ""},
		{"arn:aws:sts::111122223333:federated-user/bob", "s3:GetObject", "arn:aws:s3:::b/k", LayerBoundary, ImplicitDeny, ""},
		{user, "s3:GetObject", "", LayerBoundary, ExplicitDeny, "arn:aws:iam::111122223333:policy/sec/boundary"},
		{session, "s3:GetObjectVersion", "arn:aws:s3:::b/k=v/part-0.parquet", LayerSession, ImplicitDeny, ""},
		{session, "s3:PutObject", "arn:aws:s3:::b/k", LayerSession, ExplicitDeny, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"},
		{"arn:aws:iam::111122223333:root", "s3:GetObject", "arn:aws:s3:::b/k'", LayerVPCE, ImplicitDeny, ""},
		{user, "s3:GetObject", "", LayerVPCE, ExplicitDeny, ""},
		{user, "s3:GetObject", "arn:aws:s3:eu-west-1:111122223333:accesspoint/fin/object/2026/q1.csv", LayerResource, ExplicitDeny, ""},
	}
}

// wording is how one client shows an error; %s stands for the sentence. Fields
// that it gives are named, for the test to look for.
type wording struct {
	name, text          string
	operation, code, id string
	status              int
}

const (
	reqID  = "4KX9EXAMPLE7Q2ZT"
	hostID = "7YbXmPLEp0h5zQkq3T1vQy0cJ2dWm8sNw4uR6oKfEaGhIjKlMnOpQrStUvWxYz0123456789AbC="
)

func wordings() []wording {
	return []wording{
		{name: "bare sentence", text: "%s"},
		{name: "aws cli", text: "An error occurred (AccessDenied) when calling the GetObject operation: %s", operation: "GetObject", code: "AccessDenied"},
		{name: "aws cli v2", text: "\naws: [ERROR]: An error occurred (AccessDenied) when calling the GetObject operation: %s\n", operation: "GetObject", code: "AccessDenied"},
		{name: "aws s3 cp", text: "download failed: s3://b/k to ./k An error occurred (AccessDenied) when calling the GetObject operation: %s", operation: "GetObject", code: "AccessDenied"},
		{name: "retries", text: "An error occurred (AccessDenied) when calling the GetObject operation (reached max retries: 4): %s", operation: "GetObject", code: "AccessDenied"},
		{name: "boto3", text: "Traceback (most recent call last):\n  File \"x.py\", line 403, in <module>\n    s3.get_object(Bucket=b)\nbotocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the GetObject operation: %s\n", operation: "GetObject", code: "AccessDenied"},
		{name: "go v2", text: "operation error S3: GetObject, https response error StatusCode: 403, RequestID: " + reqID + ", HostID: " + hostID + ", api error AccessDenied: %s", operation: "GetObject", code: "AccessDenied", status: 403, id: reqID},
		{name: "go v1", text: "AccessDenied: %s\n\tstatus code: 403, request id: " + reqID + ", host id: " + hostID, code: "AccessDenied", status: 403, id: reqID},
		{name: "java v1", text: "com.amazonaws.services.s3.model.AmazonS3Exception: %s (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: " + reqID + "; S3 Extended Request ID: " + hostID + "; Proxy: null), S3 Extended Request ID: " + hostID, code: "AccessDenied", status: 403, id: reqID},
		{name: "java v2", text: "software.amazon.awssdk.services.s3.model.S3Exception: %s (Service: S3, Status Code: 403, Request ID: " + reqID + ", Extended Request ID: " + hostID + ") (SDK Attempt Count: 1)\n\tat x.y(Z.java:404)", status: 403, id: reqID},
		{name: "js v3", text: "AccessDenied: %s\n    at throwDefaultError (/app/node_modules/@smithy/smithy-client/dist-cjs/index.js:388:20)\n  '$fault': 'client',\n  '$metadata': {\n    httpStatusCode: 403,\n    requestId: '" + reqID + "',\n    extendedRequestId: '" + hostID + "' } }", code: "AccessDenied", status: 403, id: reqID},
		{name: "js v2", text: "AccessDenied: %s\n    at Request.extractError (/app/node_modules/aws-sdk/lib/services/s3.js:712:35) {\n  code: 'AccessDenied',\n  region: null,\n  time: 2026-03-02T10:11:12.403Z,\n  requestId: '" + reqID + "',\n  extendedRequestId: '" + hostID + "',\n  statusCode: 403,\n  retryable: false }", code: "AccessDenied", status: 403, id: reqID},
		{name: "ruby", text: "/gems/aws-sdk-core/raise_response_errors.rb:17:in `call': %s (Aws::S3::Errors::AccessDenied)", code: "AccessDenied"},
		{name: "dotnet", text: "Unhandled exception. Amazon.S3.AmazonS3Exception: %s\n ---> Amazon.Runtime.Internal.HttpErrorResponseException: Exception of type 'Amazon.Runtime.Internal.HttpErrorResponseException' was thrown.\n   at Amazon.Runtime.HttpWebRequestMessage.GetResponseAsync"},
		{name: "rust", text: "Error: service error: unhandled error (AccessDenied): Error { code: \"AccessDenied\", message: \"%s\", s3_extended_request_id: \"" + hostID + "\", aws_request_id: \"" + reqID + "\" }", code: "AccessDenied", id: reqID},
		{name: "terraform", text: "╷\n│ Error: reading S3 Object (k): operation error S3: HeadObject, https response error StatusCode: 403, RequestID: " + reqID + ", HostID: " + hostID + ", api error AccessDenied: %s\n│ \n│   with data.aws_s3_object.x,\n│   on main.tf line 3, in data \"aws_s3_object\" \"x\":\n│    3: data \"aws_s3_object\" \"x\" {\n│ \n╵\n", operation: "HeadObject", code: "AccessDenied", status: 403, id: reqID},
		{name: "rclone", text: "2026/03/02 10:11:12 ERROR : a.txt: Failed to copy: failed to open source object: operation error S3: GetObject, https response error StatusCode: 403, RequestID: " + reqID + ", HostID: " + hostID + ", api error AccessDenied: %s\n2026/03/02 10:11:12 ERROR : Attempt 1/3 failed with 1 errors", operation: "GetObject", code: "AccessDenied", status: 403, id: reqID},
		{name: "s5cmd", text: "ERROR \"cp s3://b/data.csv data.csv\": AccessDenied: %s status code: 403, request id: " + reqID + ", host id: " + hostID, code: "AccessDenied", status: 403, id: reqID},
		{name: "s3cmd", text: "ERROR: S3 error: 403 (AccessDenied): %s", code: "AccessDenied", status: 403},
		{name: "hadoop", text: "java.nio.file.AccessDeniedException: s3a://b/k: getFileStatus on s3a://b/k: com.amazonaws.services.s3.model.AmazonS3Exception: %s (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: " + reqID + "; S3 Extended Request ID: " + hostID + ")", code: "AccessDenied", status: 403, id: reqID},
		{name: "with authorization id", text: "AccessDenied: %s. Go to https://eu-west-1.console.aws.amazon.com/iam/home?region=eu-west-1#/authorization-details/zz9 for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: zz9", code: "AccessDenied"},
		{name: "chat", text: "hey, anybody seen this? `%s` happens since monday"},
		{name: "sh", text: "$ aws s3 cp s3://b/k .\nfatal error: An error occurred (AccessDenied) when calling the HeadObject operation: %s\n$ echo $?\n1", operation: "HeadObject", code: "AccessDenied"},
	}
}

// damages are what pasting does to a text.
var damages = []struct {
	name   string
	damage func(string) string
}{
	{"whole", func(s string) string { return s }},
	{"CRLF", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
	{"as a JSON string", func(s string) string { b, _ := json.Marshal(s); return string(b) }},
	{"in a JSON log line", func(s string) string {
		b, _ := json.Marshal(map[string]any{"level": "error", "msg": s, "ts": 1772446272})
		return string(b)
	}},
	{"twice a JSON string", func(s string) string { b, _ := json.Marshal(s); c, _ := json.Marshal(string(b)); return string(c) }},
	{"HTML", html.EscapeString},
	{"coloured", func(s string) string {
		return "\x1b[31m" + strings.ReplaceAll(s, "User:", "\x1b[1mUser:\x1b[0m") + "\x1b[0m"
	}},
	{"quoted in a mail", func(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\n> ") }},
	{"broken before the clauses", func(s string) string {
		return strings.NewReplacer(" is not authorized", "\nis not authorized", " on resource: ", "\non resource: ").Replace(s)
	}},
	{"indented", func(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }},
	{"UTF-16", func(s string) string {
		out := []byte{0xFF, 0xFE}
		for _, r := range s {
			out = append(out, byte(r), byte(r>>8))
		}
		return string(out)
	}},
	{"twice", func(s string) string { return s + "\n" + s }},
	{"wrapped at 60", func(s string) string { return wrapAt(s, 60) }},
	{"on one line", func(s string) string { return strings.Join(strings.Fields(s), " ") }},
	{"without quotes around the resource", func(s string) string {
		if strings.Count(s, `"arn:aws`) != 1 || strings.Contains(s, `"knows"`) {
			return s
		}
		at := strings.Index(s, `"arn:aws`)
		rest := s[at+1:]
		for _, clause := range []string{`" because no `, `" with an explicit`} {
			if i := strings.LastIndex(rest, clause); i >= 0 {
				return s[:at] + rest[:i] + rest[i+1:]
			}
		}
		return s
	}},
}

// wrapAt breaks lines at spaces, as word-wrapping terminals and chats do.
func wrapAt(s string, width int) string {
	var out strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		column := 0
		for i, word := range strings.Split(line, " ") {
			switch {
			case i > 0 && column+len(word) > width:
				out.WriteByte('\n')
				column = 0
			case i > 0:
				out.WriteByte(' ')
			}
			out.WriteString(word)
			column += len(word) + 1
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// TestWordings reads every saying in every client's wording, damaged in every way.
func TestWordings(t *testing.T) {
	bad := 0
	for _, w := range wordings() {
		for _, s := range sayings() {
			for _, d := range damages {
				text := d.damage(strings.Replace(w.text, "%s", s.sentence(), 1))
				if problem := differs(Parse([]byte(text)), s, w); problem != "" {
					if bad++; bad < 30 {
						t.Errorf("%s, %s: %s\n%s", w.name, d.name, problem, text)
					}
				}
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d texts were misread", bad)
	}
}

// differs compares what the saying and the wording give.
func differs(m Message, s said, w wording) string {
	for _, field := range [...][3]string{
		{"principal", m.Principal, s.principal}, {"action", m.Action, s.action}, {"resource", m.Resource, s.resource},
		{"layer", m.Layer, s.layer}, {"effect", m.Effect, s.effect}, {"policyArn", m.PolicyARN, s.policyARN},
		{"operation", m.Operation, w.operation}, {"code", m.Code, w.code}, {"requestId", m.RequestID, w.id},
	} {
		if field[1] != field[2] {
			return fmt.Sprintf("%s = %q, want %q", field[0], field[1], field[2])
		}
	}
	if m.Status != w.status {
		return fmt.Sprintf("status = %d, want %d", m.Status, w.status)
	}
	if len(m.Causes) == 0 || m.Kind == Unknown {
		return fmt.Sprintf("kind %s, causes %v", m.Kind, m.Causes)
	}
	return ""
}

// A reason in words that are not known is never called none.
func TestUnknownReason(t *testing.T) {
	const said = `An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/ana is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::acme/k"`
	for text, gave := range map[string]bool{said: false, said + " because the moon is full": true, "<Error><Code>AccessDenied</Code><Message>" + said + " because the moon is full</Message></Error>": true} {
		m := Parse([]byte(text))
		if got := strings.Contains(m.Summary, "gave a reason that s403 does not know"); got != gave || m.Layer != "" {
			t.Errorf("%q: %s", text, m.Summary)
		}
	}
}
