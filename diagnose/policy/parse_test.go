package policy

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// TestLines checks where the elements of a document are found.
func TestLines(t *testing.T) {
	d := mustParse(t, []byte(`{
  "Version": "2012-10-17",
  "Id": "P",
  "Statement": [
    {
      "Sid": "One", "Effect": "Allow",
      "Principal": {
        "AWS": "111122223333"
      },
      "Action": [
        "s3:GetObject",
        "s3:PutObject"
      ],
      "Resource": "*"
    },
    {"Effect": "Deny", "NotPrincipal": "*", "NotAction": "s3:*", "NotResource": "*",
     "Condition": {
       "NumericLessThan": {
         "s3:TlsVersion": 1.2 },
       "Bool": {"aws:SecureTransport": [true, "false"]}
     }
    }
  ]
}`))
	one, two := d.Statements[0], d.Statements[1]
	if d.ID != "P" || one.Sid != "One" || one.Line != 5 || one.EndLine != 15 || one.Principals.Line != 7 ||
		one.Principals.List[0].Line != 8 || one.Actions.Line != 10 || one.Actions.List[1].Line != 12 || one.Resources.Line != 14 {
		t.Errorf("statement 0: %+v", one)
	}
	if two.Index != 1 || two.Line != 16 || !two.Principals.Not || !two.Actions.Not || !two.Resources.Not ||
		len(two.Conditions) != 2 || two.Conditions[0].Line != 19 || two.Conditions[0].Values[0].Text != "1.2" ||
		two.Conditions[1].Values[0].Text != "true" {
		t.Errorf("statement 1: %+v", two)
	}
}

// TestSyntaxErrors checks that what IAM refuses is refused, and where.
func TestSyntaxErrors(t *testing.T) {
	statement := func(body string) string { return "{\"Statement\": [\n  {" + body + "}]}" }
	tests := []struct {
		name, text, want string
		line, column     int
	}{
		{"empty", "", "expected an object, found the end of the text", 1, 1},
		{"list", "[]", "expected an object, found a list", 1, 1},
		{"cut short", "{\"Statement\": [\n {", "expected a string", 2, 3},
		{"trailing comma", "{\n\"Version\": \"2012-10-17\",\n}", "a comma stands before '}'", 3, 1},
		{"single quotes", "{'a': 1}", "expected a string", 1, 2},
		{"unknown element", "{\n \"Statements\": []}", "unknown element \"Statements\"", 2, 2},
		{"statement twice", "{\"Statement\": [],\n\"Statement\": []}", "\"Statement\" is given twice", 2, 1},
		{"version", "{\"Version\": \"2012-10-18\", \"Statement\": []}", "Version \"2012-10-18\"", 1, 13},
		{"effect", statement(`"Effect": "Permit"`), "Effect \"Permit\"", 2, 14},
		{"number for an action", statement(`"Effect": "Allow", "Action": 5`), "expected a string, found a number", 2, 33},
		{"operator", statement(`"Condition": {"StringIs": {"aws:k": "v"}}`), "operator \"StringIs\" is unknown", 2, 18},
		{"null if exists", statement(`"Condition": {"NullIfExists": {"aws:k": "v"}}`), "Null takes no IfExists", 2, 18},
		{"key without prefix", statement(`"Condition": {"Bool": {"SecureTransport": "v"}}`), "\"SecureTransport\" has no service prefix", 2, 27},
		{"object for a value", statement(`"Condition": {"Bool": {"aws:k": {}}}`), "not an object", 2, 36},
		{"key twice", statement(`"Condition": {"Bool": {"aws:k": "a", "aws:k": "b"}}`), "given twice", 2, 41},
		{"principal text", statement(`"Principal": "111122223333"`), "must be \"*\"", 2, 17},
		{"principal kind", statement(`"Principal": {"User": "ana"}`), "unknown kind of principal \"User\"", 2, 18},
		{"principal wildcard", statement(`"Principal": {"AWS": "arn:aws:iam::1:role/*"}`), "has a wildcard in it", 2, 25},
		{"both", statement(`"Effect": "Allow", "Action": "s3:*", "Resource": "*", "NotResource": "*"`), "both Resource and NotResource", 2, 3},
		{"deep", strings.Repeat("{\"Statement\":", 10_000), "unknown element \"Statement\" in a statement", 1, 15},
		{"deep lists", "{\"Statement\": {\"Sid\": " + strings.Repeat("[", 10_000), "expected a string, found a list", 1, 23},
		{"after the end", "{\"Statement\": []}\n x", "follows the end of the document", 2, 2},
		{"bad escape", `{"Id": "\q", "Statement": []}`, "a bad escape", 1, 9},
		{"not UTF-8", "{\"Id\": \"\xff\", \"Statement\": []}", "not valid UTF-8", 1, 8},
		{"large", "{\"Statement\": [" + strings.Repeat(" ", 10<<20) + "]}", "larger than 256 KiB", 1, 262145},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.text))
			var at *SyntaxError
			if !errors.As(err, &at) || !strings.Contains(at.Text, test.want) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if at.Line != test.line || test.column != 0 && at.Column != test.column {
				t.Errorf("at line %d, column %d, want %d, %d: %v", at.Line, at.Column, test.line, test.column, err)
			}
			if strings.ContainsAny(err.Error(), "\n") || len(err.Error()) > 300 {
				t.Errorf("not one short line: %q", err)
			}
		})
	}
}

// FuzzParse checks that Parse panics on nothing, and that a document it takes
// can be linted and evaluated.
func FuzzParse(f *testing.F) {
	f.Add([]byte(allowAll))
	for _, name := range []string{"testdata/lint/conditions.txt", "testdata/lint/principals.txt"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		_, parts := sections(string(raw))
		f.Add([]byte(parts["policy"]))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		if err != nil {
			var at *SyntaxError
			if !errors.As(err, &at) || at.Line < 1 || at.Column < 1 {
				t.Fatalf("%v has no place", err)
			}
			return
		}
		Lint(d, BucketKind)
		IsPublic(d)
		r := Request{Principal: "arn:aws:sts::111122223333:assumed-role/dev/ana", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k"}
		s := Set{Identity: []Named{{"p", d}}, Resource: d}
		Message(r, Evaluate(r, s))
	})
}
